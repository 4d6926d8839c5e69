"""What holds for all tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from agent.database import Database, SqliteDatabase
from agent.databases import database_at
from tests.databases import emptied, postgres

# A busy machine takes a second where an idle one takes a millisecond: a property is about values, not about time.
settings.register_profile("no-clock", deadline=None)
settings.load_profile("no-clock")


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    with postgres() as url:
        yield url


@pytest.fixture
def database_url(request: pytest.FixtureRequest) -> str | None:
    """The DATABASE_URL that a test runs with: none, and so SQLite, but for one that is marked to run on both."""
    if getattr(request, "param", "sqlite") == "sqlite":
        return None
    return emptied(request.getfixturevalue("postgres_url"))


@pytest.fixture
def database(database_url: str | None, tmp_path: Path) -> Database:
    return database_at(database_url) if database_url else SqliteDatabase(tmp_path / "home" / "drafts.sqlite")
