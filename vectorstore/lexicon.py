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
_COLUMNS = ("ids", "documents", "texts", "roles", "genres", "since", "until")


@dataclass(frozen=True)
class Worded:
    """A passage found by its words: its row in the lexicon and its BM25 score."""

    row: int
    score: float


@dataclass(frozen=True)
class Lexicon:
    """A BM25 index and, row by row, the ids of its passages and what tells them apart without their text.

    `documents` are codes of their documents, `texts` hashes of their text without marks and blanks; `roles`, `genres`,
    `since` and `until` are what a filter asks about.
    """

    revision: str
    ids: NDArray[np.str_]
    documents: NDArray[np.int32]
    texts: NDArray[np.uint64]
    roles: NDArray[np.int8]
    genres: NDArray[np.int8]
    since: NDArray[np.int16]
    until: NDArray[np.int16]
    index: Any | None

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def rows(self) -> dict[str, int]:
        """The row of each passage by its id."""
        return {identity: row for row, identity in enumerate(self.ids.tolist())}

    def find(self, asked: Sequence[str], depth: int, admitted: NDArray[np.bool_]) -> list[Worded]:
        """The `depth` best of the admitted rows that have one of the tokens, the best first."""
        scores = np.zeros(len(self), np.float32)
        for _, rows, weights in self._columns(asked):
            scores[rows] += weights
        scores[~admitted] = 0
        found = int(np.count_nonzero(scores > 0))
        if not found:
            return []
        best = np.argpartition(-scores, min(depth, found) - 1)[: min(depth, found)]
        order = sorted(best.tolist(), key=lambda row: (-scores[row], row))
        return [Worded(row, float(scores[row])) for row in order]

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
    """Words, and the character pairs that a segmentation may have missed (党建引领 | 基层治理 and 引领基层 alike)."""
    import rjieba

    words = [word for word in rjieba.cut(text) if re.search(r"\w", word)]
    runs = re.findall(r"[\u4e00-\u9fff]+", text)
    pairs = [run[at : at + 2] for run in runs for at in range(len(run) - 1)]
    return words + [f"_{pair}" for pair in pairs]


def build(passages: Sequence[Passage], revision: str) -> Lexicon:
    """Index the passages anew: some 0.6 ms each."""
    index = None
    if passages:
        import bm25s

        index = bm25s.BM25()
        # A passage without a word still needs its row.
        index.index([tokens(passage.indexed) or ["_"] for passage in passages], show_progress=False)
    return Lexicon(
        revision=revision,
        ids=np.array([passage.id for passage in passages], np.str_),
        documents=np.unique([passage.document for passage in passages], return_inverse=True)[1].astype(np.int32),
        texts=np.array([_hash(passage.text) for passage in passages], np.uint64),
        roles=np.array([_ROLES.index(passage.role) for passage in passages], np.int8),
        genres=np.array([_NO_GENRE if p.genre is None else _GENRES.index(p.genre) for p in passages], np.int8),
        since=np.array([passage.since for passage in passages], np.int16),
        until=np.array([passage.until for passage in passages], np.int16),
        index=index,
    )


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
        np.savez(unfinished / "rows.npz", **{name: getattr(lexicon, name) for name in _COLUMNS})
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
            columns = {name: rows[name] for name in _COLUMNS}
        index = bm25s.BM25.load(place, mmap=True, show_progress=False)
        if json.loads((place / "about.json").read_text(encoding="utf-8")) == _about(index, len(columns["ids"])):
            return Lexicon(revision=revision, index=index, **columns)
    return None


def _about(index: Any, rows: int) -> dict[str, Any]:
    """What a kept index is checked by when it is read."""
    sizes = [rows, int(index.scores["num_docs"]), len(index.vocab_dict), len(index.scores["data"]), len(index.scores["indices"])]
    return {"layout": _LAYOUT, "roles": list(_ROLES), "genres": list(_GENRES), "sizes": sizes}


def _place(folder: Path, revision: str) -> Path:
    return folder / re.sub(r"\W", "", revision)
