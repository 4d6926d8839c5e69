"""Ingests a folder, says each row, and waits a little at each batch, so that a test can kill it in the middle."""

import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tests.vectorstore.speeches import PairEmbedder
from vectorstore import intake
from vectorstore.ingest import ingest
from vectorstore.store import PassageStore


class SlowEmbedder(PairEmbedder):
    def passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        print("batch", flush=True)
        time.sleep(0.05)
        return super().passages(texts)


def main(folder: str, store: str) -> None:
    intake.BATCH = 12
    embedder = SlowEmbedder()
    with PassageStore(Path(store), embedder.name, embedder.dimensions) as opened:
        ingest([Path(folder)], opened, embedder, lambda done, total, row: print(row.status.value, row.name, flush=True))


if __name__ == "__main__":
    main(*sys.argv[1:3])
