"""Fixtures of the agent's tests: a store filled from the bundled samples, and a drafter on a scripted model."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from agent import models
from agent.drafter import Drafter
from agent.drafts import DraftStore
from agent.settings import Settings
from tests.scripted import ScriptedModel
from tests.vectorstore.speeches import PairEmbedder
from vectorstore.ingest import ingest, samples
from vectorstore.search import PassageSearch
from vectorstore.store import PassageStore

TODAY = date(2026, 8, 3)
Begin = Callable[[ScriptedModel], Drafter]


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch, database_url: str | None) -> None:
    """No variable of the machine reaches a test."""
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "CHROMA_HOST", "CHROMA_PORT", "DATABASE_URL", "JIANGGAO_API_KEYS"):
        monkeypatch.delenv(name, raising=False)
    for name in (
        "MODEL",
        "EMBEDDING_MODEL",
        "CHAT",
        "EMBEDDINGS",
        "GGUF",
        "HOME",
        "TODAY",
        "MAX_TOKENS",
        "MAX_COST",
        "PRICE_IN",
        "PRICE_OUT",
    ):
        monkeypatch.delenv(f"JIANGGAO_{name}", raising=False)
    if database_url:
        monkeypatch.setenv("DATABASE_URL", database_url)


@pytest.fixture
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "PAUSES", (0.0, 0.0))


@pytest.fixture(scope="session")
def search(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PassageSearch]:
    """The search over six of the bundled samples."""
    embedder = PairEmbedder()
    paths = [path for path in sorted(samples().iterdir()) if path.name[:2] in ("01", "04", "06", "08", "10", "13")]
    with PassageStore(tmp_path_factory.mktemp("corpus") / "store", embedder.name, embedder.dimensions) as store:
        ingest(paths, store, embedder)
        yield PassageSearch(store, embedder)


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("JIANGGAO_HOME", str(tmp_path))
    monkeypatch.setenv("JIANGGAO_TODAY", TODAY.isoformat())
    return Settings()


@pytest.fixture
def begin(settings: Settings, search: PassageSearch) -> Begin:
    """A drafter on the given model; every one made in a test shares the same drafts."""
    return lambda model: Drafter(settings, model, search, DraftStore(settings.database))
