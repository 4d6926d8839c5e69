"""/v1/corpus: the sources. Upload, list, look at, remove, search."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, nullcontext
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, File, Query, Response, UploadFile
from fastapi import Path as InPath

from api.callers import Caller
from api.errors import Refusal, problems
from api.schemas import Document, DocumentList, DocumentText, Upload, UploadedFile
from api.tenants import Tenant
from speech.brief import Genre
from speech.eras import OPEN_END, OPEN_START, Era
from speech.errors import FileRefused
from vectorstore.files import listed
from vectorstore.ingest import IngestRow, Status, ingest_loaded
from vectorstore.load import MOST_BYTES, load_bytes, shown
from vectorstore.read import read_loaded
from vectorstore.roles import Role
from vectorstore.search import PassageHit

router = APIRouter(prefix="/v1/corpus", tags=["corpus"])

MOST_FILES, MOST_IN_ARCHIVE = 20, 200
MOST_UPLOAD = MOST_BYTES + 2**20
DocumentId = Annotated[str, InPath(max_length=128)]


@router.post(
    "/documents",
    status_code=201,
    max_body_size=MOST_UPLOAD,
    responses=problems(400, 413, 422, 503) | {200: {"description": "known already", "model": Upload}},
)
def upload(files: Annotated[list[UploadFile], File(max_length=MOST_FILES)], tenant: Caller, response: Response) -> Upload:
    """Files into the corpus: .txt .md .docx .html .pdf, and zip archives of them. Says of each what became of it and which lines were
    dropped, and why.

    201 where something was added, 200 where all was known, 422 where no file could be taken.
    """
    taken = tuple(one for file in files for one in _taken(file, tenant))
    statuses = {one.row.status for one in taken}
    if statuses <= {Status.REFUSED}:
        raise Refusal(422, "；".join(filter(None, (one.row.reason for one in taken[:MOST_FILES]))) or "没有文件")
    if not statuses & {Status.ADDED, Status.REPLACED}:
        response.status_code = 200
    return Upload(files=taken)


def _taken(file: UploadFile, tenant: Tenant) -> Iterator[UploadedFile]:
    """What became of an upload: a row, or a row for each file of an archive."""
    name = shown((file.filename or "").replace("\\", "/").rsplit("/", 1)[-1])
    if not name.lower().endswith(".zip"):
        yield _read_in(name, lambda: file.file.read(MOST_BYTES + 1), tenant)
        return
    with tempfile.TemporaryDirectory(prefix="jianggao-") as folder:
        archive = Path(folder, "upload.zip")
        with archive.open("wb") as copy:
            shutil.copyfileobj(file.file, copy)
        found = listed([archive])
        if len(found) > MOST_IN_ARCHIVE:
            yield _refused(name, f"《{name}》里有 {len(found)} 个文件，一次最多 {MOST_IN_ARCHIVE} 个，请分几次上传")
            return
        if not found:
            yield _refused(name, f"《{name}》里没有可读的文件")
        opened = next((one.archive for one in found if one.archive), None)
        with closing(opened) if opened else nullcontext():
            for one in found:
                # what is wrong with the archive itself is said of it by its own name
                yield (
                    _refused(name, one.refused.replace(archive.name, name))
                    if one.closed
                    else _read_in(one.name, one.read, tenant)
                )


def _read_in(name: str, read: Callable[[], bytes], tenant: Tenant) -> UploadedFile:
    try:
        loaded = load_bytes(name, read())
        with tenant.filling:
            (row, *_) = ingest_loaded(loaded, tenant.store, tenant.embedder)
        return UploadedFile(row=row, dropped=read_loaded(loaded).noise)
    except FileRefused as error:
        return _refused(name, error.for_program)


def _refused(name: str, reason: str) -> UploadedFile:
    return UploadedFile(row=IngestRow(name=name, status=Status.REFUSED, reason=reason))


@router.get("/documents", responses=problems(422, 503))
def list_documents(
    tenant: Caller, limit: Annotated[int, Query(ge=1, le=1000)] = 200, offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0
) -> DocumentList:
    """The sources, by name."""
    kept = tenant.store.documents()
    return DocumentList(documents=tuple(map(Document.of, kept[offset : offset + limit])), total=len(kept))


@router.get("/documents/{document_id}", responses=problems(404, 422, 503))
def show(document_id: DocumentId, tenant: Caller) -> DocumentText:
    """A source and its passages, in order."""
    found = next((one for one in tenant.store.documents() if one.id == document_id), None)
    if found is None:
        raise Refusal(404, "语料库里没有这篇文稿")
    return DocumentText(document=Document.of(found), passages=tuple(tenant.store.passages_of(document_id)))


@router.delete("/documents/{document_id}", status_code=204, responses=problems(404, 422, 503))
def remove(document_id: DocumentId, tenant: Caller) -> None:
    """Remove a source and its passages."""
    with tenant.filling:
        if not tenant.store.remove(document_id):
            raise Refusal(404, "语料库里没有这篇文稿")


@router.get("/search", responses=problems(422, 503))
def search(
    tenant: Caller,
    q: Annotated[str, Query(min_length=1, max_length=500, examples=["红色物业"])],
    k: Annotated[int, Query(ge=1, le=100)] = 8,
    genre: Annotated[list[Genre], Query(max_length=12)] = [],  # noqa: B006  FastAPI copies it
    role: Annotated[list[Role], Query(max_length=12)] = [],  # noqa: B006
    since: Annotated[int, Query(ge=OPEN_START, le=OPEN_END, description="year")] = OPEN_START,
    until: Annotated[int, Query(ge=OPEN_START, le=OPEN_END, description="year")] = OPEN_END,
) -> list[PassageHit]:
    """Passages by meaning and by word, the best first, each with where it stands."""
    if since > until:
        raise Refusal(422, "since 应不晚于 until")
    era = Era(since=since, until=until)
    return tenant.search.search(q, k, roles=role, genres=genre, era=None if era == Era() else era)
