"""Intake: decides what becomes of each file that was read, embeds in batches across documents, and writes."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path, PurePosixPath

from pydantic import BaseModel, ConfigDict

from vectorstore import places
from vectorstore.ahead import Reading
from vectorstore.documents import SourceDocument
from vectorstore.embed import Embedder
from vectorstore.fingerprint import ALIKE, Fingerprint, shingles
from vectorstore.known import Known, Likeness
from vectorstore.passages import LAYOUT, Passage
from vectorstore.store import Entry, PassageStore
from vectorstore.understood import Understood, body

# The embedder is at its best on whole batches, and a short document fills none; a kill costs no more than this many.
BATCH = 64


class Status(StrEnum):
    """What became of a file. `missing`: it is no longer where it was read, and what it gave is kept for now.

    `outdated`: an older program read it, it was not among the files of this run, and nothing can be searched until it is.
    """

    ADDED = "added"
    UNCHANGED = "unchanged"
    DUPLICATE = "duplicate"
    REFUSED = "refused"
    REPLACED = "replaced"
    MOVED = "moved"
    REMOVED = "removed"
    MISSING = "missing"
    OUTDATED = "outdated"


class IngestRow(BaseModel):
    """One file: how many passages the store now has of it, how many noise lines were dropped, and why, where it needs saying."""

    model_config = ConfigDict(frozen=True)

    name: str
    status: Status
    passages: int = 0
    noise: int = 0
    reason: str | None = None


Progress = Callable[[int, int, IngestRow], None]
"""Called once a row is known: rows done, rows in all, the row."""


def unheard(done: int, total: int, row: IngestRow) -> None:
    """A progress that nobody follows."""


@dataclass(frozen=True)
class _Pending:
    """A speech to be embedded and written, and what it takes the place of: earlier documents of its file, excerpts of its text.

    `anew`: an older program read the same bytes.
    """

    at: int
    document: SourceDocument
    passages: Sequence[Passage]
    earlier: Sequence[SourceDocument]
    excerpts: Sequence[SourceDocument] = ()
    anew: bool = False


@dataclass
class Intake:
    """One run over `total` files. `gone`: documents whose files are no longer there, which stand in nobody's way."""

    store: PassageStore
    embedder: Embedder
    known: Known
    total: int
    gone: dict[str, SourceDocument] = field(default_factory=dict)
    progress: Progress = unheard
    _rows: dict[int, list[IngestRow]] = field(default_factory=dict)
    _files: int = 0
    _done: int = 0
    _pending: list[_Pending] = field(default_factory=list)

    def take(self, name: str, place: Path | None, read: Reading) -> None:
        """Decide on one file; new text waits until a batch is full. `place`: where the file stands, None for an upload."""
        at = self._files
        self._files += 1
        if read.refused:
            return self._say(at, IngestRow(name=name, status=Status.REFUSED, reason=read.refused))
        if same := self.known.of_bytes(read.sha256):
            return self._say(at, self._known_bytes(name, place, same))
        for speech in read.speeches:
            self._weigh(at, name, place, speech)
        if sum(len(one.passages) for one in self._pending) >= BATCH:
            self.flush()

    def flush(self) -> None:
        """Embed and write what waits: new documents first, then what they replace is removed."""
        waiting, self._pending = self._pending, []
        if not waiting:
            return
        vectors = self.embedder.passages([passage.indexed for one in waiting for passage in one.passages])
        entries, begin = [], 0
        for one in waiting:
            entries.append(Entry(one.document, one.passages, vectors[begin : begin + len(one.passages)]))
            begin += len(one.passages)
        self.store.add_all(entries)
        for one in waiting:
            self._remove([*one.earlier, *one.excerpts])
            self._say(one.at, _row(one))

    def sweep_gone(self) -> None:
        """Remove the documents whose files are gone, now that all files have been looked at."""
        for document in list(self.gone.values()):
            self._remove([document])
            self.note(IngestRow(name=document.name, status=Status.REMOVED, reason="原文件已删除，语料已移除"))

    def note(self, row: IngestRow) -> None:
        """A row that belongs to no file of this run."""
        at = self._files
        self._files += 1
        self.total = max(self.total, self._files)
        self._say(at, row)

    def rows(self) -> list[IngestRow]:
        """The rows so far, in the order of the files."""
        return [row for at in sorted(self._rows) for row in self._rows[at]]

    def _say(self, at: int, row: IngestRow) -> None:
        if at not in self._rows:
            self._done += 1
        self._rows.setdefault(at, []).append(row)
        self.progress(self._done, self.total, row)

    def _weigh(self, at: int, name: str, place: Path | None, speech: Understood) -> None:
        document = _record(name, place, speech)
        anew = self.known.has(document.id)
        earlier = [one for one in self._earlier(name, place, speech.mark) if one.id != document.id]
        left_out = {one.id for one in earlier} | self.gone.keys() | {document.id}
        own = shingles(body(speech.passages))

        def exact(kept: SourceDocument) -> Likeness:
            other = shingles(body(self._passages_of(kept)))
            both = len(own & other)
            return Likeness(kept, both / len(own | other), both / len(own), both / len(other) if other else 0.0)

        double = self.known.double(speech.mark, exact, lambda kept: kept.id in left_out)
        noise = len(speech.parsed.noise)
        if double is not None:
            # What this very file held before is no longer in it.
            self._remove([one for one in earlier if place and one.origin == places.origin(place)])
            self._remove([document] if anew else [])
            return self._say(at, IngestRow(name=name, status=Status.DUPLICATE, noise=noise, reason=_likeness(double)))
        excerpts = self.known.excerpts(speech.mark, exact, lambda kept: kept.id in left_out)
        self.known.put(document)
        self.gone.pop(document.id, None)
        self._pending.append(_Pending(at, document, speech.passages, earlier, excerpts, anew))

    def _known_bytes(self, name: str, place: Path | None, same: Sequence[SourceDocument]) -> IngestRow:
        # A run killed after the new text was kept and before the old one was removed is brought to its end here.
        kept = {document.id for document in same}
        self._remove([document for document in self._earlier(name, place, None) if document.id not in kept])
        passages, noise = sum(one.passages for one in same), sum(one.noise for one in same)
        if place and any(one.id in self.gone for one in same):
            for one in same:
                self.gone.pop(one.id, None)
                self._record_anew(one, name, place)
            before = f"原为《{same[0].name}》，内容没有变化"
            return IngestRow(name=name, status=Status.MOVED, passages=passages, noise=noise, reason=before)
        if same[0].name == name:
            for one in same:
                # From a store of before folders were noted.
                if place and not one.above and one.origin == places.origin(place):
                    self._record_anew(one, name, place)
            return IngestRow(name=name, status=Status.UNCHANGED, passages=passages, noise=noise)
        return IngestRow(name=name, status=Status.DUPLICATE, reason=f"与《{same[0].name}》完全相同")

    def _record_anew(self, document: SourceDocument, name: str, place: Path) -> None:
        if any(one.document.id == document.id for one in self._pending):
            self.flush()
        update = {"name": name, "origin": places.origin(place), "above": places.above(place)}
        self.known.put(document.model_copy(update=update))
        self.store.record(document.model_copy(update=update))

    def _earlier(self, name: str, place: Path | None, mark: Fingerprint | None) -> list[SourceDocument]:
        """What this file gave before: the same name from the same place, or from an unknown place, or nearly the same text.

        讲话.txt of another folder with another text is another document.
        """
        mine = places.origin(place) if place else ""

        def is_earlier(document: SourceDocument) -> bool:
            same_place = not mine or not document.origin or mine == document.origin
            return same_place or (mark is not None and mark.likeness(_mark(document)) >= ALIKE)

        return [document for document in self.known.of_name(name) if is_earlier(document)]

    def _passages_of(self, document: SourceDocument) -> Iterable[Passage]:
        waiting = next((one.passages for one in self._pending if one.document.id == document.id), None)
        return waiting if waiting is not None else self.store.passages_of(document.id)

    def _remove(self, documents: Sequence[SourceDocument]) -> None:
        ids = {document.id for document in documents}
        if any(one.document.id in ids for one in self._pending):
            self.flush()
        for identity in ids:
            self.store.remove(identity)
            self.known.drop(identity)
            self.gone.pop(identity, None)


def _row(one: _Pending) -> IngestRow:
    remarks = ["正文不完整，结尾缺失"] if one.document.truncated else []
    remarks += [one.document.remark] if one.document.remark else []
    remarks += [f"比{_named(one.excerpts)}完整，已取代"] if one.excerpts else []
    remarks += ["旧版程序装入过，已重新读取"] if one.anew else []
    return IngestRow(
        name=one.document.name,
        status=Status.REPLACED if one.earlier or one.excerpts or one.anew else Status.ADDED,
        passages=len(one.passages),
        noise=one.document.noise,
        reason="；".join(remarks) or None,
    )


def _named(documents: Sequence[SourceDocument]) -> str:
    few = "、".join(f"《{document.name}》" for document in documents[:3])
    return few if len(documents) <= 3 else f"{few}等 {len(documents)} 篇"


def _likeness(double: Likeness) -> str:
    if double.alike >= ALIKE:
        return f"与《{double.document.name}》内容重复（相似度 {double.alike:.0%}）"
    return f"是《{double.document.name}》的一部分"


def _mark(document: SourceDocument) -> Fingerprint:
    return Fingerprint(signature=document.signature, shingles=document.shingles)


def _record(name: str, place: Path | None, speech: Understood) -> SourceDocument:
    parsed = speech.parsed
    return SourceDocument(
        id=speech.passages[0].document,
        name=name,
        sha256=parsed.source.sha256,
        title=parsed.title or PurePosixPath(name).stem,
        genre=parsed.genre,
        passages=len(speech.passages),
        noise=len(parsed.noise),
        truncated=parsed.truncated,
        origin=places.origin(place) if place else "",
        above=places.above(place) if place else "",
        signature=speech.mark.signature,
        shingles=speech.mark.shingles,
        remark=speech.remark,
        since=speech.passages[0].since,
        until=speech.passages[0].until,
        layout=LAYOUT,
    )
