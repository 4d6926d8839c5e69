"""/v1/corpus: the sources. Upload, list, look at, remove, search."""

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
from vectorstore.ingest import IngestRow, Status, ingest_loaded
from vectorstore.load import MOST_BYTES, load_bytes, shown
from vectorstore.read import read_loaded
from vectorstore.roles import Role
from vectorstore.search import PassageHit

router = APIRouter(prefix="/v1/corpus", tags=["corpus"])

MOST_FILES = 20
MOST_UPLOAD = MOST_BYTES + 2**20
DocumentId = Annotated[str, InPath(max_length=128)]


@router.post(
    "/documents",
    status_code=201,
    max_body_size=MOST_UPLOAD,
    responses=problems(400, 413, 422, 503) | {200: {"description": "known already", "model": Upload}},
)
def upload(files: Annotated[list[UploadFile], File(max_length=MOST_FILES)], tenant: Caller, response: Response) -> Upload:
    """Files into the corpus: .txt .md .docx .html .pdf. Says of each what became of it and which lines were dropped, and why.

    201 where something was added, 200 where all was known, 422 where no file could be taken.
    """
    taken = tuple(_taken(file, tenant) for file in files)
    statuses = {one.row.status for one in taken}
    if statuses <= {Status.REFUSED}:
        raise Refusal(422, "；".join(filter(None, (one.row.reason for one in taken))) or "没有文件")
    if not statuses & {Status.ADDED, Status.REPLACED}:
        response.status_code = 200
    return Upload(files=taken)


def _taken(file: UploadFile, tenant: Tenant) -> UploadedFile:
    name = shown((file.filename or "").replace("\\", "/").rsplit("/", 1)[-1])
    try:
        loaded = load_bytes(name, file.file.read(MOST_BYTES + 1))
        with tenant.filling:
            (row, *_) = ingest_loaded(loaded, tenant.store, tenant.embedder)
        return UploadedFile(row=row, dropped=read_loaded(loaded).noise)
    except FileRefused as error:
        return UploadedFile(row=IngestRow(name=name, status=Status.REFUSED, reason=error.for_program))


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
