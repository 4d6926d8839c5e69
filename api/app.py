"""The HTTP server: routes, errors, the page, and what runs behind them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.staticfiles import StaticFiles
from starlette.responses import Response
from starlette.types import ASGIApp, Scope

from api import errors
from api.callers import Server
from api.errors import Problem
from api.feed import Feeds
from api.jobs import JobRunner
from api.metrics import Metrics
from api.observe import Observed
from api.routes import chat, corpus, drafts, health, models, review, revisions
from api.tenants import Premises

MOST_BODY = 2 * 2**20
WEB = Path(__file__).with_name("web")
_PAGE = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def create_app(premises: Premises, web: Path = WEB) -> FastAPI:
    """The server of `premises`, which outlive it. Jobs of an earlier server are taken up when it starts."""
    feeds, metrics = Feeds(), Metrics()
    settings = premises.settings
    runner = JobRunner(premises, feeds, metrics, settings.drafts_at_once, settings.queue)

    @asynccontextmanager
    async def running(app: FastAPI) -> AsyncIterator[None]:
        feeds.start()
        runner.start()
        premises.connect_ahead()
        try:
            yield
        finally:
            runner.stop()
            feeds.stop()

    app = _App(
        title="讲稿 jianggao",
        version=version("jianggao"),
        description="Drafts Chinese official speeches in an office's own style. Errors are RFC 9457, on the OpenAI routes OpenAI's.",
        lifespan=running,
        max_body_size=MOST_BODY,
        docs_url=None,  # their pages load scripts from elsewhere
        redoc_url=None,
        telemetry={"tracing": False, "metrics": False, "logs": False, "operation_spans": False, "auto_configure": False},
    )
    app.state.server = Server(premises, runner, feeds, metrics)
    for room in (drafts, revisions, corpus, review, models, chat, health):
        app.include_router(room.router)
    if web.is_dir():
        app.mount("/", _Page(directory=web, html=True), name="page")
    errors.install(app)
    app.openapi = lambda: _documented(app)  # type: ignore[method-assign]
    return app


class _App(FastAPI):
    """FastAPI, observed from outside of all that it answers by itself."""

    def build_middleware_stack(self) -> ASGIApp:
        return Observed(super().build_middleware_stack(), self.state.server.metrics)


class _Page(StaticFiles):
    """The page's files, which may load nothing but one another."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers["Content-Security-Policy"] = _PAGE
        response.headers["Cache-Control"] = "no-cache"
        return response


def _documented(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document, with our own shape of errors in place of FastAPI's."""
    if app.openapi_schema is None:
        made = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
        schemas = made["components"]["schemas"]
        for left_over in ("HTTPValidationError", "ValidationError"):
            schemas.pop(left_over, None)
        schemas["Problem"] = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas |= schemas["Problem"].pop("$defs", {})
        app.openapi_schema = made
    return app.openapi_schema
