"""/health, /metrics: for those who watch over the server. No call to a model."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from api.callers import Caller, Served
from api.errors import problems
from api.metrics import CONTENT_TYPE
from speech.errors import JianggaoError

router = APIRouter(tags=["health"])


class Live(BaseModel):
    model_config = ConfigDict(frozen=True)

    status: Annotated[str, Field(examples=["ok"])]


class Part(BaseModel):
    """A part of the server, and in a line how it is."""

    model_config = ConfigDict(frozen=True)

    name: str
    ready: bool
    detail: str


class Ready(BaseModel):
    model_config = ConfigDict(frozen=True)

    ready: bool
    parts: tuple[Part, ...]


@router.get("/health/liveness")
async def liveness() -> Live:
    """The process answers."""
    return Live(status="ok")


@router.get("/health/readiness", responses={503: {"model": Ready, "description": "something is not ready"}})
def readiness(server: Served, response: Response) -> Ready:
    """Whether drafts can be taken: database, corpus, model."""
    parts = [_part("database", lambda: [tenant.ledger.jobs() for tenant in server.premises.tenants.values()])]
    parts.append(_part("corpus", lambda: [tenant.store.revision for tenant in server.premises.tenants.values()]))
    connected, detail = server.premises.model_state()
    parts.append(Part(name="model", ready=connected, detail=detail))
    ready = all(part.ready for part in parts)
    response.status_code = 200 if ready else 503
    return Ready(ready=ready, parts=tuple(parts))


@router.get(
    "/metrics",
    response_class=Response,
    responses=problems() | {200: {"description": "Prometheus text", "content": {"text/plain": {"schema": {"type": "string"}}}}},
)
def metrics(server: Served, tenant: Caller) -> Response:
    """Counts and times, for Prometheus."""
    return Response(server.metrics.text(server.runner.counts(), server.feeds.streams), media_type=CONTENT_TYPE)


def _part(name: str, look: Callable[[], object]) -> Part:
    try:
        look()
    except JianggaoError as error:
        return Part(name=name, ready=False, detail=error.message)
    return Part(name=name, ready=True, detail="正常")
