"""What the server keeps beside the drafts: jobs, the numbered events of each draft, idempotency keys. One database a tenant."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from agent.database import Database

KEY_LIFE = timedelta(hours=24)
ON_THE_WAY = timedelta(seconds=30)
_TABLES = (
    "jobs (draft TEXT PRIMARY KEY, state TEXT NOT NULL, task TEXT NOT NULL, created TEXT NOT NULL)",
    "idempotency (key TEXT PRIMARY KEY, body TEXT NOT NULL, draft TEXT NOT NULL, answer TEXT, created TEXT NOT NULL)",
)
_EVENTS = (
    "events (draft TEXT NOT NULL, number INTEGER NOT NULL, name TEXT NOT NULL, data TEXT NOT NULL, PRIMARY KEY (draft, number))"
)


class JobState(StrEnum):
    """`waiting`: for somebody to approve the outline. A settled job has no row, and the row of a running one says queued still."""

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
    """The tables beside those of the drafts. Threads may share one; every write is one transaction."""

    def __init__(self, database: Database) -> None:
        self.database = database
        with database.setting_up() as connection:
            for table in (*_TABLES, _EVENTS + database.BY_KEY):
                connection.execute(f"CREATE TABLE IF NOT EXISTS {table}")

    # --- jobs -------------------------------------------------------------------------------------------------------

    def put_job(self, job: JobRow) -> bool:
        """Insert; False where the draft has one, which is another process's."""
        row = (job.draft, job.state.value, job.task, _now())
        with self.database.writing() as connection:
            return bool(connection.execute("INSERT INTO jobs VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING", row).rowcount)

    def set_state(self, draft: str, state: JobState) -> None:
        with self.database.writing() as connection:
            connection.execute("UPDATE jobs SET state = ? WHERE draft = ?", (state.value, draft))

    def settle(self, draft: str) -> None:
        with self.database.writing() as connection:
            connection.execute("DELETE FROM jobs WHERE draft = ?", (draft,))

    def settle_lost(self, draft: str) -> None:
        """Settle the job of a draft that does not exist, unless it is so new that its draft may be on the way."""
        with self.database.writing() as connection:
            connection.execute("DELETE FROM jobs WHERE draft = ? AND created < ?", (draft, _ago(ON_THE_WAY)))

    def jobs(self) -> list[JobRow]:
        """Those that are not settled, the oldest first."""
        rows = self._read("SELECT draft, state, task FROM jobs ORDER BY created, draft", ())
        return [JobRow(draft, JobState(state), task) for draft, state, task in rows]

    def state(self, draft: str) -> JobState | None:
        """How the draft's job stands; None where it is settled, by this process or by another."""
        rows = self._read("SELECT state FROM jobs WHERE draft = ?", (draft,))
        return JobState(rows[0][0]) if rows else None

    # --- events -----------------------------------------------------------------------------------------------------

    def append(self, events: Sequence[EventRow]) -> None:
        """Write `events`; those that an earlier try wrote, whose word was lost with the connection, stay as they are."""
        with self.database.writing() as connection:
            rows = [(event.draft, event.number, event.name, event.data) for event in events]
            connection.executemany("INSERT INTO events VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING", rows)

    def events(self, draft: str, after: int = 0, limit: int = 500) -> list[EventRow]:
        """The next `limit` events of `draft` after the number `after`."""
        asked = "SELECT draft, number, name, data FROM events WHERE draft = ? AND number > ? ORDER BY number LIMIT ?"
        return [EventRow(*row) for row in self._read(asked, (draft, after, limit))]

    def more(self, draft: str, after: int) -> bool:
        """Whether there are, or may be, events after the number `after`."""
        return bool(self.events(draft, after, 1)) or self.state(draft) is not None

    def last_event(self, draft: str) -> int:
        """The number of its last event; 0 where it has none."""
        return int(self._read("SELECT COALESCE(MAX(number), 0) FROM events WHERE draft = ?", (draft,))[0][0])

    def forget(self, draft: str) -> None:
        """Everything about a draft that was removed."""
        with self.database.writing() as connection:
            for table in ("jobs", "events", "idempotency"):
                connection.execute(f"DELETE FROM {table} WHERE draft = ?", (draft,))

    # --- idempotency ------------------------------------------------------------------------------------------------

    def claim(self, key: str, body: str, draft: str) -> Kept | None:
        """Take `key` for a new draft; what it stands for already, where another request took it."""
        with self.database.writing() as connection:
            connection.execute("DELETE FROM idempotency WHERE created < ?", (_ago(KEY_LIFE),))
            taken = connection.execute(
                "INSERT INTO idempotency VALUES (?, ?, ?, NULL, ?) ON CONFLICT DO NOTHING", (key, body, draft, _now())
            ).rowcount
            if taken:
                return None
            row = connection.execute("SELECT body, draft, answer FROM idempotency WHERE key = ?", (key,)).fetchone()
        return Kept(*row) if row else self.claim(key, body, draft)  # let go of in the same moment

    def kept(self, key: str) -> Kept | None:
        """What `key` stands for; None where nobody took it, or long ago."""
        rows = self._read("SELECT body, draft, answer FROM idempotency WHERE key = ? AND created >= ?", (key, _ago(KEY_LIFE)))
        return Kept(*rows[0]) if rows else None

    def answered(self, key: str, answer: str) -> None:
        with self.database.writing() as connection:
            connection.execute("UPDATE idempotency SET answer = ? WHERE key = ?", (answer, key))

    def release(self, key: str) -> None:
        """Let go of a key whose request came to nothing."""
        with self.database.writing() as connection:
            connection.execute("DELETE FROM idempotency WHERE key = ? AND answer IS NULL", (key,))

    def in_flight(self) -> list[tuple[str, str]]:
        """Keys, with their drafts, whose requests were never answered: those of a server that was killed."""
        return [(key, draft) for key, draft in self._read("SELECT key, draft FROM idempotency WHERE answer IS NULL", ())]

    # --- inside -----------------------------------------------------------------------------------------------------

    def _read(self, query: str, values: Sequence[object]) -> list[tuple[Any, ...]]:
        with self.database.reading() as connection:
            return connection.execute(query, values).fetchall()


def _now() -> str:
    return datetime.now(UTC).isoformat()


def _ago(time: timedelta) -> str:
    return (datetime.now(UTC) - time).isoformat()
