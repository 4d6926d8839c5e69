"""Known: the documents of a store as an ingest asks for them, by bytes, by name and by likeness. Read once, kept up in step."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vectorstore.documents import SourceDocument
from vectorstore.fingerprint import ALIKE, CONTAINED, PERMUTATIONS, Fingerprint
from vectorstore.passages import LAYOUT

# Of the documents that the estimate finds likely, so many are looked at; of parts of a text there may be many.
_CANDIDATES, _PARTS = 5, 40
# How much longer than a document a text must be for the document to be an excerpt of it, and not another print.
_LONGER = 1.1
_ERRORS = 3.0


@dataclass(frozen=True)
class Likeness:
    """How alike a text is to a document: the shares of their shingles in common, 0 to 1, of the text's own in the document, and
    of the document's in the text."""

    document: SourceDocument
    alike: float
    contained: float
    holds: float = 0.0

    @property
    def is_double(self) -> bool:
        """Has the text nothing to give that the document has not?"""
        return (self.alike >= ALIKE or self.contained >= CONTAINED) and not self.is_excerpt

    @property
    def is_excerpt(self) -> bool:
        """Does the text hold all of the document, and more?"""
        return self.holds >= CONTAINED and self.holds >= _LONGER * self.contained


class Known:
    """A kilobyte a document. One thread changes it; others may ask `of_bytes` meanwhile."""

    def __init__(self, documents: Iterable[SourceDocument]) -> None:
        self._by_id: dict[str, SourceDocument] = {}
        self._by_bytes: dict[str, tuple[str, ...]] = {}
        self._by_name: dict[str, tuple[str, ...]] = {}
        self._rows: list[str] = []
        self._signatures: NDArray[np.uint32] = np.empty((64, PERMUTATIONS), np.uint32)
        self._shingles: NDArray[np.int64] = np.empty(64, np.int64)
        for document in documents:
            self.put(document)

    def __iter__(self) -> Iterator[SourceDocument]:
        return iter(list(self._by_id.values()))

    def has(self, identity: str) -> bool:
        """Is there a document of this id?"""
        return identity in self._by_id

    def put(self, document: SourceDocument) -> None:
        """Take in a document; one of the same id is replaced."""
        if document.id in self._by_id:
            self.drop(document.id)
        self._by_id[document.id] = document
        self._by_bytes[document.sha256] = (*self._by_bytes.get(document.sha256, ()), document.id)
        self._by_name[document.name] = (*self._by_name.get(document.name, ()), document.id)
        if document.shingles and len(document.signature) == 8 * PERMUTATIONS:
            self._enter(document)

    def drop(self, identity: str) -> None:
        """Forget a document; nothing where there is none."""
        document = self._by_id.pop(identity, None)
        if document is not None:
            for index, key in ((self._by_bytes, document.sha256), (self._by_name, document.name)):
                index[key] = tuple(other for other in index[key] if other != identity)

    def of_bytes(self, sha256: str) -> list[SourceDocument]:
        """The documents read from a file of these bytes; one of an older layout is to be read anew, and is not among them."""
        found = (self._by_id.get(key) for key in self._by_bytes.get(sha256, ()))
        return [document for document in found if document is not None and document.layout == LAYOUT]

    def outdated(self) -> list[SourceDocument]:
        """The documents of an older layout."""
        return [document for document in self._by_id.values() if document.layout != LAYOUT]

    def of_name(self, name: str) -> list[SourceDocument]:
        """The documents read from files of this name."""
        return [found for key in self._by_name.get(name, ()) if (found := self._by_id.get(key))]

    def double(
        self, mark: Fingerprint, exact: Callable[[SourceDocument], Likeness], but: Callable[[SourceDocument], bool]
    ) -> Likeness | None:
        """The document that a text repeats, or that it is a part of; None where it is new.

        The signatures find candidates, compared all at once; `exact` decides,
        since the estimate of how much of a short text a long one holds is coarse. `but`: documents left out.
        """
        # What the likeness would be, were just enough of the text held.
        shared = np.minimum(CONTAINED * mark.shingles, self._sizes)
        for document in self._likely(mark, shared, but, _CANDIDATES):
            likeness = exact(document)
            if likeness.is_double:
                return likeness
        return None

    def excerpts(
        self, mark: Fingerprint, exact: Callable[[SourceDocument], Likeness], but: Callable[[SourceDocument], bool]
    ) -> list[SourceDocument]:
        """The documents that a text holds, and more; found and decided on in the same way."""
        shared = np.minimum(CONTAINED * self._sizes, mark.shingles)
        return [document for document in self._likely(mark, shared, but, _PARTS) if exact(document).is_excerpt]

    @property
    def _sizes(self) -> NDArray[np.int64]:
        return self._shingles[: len(self._rows)]

    def _likely(
        self, mark: Fingerprint, shared: NDArray[Any], but: Callable[[SourceDocument], bool], most: int
    ) -> list[SourceDocument]:
        """Documents whose estimated likeness is that of so many `shared` shingles, or ALIKE, the likeliest first."""
        if not self._rows or not mark.shingles:
            return []
        own = np.frombuffer(bytes.fromhex(mark.signature), ">u4").astype(np.uint32)
        alike = np.count_nonzero(self._signatures[: len(self._rows)] == own, axis=1) / PERMUTATIONS
        # The estimate may fall short of it by its error.
        needed = np.minimum(ALIKE, shared / (mark.shingles + self._sizes - shared))
        likely = (alike >= needed - _ERRORS * np.sqrt(needed * (1 - needed) / PERMUTATIONS)) & (alike > 0)
        order = sorted(np.flatnonzero(likely), key=lambda at: -alike[at] / needed[at])
        found = (self._by_id.get(self._rows[at]) for at in order)
        return [document for document in found if document is not None and not but(document)][:most]

    def _enter(self, document: SourceDocument) -> None:
        at = len(self._rows)
        if at == len(self._signatures):
            self._signatures = np.concatenate([self._signatures, np.empty_like(self._signatures)])
            self._shingles = np.concatenate([self._shingles, np.empty_like(self._shingles)])
        self._signatures[at] = np.frombuffer(bytes.fromhex(document.signature), ">u4")
        self._shingles[at] = document.shingles
        self._rows.append(document.id)
