"""PassageSearch: passages for a question, by meaning and by word, fused and spread over the documents."""

import re
import threading
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from pydantic import BaseModel, ConfigDict

from speech.brief import Genre
from vectorstore.documents import Where
from vectorstore.embed import Embedder
from vectorstore.passages import Passage, Role
from vectorstore.store import PassageStore

# Reciprocal rank fusion (Cormack, Clarke, Büttcher, SIGIR 2009) with their constant.
_RRF = 60
_DEPTH = 50


class PassageHit(BaseModel):
    """A passage found. Ranks count from 1, None where that side did not find it.

    `score`, 0 to 1, is the fused rank: 1.0 is first by meaning and by word both. It orders hits; it is no probability.
    """

    model_config = ConfigDict(frozen=True)

    passage: Passage
    score: float
    dense_rank: int | None = None
    lexical_rank: int | None = None


@dataclass(frozen=True)
class _Lexicon:
    """A BM25 index over the passages of one revision of the store."""

    revision: str
    passages: list[Passage]
    index: Any | None


class PassageSearch:
    """Searches one store. The word index is built on the first search after a change of the store; threads may share it."""

    def __init__(self, store: PassageStore, embedder: Embedder) -> None:
        self._store = store
        self._embedder = embedder
        self._lexicon: _Lexicon | None = None
        self._building = threading.Lock()

    def search(
        self,
        query: str,
        k: int = 8,
        roles: Iterable[Role] | None = None,
        genres: Iterable[Genre] | None = None,
        per_document: int | None = None,
    ) -> list[PassageHit]:
        """The `k` best passages of the given roles and genres (all by default), the best first.

        No document gives more than `per_document`; by default the hits are spread (a third of k from one document at
        most) as long as there are others to give. Passages with the same text are given once. [] for a blank query.
        """
        if not query.strip() or k < 1:
            return []
        where = Where(roles=tuple(roles or ()), genres=tuple(genres or ()))
        depth = max(_DEPTH, 4 * k)
        near = self._store.nearest(self._embedder.query(query), depth, where)
        dense = {one.passage.id: rank for rank, one in enumerate(near, 1)}
        worded = self._by_word(query, depth, where)
        lexical = {passage.id: rank for rank, passage in enumerate(worded, 1)}
        found = {passage.id: passage for passage in [*(one.passage for one in near), *worded]}
        hits = [
            PassageHit(
                passage=passage,
                score=_fused(dense.get(key), lexical.get(key)),
                dense_rank=dense.get(key),
                lexical_rank=lexical.get(key),
            )
            for key, passage in found.items()
        ]
        hits.sort(key=lambda hit: (-hit.score, hit.dense_rank or depth + 1, hit.passage.id))
        return _spread(_once_each(hits), k, per_document)

    def likeness(self, subjects: Sequence[str], texts: Sequence[str]) -> list[list[float]]:
        """How much each of `texts` means the same as each of `subjects`: a row of cosines a subject."""
        vectors = self._embedder.passages(texts)
        return [[float(cosine) for cosine in vectors @ self._embedder.query(subject)] for subject in subjects]

    def _by_word(self, query: str, depth: int, where: Where) -> list[Passage]:
        lexicon = self._current()
        asked = tokens(query)
        if lexicon.index is None or not asked:
            return []
        scores = lexicon.index.get_scores(asked)
        admitted = [at for at in np.flatnonzero(scores > 0) if where.admits(lexicon.passages[at])]
        return [lexicon.passages[at] for at in sorted(admitted, key=lambda at: (-scores[at], at))[:depth]]

    def _current(self) -> _Lexicon:
        revision = self._store.revision
        with self._building:
            if self._lexicon is None or self._lexicon.revision != revision:
                passages = self._store.passages()
                self._lexicon = _Lexicon(revision, passages, _indexed(passages))
            return self._lexicon


def tokens(text: str) -> list[str]:
    """Words, and the character pairs that a segmentation may have missed (党建引领 | 基层治理 and 引领基层 alike)."""
    import rjieba

    words = [word for word in rjieba.cut(text) if re.search(r"\w", word)]
    runs = re.findall(r"[\u4e00-\u9fff]+", text)
    pairs = [run[at : at + 2] for run in runs for at in range(len(run) - 1)]
    return words + [f"_{pair}" for pair in pairs]


def _indexed(passages: Sequence[Passage]) -> Any | None:
    if not passages:
        return None
    import bm25s

    index = bm25s.BM25()
    # A passage without a word still needs its row.
    index.index([tokens(passage.indexed) or ["_"] for passage in passages], show_progress=False)
    return index


def _fused(dense: int | None, lexical: int | None) -> float:
    best = 2 / (_RRF + 1)
    return sum(1 / (_RRF + rank) for rank in (dense, lexical) if rank) / best


def _once_each(hits: Sequence[PassageHit]) -> list[PassageHit]:
    seen: set[str] = set()
    kept = []
    for hit in hits:
        bare = re.sub(r"\W", "", hit.passage.text)
        if bare not in seen:
            seen.add(bare)
            kept.append(hit)
    return kept


def _spread(hits: Sequence[PassageHit], k: int, per_document: int | None) -> list[PassageHit]:
    limit = per_document if per_document is not None else max(2, -(-k // 3))
    taken: Counter[str] = Counter()
    first: list[PassageHit] = []
    rest: list[PassageHit] = []
    for hit in hits:
        taken[hit.passage.document] += 1
        (first if taken[hit.passage.document] <= limit else rest).append(hit)
    chosen = first[:k] if per_document is not None else [*first[:k], *rest[: max(0, k - len(first))]]
    return sorted(chosen, key=lambda hit: -hit.score)
