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
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.metrics import Metrics

REQUEST_ID: ContextVar[str | None] = ContextVar("request_id", default=None)
_GIVEN = re.compile(r"[A-Za-z0-9._-]{1,64}")
_SAFE = {"x-content-type-options": "nosniff", "referrer-policy": "no-referrer", "cross-origin-resource-policy": "same-origin"}
NO_PAGE = "default-src 'none'; frame-ancestors 'none'"

log = logging.getLogger("jianggao.http")


class Observed:
    """Middleware around everything: request ids, security headers, the log and the metrics."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app, self.metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        given = dict(scope["headers"]).get(b"x-request-id", b"").decode("latin-1")
        identity = given if _GIVEN.fullmatch(given) else secrets.token_hex(8)
        token = REQUEST_ID.set(identity)
        started, status, first = time.monotonic(), 500, 0.0

        async def noted(message: Message) -> None:
            nonlocal status, first
            if message["type"] == "http.response.start":
                status, first = message["status"], time.monotonic() - started
                headers = MutableHeaders(scope=message)
                headers["x-request-id"] = identity
                for name, value in _SAFE.items():
                    headers.setdefault(name, value)
                headers.setdefault("content-security-policy", NO_PAGE)
                headers.setdefault("cache-control", "no-store")
            await send(message)

        try:
            await self.app(scope, receive, noted)
        finally:
            route = getattr(scope.get("route"), "path", None) or "other"
            self.metrics.request(scope["method"], route, status, first)
            about = {
                "method": scope["method"],
                "route": route,
                "status": status,
                "first_byte_ms": round(first * 1000, 1),
                "ms": round((time.monotonic() - started) * 1000, 1),
                "tenant": scope.get("state", {}).get("tenant"),
            }
            log.info("request", extra={"about": about})
            REQUEST_ID.reset(token)


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
