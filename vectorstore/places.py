"""Where documents come from: files that were changed, moved or taken away are told by hashes of their places; no path is kept."""

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path

from vectorstore.documents import SourceDocument
from vectorstore.files import Found


def origin(place: Path) -> str:
    """The mark of one place."""
    return hashlib.sha256(str(place.absolute()).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def above(place: Path) -> str:
    """The marks of all folders (and the archive) that a place is in, blank between them."""
    return " ".join(origin(folder) for folder in place.absolute().parents)


def gone(roots: Iterable[Path], files: Iterable[Found], known: Iterable[SourceDocument]) -> list[SourceDocument]:
    """Documents that came from under `roots` and whose files are not among those found there now.

    What came from under a folder or archive that could not be listed is not gone: nobody knows.
    """
    looked = {origin(root) for root in roots}
    here: set[str] = set()
    closed: set[str] = set()
    for one in files:
        (closed if one.closed else here).add(origin(one.place))

    def is_gone(document: SourceDocument) -> bool:
        folders = document.above.split()
        return document.origin not in here and not looked.isdisjoint(folders) and closed.isdisjoint([*folders, document.origin])

    return [document for document in known if is_gone(document)]


def too_many(gone: Sequence[SourceDocument], roots: Iterable[Path], known: Iterable[SourceDocument]) -> bool:
    """Are more than half of what came from under `roots` gone? A disk that is not mounted looks so."""
    looked = {origin(root) for root in roots}
    return len(gone) * 2 > sum(1 for document in known if not looked.isdisjoint(document.above.split()))
