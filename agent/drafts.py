"""Drafts kept in a database: the shape of a draft, and where it is saved."""

import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from agent.outline import Outline
from speech.brief import SpeechBrief
from speech.document import Speech
from speech.errors import DraftError, DraftNotFound
from speech.placeholders import FillIn
from speech.review import Review


class Status(StrEnum):
    QUEUED = "queued"
    IN_PROGRESS = "in_progress"
    WAITING = "waiting"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Usage(BaseModel):
    """What a draft cost. `prompt_tokens` includes `cached_tokens`; a call may give several answers, all of them counted."""

    model_config = ConfigDict(frozen=True)

    model: str = ""
    calls: int = 0
    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0
    seconds: float = 0.0
    cost: float | None = None

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(
            model=self.model or other.model,
            calls=self.calls + other.calls,
            prompt_tokens=self.prompt_tokens + other.prompt_tokens,
            cached_tokens=self.cached_tokens + other.cached_tokens,
            completion_tokens=self.completion_tokens + other.completion_tokens,
            seconds=round(self.seconds + other.seconds, 2),
        )


class Source(BaseModel):
    """A passage that a paragraph was written from: its id, its document's title, the heading it stands under."""

    model_config = ConfigDict(frozen=True)

    passage: str
    document: str
    heading: str
    score: float


class DraftParagraph(BaseModel):
    model_config = ConfigDict(frozen=True)

    path: str
    text: str
    sources: tuple[Source, ...]


class Draft(BaseModel):
    """A draft at any moment of its life; shape Draft of the contracts."""

    model_config = ConfigDict(frozen=True)

    id: str
    status: Status
    brief: SpeechBrief
    request: str | None = None
    outline: Outline | None = None
    speech: Speech | None = None
    text: str = ""
    paragraphs: tuple[DraftParagraph, ...] = ()
    placeholders: tuple[FillIn, ...] = ()
    review: Review | None = None
    usage: Usage = Usage()
    prompts: dict[str, str] = Field(default_factory=dict)
    error: str | None = None
    created: datetime
    updated: datetime


def new_draft(brief: SpeechBrief, request: str | None) -> Draft:
    now = datetime.now(UTC)
    return Draft(
        id=f"{now:%m%d}-{secrets.token_hex(3)}", status=Status.QUEUED, brief=brief, request=request, created=now, updated=now
    )


class DraftStore:
    """Drafts in SQLite. Every write is one transaction: a full disk or a kill leaves the draft as it was before."""

    def __init__(self, database: Path) -> None:
        self.database = database
        with _plainly(), self._connection() as connection:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute(
                "CREATE TABLE IF NOT EXISTS drafts (id TEXT PRIMARY KEY, created TEXT, updated TEXT, status TEXT, title TEXT, data TEXT)"
            )

    def save(self, draft: Draft) -> Draft:
        """Insert or replace; returns the draft as saved, with `updated` set."""
        saved = draft.model_copy(update={"updated": datetime.now(UTC)})
        title = saved.outline.title if saved.outline else saved.brief.title or saved.brief.occasion or saved.brief.topic
        row = (saved.id, saved.created.isoformat(), saved.updated.isoformat(), saved.status, title, saved.model_dump_json())
        with _plainly(), self._connection() as connection:
            connection.execute("INSERT OR REPLACE INTO drafts VALUES (?, ?, ?, ?, ?, ?)", row)
        return saved

    def get(self, draft_id: str) -> Draft:
        """Raises DraftError where there is no such draft."""
        with _plainly(), self._connection() as connection:
            row = connection.execute("SELECT data FROM drafts WHERE id = ?", (draft_id,)).fetchone()
        if row is None:
            raise DraftNotFound(f"没有编号为 {draft_id} 的稿子", "用 jianggao drafts list 查看已有的稿子")
        return Draft.model_validate_json(row[0])

    def list(self) -> list[Draft]:
        """Every draft, the newest first."""
        with _plainly(), self._connection() as connection:
            rows = connection.execute("SELECT data FROM drafts ORDER BY created DESC").fetchall()
        return [Draft.model_validate_json(row[0]) for row in rows]

    def delete(self, draft_id: str) -> None:
        """Remove a draft. Raises DraftNotFound."""
        with _plainly(), self._connection() as connection:
            if not connection.execute("DELETE FROM drafts WHERE id = ?", (draft_id,)).rowcount:
                raise DraftNotFound(f"没有编号为 {draft_id} 的稿子", "用 jianggao drafts list 查看已有的稿子")

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        self.database.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(self.database, timeout=30)
        try:
            with connection:
                yield connection
        finally:
            connection.close()


@contextmanager
def _plainly() -> Iterator[None]:
    """A database's complaint as one line for a user."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise DraftError(f"稿子存不下：{error}", "请检查磁盘空间和 JIANGGAO_HOME 的写权限；已存的稿子不受影响") from error
