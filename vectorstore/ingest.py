"""ingest(paths): files into the store, a row a file. Run again it does nothing; killed, it goes on where it stood."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

from speech.errors import FileRefused
from vectorstore import places
from vectorstore.ahead import THREADS, Reading, read_ahead
from vectorstore.documents import SourceDocument
from vectorstore.embed import Embedder
from vectorstore.files import Found, listed
from vectorstore.intake import IngestRow, Intake, Progress, Status, unheard
from vectorstore.known import Known
from vectorstore.load import Loaded
from vectorstore.store import PassageStore
from vectorstore.understood import understood

__all__ = ["IngestRow", "Progress", "Status", "ingest", "ingest_loaded", "samples"]

_OUTDATED = "由旧版程序装入；请对原文件再运行一次 ingest，原文件已不在的，用 jianggao documents remove 移除"
_MISSING = "原文件不见了，语料暂且保留；确已删除时请加 --prune 移除"


def samples() -> Path:
    """The folder of the small corpus that comes with the program."""
    return Path(__file__).with_name("samples")


def ingest(
    paths: Iterable[Path],
    store: PassageStore,
    embedder: Embedder,
    progress: Progress = unheard,
    *,
    prune: bool = False,
    threads: int = THREADS,
) -> list[IngestRow]:
    """Take files, folders and zip archives into the store. A file that cannot be read is a row, never an error.

    A file is known by its name under the folder given. Known bytes are left alone; the same text under other masks or
    punctuation is kept out, and so is an excerpt; a whole text takes the place of its excerpts; a changed file replaces what was read from it before; a renamed one is not embedded again.
    What was read from files that are no longer in a folder given is removed, unless more than half of it would go, as
    when a disk is not mounted: then it is kept and said, and `prune` removes it. What an older program read is read anew.
    Raises StoreError and ModelError.
    """
    roots = list(paths)
    store.sweep()
    known = Known(store.documents())
    files = listed(roots)
    gone, missing = _gone(roots, files, known, prune)
    intake = Intake(store, embedder, known, len(files), {document.id: document for document in gone}, progress)
    for found, read in read_ahead(files, known, threads):
        intake.take(found.name, found.place, read)
    intake.flush()
    intake.sweep_gone()
    for document in missing:
        if known.has(document.id):
            intake.note(IngestRow(name=document.name, status=Status.MISSING, passages=document.passages, reason=_MISSING))
    for document in known.outdated():
        if document not in missing:
            intake.note(IngestRow(name=document.name, status=Status.OUTDATED, passages=document.passages, reason=_OUTDATED))
    return intake.rows()


def ingest_loaded(loaded: Loaded, store: PassageStore, embedder: Embedder) -> list[IngestRow]:
    """Take in one file at hand, as from an upload. Raises FileRefused where nothing in it can be kept."""
    known = Known(store.documents())
    speeches = () if known.of_bytes(loaded.sha256) else understood(loaded)
    intake = Intake(store, embedder, known, 1)
    intake.take(loaded.name, None, Reading(loaded.sha256, speeches))
    intake.flush()
    return intake.rows()


def _gone(roots: list[Path], files: list[Found], known: Known, prune: bool) -> tuple[list[SourceDocument], list[SourceDocument]]:
    """Documents whose files are gone, to be removed; and those that are only missing, where too many are gone.

    One whose bytes stand under another name now was moved, and counts as neither.
    """
    looked = [root for root in roots if prune or root.exists()]
    gone = places.gone(looked, files, known)
    if not gone or prune:
        return gone, []
    bytes_gone = {document.sha256 for document in gone}
    origins = {document.origin for document in known}
    moved = bytes_gone & {_sha256(one) for one in files if places.origin(one.place) not in origins}
    lost = [document for document in gone if document.sha256 not in moved]
    if not places.too_many(lost, looked, known):
        return gone, []
    return [document for document in gone if document.sha256 in moved], lost


def _sha256(found: Found) -> str:
    try:
        return hashlib.sha256(found.read()).hexdigest()
    except FileRefused:
        return ""
