"""Passages and documents as rows of a Chroma collection, written and read in batches."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from vectorstore.documents import SourceDocument, Where
from vectorstore.passages import Passage

if TYPE_CHECKING:
    from vectorstore.chroma import Collection

_T = TypeVar("_T")
_PAGE = 2_000


def most(limit: int) -> int:
    """How many rows go in one write, where the client takes no more than `limit`."""
    return max(1, min(limit, _PAGE))


def batches(rows: Sequence[_T], size: int) -> Iterator[Sequence[_T]]:
    """`rows` in runs of `size`."""
    for at in range(0, len(rows), size):
        yield rows[at : at + size]


def put_passages(collection: "Collection", passages: Sequence[Passage], vectors: NDArray[Any]) -> None:
    """Write passages with their vectors, by one write."""
    collection.upsert(
        ids=[passage.id for passage in passages],
        embeddings=np.asarray(vectors, np.float32),
        documents=[passage.text for passage in passages],
        metadatas=[passage.model_dump(mode="json", exclude={"id", "text"}, exclude_none=True) for passage in passages],
    )


def put_documents(collection: "Collection", documents: Sequence[SourceDocument]) -> None:
    """Write records, by one write; Chroma wants a vector of each, which nobody asks for."""
    collection.upsert(
        ids=[document.id for document in documents],
        embeddings=np.ones((len(documents), 1), np.float32),
        documents=[document.name for document in documents],
        metadatas=[document.model_dump(mode="json", exclude_none=True) for document in documents],
    )


def all_passages(collection: "Collection") -> Iterator[Passage]:
    """Every passage, in the order of the collection."""
    for offset in _offsets(collection):
        yield from passages_in(collection.get(limit=_PAGE, offset=offset, include=["documents", "metadatas"]))


def passages_in(found: Any) -> list[Passage]:
    """The passages of what `get` gave."""
    rows = zip(found["ids"], found["documents"] or [], found["metadatas"] or [], strict=True)
    return [Passage.model_validate({"genre": None, **record, "id": identity, "text": text}) for identity, text, record in rows]


def all_records(collection: "Collection") -> Iterator[tuple[str, Any]]:
    """The id and the bare metadata of every row."""
    for offset in _offsets(collection):
        found = collection.get(limit=_PAGE, offset=offset, include=["metadatas"])
        yield from zip(found["ids"], found["metadatas"] or [], strict=True)


def condition(where: Where) -> dict[str, Any] | None:
    """`where` in Chroma's language; None where it admits all."""
    sides: list[dict[str, Any]] = []
    if where.roles:
        sides.append({"role": {"$in": [role.value for role in where.roles]}})
    if where.genres:
        sides.append({"genre": {"$in": [genre.value for genre in where.genres]}})
    if where.era:
        sides += [{"since": {"$lte": where.era.until}}, {"until": {"$gte": where.era.since}}]
    return {"$and": sides} if len(sides) > 1 else (sides[0] if sides else None)


def _offsets(collection: "Collection") -> range:
    return range(0, max(collection.count(), 1), _PAGE)
