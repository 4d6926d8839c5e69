"""KeptVectors: an embedder that computes no vector twice, so that a bench of minutes takes seconds when it is run again."""

import hashlib
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from vectorstore.embed import Embedder, Vectors

_BATCH = 16


class KeptVectors:
    """`embedder`, with its vectors kept in a file a text, named by the hash of the text, in the folder for temporary files."""

    def __init__(self, embedder: Embedder, folder: Path | None = None) -> None:
        self._embedder = embedder
        self.name, self.dimensions = embedder.name, embedder.dimensions
        base = folder or Path(tempfile.gettempdir()) / "jianggao-bench-vectors"
        self._folder = base / re.sub(r"[^\w.-]", "_", embedder.name)
        self._folder.mkdir(parents=True, exist_ok=True)

    def passages(self, texts: Sequence[str]) -> Vectors:
        """See Embedder."""
        lacking = [text for text in dict.fromkeys(texts) if not self._file("passage", text).exists()]
        for at in range(0, len(lacking), _BATCH):
            batch = lacking[at : at + _BATCH]
            for text, vector in zip(batch, self._embedder.passages(batch), strict=True):
                self._keep(self._file("passage", text), vector)
        found = [np.load(self._file("passage", text)) for text in texts]
        return np.stack(found) if found else np.empty((0, self.dimensions), np.float32)

    def query(self, text: str) -> Vectors:
        """See Embedder."""
        file = self._file("query", text)
        if not file.exists():
            self._keep(file, self._embedder.query(text))
        return np.asarray(np.load(file), np.float32)

    def _file(self, kind: str, text: str) -> Path:
        return self._folder / f"{hashlib.sha256(f'{kind}:{text}'.encode()).hexdigest()[:32]}.npy"

    @staticmethod
    def _keep(file: Path, vector: Vectors) -> None:
        # Renamed into place: a bench that is killed leaves no half file.
        unfinished = file.with_suffix(".part")
        with unfinished.open("wb") as opened:
            np.save(opened, np.asarray(vector, np.float32))
        unfinished.replace(file)
