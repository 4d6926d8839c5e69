"""A server on a scripted model, called in process or over a socket, with a corpus for each tenant."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import httpx
import pytest
import uvicorn
from fastapi.testclient import TestClient

from agent.models import ChatModel
from agent.settings import Settings
from api.app import create_app
from api.callers import Server
from api.tenants import Premises
from prompts import Message
from tests.scripted import ScriptedModel, sentences_of
from tests.vectorstore.speeches import PairEmbedder
from vectorstore.ingest import ingest, samples

BRIEF = {"topic": "城市基层治理", "occasion": "全市城市基层治理推进会", "length": 600, "points": ["网格化管理", "红色物业"]}
KEYS = "nan:key-of-nan,bei:key-of-bei"
Serving = Callable[..., "Served"]


@dataclass
class Gate:
    """Holds the model at its first free answer from number `at` on, until it is opened. A client learns from `reached`."""

    at: int = 1_000_000
    reached: threading.Event = field(default_factory=threading.Event)
    opened: threading.Event = field(default_factory=threading.Event)

    def __call__(self, messages: Sequence[Message], turn: int) -> str:
        if turn >= self.at:
            self.reached.set()
            self.opened.wait(20)
        return sentences_of(messages, turn)


@dataclass
class Served:
    """A running server: clients by the name of the tenant, "" for one without a key. `base`: the address of one that is live."""

    premises: Premises
    client: Callable[[str], httpx.Client]
    model: ScriptedModel
    base: str
    server: Server

    @property
    def one(self) -> httpx.Client:
        return self.client("")


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, database_url: str | None) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "CHROMA_HOST", "CHROMA_PORT", "DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    for name in ("MODEL", "EMBEDDING_MODEL", "CHAT", "EMBEDDINGS", "GGUF", "API_KEYS", "JOBS", "QUEUE"):
        monkeypatch.delenv(f"JIANGGAO_{name}", raising=False)
    if database_url:
        monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("JIANGGAO_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("JIANGGAO_TODAY", date(2026, 8, 3).isoformat())


@pytest.fixture
def gate() -> Iterator[Gate]:
    gate = Gate()
    yield gate
    gate.opened.set()


@pytest.fixture
def serving(gate: Gate) -> Iterator[Serving]:
    """Starts a server: `keys`, `filled` (samples in every corpus), `live` (over a socket), `web` (the page's files), and settings by name."""
    with ExitStack() as running:

        def start(
            *,
            keys: str | None = None,
            filled: bool = True,
            live: bool = False,
            model: ChatModel | None = None,
            web: Path = Path("absent"),
            **settings: object,
        ) -> Served:
            return running.enter_context(server(gate, keys, filled, live, model, web, **settings))

        yield start
        gate.opened.set()


@contextmanager
def server(
    gate: Gate,
    keys: str | None,
    filled: bool,
    live: bool,
    model: ChatModel | None,
    web: Path = Path("absent"),
    **settings: object,
) -> Iterator[Served]:
    scripted = ScriptedModel(speak=gate)
    chosen = model or scripted
    made = Settings(JIANGGAO_API_KEYS=keys, **settings)  # type: ignore[call-arg,arg-type]
    with Premises(made, connecting=lambda _: chosen, embedder=PairEmbedder()) as premises:
        if filled:
            paths = [path for path in sorted(samples().iterdir()) if path.name[:2] in ("01", "04", "08")]
            for tenant in premises.tenants.values():
                ingest(paths, tenant.store, tenant.embedder)
        app = create_app(premises, web)
        named = {"": ""} | {entry.partition(":")[0]: entry.partition(":")[2] for entry in (keys or "").split(",") if ":" in entry}
        with ExitStack() as stack:
            if live:
                base = stack.enter_context(over_socket(app))
            else:
                stack.enter_context(TestClient(app, "http://localhost", client=("127.0.0.1", 50000)))
                base = ""

            def client(name: str) -> httpx.Client:
                headers = {"Authorization": f"Bearer {named[name]}"} if named[name] else {}
                if base:
                    return stack.enter_context(httpx.Client(base_url=base, headers=headers, timeout=20, trust_env=False))
                return TestClient(
                    app, "http://localhost", client=("127.0.0.1", 50000), headers=headers, raise_server_exceptions=False
                )

            yield Served(premises, client, scripted, base, app.state.server)
            gate.opened.set()


@contextmanager
def over_socket(app: object) -> Iterator[str]:
    """`app` on a free port of loopback, in a thread."""
    running = uvicorn.Server(uvicorn.Config(app, "127.0.0.1", 0, log_config=None, timeout_graceful_shutdown=2))  # type: ignore[arg-type]
    thread = threading.Thread(target=running.run, daemon=True)
    thread.start()
    while not running.started:
        assert thread.is_alive(), "the server did not start"
        thread.join(0.01)
    try:
        yield f"http://127.0.0.1:{running.servers[0].sockets[0].getsockname()[1]}"
    finally:
        app.state.server.feeds.hang_up()  # type: ignore[attr-defined]
        app.state.server.runner.hang_up()  # type: ignore[attr-defined]
        running.should_exit = True
        thread.join()
