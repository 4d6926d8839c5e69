"""The corpus that a case is written from: the bundled samples and the case's own sources, each set in a store of its own."""

import hashlib
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from evals import version
from evals.case import Case, SourceText
from vectorstore.embed import Embedder, Vectors
from vectorstore.ingest import ingest, samples
from vectorstore.search import PassageSearch
from vectorstore.store import PassageStore
from vectorstore.style import HouseStyle, house_style


@dataclass(frozen=True)
class Corpus:
    """What a case may draw on. `texts`: every passage with its heading, which a draft is held against for copies and leaks."""

    search: PassageSearch
    texts: tuple[str, ...]
    style: HouseStyle
    embedding: str
    hash: str


class _Remembering:
    """An embedder that embeds a text once: every store begins with the same samples."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder, self._known = embedder, dict[str, Vectors]()
        self.name, self.dimensions = embedder.name, embedder.dimensions

    def passages(self, texts: Sequence[str]) -> Vectors:
        lacking = list(dict.fromkeys(text for text in texts if text not in self._known))
        self._known |= dict(zip(lacking, self._embedder.passages(lacking), strict=True))
        return np.stack([self._known[text] for text in texts]) if texts else self._embedder.passages(texts)

    def query(self, text: str) -> Vectors:
        return self._embedder.query(text)


@contextmanager
def corpora(cases: Iterable[Case], embedder: Embedder, folder: Path) -> Iterator[dict[str, Corpus]]:
    """The corpus of each case by its id. Stores are kept in `folder` under what went in, so a second run finds them filled.

    Raises StoreError where another process holds one of them.
    """
    remembering, opened = _Remembering(embedder), dict[str, Corpus]()
    with ExitStack() as stack:
        by_case = {}
        for case in cases:
            key = _key(case.sources, embedder.name)
            if key not in opened:
                store = stack.enter_context(PassageStore(folder / key, embedder.name, embedder.dimensions))
                opened[key] = _filled(store, remembering, case.sources, key)
            by_case[case.id] = opened[key]
        yield by_case


def _filled(store: PassageStore, embedder: Embedder, sources: Sequence[SourceText], key: str) -> Corpus:
    with tempfile.TemporaryDirectory() as own:
        for source in sources:
            (Path(own) / f"{source.title}.txt").write_text(source.text, encoding="utf-8")
        ingest([samples(), *([Path(own)] if sources else [])], store, embedder)
    passages = store.passages()
    texts = tuple(sorted({f"{passage.heading}。{passage.text}" for passage in passages}))
    return Corpus(PassageSearch(store, embedder), texts, house_style(passages), embedder.name, key)


def _key(sources: Sequence[SourceText], embedding: str) -> str:
    bundled = [(path.name, path.read_bytes()) for path in sorted(samples().iterdir()) if path.suffix == ".txt"]
    brought = [(source.title, source.text.encode()) for source in sources]
    whole = hashlib.sha256(f"{embedding}\0{version.reading()}".encode())
    for name, content in [*bundled, *brought]:
        whole.update(f"\0{name}\0".encode() + hashlib.sha256(content).digest())
    return whole.hexdigest()[:16]
