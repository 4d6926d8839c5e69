"""The command line run as a user runs it: `main()` with its arguments, an environment of its own, and both streams caught."""

import io
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import pytest

from api.cli import main
from tests.fake_endpoint import FakeEndpoint, running
from vectorstore.ingest import samples

REQUEST = "请为市委书记起草一篇在全市城市基层治理推进会上的讲话，约600字，突出网格化管理和为基层减负"
OURS = ("OPENAI_", "JIANGGAO_", "CHROMA_", "DATABASE_URL")


@dataclass(frozen=True)
class Ran:
    """How a command ended: its exit code and what stood on each stream."""

    code: int
    out: str
    err: str

    @property
    def line(self) -> str:
        """The last line on standard error: what the user is left with."""
        return self.err.strip().splitlines()[-1] if self.err.strip() else ""


Run = Callable[..., Ran]


def run_main(*arguments: str) -> Ran:
    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.setattr(sys, "argv", ["jianggao", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
    assert isinstance(ended.value.code, int)
    assert "Traceback" not in err.getvalue()
    return Ran(ended.value.code, out.getvalue(), err.getvalue())


def bare(patch: pytest.MonkeyPatch, home: Path) -> None:
    """An environment with nothing of ours in it but the home."""
    for name in os.environ:
        if name.startswith(OURS):
            patch.delenv(name)
    patch.setenv("JIANGGAO_HOME", str(home))
    patch.setenv("JIANGGAO_TODAY", "2026-03-05")
    patch.setenv("COLUMNS", "100")


@pytest.fixture
def run() -> Run:
    return run_main


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database_url: str | None) -> Path:
    """A home with nothing in it."""
    home = tmp_path / "home"
    bare(monkeypatch, home)
    if database_url:
        monkeypatch.setenv("DATABASE_URL", database_url)
    return home


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with two of the samples in its store; to be copied, not to be changed."""
    home = tmp_path_factory.mktemp("filled")
    with pytest.MonkeyPatch.context() as patch:
        bare(patch, home)
        assert run_main("ingest", *(str(next(samples().glob(f"{number}-*"))) for number in ("04", "09"))).code == 0
    return home


@pytest.fixture(scope="session")
def drafted(filled: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Ran]:
    """A home with a finished draft that has a gap to fill, and how its `draft --json` ended; to be copied."""
    home = tmp_path_factory.mktemp("drafted")
    shutil.copytree(filled, home, dirs_exist_ok=True)
    endpoint = FakeEndpoint()
    endpoint.speak = lambda prompt, turn: ("全市已建成网格3721个，" if turn % 3 else "") + endpoint.spoken(prompt)
    with pytest.MonkeyPatch.context() as patch, running(endpoint):
        bare(patch, home)
        for name, value in endpoint.environment().items():
            patch.setenv(name, value)
        ran = run_main("draft", REQUEST, "--json")
    assert ran.code == 0, ran.err
    return home, ran


@pytest.fixture
def home(filled: Path, empty: Path) -> Path:
    """A home of one's own with a filled store."""
    shutil.copytree(filled, empty)
    return empty


@pytest.fixture
def kept(drafted: tuple[Path, Ran], empty: Path) -> Path:
    """A home of one's own with a finished draft."""
    shutil.copytree(drafted[0], empty)
    return empty


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeEndpoint]:
    """A model that answers, and the environment that points at it."""
    monkeypatch.setattr("agent.models.PAUSES", (0.01, 0.01))
    with running() as served:
        for name, value in served.environment().items():
            monkeypatch.setenv(name, value)
        yield served
