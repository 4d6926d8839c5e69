"""Lexicon: the word index over the passages of one revision of the store, kept on disk beside it.

Building it reads and cuts every passage; loading maps what was built into memory. It holds no texts, only which passages
there are and what a filter asks about them.
"""

import hashlib
import json
import re
import secrets
import shutil
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from speech.brief import Genre
from vectorstore.documents import Where
from vectorstore.passages import Passage, Role

# Raised where what is kept is no longer read in the same way: other tokens, other columns.
_LAYOUT = 1
_ROLES, _GENRES = tuple(Role), tuple(Genre)
_NO_GENRE = -1
_RUN = re.compile(r"[\u3400-\u9fff]+|[^\W\u3400-\u9fff_]+")
_COLUMNS = ("ids", "documents", "sections", "texts", "roles", "genres", "since", "until")


@dataclass(frozen=True)
class Lexicon:
    """A BM25 index and, row by row, the ids of its passages and what tells them apart without their text.

    `documents` and `sections` are codes of their documents and of the places there, `texts` hashes of their text without marks and blanks; `roles`, `genres`,
    `since` and `until` are what a filter asks about. `spread` is the standard deviation of the cosines between passages, by
    which similarities of one embedding model are told from those of another.
    """

    revision: str
    ids: NDArray[np.str_]
    documents: NDArray[np.int32]
    sections: NDArray[np.int32]
    texts: NDArray[np.uint64]
    roles: NDArray[np.int8]
    genres: NDArray[np.int8]
    since: NDArray[np.int16]
    until: NDArray[np.int16]
    spread: float
    index: Any | None

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def rows(self) -> dict[str, int]:
        """The row of each passage by its id."""
        return {identity: row for row, identity in enumerate(self.ids.tolist())}

    def scores(self, asked: Sequence[str]) -> NDArray[np.float32]:
        """The BM25 score of every row."""
        scores = np.zeros(len(self), np.float32)
        for _, rows, weights in self._columns(asked):
            scores[rows] += weights
        return scores

    def from_sections(self, scores: NDArray[np.float32]) -> NDArray[np.float32]:
        """For every row the mean score of the other passages of its section, 0 where there is no other."""
        count = np.bincount(self.sections, minlength=1)
        whole = np.bincount(self.sections, weights=scores, minlength=1)
        others = whole[self.sections] - scores
        return np.asarray(others / np.maximum(count[self.sections] - 1, 1), np.float32)

    def shared(self, asked: Sequence[str], rows: Sequence[int]) -> list[dict[str, float]]:
        """For each of `rows` the tokens that it has, and what each adds to its score."""
        added: list[dict[str, float]] = [{} for _ in rows]
        place = np.full(len(self), -1, np.int64)
        place[list(rows)] = np.arange(len(rows))
        for token, holders, weights in self._columns(asked):
            for at in np.flatnonzero(place[holders] >= 0):
                own = added[place[holders[at]]]
                own[token] = own.get(token, 0.0) + float(weights[at])
        return added

    def admitted(self, where: Where) -> NDArray[np.bool_]:
        """Which rows are meant."""
        meant = np.ones(len(self), np.bool_)
        if where.roles:
            meant &= np.isin(self.roles, [_ROLES.index(role) for role in where.roles])
        if where.genres:
            meant &= np.isin(self.genres, [_GENRES.index(genre) for genre in where.genres])
        if where.era:
            meant &= (self.since <= where.era.until) & (self.until >= where.era.since)
        return meant

    def _columns(self, asked: Sequence[str]) -> Iterator[tuple[str, NDArray[np.int32], NDArray[np.float32]]]:
        if self.index is None:
            return
        columns, starts = self.index.scores, self.index.scores["indptr"]
        for token in asked:
            column = self.index.vocab_dict.get(token)
            if column is not None:
                begin, end = int(starts[column]), int(starts[column + 1])
                yield token, columns["indices"][begin:end], columns["data"][begin:end]


def tokens(text: str) -> list[str]:
    """Pairs of characters, and what is written in letters and figures (5G, 12345) as it stands.

    Pairs find what a segmentation misses (党建引领 | 基层治理 and 引领基层 alike). Words beside them were measured on known items
    (evals.bench.search): no better, at twice the size.
    """
    found: list[str] = []
    for run in _RUN.findall(text.lower()):
        pairs = "\u3400" <= run[0] <= "\u9fff" and len(run) > 1
        found += [run[at : at + 2] for at in range(len(run) - 1)] if pairs else [run]
    return found


def best_rows(scores: NDArray[np.float32], depth: int) -> list[int]:
    """The rows of the `depth` highest scores above 0, the highest first."""
    found = min(depth, int(np.count_nonzero(scores > 0)))
    if not found:
        return []
    best = np.argpartition(-scores, found - 1)[:found]
    return sorted(best.tolist(), key=lambda row: (-scores[row], row))


def build(passages: Sequence[Passage], revision: str, spread: float = 1.0) -> Lexicon:
    """Index the passages anew."""
    index = None
    if passages:
        import bm25s

        index = bm25s.BM25()
        # A passage without a word still needs its row.
        index.index([tokens(passage.indexed) or ["_"] for passage in passages], show_progress=False)
    return Lexicon(
        revision=revision,
        ids=np.array([passage.id for passage in passages], np.str_),
        documents=_codes([passage.document for passage in passages]),
        sections=_codes([f"{passage.document} {passage.path}" for passage in passages]),
        texts=np.array([_hash(passage.text) for passage in passages], np.uint64),
        roles=np.array([_ROLES.index(passage.role) for passage in passages], np.int8),
        genres=np.array([_NO_GENRE if p.genre is None else _GENRES.index(p.genre) for p in passages], np.int8),
        since=np.array([passage.since for passage in passages], np.int16),
        until=np.array([passage.until for passage in passages], np.int16),
        spread=spread,
        index=index,
    )


def _codes(names: Sequence[str]) -> NDArray[np.int32]:
    return np.unique(np.array(names, np.str_), return_inverse=True)[1].astype(np.int32)


def _hash(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(re.sub(r"\W", "", text).encode("utf-8", "surrogatepass"), digest_size=8).digest())


def keep(lexicon: Lexicon, folder: Path) -> None:
    """Keep it in `folder` under its revision, and remove what is there of other revisions. A full disk is no error."""
    if lexicon.index is None:
        return
    place = _place(folder, lexicon.revision)
    unfinished = folder / f"part-{secrets.token_hex(4)}"
    try:
        unfinished.mkdir(parents=True)
        lexicon.index.save(unfinished, show_progress=False)
        np.savez(unfinished / "rows.npz", spread=lexicon.spread, **{name: getattr(lexicon, name) for name in _COLUMNS})
        about = json.dumps(_about(lexicon.index, len(lexicon)), ensure_ascii=False)
        (unfinished / "about.json").write_text(about, encoding="utf-8")
        shutil.rmtree(place, ignore_errors=True)
        # Renamed into place whole: another process may be looking.
        unfinished.rename(place)
    except OSError:
        shutil.rmtree(unfinished, ignore_errors=True)
        return
    for old in folder.iterdir():
        if old.is_dir() and old != place:
            shutil.rmtree(old, ignore_errors=True)


def kept(folder: Path, revision: str) -> Lexicon | None:
    """What is kept of this revision, mapped into memory; None where there is none, or it is damaged."""
    place = _place(folder, revision)
    with suppress(OSError, ValueError, KeyError, TypeError, AttributeError, EOFError, BadZipFile):
        import bm25s

        with np.load(place / "rows.npz", allow_pickle=False) as rows:
            columns, spread = {name: rows[name] for name in _COLUMNS}, float(rows["spread"])
        index = bm25s.BM25.load(place, mmap=True, show_progress=False)
        if json.loads((place / "about.json").read_text(encoding="utf-8")) == _about(index, len(columns["ids"])):
            return Lexicon(revision=revision, spread=spread, index=index, **columns)
    return None


def _about(index: Any, rows: int) -> dict[str, Any]:
    """What a kept index is checked by when it is read."""
    sizes = [rows, int(index.scores["num_docs"]), len(index.vocab_dict), len(index.scores["data"]), len(index.scores["indices"])]
    return {"layout": _LAYOUT, "roles": list(_ROLES), "genres": list(_GENRES), "sizes": sizes}


def _place(folder: Path, revision: str) -> Path:
    return folder / re.sub(r"\W", "", revision)
