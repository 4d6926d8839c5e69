"""/v1/drafts/{id}: changes of a finished draft. Each is kept as a revision that can be looked at, compared and taken back."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Body, Query, Response
from fastapi import Path as InPath
from pydantic import BaseModel, ConfigDict, Field

from agent.drafts import Draft, Revision, Why
from agent.revise import path_of
from agent.revision.compare import Change as Difference
from agent.revision.compare import compare
from agent.revision.restate import speech_of
from api.callers import Caller, Served, Server
from api.errors import Refusal, problems
from api.routes.drafts import DraftId, standing
from api.schemas import LONGEST_TEXT
from api.seen import ETAG, IfMatch, check_seen, tagged
from api.tasks import Change, Revise, Rewrite
from api.tenants import Tenant
from speech.brief import LONGEST, SHORTEST
from speech.errors import DraftError
from speech.finding import Finding

router = APIRouter(prefix="/v1/drafts/{draft_id}", tags=["revisions"])

Answer = Annotated[str, Field(max_length=200)]
_CHANGING = problems(404, 409, 412, 413, 415, 422) | {200: {"description": "the draft as changed", "headers": ETAG}}
_CHANGING_LATER = problems(404, 409, 412, 413, 415, 422, 429, 503)


class Instruction(BaseModel):
    """What is asked of a section, in plain words."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", json_schema_extra={"examples": [{"instruction": "再充实一些，突出物业党建"}]}
    )

    instruction: str = Field(min_length=1, max_length=1000)


class Fact(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="forbid", json_schema_extra={"examples": [{"fact": "全市已建成红色物业小区210个"}]}
    )

    fact: str = Field(min_length=1, max_length=500)


class Changes(BaseModel):
    """What is to be other than it was; what is left out stays."""

    model_config = ConfigDict(frozen=True, extra="forbid", json_schema_extra={"examples": [{"speaker": "市长", "length": 1500}]})

    speaker: str | None = Field(default=None, min_length=1, max_length=200)
    audience: str | None = Field(default=None, min_length=1, max_length=200)
    date: str | None = Field(default=None, min_length=1, max_length=200)
    length: int | None = Field(default=None, ge=SHORTEST, le=LONGEST)


class Back(BaseModel):
    """`to`: the revision to go back to; the one before where it is left out."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    to: int | None = Field(default=None, ge=1, le=1_000_000)


class Place(BaseModel):
    """A finding of the review by where it stands; the whole of it may be sent."""

    model_config = ConfigDict(frozen=True)

    rule: str = Field(max_length=100)
    start: int = Field(ge=0, le=LONGEST_TEXT)
    end: int = Field(ge=0, le=LONGEST_TEXT)
    suggestion: str | None = Field(default=None, max_length=1000)


class Mending(BaseModel):
    """`finding`: its place, or its number in `review.findings`, counted from 0. `revision`: the one whose review it is of."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        json_schema_extra={"examples": [{"finding": {"rule": "formulation.name", "start": 120, "end": 124}}, {"finding": 0}]},
    )

    finding: Annotated[int, Field(ge=0, le=10_000, strict=True)] | Place
    revision: int | None = Field(default=None, ge=1, le=1_000_000)

    def of(self, draft: Draft) -> Finding:
        """The finding that is meant. Raises DraftError."""
        found = draft.review.findings if draft.review else ()
        if self.revision not in (None, draft.revision):
            raise DraftError(f"稿子 {draft.id} 已是第 {draft.revision} 稿", "请看过最新的审核再改")
        if isinstance(self.finding, int):
            meant = list(found[self.finding : self.finding + 1])
        else:
            own = self.finding
            meant = [
                one
                for one in found
                if (one.rule, one.start, one.end) == (own.rule, own.start, own.end) and own.suggestion in (None, one.suggestion)
            ]
        if not meant:
            raise DraftError("稿中没有这一处问题，或已经改过", "请看过最新的审核再改")
        return meant[0]


class RevisionSummary(BaseModel):
    model_config = ConfigDict(frozen=True)

    number: int
    made: datetime
    why: Why
    note: str
    of: int | None


class RevisionList(BaseModel):
    model_config = ConfigDict(frozen=True)

    revisions: tuple[RevisionSummary, ...]


@router.post("/sections/{path}/rewrite", status_code=202, responses=_CHANGING_LATER)
def rewrite(
    draft_id: DraftId,
    path: Annotated[str, InPath(max_length=40, examples=["二（一）"])],
    asked: Instruction,
    tenant: Caller,
    server: Served,
    if_match: IfMatch = None,
) -> Draft:
    """One section anew, as the instruction asks; the others stay byte for byte. 202: the events tell when it is done."""
    draft = _finished(tenant, draft_id, if_match)
    at = path_of(draft, path)
    return _submitted(server, tenant, draft, Rewrite(revision=draft.revision, path=at, instruction=asked.instruction))


@router.post("/change", status_code=202, responses=_CHANGING_LATER)
def change(draft_id: DraftId, asked: Changes, tenant: Caller, server: Served, if_match: IfMatch = None) -> Draft:
    """Another speaker, audience, date or length. 202: the events tell when it is done."""
    draft = _finished(tenant, draft_id, if_match)
    if not asked.model_dump(exclude_none=True):
        raise Refusal(422, "没有说要调整什么：可调整 speaker、audience、date、length")
    return _submitted(server, tenant, draft, Change(revision=draft.revision, **asked.model_dump()))


@router.post("/fill", responses=_CHANGING)
def fill(
    draft_id: DraftId,
    answers: Annotated[
        dict[Annotated[str, Field(max_length=20)], Answer],
        Body(min_length=1, max_length=500, openapi_examples={"one": {"value": {"p1": "3月5日"}}}),
    ],
    tenant: Caller,
    server: Served,
    response: Response,
    if_match: IfMatch = None,
) -> Draft:
    """Answers to the fill-in sheet: each goes to every place of its placeholder.

    The ids are those of one revision's sheet: where several people fill, send `If-Match` with the ETag of the draft that was seen.
    """
    with tenant.editing:
        return tagged(response, tenant.reviser.fill(_free(server, tenant, draft_id, if_match), answers))


@router.post("/facts", responses=_CHANGING)
def add_fact(
    draft_id: DraftId, asked: Fact, tenant: Caller, server: Served, response: Response, if_match: IfMatch = None
) -> Draft:
    """A fact that comes after the draft, put where it belongs."""
    with tenant.editing:
        return tagged(response, tenant.reviser.add_fact(_free(server, tenant, draft_id, if_match), asked.fact))


@router.post("/mend", responses=_CHANGING)
def mend(
    draft_id: DraftId, asked: Mending, tenant: Caller, server: Served, response: Response, if_match: IfMatch = None
) -> Draft:
    """What a finding of the review suggests, put in its place; 409 where it no longer stands there, or suggests nothing."""
    with tenant.editing:
        draft = _free(server, tenant, draft_id, if_match)
        return tagged(response, tenant.reviser.mend(draft, asked.of(draft)))


@router.post("/undo", responses=_CHANGING)
def undo(
    draft_id: DraftId,
    tenant: Caller,
    server: Served,
    response: Response,
    asked: Annotated[Back, Body()] = Back(),  # noqa: B008
    if_match: IfMatch = None,
) -> Draft:
    """Take the last change back, or go to an earlier revision; that is a revision too, and can be taken back."""
    with tenant.editing:
        return tagged(response, tenant.reviser.take_back(_free(server, tenant, draft_id, if_match), asked.to))


@router.get("/revisions", responses=problems(404, 422))
def revisions(draft_id: DraftId, tenant: Caller) -> RevisionList:
    """The revisions, the first first; none while the draft is being written."""
    kept = tenant.drafts.revisions(draft_id)
    return RevisionList(
        revisions=tuple(RevisionSummary(**one.model_dump(include=set(RevisionSummary.model_fields))) for one in kept)
    )


@router.get("/revisions/{number}", responses=problems(404, 422))
def revision(draft_id: DraftId, number: Annotated[int, InPath(ge=1, le=1_000_000)], tenant: Caller) -> Revision:
    """One revision, whole."""
    return _revision(tenant, draft_id, number)


@router.get("/compare", responses=problems(404, 422))
def compared(
    draft_id: DraftId,
    tenant: Caller,
    before: Annotated[int, Query(ge=1, le=1_000_000)],
    after: Annotated[int, Query(ge=1, le=1_000_000)],
) -> list[Difference]:
    """What changed from revision `before` to revision `after`, paragraph by paragraph."""
    return list(compare(_revision(tenant, draft_id, before), _revision(tenant, draft_id, after)))


def _submitted(server: Server, tenant: Tenant, draft: Draft, task: Revise) -> Draft:
    server.runner.submit(tenant, draft.id, task)
    return standing(server, tenant, draft.id)


def _finished(tenant: Tenant, draft_id: str, if_match: str | None) -> Draft:
    """The finished draft, at a revision that its caller has seen. Raises DraftNotFound, DraftError, Refusal."""
    draft = tenant.drafts.get(draft_id)
    speech_of(draft)
    check_seen(draft, if_match)
    return draft


def _free(server: Server, tenant: Tenant, draft_id: str, if_match: str | None) -> Draft:
    """The draft, which no job is at work on, at a revision that its caller has seen. Raises DraftNotFound, Busy, Refusal."""
    server.runner.check_free(tenant, draft_id)
    draft = tenant.drafts.get(draft_id)
    check_seen(draft, if_match)
    return draft


def _revision(tenant: Tenant, draft_id: str, number: int) -> Revision:
    found = next((one for one in tenant.drafts.revisions(draft_id) if one.number == number), None)
    if found is None:
        raise Refusal(404, f"稿子 {draft_id} 没有第 {number} 稿")
    return found
