"""The desk of a conversation on a server: what takes a model is done by jobs, which go on when nobody listens any more."""

import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from agent.approve import EditedOutline, approved
from agent.chat import Begun
from agent.drafter import Event, Finished, PartBegun, PartWritten, Planned, Step, Waiting
from agent.drafts import Draft, Revision, Status, Usage, new_draft
from agent.outline import Outline, Part
from agent.revise import path_of
from agent.revision.restate import speech_of
from api import events
from api.callers import Server
from api.chatting import Left
from api.jobs import TooMany
from api.ledger import EventRow, JobState
from api.tasks import Change, Revise, Rewrite, Write, read_task
from api.tenants import Tenant
from speech.brief import SpeechBrief
from speech.errors import DraftError, DraftNotFound, JianggaoError

GLANCE = 0.25  # seconds between two looks at how a job goes


@dataclass
class ServerDesk:
    """agent.chat.Desk over the jobs of a server, for one answer.

    `address`: of the server as a browser knows it. `gone`: set when the caller has left.
    """

    tenant: Tenant
    server: Server
    address: str
    gone: threading.Event = field(default_factory=threading.Event)
    _before: dict[str, Usage] = field(default_factory=dict)

    def draft(self, draft_id: str) -> Draft:
        return self.tenant.drafts.get(draft_id)

    def revisions(self, draft_id: str) -> Sequence[Revision]:
        return self.tenant.drafts.revisions(draft_id)

    def write(self, brief: SpeechBrief, request: str) -> Iterator[Event | Begun]:
        """A new draft; one that is being written for the same words is followed: a client that was cut off asks again."""
        draft = self._under_way(request)
        if draft is None:
            draft = new_draft(brief, request, tenant=self.tenant.name)
            self._submit_writing(draft)
        yield from self._followed(draft)

    def go_on(self, draft: Draft) -> Iterator[Event | Begun]:
        if self.server.runner.find(self.tenant, draft.id) is None:
            with self.tenant.editing:
                draft = self.tenant.drafts.get(draft.id)
                if draft.status not in (Status.COMPLETED, Status.WAITING):
                    draft = draft.model_copy(update={"status": Status.QUEUED, "error": None})
                    self._submit_writing(draft)
        yield from self._followed(draft)

    def approve(self, draft: Draft, edited: EditedOutline | None) -> Iterator[Event | Begun]:
        told = self.tenant.ledger.last_event(draft.id)
        with self.tenant.editing:
            kept = approved(self.tenant.drafts.get(draft.id), edited)
            self.server.runner.go_on(self.tenant, draft.id, keep=lambda: self._keep(kept))
        yield from self._followed(kept, told)

    def rewrite(self, draft: Draft, path: str, instruction: str) -> Draft:
        at = path_of(draft, path)
        return self._changed(draft, Rewrite(revision=draft.revision, path=at, instruction=instruction))

    def change(self, draft: Draft, *, speaker: str | None, audience: str | None, date: str | None, length: int | None) -> Draft:
        asked = Change(revision=draft.revision, speaker=speaker, audience=audience, date=date, length=length)
        return self._changed(draft, asked)

    def fill(self, draft: Draft, answers: Mapping[str, str]) -> Draft:
        with self.tenant.editing:
            return self.tenant.reviser.fill(self._free(draft), answers)

    def add_fact(self, draft: Draft, fact: str) -> Draft:
        with self.tenant.editing:
            return self.tenant.reviser.add_fact(self._free(draft), fact)

    def take_back(self, draft: Draft) -> Draft:
        with self.tenant.editing:
            return self.tenant.reviser.take_back(self._free(draft))

    def export(self, draft: Draft, suffix: str) -> str:
        """An address that opens in a browser, where no key is sent: it is signed, and good for a week."""
        speech_of(draft)
        signature = self.server.premises.keys.link(self.tenant.name, draft.id)
        return f"{self.address.rstrip('/')}/v1/drafts/{draft.id}/export?format={suffix.removeprefix('.')}{signature}"

    def complaint(self, error: JianggaoError) -> str:
        if isinstance(error, TooMany):
            raise error  # for the client: it may try again by itself
        return error.for_program

    def spent(self) -> Usage:
        """What the model was asked for this answer."""
        total = Usage()
        for draft_id, before in self._before.items():
            try:
                now = self.tenant.drafts.get(draft_id).usage
            except DraftNotFound:  # removed meanwhile
                continue
            read, cached = now.prompt_tokens - before.prompt_tokens, now.cached_tokens - before.cached_tokens
            written = now.completion_tokens - before.completion_tokens
            total += Usage(prompt_tokens=read, cached_tokens=cached, completion_tokens=written)
        return total

    # --- inside -----------------------------------------------------------------------------------------------------

    def _keep(self, draft: Draft) -> None:
        self.tenant.drafts.save(draft)

    def _free(self, draft: Draft) -> Draft:
        """The draft as it stands now, which no job is at work on. Raises Busy."""
        kept = self.tenant.drafts.get(draft.id)
        self.server.runner.check_free(self.tenant, draft.id)
        return kept

    def _submit_writing(self, draft: Draft) -> None:
        self.server.runner.submit(self.tenant, draft.id, Write(), lambda: self._keep(draft))

    def _under_way(self, request: str) -> Draft | None:
        """The draft that is being written for these words."""
        for row in self.tenant.ledger.jobs():
            if isinstance(read_task(row.task), Write):
                try:
                    draft = self.tenant.drafts.get(row.draft)
                except DraftNotFound:  # its job is kept a moment before it
                    continue
                if draft.request == request and draft.status in (Status.QUEUED, Status.IN_PROGRESS):
                    return draft
        return None

    def _followed(self, draft: Draft, told: int = 0) -> Iterator[Event | Begun]:
        """What is told of a draft after the event number `told`, until its job ends or waits. Raises DraftError where it failed."""
        self._before.setdefault(draft.id, draft.usage)
        yield Begun(draft.id)
        parts = {part.path: part for part in draft.outline.parts()} if draft.outline else {}
        over = False
        while not over:
            self._check_wanted()
            job = self.server.runner.find(self.tenant, draft.id)
            # asked before the events are read: there are none after
            over = job is None or job.settled.wait(GLANCE) or job.state == JobState.WAITING
            for row in self._events(draft.id, told):
                told = row.number
                yield from _retold(row.name, json.loads(row.data), parts)
        yield self._ended(self.tenant.drafts.get(draft.id))

    def _ended(self, draft: Draft) -> Event:
        match draft.status:
            case Status.COMPLETED:
                return Finished(draft)
            case Status.WAITING:
                return Waiting(draft)
            case Status.CANCELLED:
                raise DraftError("已停下，写好的部分都在", "说“继续”就接着写")
            case _:
                raise DraftError(f"没有写完：{draft.error or '原因不明'}", "写好的部分都在，说“继续”就接着写")

    def _changed(self, draft: Draft, task: Revise) -> Draft:
        """`draft` changed by a job; the job that is at it already, where the same was asked before."""
        self._before.setdefault(draft.id, draft.usage)
        told = self.tenant.ledger.last_event(draft.id)
        job = self.server.runner.find(self.tenant, draft.id)
        if job is None or job.task != task:
            job = self.server.runner.submit(self.tenant, draft.id, task)
        while not job.settled.wait(GLANCE):
            self._check_wanted()
        ends = {row.name: json.loads(row.data) for row in self._events(draft.id, told)}
        if events.FAILED in ends:
            raise DraftError(f"没有改成：{ends[events.FAILED].get('reason', '原因不明')}", "稿子没有动")
        if events.CANCELLED in ends:
            raise DraftError("已停下，稿子没有动")
        return self.tenant.drafts.get(draft.id)

    def _events(self, draft_id: str, after: int) -> Iterator[EventRow]:
        while page := self.tenant.ledger.events(draft_id, after):
            yield from page
            after = page[-1].number

    def _check_wanted(self) -> None:
        """Raises where it makes no sense to wait any longer."""
        if self.gone.is_set():
            raise Left
        if self.server.feeds.closing.is_set():
            raise DraftError("服务正在停止，写好的部分都在", "再启动后会接着写")


def _retold(name: str, data: dict[str, Any], parts: dict[str, Part]) -> Iterator[Event]:
    """An event of the ledger as the recipe told it; `parts` are those of the outline told last."""
    match name:
        case events.STEP:
            yield Step(data["name"])
        case events.OUTLINE:
            outline = Outline.model_validate(data)
            parts.clear()
            parts.update({part.path: part for part in outline.parts()})
            yield Planned(outline)
        case events.BEGUN if part := parts.get(data["path"]):
            yield PartBegun(part, data["number"], data["count"])
        case events.WRITTEN if part := parts.get(data["path"]):
            yield PartWritten(part, data["text"])
