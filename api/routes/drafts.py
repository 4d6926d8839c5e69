"""/v1/drafts: begin, list, follow, fill, stop, export."""

import asyncio
import json
import tempfile
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import quote

from fastapi import APIRouter, Body, Header, Query, Response
from fastapi import Path as InPath
from fastapi.responses import StreamingResponse

from agent.approve import EditedOutline, approved
from agent.drafts import Draft, Status, new_draft
from api.callers import Caller, Linked, Served, Server
from api.errors import Refusal, problems
from api.events import NAMES
from api.jobs import PROMPTLY
from api.references import references
from api.schemas import BRIEF_EXAMPLE, OUTLINE_EXAMPLE, REQUEST_EXAMPLE, DraftList, DraftSummary, NewDraft
from api.seen import ETAG, tagged
from api.tasks import Write
from api.tenants import Tenant
from speech.docx import to_docx
from speech.errors import DraftError
from speech.render import to_markdown

router = APIRouter(prefix="/v1/drafts", tags=["drafts"])

DraftId = Annotated[str, InPath(max_length=64, examples=["0305-ab12cd"])]
_TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "md": "text/markdown; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
    "json": "application/json",
}
_EVENT = {
    "type": "object",
    "properties": {"id": {"type": "string"}, "event": {"type": "string", "enum": list(NAMES)}, "data": {"type": "string"}},
    "required": ["id", "event", "data"],
}
_MOST_STREAMS = 500
_EVENTS = "Server-sent events, numbered from 1: " + "; ".join(f"`{name}` {what}" for name, what in NAMES.items())


@router.post("", status_code=202, responses=problems(409, 413, 415, 422, 429, 503))
def begin(
    task: Annotated[
        NewDraft,
        Body(
            openapi_examples={
                "request": {"value": REQUEST_EXAMPLE},
                "brief": {"value": {**BRIEF_EXAMPLE, "approve_outline": True}},
            }
        ),
    ],
    tenant: Caller,
    server: Served,
    response: Response,
    idempotency_key: Annotated[str | None, Header(min_length=1, max_length=200, pattern=r"^[\x21-\x7e]+$")] = None,
) -> Draft:
    """Begin a draft from a brief or a request in plain words. 202 and the draft; its events tell how it goes.

    With an `Idempotency-Key` the same body is answered as before, another body with 422, one that is still being answered with 409.
    """
    if idempotency_key is None:
        server.runner.check_room()
        brief = task.brief()
        return _submitted(server, tenant, new_draft(brief, task.request, task.approve_outline, tenant.name), response)
    body = task.fingerprint()
    key = f"begin {idempotency_key}"
    if kept := tenant.ledger.kept(key):
        return _replayed(kept.body, kept.answer, body, response)
    server.runner.check_room()
    draft = new_draft(task.brief(), task.request, task.approve_outline, tenant.name)
    if kept := tenant.ledger.claim(key, body, draft.id):
        return _replayed(kept.body, kept.answer, body, response)
    try:
        begun = _submitted(server, tenant, draft, response)
    except BaseException:
        tenant.ledger.release(key)
        raise
    tenant.ledger.answered(key, begun.model_dump_json())
    return begun


def _submitted(server: Server, tenant: Tenant, draft: Draft, response: Response) -> Draft:
    """Keep the draft and its job; it is acknowledged only when both are on disk."""
    server.runner.submit(tenant, draft.id, Write(), lambda: _keep(tenant, draft))
    response.headers["Location"] = f"/v1/drafts/{draft.id}"
    return draft


def _keep(tenant: Tenant, draft: Draft) -> None:
    tenant.drafts.save(draft)


def _replayed(first_body: str, answer: str | None, body: str, response: Response) -> Draft:
    if first_body != body:
        raise Refusal(422, "这个 Idempotency-Key 已用于另一个请求")
    if answer is None:
        raise Refusal(409, "同一个请求正在处理，请稍后再取结果", {"Retry-After": "1"})
    draft = Draft.model_validate_json(answer)
    response.headers["Location"] = f"/v1/drafts/{draft.id}"
    response.headers["Idempotent-Replayed"] = "true"
    return draft


@router.get("", responses=problems(422))
def list_drafts(
    tenant: Caller,
    server: Served,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> DraftList:
    """The drafts, the newest first."""
    kept = tenant.drafts.list()
    shown = [DraftSummary.of(one) for one in kept[offset : offset + limit]]
    now = [one.model_copy(update=server.runner.standing(tenant, one.id)) for one in shown]
    return DraftList(drafts=tuple(now), total=len(kept))


@router.get("/{draft_id}", responses=problems(404, 422) | {200: {"description": "the draft", "headers": ETAG}})
def show(draft_id: DraftId, tenant: Caller, server: Served, response: Response) -> Draft:
    """A draft as it stands. One that is being changed is in progress, and its text the last one."""
    return tagged(response, standing(server, tenant, draft_id))


@router.get(
    "/{draft_id}/events",
    responses=problems(404, 422, 429)
    | {
        200: {"description": _EVENTS, "content": {"text/event-stream": {"itemSchema": _EVENT}}},
        204: {"description": "nothing is left to tell: do not reconnect"},
    },
    response_class=Response,
)
async def events(
    draft_id: DraftId,
    tenant: Caller,
    server: Served,
    last_event_id: Annotated[int | None, Header(ge=0, le=2**53)] = None,
    after: Annotated[int | None, Query(ge=0, le=2**53, description="as Last-Event-ID, where no header can be sent")] = None,
) -> Response:
    """The events of a draft, from the first or from after `Last-Event-ID`, each once, until its job has ended; 204 where none are left."""
    seen = last_event_id if last_event_id is not None else after or 0
    await asyncio.to_thread(tenant.drafts.get, draft_id)
    if server.feeds.find(tenant.ledger, draft_id) is None and not await asyncio.to_thread(tenant.ledger.more, draft_id, seen):
        return Response(status_code=204)
    if server.feeds.streams >= _MOST_STREAMS:
        raise Refusal(429, "打开的事件流太多", {"Retry-After": "5"})
    headers = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
    return StreamingResponse(server.feeds.stream(tenant.ledger, draft_id, seen), headers=headers, media_type="text/event-stream")


@router.put("/{draft_id}/outline", status_code=202, responses=problems(404, 409, 413, 415, 422))
def approve(
    draft_id: DraftId,
    tenant: Caller,
    server: Served,
    outline: Annotated[EditedOutline | None, Body(openapi_examples={"changed": {"value": OUTLINE_EXAMPLE}})] = None,
) -> Draft:
    """Approve the outline that waits, or send a changed one in its place; an outline as the draft has it will do. The run goes on."""
    with tenant.editing:
        kept = approved(tenant.drafts.get(draft_id), outline)
        server.runner.go_on(tenant, draft_id, keep=lambda: _keep(tenant, kept))
        return tenant.drafts.get(draft_id)


@router.post("/{draft_id}/resume", status_code=202, responses=problems(404, 409, 422, 429, 503))
def resume(draft_id: DraftId, tenant: Caller, server: Served) -> Draft:
    """Go on with a draft that failed or was stopped; what is written is not written again."""
    with tenant.editing:
        draft = tenant.drafts.get(draft_id)
        if draft.status in (Status.COMPLETED, Status.WAITING):
            raise DraftError(f"稿子 {draft_id} {'已经写完' if draft.status == Status.COMPLETED else '等着定提纲'}")
        queued = draft.model_copy(update={"status": Status.QUEUED, "error": None})
        server.runner.submit(tenant, draft_id, Write(), lambda: _keep(tenant, queued))
        return queued


@router.post("/{draft_id}/cancel", responses=problems(404, 409, 422))
def cancel(draft_id: DraftId, tenant: Caller, server: Served) -> Draft:
    """Stop the model, within two seconds; what is written is kept. A draft without a job is left as it is."""
    tenant.drafts.get(draft_id)
    if job := server.runner.cancel(tenant, draft_id):
        job.settled.wait(PROMPTLY)
    return standing(server, tenant, draft_id)


def standing(server: Server, tenant: Tenant, draft_id: str) -> Draft:
    """The draft with the status of its job, where it has one. Raises DraftNotFound."""
    return tenant.drafts.get(draft_id).model_copy(update=server.runner.standing(tenant, draft_id))


@router.delete("/{draft_id}", status_code=204, responses=problems(404, 409, 422))
def remove(draft_id: DraftId, tenant: Caller, server: Served) -> None:
    """Remove a draft with everything that belongs to it, stopped first where it is being written."""
    tenant.drafts.get(draft_id)
    if (job := server.runner.cancel(tenant, draft_id)) and not job.settled.wait(2 * PROMPTLY):
        raise DraftError(f"稿子 {draft_id} 还没停下", "请稍后再删")
    with tenant.editing:
        server.runner.check_free(tenant, draft_id)
        tenant.drafts.delete(draft_id)
        tenant.ledger.forget(draft_id)


@router.get(
    "/{draft_id}/export",
    response_class=Response,
    responses=problems(404, 409, 422)
    | {
        200: {
            "description": "the document",
            "content": {
                kind.split(";")[0]: {"schema": {"type": "object" if "json" in kind else "string"}} for kind in _TYPES.values()
            },
        }
    },
)
def export(
    draft_id: DraftId,
    tenant: Linked,
    format: Annotated[Literal["docx", "md", "txt", "json"], Query()] = "docx",
    highlight: Annotated[bool, Query(description="placeholders on yellow, in Word")] = True,
    sources: Annotated[bool, Query(description="an annex with what each part was written from, in Word")] = False,
) -> Response:
    """The document as a file. A link that the chat gave opens it without a key."""
    draft = tenant.drafts.get(draft_id)
    if draft.speech is None:
        raise DraftError(f"稿子 {draft_id} 还没写完", "写完后再导出")
    match format:
        case "docx":
            with tempfile.TemporaryDirectory(prefix="jianggao-") as folder:
                file = Path(folder, "draft.docx")
                to_docx(draft.speech, file, highlight, references(draft) if sources else ())
                content = file.read_bytes()
        case "md":
            content = to_markdown(draft.speech).encode()
        case "txt":
            content = draft.text.encode()
        case "json":
            content = json.dumps(draft.model_dump(mode="json"), ensure_ascii=False, indent=2).encode()
    title = draft.outline.title if draft.outline else draft.id
    name = quote(f"{title[:60]}.{format}", safe="")
    disposition = f"attachment; filename=\"{draft.id}.{format}\"; filename*=UTF-8''{name}"
    return Response(content, media_type=_TYPES[format], headers={"Content-Disposition": disposition})
