"""What is noted of every request: an id that comes back in the answer, a line in the log, a count. No text, no query, no key."""

import json
import logging
import re
import secrets
import time
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import errors
from api.metrics import Metrics

REQUEST_ID: ContextVar[str | None] = ContextVar("request_id", default=None)
_GIVEN = re.compile(r"[A-Za-z0-9._-]{1,64}")
_SAFE = {"x-content-type-options": "nosniff", "referrer-policy": "no-referrer", "cross-origin-resource-policy": "same-origin"}
NO_PAGE = "default-src 'none'; frame-ancestors 'none'"

log = logging.getLogger("jianggao.http")


class Observed:
    """Around everything: request ids, security headers, the log and the metrics; a fault, and a body too large, in our own shape."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app, self.metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        given = dict(scope["headers"]).get(b"x-request-id", b"").decode("latin-1")
        seen = _Seen(scope, send, given if _GIVEN.fullmatch(given) else secrets.token_hex(8))
        token = REQUEST_ID.set(seen.identity)
        try:
            await self.app(scope, receive, seen)
        except Exception as error:
            log.error("fault", exc_info=error)
            if seen.status != 500:
                raise  # it came in the middle of another answer, which must not look whole
        finally:
            self._note(scope, seen)
            REQUEST_ID.reset(token)

    def _note(self, scope: Scope, seen: "_Seen") -> None:
        route = getattr(scope.get("route"), "path", None) or "other"
        self.metrics.request(scope["method"], route, seen.status, seen.first)
        about = {
            "method": scope["method"],
            "route": route,
            "status": seen.status,
            "first_byte_ms": round(seen.first * 1000, 1),
            "ms": round((time.monotonic() - seen.started) * 1000, 1),
            "tenant": scope.get("state", {}).get("tenant"),
        }
        log.info("request", extra={"about": about})


class _Seen:
    """The answer of one request on its way out."""

    def __init__(self, scope: Scope, send: Send, identity: str) -> None:
        self.scope, self.send, self.identity = scope, send, identity
        self.started, self.status, self.first = time.monotonic(), 0, 0.0
        self._replaced = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            if message["status"] == 413 and headers.get("content-type", "").startswith("text/plain"):
                # FastAPI's own answer, given outside of all handlers
                self._replaced = True
                await errors.answer(Request(self.scope), 413, errors.TOO_LARGE)(self.scope, _nothing, self)
                return
            self.status, self.first = message["status"], time.monotonic() - self.started
            headers["x-request-id"] = self.identity
            for name, value in _SAFE.items():
                headers.setdefault(name, value)
            headers.setdefault("content-security-policy", NO_PAGE)
            headers.setdefault("cache-control", "no-store")
        elif self._replaced and message.get("body") == b"Content Too Large":
            return
        await self.send(message)


async def _nothing() -> Message:
    return {"type": "http.disconnect"}


class JsonLines(logging.Formatter):
    """A log record as one JSON object a line, with the id of the request that it belongs to."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if identity := REQUEST_ID.get():
            line["request_id"] = identity
        line |= getattr(record, "about", {})
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def log_to_standard_error() -> None:
    """Our log and uvicorn's, as JSON lines on standard error."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    for name, level in (("jianggao", logging.INFO), ("uvicorn", logging.INFO), ("uvicorn.access", logging.WARNING)):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [handler] if name != "uvicorn.access" else [], False
        logger.setLevel(level)
