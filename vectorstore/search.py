"""PassageSearch: passages for a question, by meaning and by word, fused and spread over the documents."""

import threading
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from math import ceil

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from speech.brief import Genre
from speech.eras import Era
from vectorstore.documents import Where
from vectorstore.embed import NEAR, Embedder, Near, Vectors
from vectorstore.lexicon import Lexicon, best_rows, build, keep, kept, tokens
from vectorstore.passages import Passage, Role
from vectorstore.runs import Runs
from vectorstore.store import PassageStore

__all__ = ["Decision", "Explained", "PassageHit", "PassageSearch", "SearchReport", "Term", "tokens"]

# A convex combination of both scores (Bruch, Gai, Ingber, TOIS 2023), each on its own scale: similarities by how far they are
# spread in this store, BM25 by its best. Measured on known items against reciprocal ranks, which let the weaker side do harm.
_REACH = 4.0  # standard deviations below the most similar at which similarity counts for nothing
_WORDS = 1.0  # what the best by words is worth, in standard deviations of similarity
# What a passage has by words of the others of its section: a section is about what its parts are about.
_FROM_SECTION = 0.5
_DENSE_SHARE, _LEXICAL_SHARE = _REACH / (_REACH + _WORDS), _WORDS / (_REACH + _WORDS)
_SAMPLE = 256  # passages whose similarities tell the spread
_DEPTH = 50
# How many more are asked for than a filter is thought to leave, and how many are sifted at most.
_SPARE, _MOST_SIFTED = 1.5, 8_000


class PassageHit(BaseModel):
    """A passage found. Ranks count from 1, None where that side did not find it among its first.

    `score`, 0 to 1, is fused from both: 1.0 is first by meaning and by word both. It orders hits; it is no probability.
    `similarity` is the cosine, -1 to 1; `lexical_score` is BM25's with half of its section's, 0 upwards.
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
    """A token of the question that a passage has, and what it adds to its BM25 score."""

    model_config = ConfigDict(frozen=True)

    text: str
    weight: float


class Explained(BaseModel):
    """A candidate and why it came or did not: what each side gave to its score, the terms it shares, the decision.

    `from_section` is the part of its BM25 score that comes from the other passages of its section.
    """

    model_config = ConfigDict(frozen=True)

    hit: PassageHit
    dense_share: float
    lexical_share: float
    from_section: float
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


@dataclass(frozen=True)
class _Candidate:
    """A row of the lexicon that one of the sides found, and what becomes of it."""

    row: int
    similarity: float
    lexical_score: float
    from_section: float
    dense_share: float
    lexical_share: float
    dense_rank: int | None = None
    lexical_rank: int | None = None
    decision: Decision = Decision.TAKEN
    same_as: int | None = None

    @property
    def score(self) -> float:
        return self.dense_share + self.lexical_share

    @property
    def chosen(self) -> bool:
        return self.decision in (Decision.TAKEN, Decision.FILLED)

    def hit(self, passage: Passage) -> PassageHit:
        return PassageHit(
            passage=passage,
            score=self.score,
            dense_rank=self.dense_rank,
            lexical_rank=self.lexical_rank,
            similarity=self.similarity,
            lexical_score=self.lexical_score,
        )


class PassageSearch:
    """Searches one store; threads may share it.

    The word index is built on the first search after a change of the store, and kept in the store's folder for the next
    process; so it is where the store itself is on a Chroma server.
    """

    def __init__(self, store: PassageStore, embedder: Embedder) -> None:
        self._store = store
        self._embedder = embedder
        self._folder = store.folder / "words"
        self._lexicon: Lexicon | None = None
        self._runs: tuple[str, Runs] | None = None
        self._building = threading.Lock()
        # a draft asks for its topic and points several times
        self._asked = lru_cache(maxsize=64)(embedder.query)

    def search(
        self,
        query: str,
        k: int = 8,
        roles: Iterable[Role] | None = None,
        genres: Iterable[Genre] | None = None,
        per_document: int | None = None,
        era: Era | None = None,
        prefer: Era | None = None,
    ) -> list[PassageHit]:
        """The `k` best passages of the given roles, genres and era (all by default), the best first.

        Those that speak as `prefer` does come before the others.

        No document gives more than `per_document`; by default the hits are spread (a third of k from one document at
        most) as long as there are others to give. Passages with the same text are given once. [] for a blank query.
        """
        if not query.strip() or k < 1:
            return []
        lexicon = self._current()
        where = Where(roles=tuple(roles or ()), genres=tuple(genres or ()), era=era)
        candidates = self._candidates(lexicon, query, max(_DEPTH, 4 * k), where)
        if prefer is not None:
            timely = lexicon.admitted(Where(era=prefer))
            candidates.sort(key=lambda one: not timely[one.row])
        chosen = [one for one in _decided(lexicon, candidates, k, per_document) if one.chosen]
        passages = self._passages(lexicon, chosen)
        return [one.hit(passages[one.row]) for one in chosen if one.row in passages]

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
        candidates = [] if blank else self._candidates(lexicon, query, max(_DEPTH, 4 * k), where)
        decided = _decided(lexicon, candidates, k, per_document)
        passages = self._passages(lexicon, decided)
        terms = lexicon.shared(asked, [one.row for one in decided])
        explained = [
            (one.chosen, _explained(one, passages[one.row], lexicon, of_it))
            for one, of_it in zip(decided, terms, strict=True)
            if one.row in passages
        ]
        return SearchReport(
            query=query,
            where=where,
            tokens=tuple(dict.fromkeys(asked)),
            passages=len(lexicon),
            per_document=_share(k, per_document),
            hits=tuple(one for chosen, one in explained if chosen),
            passed_over=tuple(one for chosen, one in explained if not chosen),
        )

    def runs(self) -> Runs:
        """Every passage with its heading, to hold a text against the whole corpus. Made anew after a change of the store."""
        revision = self._store.revision
        with self._building:
            if self._runs is None or self._runs[0] != revision:
                self._runs = revision, Runs([f"{passage.heading}。{passage.text}" for passage in self._store.passages()])
            return self._runs[1]

    def texts(self, ids: Sequence[str]) -> tuple[str, ...]:
        """The passages of these ids with their headings, as far as they are there: what a text is held against for copies and leaks."""
        return tuple(f"{passage.heading}。{passage.text}" for passage in self._store.fetch(ids))

    @property
    def near(self) -> Near | None:
        """From which likeness a text is on a subject; None where the embedding model is not known for it."""
        return NEAR.get(self._embedder.name)

    def likeness(self, subjects: Sequence[str], texts: Sequence[str]) -> list[list[float]]:
        """How much each of `texts` means the same as each of `subjects`: a row of cosines a subject."""
        vectors = self._embedder.passages(texts)
        return [[float(cosine) for cosine in vectors @ self._asked(subject)] for subject in subjects]

    def _candidates(self, lexicon: Lexicon, query: str, depth: int, where: Where) -> list[_Candidate]:
        """Every passage that one of the sides found among its first, with both its scores, the best first."""
        admitted, vector = lexicon.admitted(where), self._asked(query)
        similar = dict(self._near(lexicon, vector, depth, where, admitted))
        own_scores = lexicon.scores(tokens(query))
        from_section = np.float32(_FROM_SECTION) * lexicon.from_sections(own_scores)
        scores = np.where(admitted, own_scores + from_section, np.float32(0))
        worded = best_rows(scores, depth)
        dense = {row: rank for rank, row in enumerate(similar, 1)}
        lexical = {row: rank for rank, row in enumerate(worded, 1)}
        lacking = self._store.vectors([str(lexicon.ids[row]) for row in worded if row not in similar])
        similar |= {lexicon.rows[identity]: float(own @ vector) for identity, own in lacking.items()}
        most, top = max(similar.values(), default=0.0), float(scores.max(initial=0)) or 1.0
        found = [
            _Candidate(
                row=row,
                similarity=similarity,
                lexical_score=float(scores[row]),
                from_section=float(from_section[row]),
                dense_share=_DENSE_SHARE * max(0.0, 1 - (most - similarity) / (_REACH * lexicon.spread)),
                lexical_share=_LEXICAL_SHARE * float(scores[row]) / top,
                dense_rank=dense.get(row),
                lexical_rank=lexical.get(row),
            )
            for row, similarity in similar.items()
        ]
        return sorted(found, key=lambda one: (-one.score, -one.similarity, str(lexicon.ids[one.row])))

    def _near(
        self, lexicon: Lexicon, vector: Vectors, depth: int, where: Where, admitted: NDArray[np.bool_]
    ) -> list[tuple[int, float]]:
        """Rows and similarities of the nearest that are meant.

        Asked with a condition the store looks at every passage first: 170 ms among 47,000, against 25 ms this way. So it is asked
        for more than are wanted, and they are sifted here; with the condition only where few passages are meant at all.
        """
        meant = int(np.count_nonzero(admitted))
        if not meant:
            return []
        count = ceil(_SPARE * depth * len(lexicon) / meant) if meant < len(lexicon) else depth
        while count <= _MOST_SIFTED:
            near = self._store.nearest_ids(vector, count)
            rows = ((lexicon.rows.get(identity), similarity) for identity, similarity in near)
            found = [(row, similarity) for row, similarity in rows if row is not None and admitted[row]]
            if len(found) >= min(depth, meant) or count >= len(lexicon):
                return found[:depth]
            count *= 3
        near = self._store.nearest_ids(vector, depth, where)
        return [(lexicon.rows[identity], similarity) for identity, similarity in near if identity in lexicon.rows]

    def _passages(self, lexicon: Lexicon, candidates: Sequence[_Candidate]) -> dict[int, Passage]:
        """The passages themselves, by row; one that was removed a moment ago is left out."""
        fetched = self._store.fetch([str(lexicon.ids[one.row]) for one in candidates])
        return {lexicon.rows[passage.id]: passage for passage in fetched}

    def _current(self) -> Lexicon:
        revision = self._store.revision
        with self._building:
            if self._lexicon is None or self._lexicon.revision != revision:
                self._lexicon = self._opened(revision)
            return self._lexicon

    def _opened(self, revision: str) -> Lexicon:
        if found := kept(self._folder, revision):
            return found
        passages = self._store.passages()
        sample = self._store.vectors([passage.id for passage in passages[:: max(1, len(passages) // _SAMPLE)][:_SAMPLE]])
        made = build(passages, revision, _spread(list(sample.values())))
        keep(made, self._folder)
        return made


def _explained(one: _Candidate, passage: Passage, lexicon: Lexicon, terms: dict[str, float]) -> Explained:
    return Explained(
        hit=one.hit(passage),
        dense_share=one.dense_share,
        lexical_share=one.lexical_share,
        from_section=one.from_section,
        terms=tuple(Term(text=text, weight=weight) for text, weight in sorted(terms.items(), key=lambda item: -item[1])),
        decision=one.decision,
        same_as=str(lexicon.ids[one.same_as]) if one.same_as is not None else None,
    )


def _spread(vectors: Sequence[NDArray[np.float32]]) -> float:
    """The standard deviation of the cosines between passages; 1 where there are too few to tell."""
    if len(vectors) < 3:
        return 1.0
    rows = np.stack(vectors)
    cosines = (rows @ rows.T)[np.triu_indices(len(rows), 1)]
    return max(float(cosines.std()), 1e-3)


def _share(k: int, per_document: int | None) -> int:
    return per_document if per_document is not None else max(2, -(-k // 3))


def _decided(lexicon: Lexicon, candidates: Sequence[_Candidate], k: int, per_document: int | None) -> list[_Candidate]:
    """What becomes of each candidate: a text once, a document no more than its share as long as others have something."""
    limit = _share(k, per_document)
    seen: dict[int, int] = {}
    given: Counter[int] = Counter()
    decided: list[_Candidate] = []
    for one in candidates:
        text, document = int(lexicon.texts[one.row]), int(lexicon.documents[one.row])
        if text in seen:
            decided.append(replace(one, decision=Decision.SAME_TEXT, same_as=seen[text]))
            continue
        seen[text] = one.row
        given[document] += 1
        decided.append(replace(one, decision=Decision.DOCUMENT_FULL) if given[document] > limit else one)
    taken = [at for at, one in enumerate(decided) if one.decision is Decision.TAKEN]
    for at in taken[k:]:
        decided[at] = replace(decided[at], decision=Decision.BEYOND_K)
    if per_document is None:
        full = [at for at, one in enumerate(decided) if one.decision is Decision.DOCUMENT_FULL]
        for at in full[: max(0, k - len(taken))]:
            decided[at] = replace(decided[at], decision=Decision.FILLED)
    return decided
