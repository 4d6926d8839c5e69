"""What the server keeps beside the drafts: jobs, the numbered events of each draft, idempotency keys. One database a tenant."""

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

from speech.errors import DraftError

KEY_LIFE = timedelta(hours=24)
_TABLES = """
CREATE TABLE IF NOT EXISTS jobs (draft TEXT PRIMARY KEY, state TEXT NOT NULL, task TEXT NOT NULL, created TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS events (draft TEXT NOT NULL, number INTEGER NOT NULL, name TEXT NOT NULL, data TEXT NOT NULL,
    PRIMARY KEY (draft, number)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS idempotency (key TEXT PRIMARY KEY, body TEXT NOT NULL, draft TEXT NOT NULL, answer TEXT, created TEXT NOT NULL);
"""


class JobState(StrEnum):
    """`waiting`: for somebody to approve the outline. A settled job has no row."""

    QUEUED = "queued"
    RUNNING = "running"
    WAITING = "waiting"


@dataclass(frozen=True)
class JobRow:
    """A job that is not settled. `task`: what it is to do, as JSON."""

    draft: str
    state: JobState
    task: str


@dataclass(frozen=True)
class EventRow:
    """One event of a draft; numbers count from 1 without a gap. `data` is JSON."""

    draft: str
    number: int
    name: str
    data: str


@dataclass(frozen=True)
class Kept:
    """What an idempotency key stands for: a hash of the first body, the draft made for it, the answer once it was given."""

    body: str
    draft: str
    answer: str | None


class Ledger:
    """The tables in SQLite, beside those of the drafts. Threads may share one; every write is one transaction."""

    def __init__(self, database: Path) -> None:
        self.database = database
        database.parent.mkdir(parents=True, exist_ok=True)
        # One connection for all that is written: as long as it is open, no other one is the last, whose close folds up the log.
        self._writing = threading.Lock()
        with _plainly():
            self._connection = sqlite3.connect(database, timeout=30, check_same_thread=False)
            self._connection.execute("PRAGMA journal_mode=WAL")
            self._connection.executescript(_TABLES)

    def close(self) -> None:
        with self._writing:
            self._connection.close()

    # --- jobs -------------------------------------------------------------------------------------------------------

    def put_job(self, job: JobRow) -> None:
        """Insert, or replace an earlier one of the same draft."""
        row = (job.draft, job.state, job.task, _now())
        with self._write() as connection:
            connection.execute("INSERT OR REPLACE INTO jobs VALUES (?, ?, ?, ?)", row)

    def set_state(self, draft: str, state: JobState) -> None:
        with self._write() as connection:
            connection.execute("UPDATE jobs SET state = ? WHERE draft = ?", (state, draft))

    def settle(self, draft: str) -> None:
        with self._write() as connection:
            connection.execute("DELETE FROM jobs WHERE draft = ?", (draft,))

    def jobs(self) -> list[JobRow]:
        """Those that are not settled, the oldest first."""
        rows = self._read("SELECT draft, state, task FROM jobs ORDER BY created, rowid", ())
        return [JobRow(draft, JobState(state), task) for draft, state, task in rows]

    # --- events -----------------------------------------------------------------------------------------------------

    def append(self, events: Sequence[EventRow]) -> None:
        with self._write() as connection:
            rows = [(event.draft, event.number, event.name, event.data) for event in events]
            connection.executemany("INSERT INTO events VALUES (?, ?, ?, ?)", rows)

    def events(self, draft: str, after: int = 0, limit: int = 500) -> list[EventRow]:
        """The next `limit` events of `draft` after the number `after`."""
        asked = "SELECT draft, number, name, data FROM events WHERE draft = ? AND number > ? ORDER BY number LIMIT ?"
        return [EventRow(*row) for row in self._read(asked, (draft, after, limit))]

    def last_event(self, draft: str) -> int:
        """The number of its last event; 0 where it has none."""
        return int(self._read("SELECT COALESCE(MAX(number), 0) FROM events WHERE draft = ?", (draft,))[0][0])

    def forget(self, draft: str) -> None:
        """Everything about a draft that was removed."""
        with self._write() as connection:
            for table in ("jobs", "events", "idempotency"):
                connection.execute(f"DELETE FROM {table} WHERE draft = ?", (draft,))

    # --- idempotency ------------------------------------------------------------------------------------------------

    def claim(self, key: str, body: str, draft: str) -> Kept | None:
        """Take `key` for a new draft; what it stands for already, where another request took it."""
        with self._write() as connection:
            connection.execute("DELETE FROM idempotency WHERE created < ?", (_old(),))
            taken = connection.execute(
                "INSERT OR IGNORE INTO idempotency VALUES (?, ?, ?, NULL, ?)", (key, body, draft, _now())
            ).rowcount
            if taken:
                return None
            row = connection.execute("SELECT body, draft, answer FROM idempotency WHERE key = ?", (key,)).fetchone()
        return Kept(*row)

    def kept(self, key: str) -> Kept | None:
        """What `key` stands for; None where nobody took it, or long ago."""
        rows = self._read("SELECT body, draft, answer FROM idempotency WHERE key = ? AND created >= ?", (key, _old()))
        return Kept(*rows[0]) if rows else None

    def answered(self, key: str, answer: str) -> None:
        with self._write() as connection:
            connection.execute("UPDATE idempotency SET answer = ? WHERE key = ?", (answer, key))

    def release(self, key: str) -> None:
        """Let go of a key whose request came to nothing."""
        with self._write() as connection:
            connection.execute("DELETE FROM idempotency WHERE key = ? AND answer IS NULL", (key,))

    def in_flight(self) -> list[tuple[str, str]]:
        """Keys, with their drafts, whose requests were never answered: those of a server that was killed."""
        return [(key, draft) for key, draft in self._read("SELECT key, draft FROM idempotency WHERE answer IS NULL", ())]

    # --- inside -----------------------------------------------------------------------------------------------------

    @contextmanager
    def _write(self) -> Iterator[sqlite3.Connection]:
        with _plainly(), self._writing, self._connection as connection:
            connection.execute("BEGIN IMMEDIATE")
            yield connection

    def _read(self, query: str, values: Sequence[object]) -> list[tuple[Any, ...]]:
        with _plainly():
            connection = sqlite3.connect(self.database, timeout=30)
            try:
                return connection.execute(query, values).fetchall()
            finally:
                connection.close()


def _now() -> str:
    return datetime.now(UTC).isoformat()


def _old() -> str:
    return (datetime.now(UTC) - KEY_LIFE).isoformat()


@contextmanager
def _plainly() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise DraftError(f"数据库读写失败：{error}", "请检查磁盘空间和写权限；已存的稿子不受影响") from error
