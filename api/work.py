"""A job done: its draft written or changed, every step told to those who follow it, and how it ended kept."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from agent.drafter import Waiting
from agent.drafts import Draft, Status
from agent.meter import Stopped
from api import events
from api.events import Telling
from api.feed import Feed, Feeds
from api.ledger import EventRow, JobState
from api.metrics import Metrics
from api.tasks import Revise, Task, Write
from api.tenants import Premises, Tenant
from speech.errors import DatabaseError, DraftTaken, JianggaoError

log = logging.getLogger("jianggao.jobs")

ELSEWHERE = "elsewhere"  # how a job ended that another process does


class _Latch(threading.Event):
    """An event that stays set: a run clears its `stop` when it begins, and must not miss one that came a moment before."""

    def clear(self) -> None:
        return


@dataclass
class Job:
    """A job that is not settled. `stopping` tells it to stop, `settled` is set once its last event is on disk."""

    tenant: Tenant
    draft: str
    task: Task
    feed: Feed
    state: JobState
    stopping: threading.Event = field(default_factory=_Latch)
    settled: threading.Event = field(default_factory=threading.Event)

    @property
    def key(self) -> tuple[str, str]:
        return self.tenant.name, self.draft


class Work:
    """What a worker does with a job that the queue gave it.

    `changed` guards the state of jobs, `closing` tells whether the server stops, `forget` strikes a job off once it is settled.
    """

    def __init__(
        self,
        premises: Premises,
        feeds: Feeds,
        metrics: Metrics,
        changed: threading.Condition,
        closing: Callable[[], bool],
        forget: Callable[[Job], None],
    ) -> None:
        self.premises, self.feeds, self.metrics = premises, feeds, metrics
        self._changed, self._closing, self._forget = changed, closing, forget

    def done(self, job: Job) -> str | None:
        """How the job ended; None where the database is away, so that all is as after a kill and the job is to be done again."""
        try:
            with job.tenant.drafts.database.claimed(job.draft):
                if job.tenant.ledger.state(job.draft) is None:  # another process took it up, and settled it
                    return self._let_go(job)
                self.feeds.catch_up(job.feed)
                try:
                    return self._run(job)
                except DatabaseError:
                    raise
                except Exception:
                    log.exception("job of draft %s", job.draft)
                    return self._failed(job, "程序内部出错，详情见服务日志；写好的部分都已保存")
        except DraftTaken:
            return self._let_go(job)
        except DatabaseError as error:
            log.error("job of draft %s: %s", job.draft, error)
            return None
        except Exception:  # a draft that was removed under its job
            log.exception("job of draft %s", job.draft)
            return self._let_go(job)

    def _let_go(self, job: Job) -> str:
        """The job is another process's; should that be killed, whichever server starts next takes it up."""
        self._forget(job)
        return ELSEWHERE

    def _run(self, job: Job) -> str:
        """Do what the job is for, and tell of it; how it ended."""
        draft = job.tenant.drafts.get(job.draft)
        told = _all_events(job.feed)
        try:
            if isinstance(job.task, Write):
                return self._write(job, draft, told)
            return self._revise(job, job.task, draft, told)
        except Stopped:
            if self._closing():
                self._put_back(job)
                return Status.QUEUED.value
            return self.end(job, Status.CANCELLED)
        except DatabaseError:
            raise
        except JianggaoError as error:
            return self._failed(job, error.for_program)

    def _write(self, job: Job, draft: Draft, told: list[EventRow]) -> str:
        """The draft to its end, or to where it waits for approval."""
        last = told[-1].name if told else ""
        if draft.status == Status.COMPLETED:  # killed after the last step, before anybody was told
            return self._finish(job, draft, told=last == events.FINISHED)
        if draft.status == Status.WAITING:
            return self._wait(job, draft, told=last == events.WAITING)
        self._begin(job)
        telling, waiting = Telling([(row.name, row.data) for row in told]), None
        for event in self.premises.drafter(job.tenant, job.stopping).run(draft):
            if (one := telling.told(event)) is not None:
                self.feeds.tell(job.feed, *one)
                self.metrics.event(one[0])
            if isinstance(event, Waiting):
                waiting = event.draft
        if waiting:
            return self._wait(job, waiting, told=True)
        self._settle(job)
        return Status.COMPLETED.value

    def _revise(self, job: Job, task: Revise, draft: Draft, told: list[EventRow]) -> str:
        """One change of a finished draft."""
        if draft.revision == task.revision:
            self._begin(job)
            if job.stopping.is_set():
                raise Stopped
            return self._finish(job, task.make(draft, self.premises.reviser(job.tenant, job.stopping)), told=False)
        # killed after the change was kept
        return self._finish(job, draft, told=bool(told) and told[-1].name == events.FINISHED)

    def _begin(self, job: Job) -> None:
        about = job.task.model_dump(exclude={"revision"}, exclude_none=True)
        self.feeds.tell(job.feed, events.STATE, {"status": Status.IN_PROGRESS.value, "task": about})

    def _finish(self, job: Job, draft: Draft, told: bool) -> str:
        if not told:
            self.feeds.tell(job.feed, events.FINISHED, events.finished(draft))
        self._settle(job)
        return Status.COMPLETED.value

    def _wait(self, job: Job, draft: Draft, told: bool) -> str:
        """The outline waits for approval: the job stands still, unless it was stopped in the same moment."""
        if not told:
            self.feeds.tell(job.feed, events.WAITING, events.waiting(draft))
        self.feeds.flush()
        job.tenant.ledger.set_state(job.draft, JobState.WAITING)
        with self._changed:
            job.state = JobState.WAITING
            self._changed.notify_all()
            stopped = job.stopping.is_set() and not self._closing()
        return self.end(job, Status.CANCELLED) if stopped else Status.WAITING.value

    def _failed(self, job: Job, reason: str) -> str:
        return self.end(job, Status.FAILED, reason)

    def end(self, job: Job, status: Status, reason: str | None = None) -> str:
        """Note on the draft how its job ended, tell of it, settle."""
        draft = job.tenant.drafts.get(job.draft)
        if draft.status != Status.COMPLETED:
            job.tenant.drafts.save(draft.model_copy(update={"status": status, "error": reason}))
        name = events.FAILED if status == Status.FAILED else events.CANCELLED
        self.feeds.tell(job.feed, name, {"status": status.value} | ({"reason": reason} if reason else {}))
        self._settle(job)
        return status.value

    def _put_back(self, job: Job) -> None:
        """The server stops: the draft waits for the next start."""
        draft = job.tenant.drafts.get(job.draft)
        if draft.status != Status.COMPLETED:
            job.tenant.drafts.save(draft.model_copy(update={"status": Status.QUEUED, "error": None}))
        self.feeds.flush()

    def _settle(self, job: Job) -> None:
        self.feeds.flush()
        job.tenant.ledger.settle(job.draft)
        self._forget(job)


def _all_events(feed: Feed) -> list[EventRow]:
    """The events of a draft so far, in order."""
    rows: list[EventRow] = []
    while page := feed.ledger.events(feed.draft, rows[-1].number if rows else 0):
        rows += page
    return rows
