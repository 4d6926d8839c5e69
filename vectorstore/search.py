"""PassageSearch: passages for a question, by meaning and by word, fused and spread over the documents."""

import re
import threading
from collections import Counter
from collections.abc import Iterable, Sequence
from enum import StrEnum
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from speech.brief import Genre
from speech.eras import Era
from vectorstore.documents import Where
from vectorstore.embed import Embedder
from vectorstore.lexicon import Lexicon, build, keep, kept, tokens
from vectorstore.passages import Passage, Role
from vectorstore.store import PassageStore

__all__ = ["Decision", "Explained", "PassageHit", "PassageSearch", "SearchReport", "Term", "tokens"]

# Reciprocal rank fusion (Cormack, Clarke, Büttcher, SIGIR 2009) with their constant.
_RRF = 60
_DEPTH = 50


class PassageHit(BaseModel):
    """A passage found. Ranks count from 1, None where that side did not find it.

    `score`, 0 to 1, is the fused rank: 1.0 is first by meaning and by word both. It orders hits; it is no probability.
    `similarity` is the cosine, -1 to 1; `lexical_score` is BM25's, 0 upwards.
    """

    model_config = ConfigDict(frozen=True)

    passage: Passage
    score: float
    dense_rank: int | None = None
    lexical_rank: int | None = None
    similarity: float | None = None
    lexical_score: float | None = None


class Decision(StrEnum):
    """Why a candidate is among the hits, or is not."""

    TAKEN = "taken"
    FILLED = "filled"  # its document had its share, but no other had more to give
    SAME_TEXT = "same-text"
    DOCUMENT_FULL = "document-full"
    BEYOND_K = "beyond-k"


class Term(BaseModel):
    """A token of the question that a passage has, and what it adds to its BM25 score. Pairs of characters begin with _."""

    model_config = ConfigDict(frozen=True)

    text: str
    weight: float


class Explained(BaseModel):
    """A candidate and why it came or did not: what each side gave to its score, the terms it shares, the decision."""

    model_config = ConfigDict(frozen=True)

    hit: PassageHit
    dense_share: float
    lexical_share: float
    terms: tuple[Term, ...]
    decision: Decision
    same_as: str | None = None


class SearchReport(BaseModel):
    """A search with its reasons. `hits` are what `search` gives; `passed_over` are the other candidates, best first."""

    model_config = ConfigDict(frozen=True)

    query: str
    where: Where
    tokens: tuple[str, ...]
    passages: int
    per_document: int
    hits: tuple[Explained, ...] = ()
    passed_over: tuple[Explained, ...] = ()


class _Decided(BaseModel):
    model_config = ConfigDict(frozen=True)

    hit: PassageHit
    decision: Decision
    same_as: str | None = None


class PassageSearch:
    """Searches one store; threads may share it.

    The word index is built on the first search after a change of the store, and kept in the store's folder for the next
    process; on a Chroma server, where the store has no folder of its own, it is kept in `folder` if one is given.
    """

    def __init__(self, store: PassageStore, embedder: Embedder, folder: Path | None = None) -> None:
        self._store = store
        self._embedder = embedder
        self._folder = folder or (store.folder / "words" if store.embedded else None)
        self._lexicon: Lexicon | None = None
        self._building = threading.Lock()

    def search(
        self,
        query: str,
        k: int = 8,
        roles: Iterable[Role] | None = None,
        genres: Iterable[Genre] | None = None,
        per_document: int | None = None,
        era: Era | None = None,
    ) -> list[PassageHit]:
        """The `k` best passages of the given roles, genres and era (all by default), the best first.

        No document gives more than `per_document`; by default the hits are spread (a third of k from one document at
        most) as long as there are others to give. Passages with the same text are given once. [] for a blank query.
        """
        if not query.strip() or k < 1:
            return []
        where = Where(roles=tuple(roles or ()), genres=tuple(genres or ()), era=era)
        candidates = self._candidates(query, max(_DEPTH, 4 * k), where)
        return _hits(_decided(candidates, k, per_document))

    def explain(
        self,
        query: str,
        k: int = 8,
        roles: Iterable[Role] | None = None,
        genres: Iterable[Genre] | None = None,
        per_document: int | None = None,
        era: Era | None = None,
    ) -> SearchReport:
        """The same search, with the reasons for what it gives and for what it passes over."""
        where = Where(roles=tuple(roles or ()), genres=tuple(genres or ()), era=era)
        lexicon, asked = self._current(), tokens(query)
        blank = not query.strip() or k < 1
        candidates = [] if blank else self._candidates(query, max(_DEPTH, 4 * k), where)
        decided = _decided(candidates, k, per_document)
        chosen = [hit.passage.id for hit in _hits(decided)]
        explained = [self._explained(one, lexicon, asked) for one in decided]
        return SearchReport(
            query=query,
            where=where,
            tokens=tuple(dict.fromkeys(asked)),
            passages=len(lexicon),
            per_document=_share(k, per_document),
            hits=tuple(sorted((one for one in explained if one.hit.passage.id in chosen), key=lambda one: -one.hit.score)),
            passed_over=tuple(one for one in explained if one.hit.passage.id not in chosen),
        )

    def _candidates(self, query: str, depth: int, where: Where) -> list[PassageHit]:
        """Every passage that one of the sides found, the best first."""
        near = self._store.nearest(self._embedder.query(query), depth, where)
        dense = {one.passage.id: (rank, one.similarity) for rank, one in enumerate(near, 1)}
        worded = self._current().find(tokens(query), depth, where)
        lexical = {one.id: (rank, one.score) for rank, one in enumerate(worded, 1)}
        lacking = [identity for identity in lexical if identity not in dense]
        found = [*(one.passage for one in near), *self._store.fetch(lacking)]
        hits = [_hit(passage, dense.get(passage.id), lexical.get(passage.id)) for passage in found]
        return sorted(hits, key=lambda hit: (-hit.score, hit.dense_rank or depth + 1, hit.passage.id))

    def _explained(self, one: _Decided, lexicon: Lexicon, asked: Sequence[str]) -> Explained:
        row = lexicon.row_of(one.hit.passage.id)
        weights = lexicon.weights(asked, row) if row is not None else {}
        terms = sorted(weights.items(), key=lambda item: -item[1])
        return Explained(
            hit=one.hit,
            dense_share=_share_of(one.hit.dense_rank),
            lexical_share=_share_of(one.hit.lexical_rank),
            terms=tuple(Term(text=text, weight=weight) for text, weight in terms),
            decision=one.decision,
            same_as=one.same_as,
        )

    def _current(self) -> Lexicon:
        revision = self._store.revision
        with self._building:
            if self._lexicon is None or self._lexicon.revision != revision:
                self._lexicon = self._opened(revision)
            return self._lexicon

    def _opened(self, revision: str) -> Lexicon:
        if self._folder and (found := kept(self._folder, revision)):
            return found
        made = build(self._store.passages(), revision)
        if self._folder:
            keep(made, self._folder)
        return made


def _hit(passage: Passage, dense: tuple[int, float] | None, lexical: tuple[int, float] | None) -> PassageHit:
    dense_rank, similarity = dense or (None, None)
    lexical_rank, score = lexical or (None, None)
    return PassageHit(
        passage=passage,
        score=_share_of(dense_rank) + _share_of(lexical_rank),
        dense_rank=dense_rank,
        lexical_rank=lexical_rank,
        similarity=similarity,
        lexical_score=score,
    )


def _share_of(rank: int | None) -> float:
    """What one side gives to the score of a passage, 0 to 0.5."""
    return (_RRF + 1) / (_RRF + rank) / 2 if rank else 0.0


def _share(k: int, per_document: int | None) -> int:
    return per_document if per_document is not None else max(2, -(-k // 3))


def _decided(hits: Sequence[PassageHit], k: int, per_document: int | None) -> list[_Decided]:
    """What becomes of each candidate: a text once, a document no more than its share as long as others have something."""
    limit = _share(k, per_document)
    seen: dict[str, str] = {}
    given: Counter[str] = Counter()
    decided: list[_Decided] = []
    for hit in hits:
        bare = re.sub(r"\W", "", hit.passage.text)
        document = hit.passage.document
        if bare in seen:
            decided.append(_Decided(hit=hit, decision=Decision.SAME_TEXT, same_as=seen[bare]))
            continue
        seen[bare] = hit.passage.id
        given[document] += 1
        full = given[document] > limit
        decided.append(_Decided(hit=hit, decision=Decision.DOCUMENT_FULL if full else Decision.TAKEN))
    room = k - sum(one.decision is Decision.TAKEN for one in decided)
    taken = 0
    for at, one in enumerate(decided):
        if one.decision is Decision.TAKEN:
            taken += 1
            if taken > k:
                decided[at] = one.model_copy(update={"decision": Decision.BEYOND_K})
        elif one.decision is Decision.DOCUMENT_FULL and room > 0 and per_document is None:
            room -= 1
            decided[at] = one.model_copy(update={"decision": Decision.FILLED})
    return decided


def _hits(decided: Sequence[_Decided]) -> list[PassageHit]:
    chosen = [one.hit for one in decided if one.decision in (Decision.TAKEN, Decision.FILLED)]
    return sorted(chosen, key=lambda hit: -hit.score)
