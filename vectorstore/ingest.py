"""ingest(paths): files into the store, a row a file. Run again it does nothing; killed, it goes on where it stood."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import StrEnum
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from speech.errors import FileRefused
from vectorstore.documents import SourceDocument
from vectorstore.embed import Embedder
from vectorstore.fingerprint import ALIKE, CONTAINED, Fingerprint, fingerprint
from vectorstore.load import Loaded, load, loads
from vectorstore.passages import Passage, cut, document_id
from vectorstore.read import Parsed, read_loaded
from vectorstore.store import PassageStore


class Status(StrEnum):
    """What became of a file."""

    ADDED = "added"
    UNCHANGED = "unchanged"
    DUPLICATE = "duplicate"
    REFUSED = "refused"
    REPLACED = "replaced"


class IngestRow(BaseModel):
    """One file: how many passages the store now has of it, how many noise lines were dropped, and why, where it needs saying."""

    model_config = ConfigDict(frozen=True)

    name: str
    status: Status
    passages: int = 0
    noise: int = 0
    reason: str | None = None


Progress = Callable[[int, int, IngestRow], None]
"""Called after each file: files done, files in all, its row."""


def samples() -> Path:
    """The folder of the small corpus that comes with the program."""
    return Path(__file__).with_name("samples")


def ingest(
    paths: Iterable[Path], store: PassageStore, embedder: Embedder, progress: Progress = lambda done, total, row: None
) -> list[IngestRow]:
    """Take files and folders into the store. A file that cannot be read is a row, never an error.

    A file is known by its name under the folder given. Known bytes are left alone; the same text under other masks or
    punctuation is kept out; a changed file replaces what was read from it before. Raises StoreError and ModelError.
    """
    store.sweep()
    files = list(_named(paths))
    rows: list[IngestRow] = []
    for path, name in files:
        try:
            row = ingest_loaded(load(path, name), store, embedder, _origin(path))
        except FileRefused as error:
            row = IngestRow(name=name, status=Status.REFUSED, reason=str(error))
        rows.append(row)
        progress(len(rows), len(files), row)
    return rows


def ingest_loaded(loaded: Loaded, store: PassageStore, embedder: Embedder, origin: str = "") -> IngestRow:
    """Take in one text at hand, as from an upload. Raises FileRefused where nothing in it can be kept."""
    known = store.documents()
    same = next((document for document in known if document.sha256 == loaded.sha256), None)
    if same:
        return _known_bytes(loaded, same, _earlier(loaded.name, origin, known, None), store)
    parsed = read_loaded(loaded)
    passages = cut(parsed)
    if not passages:
        raise FileRefused(f"《{loaded.name}》里没有读到正文")
    mark = fingerprint("\n".join(passage.text for passage in passages))
    earlier = _earlier(loaded.name, origin, known, mark)
    others = [document for document in known if document not in earlier]
    if reason := _double(mark, others):
        return IngestRow(name=loaded.name, status=Status.DUPLICATE, noise=len(parsed.noise), reason=reason)
    vectors = embedder.passages([passage.indexed for passage in passages])
    store.add(_record(parsed, origin, mark, passages), passages, vectors)
    for document in earlier:
        store.remove(document.id)
    status = Status.REPLACED if earlier else Status.ADDED
    reason = "正文不完整，结尾缺失" if parsed.truncated else None
    return IngestRow(name=loaded.name, status=status, passages=len(passages), noise=len(parsed.noise), reason=reason)


def _known_bytes(loaded: Loaded, same: SourceDocument, earlier: Sequence[SourceDocument], store: PassageStore) -> IngestRow:
    # A run killed after the new text was kept and before the old one was removed is brought to its end here.
    for document in earlier:
        if document.id != same.id:
            store.remove(document.id)
    if same.name == loaded.name:
        return IngestRow(name=loaded.name, status=Status.UNCHANGED, passages=same.passages, noise=same.noise)
    return IngestRow(name=loaded.name, status=Status.DUPLICATE, reason=f"与《{same.name}》完全相同")


def _earlier(name: str, origin: str, known: Sequence[SourceDocument], mark: Fingerprint | None) -> list[SourceDocument]:
    """What this file gave before: the same name from the same place, or from an unknown place, or nearly the same text.

    讲话.txt of another folder with another text is another document.
    """

    def is_earlier(document: SourceDocument) -> bool:
        same_place = not origin or not document.origin or origin == document.origin
        return document.name == name and (same_place or (mark is not None and mark.likeness(_mark(document)) >= ALIKE))

    return [document for document in known if is_earlier(document)]


def _double(mark: Fingerprint, others: Sequence[SourceDocument]) -> str | None:
    for document in others:
        alike = mark.likeness(_mark(document))
        if alike >= ALIKE:
            return f"与《{document.name}》内容重复（相似度 {alike:.0%}）"
        if mark.contained_in(_mark(document)) >= CONTAINED:
            return f"是《{document.name}》的一部分"
    return None


def _mark(document: SourceDocument) -> Fingerprint:
    return Fingerprint(signature=document.signature, shingles=document.shingles)


def _record(parsed: Parsed, origin: str, mark: Fingerprint, passages: Sequence[Passage]) -> SourceDocument:
    return SourceDocument(
        id=document_id(parsed.source.sha256),
        name=parsed.source.name,
        sha256=parsed.source.sha256,
        title=parsed.title or Path(parsed.source.name).stem,
        genre=parsed.genre,
        passages=len(passages),
        noise=len(parsed.noise),
        truncated=parsed.truncated,
        origin=origin,
        signature=mark.signature,
        shingles=mark.shingles,
        since=passages[0].since,
        until=passages[0].until,
    )


def _named(paths: Iterable[Path]) -> Iterator[tuple[Path, str]]:
    """Every file with its name: its path under the folder given, or its own; a name already taken gets its folder's before it."""
    taken: dict[str, Path] = {}
    for root in paths:
        for path in loads(root):
            place = path.absolute()
            name = path.relative_to(root).as_posix() if path != root else path.name
            above = place.parents[name.count("/")]
            while taken.setdefault(name, place) != place and above.name:
                name, above = f"{above.name}/{name}", above.parent
            yield path, name


def _origin(path: Path) -> str:
    return hashlib.sha256(str(path.absolute()).encode("utf-8", "surrogatepass")).hexdigest()[:16]
