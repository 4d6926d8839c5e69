"""The corpus that the adversary's drafts are written from, with an embedder that needs no model."""

import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import numpy as np

from agent.gather import gather
from evals.adversary.exhibit import Kept
from evals.adversary.promises import corpus_of
from speech.brief import SpeechBrief
from speech.eras import Era
from vectorstore.embed import Vectors
from vectorstore.ingest import ingest, samples
from vectorstore.search import PassageSearch
from vectorstore.store import PassageStore

TODAY = date(2026, 8, 3)


class PairEmbedder:
    """Character pairs, hashed and counted: texts that share words are near. What is measured here does not hang on more."""

    name = "adversary/pairs"
    dimensions = 128

    def passages(self, texts: Sequence[str]) -> Vectors:
        """See vectorstore.embed.Embedder."""
        return np.stack([self.query(text) for text in texts]) if texts else np.empty((0, self.dimensions), np.float32)

    def query(self, text: str) -> Vectors:
        """See vectorstore.embed.Embedder."""
        vector = np.full(self.dimensions, 1e-3, np.float32)
        pairs = [zlib.crc32(text[at : at + 2].encode()) % self.dimensions for at in range(len(text) - 1)]
        np.add.at(vector, pairs, 1)
        return np.asarray(vector / np.linalg.norm(vector), np.float32)


@dataclass(frozen=True)
class Corpus:
    """A store that is open, and every passage in it."""

    search: PassageSearch
    kept: dict[str, Kept]
    known: dict[SpeechBrief, tuple[str, ...]] = field(default_factory=dict)

    def shown(self, brief: SpeechBrief) -> tuple[str, ...]:
        """The passages that a draft of `brief` is written from, and their titles."""
        if brief not in self.known:
            sources = gather(brief, self.search, Era(since=TODAY.year, until=TODAY.year))
            hits = [*sources.about, *(hit for role in sources.models.values() for hit in role)]
            self.known[brief] = (*sources.texts(), *(hit.passage.title for hit in hits))
        return self.known[brief]

    def unseen(self, brief: SpeechBrief) -> tuple[str, ...]:
        """The passages that it is not written from."""
        shown = set(self.shown(brief))
        return tuple(kept.text for kept in self.kept.values() if kept.text not in shown)


@contextmanager
def filled(folder: Path, more: Iterable[Path] = (), few: bool = False) -> Iterator[Corpus]:
    """A store under `folder` with the bundled samples (`few`: two of them) and the files `more`."""
    embedder = PairEmbedder()
    bundled = [path for path in sorted(samples().iterdir()) if not few or path.name[:2] in ("01", "08")]
    with PassageStore(folder, embedder.name, embedder.dimensions) as store:
        ingest([*bundled, *more], store, embedder)
        rows = [(one.id, one.title, one.heading, one.text) for one in store.passages()]
        yield Corpus(PassageSearch(store, embedder), corpus_of(rows))
