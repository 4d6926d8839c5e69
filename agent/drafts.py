"""Drafts kept in a database: the shape of a draft and of its revisions, and where they are saved."""

import builtins
import secrets
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from agent.database import Connection, Database
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


class Why(StrEnum):
    """What a revision was made for."""

    FIRST = "初稿"
    FILLED = "填空"
    REWRITTEN = "改写"
    FACT_ADDED = "补充事实"
    CHANGED = "调整"
    MENDED = "订正"
    TAKEN_BACK = "撤回"


class Usage(BaseModel):
    """What a draft cost. `prompt_tokens` includes `cached_tokens`; a call may give several answers, all of them counted.

    `retries`: how many of the calls asked again for what came unusable or not at all. `cost`: in the currency of the prices
    that are set; None where a call's price is not known.
    """

    model_config = ConfigDict(frozen=True)

    model: str = ""
    calls: int = 0
    retries: int = 0
    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0
    seconds: float = 0.0
    cost: float | None = None

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(
            model=self.model or other.model,
            calls=self.calls + other.calls,
            retries=self.retries + other.retries,
            prompt_tokens=self.prompt_tokens + other.prompt_tokens,
            cached_tokens=self.cached_tokens + other.cached_tokens,
            completion_tokens=self.completion_tokens + other.completion_tokens,
            seconds=round(self.seconds + other.seconds, 2),
            cost=_sum(self, other),
        )

    @property
    def tokens(self) -> int:
        """Tokens read and written."""
        return self.prompt_tokens + self.completion_tokens


def _sum(one: Usage, other: Usage) -> float | None:
    """The cost of both; nothing spent costs nothing, and what has no price makes the sum unknown."""
    costs = [usage.cost for usage in (one, other) if usage.calls]
    known = [cost for cost in costs if cost is not None]
    return round(sum(known), 6) if costs and len(known) == len(costs) else None


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
    """A draft at any moment of its life; shape Draft of the contracts.

    `tenant`: whose it is; "" on a machine with one user. `approve_outline`: its run stops for the outline's approval, which
    `approved` says was given. `revision`: the number of the revision that it stands at, 0 while it is being written.
    `unkept`: the part of `usage` that went into reading the request, and into steps which broke off, so that their product was lost.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    status: Status
    tenant: str = ""
    brief: SpeechBrief
    request: str | None = None
    approve_outline: bool = False
    approved: bool = False
    outline: Outline | None = None
    speech: Speech | None = None
    text: str = ""
    paragraphs: tuple[DraftParagraph, ...] = ()
    placeholders: tuple[FillIn, ...] = ()
    review: Review | None = None
    revision: int = 0
    usage: Usage = Usage()
    unkept: Usage = Usage()
    prompts: dict[str, str] = Field(default_factory=dict)
    error: str | None = None
    created: datetime
    updated: datetime

    @property
    def title(self) -> str:
        return self.outline.title if self.outline else self.brief.title or self.brief.occasion or self.brief.topic


class Listed(BaseModel):
    """A draft as a list shows it: all but what it says."""

    model_config = ConfigDict(frozen=True)

    id: str
    status: Status
    tenant: str
    title: str
    brief: SpeechBrief
    revision: int
    error: str | None
    created: datetime
    updated: datetime


class Revision(BaseModel):
    """The state of a finished draft as revision `number` left it. `note`: what was asked, in the user's words.

    `of`: the revision whose state this one brought back, where it took others back.
    """

    model_config = ConfigDict(frozen=True)

    number: int
    made: datetime
    why: Why
    note: str = ""
    of: int | None = None
    brief: SpeechBrief
    outline: Outline | None
    speech: Speech | None
    text: str
    paragraphs: tuple[DraftParagraph, ...]
    placeholders: tuple[FillIn, ...]
    review: Review | None

    def state(self) -> dict[str, Any]:
        """The fields of a draft that stands at this revision."""
        return {name: getattr(self, name) for name in _STATE}


_COLUMNS = ("id", "created", "updated", "status", "title", "data", "tenant", "listed")
_SAVE = (
    f"INSERT INTO drafts ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))}) "
    f"ON CONFLICT (id) DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in _COLUMNS[1:])}"
)
_STEPS = {"checkpoints", "writes", "checkpoint_writes", "checkpoint_blobs"}  # langgraph's tables, made with the first run
_STATE = ("brief", "outline", "speech", "text", "paragraphs", "placeholders", "review")


def new_draft(brief: SpeechBrief, request: str | None, approve_outline: bool = False, tenant: str = "") -> Draft:
    now = datetime.now(UTC)
    return Draft(
        id=f"{now:%m%d}-{secrets.token_hex(3)}",
        status=Status.QUEUED,
        tenant=tenant,
        brief=brief,
        request=request,
        approve_outline=approve_outline,
        created=now,
        updated=now,
    )


class DraftStore:
    """Drafts and their revisions. Every write is one transaction: a full disk or a kill leaves all as it was before."""

    def __init__(self, database: Database) -> None:
        self.database = database
        with database.setting_up() as connection:
            connection.execute(
                "CREATE TABLE IF NOT EXISTS drafts (id TEXT PRIMARY KEY, created TEXT, updated TEXT, status TEXT, title TEXT, data TEXT)"
            )
            connection.execute(
                "CREATE TABLE IF NOT EXISTS revisions (draft TEXT, number INTEGER, data TEXT, PRIMARY KEY (draft, number))"
            )
            if "listed" not in database.columns(connection, "drafts"):
                _add_listed(connection)

    def save(self, draft: Draft) -> Draft:
        """Insert or replace; returns the draft as saved, with `updated` set."""
        saved = draft.model_copy(update={"updated": datetime.now(UTC)})
        with self.database.writing() as connection:
            _insert(connection, saved)
        return saved

    def keep(self, draft: Draft, why: Why, note: str = "", of: int | None = None) -> Draft:
        """Save `draft` as its next revision; returns it with that number.

        Raises DraftError where another revision was made since `draft` was read: the change of one does not undo another's.
        """
        now = datetime.now(UTC)
        with self.database.writing() as connection:
            before = _read(connection, draft.id, self.database.FOR_UPDATE)
            if before.revision != draft.revision:
                raise DraftError(f"稿子 {draft.id} 刚才已被改过", "请看过最新的稿子再改一次")
            if before.status == Status.COMPLETED and before.revision == 0:  # finished before revisions were kept
                _insert_revision(connection, before.id, _revision(before, 1, before.updated, Why.FIRST))
                draft = draft.model_copy(update={"revision": 1})
            saved = draft.model_copy(update={"revision": draft.revision + 1, "updated": now})
            _insert(connection, saved)
            _insert_revision(connection, saved.id, _revision(saved, saved.revision, now, why, note, of))
        return saved

    def get(self, draft_id: str) -> Draft:
        """Raises DraftError where there is no such draft."""
        with self.database.reading() as connection:
            return _read(connection, draft_id)

    def list(self, tenant: str | None = None) -> list[Listed]:
        """Every draft, or those of `tenant`, the newest first, without their texts."""
        every = tenant is None
        with self.database.reading() as connection:
            rows = connection.execute(
                "SELECT listed FROM drafts WHERE ? OR tenant = ? ORDER BY created DESC", (every, tenant or "")
            ).fetchall()
        return [Listed.model_validate_json(row[0]) for row in rows]

    def revisions(self, draft_id: str) -> builtins.list[Revision]:
        """Every revision of a draft, the first first; none while it is being written. Raises DraftError for an unknown draft."""
        with self.database.reading() as connection:
            draft = _read(connection, draft_id)
            query = "SELECT data FROM revisions WHERE draft = ? ORDER BY number"
            rows = connection.execute(query, (draft_id,)).fetchall()
        if not rows and draft.status == Status.COMPLETED:
            return [_revision(draft, 1, draft.updated, Why.FIRST)]
        return [Revision.model_validate_json(row[0]) for row in rows]

    def delete(self, draft_id: str) -> None:
        """Remove a draft, its revisions and the steps kept of its run. Raises DraftError where there is no such draft, or another runs it."""
        with self.database.claimed(draft_id), self.database.writing() as connection:
            _read(connection, draft_id)
            connection.execute("DELETE FROM drafts WHERE id = ?", (draft_id,))
            connection.execute("DELETE FROM revisions WHERE draft = ?", (draft_id,))
            for table in _STEPS & self.database.tables(connection):
                connection.execute(f"DELETE FROM {table} WHERE thread_id = ?", (draft_id,))


def _read(connection: Connection, draft_id: str, for_update: str = "") -> Draft:
    row = connection.execute(f"SELECT data FROM drafts WHERE id = ?{for_update}", (draft_id,)).fetchone()
    if row is None:
        raise DraftNotFound(f"没有编号为 {draft_id} 的稿子", "用 jianggao drafts list 查看已有的稿子")
    return Draft.model_validate_json(row[0])


def _insert(connection: Connection, draft: Draft) -> None:
    listed = Listed(title=draft.title, **{name: getattr(draft, name) for name in Listed.model_fields if name != "title"})
    columns = (
        draft.id,
        draft.created.isoformat(),
        draft.updated.isoformat(),
        draft.status.value,
        draft.title,
        draft.model_dump_json(),
    )
    connection.execute(_SAVE, (*columns, draft.tenant, listed.model_dump_json()))


def _revision(draft: Draft, number: int, made: datetime, why: Why, note: str = "", of: int | None = None) -> Revision:
    state = {name: getattr(draft, name) for name in _STATE}
    return Revision(number=number, made=made, why=why, note=note, of=of, **state)


def _insert_revision(connection: Connection, draft_id: str, revision: Revision) -> None:
    connection.execute("INSERT INTO revisions VALUES (?, ?, ?)", (draft_id, revision.number, revision.model_dump_json()))


def _add_listed(connection: Connection) -> None:
    """The columns of a list, in a database of 0.1.0 too."""
    connection.execute("ALTER TABLE drafts ADD COLUMN tenant TEXT NOT NULL DEFAULT ''")
    connection.execute("ALTER TABLE drafts ADD COLUMN listed TEXT")
    for (data,) in connection.execute("SELECT data FROM drafts").fetchall():
        _insert(connection, Draft.model_validate_json(data))
