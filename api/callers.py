"""Who calls a route, and the parts of the server that answers: what every route depends on."""

from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Path, Query, Request
from fastapi.security import APIKeyHeader, HTTPBearer

from api.chatting import Chats
from api.errors import Refusal
from api.feed import Feeds
from api.jobs import JobRunner
from api.metrics import Metrics
from api.security import OFFICE, from_here, key_in
from api.tenants import Premises, Tenant

# For the OpenAPI document; the key itself is read by key_in.
_BEARER = HTTPBearer(auto_error=False, scheme_name="bearer", description="a key of JIANGGAO_API_KEYS")
_HEADER = APIKeyHeader(name="X-API-Key", auto_error=False, scheme_name="header", description="the same key")


@dataclass(frozen=True)
class Server:
    """The parts of a running server."""

    premises: Premises
    runner: JobRunner
    feeds: Feeds
    metrics: Metrics
    chats: Chats = field(default_factory=Chats)


def server_of(request: Request) -> Server:
    server = request.app.state.server
    assert isinstance(server, Server)
    return server


def tenant_of(request: Request) -> Tenant:
    """The tenant whose key was sent; without keys the office, for this machine alone. 401, 403 otherwise."""
    premises = server_of(request).premises
    if premises.keys:
        key = key_in(request.headers)
        name = premises.keys.tenant_of(key) if key else None
        if name is None:
            told = "密钥不对" if key else "需要密钥：Authorization: Bearer 密钥"
            raise Refusal(401, told, {"WWW-Authenticate": "Bearer"})
    else:
        client = request.client.host if request.client else None
        if not from_here(client, request.headers):
            raise Refusal(403, "没有设置 JIANGGAO_API_KEYS，只接受本机的请求")
        name = OFFICE
    request.state.tenant = name
    return premises.tenants[name]


async def _caller(
    request: Request, _bearer: Annotated[object, Depends(_BEARER)], _header: Annotated[object, Depends(_HEADER)]
) -> Tenant:
    return tenant_of(request)


async def _linked(
    request: Request,
    draft_id: Annotated[str, Path(max_length=64)],
    _bearer: Annotated[object, Depends(_BEARER)],
    _header: Annotated[object, Depends(_HEADER)],
    until: Annotated[int | None, Query(ge=0, le=2**40, description="as in a link that the chat gives")] = None,
    signature: Annotated[str | None, Query(pattern="^[0-9a-f]{64}$", description="the same")] = None,
) -> Tenant:
    """The tenant that was given a link to this draft, whoever follows it; else the one whose key was sent."""
    premises = server_of(request).premises
    if until is not None and signature is not None:
        name = premises.keys.tenant_of_link(draft_id, until, signature)
        if name is not None:
            request.state.tenant = name
            return premises.tenants[name]
    return tenant_of(request)


async def _served(request: Request) -> Server:
    return server_of(request)


Caller = Annotated[Tenant, Depends(_caller)]
Linked = Annotated[Tenant, Depends(_linked)]
Served = Annotated[Server, Depends(_served)]
