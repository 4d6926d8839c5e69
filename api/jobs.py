"""Jobs: drafts written by worker threads, taken in turn from the tenants. What is kept of them outlives the process.

A job has a row in its tenant's ledger until it is settled. At the start of a server every row is taken up again: what ran is
resumed from its last checkpoint. A graceful stop leaves the rows, and the drafts as queued.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from agent.drafter import Drafter, Waiting
from agent.drafts import Draft, Status
from agent.meter import Stopped
from api import events
from api.events import Telling
from api.feed import Feed, Feeds
from api.ledger import EventRow, JobRow, JobState
from api.metrics import Metrics
from api.tenants import Premises, Tenant
from speech.errors import DraftError, DraftNotFound, JianggaoError

log = logging.getLogger("jianggao.jobs")

DRAFT = "draft"
PROMPTLY = 2.0  # seconds within which a job that is told to stop has stopped
_FIRST_GUESS = 60.0  # seconds that a job takes, before any has been timed
_LONGEST_WAIT = 3600


class TooMany(JianggaoError):
    """The queue is full. `retry_after`: seconds until there may be room."""

    def __init__(self, retry_after: int) -> None:
        super().__init__("排队的稿子已满", f"请在 {retry_after} 秒后再试")
        self.retry_after = retry_after


class Busy(DraftError):
    """The draft has a job already."""


@dataclass
class Job:
    """A job that is not settled. `stopping` tells it to stop, `settled` is set once its last event is on disk."""

    tenant: Tenant
    row: JobRow
    feed: Feed
    state: JobState
    stopping: threading.Event = field(default_factory=threading.Event)
    settled: threading.Event = field(default_factory=threading.Event)
    drafter: Drafter | None = None

    @property
    def key(self) -> tuple[str, str]:
        return self.tenant.name, self.row.draft

    def stop(self) -> None:
        self.stopping.set()
        if self.drafter:
            self.drafter.stop.set()


class JobRunner:
    """`workers` threads, a queue of at most `queue` jobs that wait for one."""

    def __init__(self, premises: Premises, feeds: Feeds, metrics: Metrics, workers: int, queue: int) -> None:
        self.premises, self.feeds, self.metrics = premises, feeds, metrics
        self.workers, self.queue = workers, queue
        self._jobs: dict[tuple[str, str], Job] = {}
        self._queues: dict[str, deque[Job]] = {name: deque() for name in premises.tenants}
        self._turn = deque(premises.tenants)
        self._reserved = 0
        self._takes = _FIRST_GUESS
        self._changed = threading.Condition()
        self._closing = False
        self._threads = [threading.Thread(target=self._work, name=f"job-{n}", daemon=True) for n in range(workers)]

    # --- from outside -------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Take up what an earlier server left, and begin to work."""
        for tenant in self.premises.tenants.values():
            for row in tenant.ledger.jobs():
                self._take_up(tenant, row)
            for key, draft_id in tenant.ledger.in_flight():
                self._answer_late(tenant, key, draft_id)
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Stop the running jobs where they are; they and the queued ones are taken up at the next start."""
        self.hang_up()
        for thread in self._threads:
            thread.join(timeout=2 * PROMPTLY)

    def hang_up(self) -> None:
        """Tell every job to stop, and wait for none."""
        with self._changed:
            self._closing = True
            jobs = list(self._jobs.values())
            self._changed.notify_all()
        for job in jobs:
            if job.state == JobState.RUNNING:
                job.stop()

    def check_room(self) -> None:
        """Raises TooMany where another job would have to wait and the queue is full."""
        with self._changed:
            self._check_room()

    def submit(
        self, tenant: Tenant, draft_id: str, kind: str = DRAFT, task: str = "", keep: Callable[[], None] = lambda: None
    ) -> Job:
        """A job for a draft; `keep` is called in between to write what belongs to it. Raises TooMany, Busy."""
        with self._changed:
            self._check_room()
            self._check_free(tenant, draft_id)
            self._reserved += 1
            job = Job(tenant, JobRow(draft_id, kind, JobState.QUEUED, task), Feed(draft_id, tenant.ledger, 0), JobState.QUEUED)
            self._jobs[job.key] = job
        try:
            tenant.ledger.put_job(job.row)  # before the draft: one without a job would wait for ever
            keep()
            job.feed = self.feeds.open(tenant.ledger, draft_id)
        except BaseException:
            with self._changed:
                self._jobs.pop(job.key, None)
            tenant.ledger.settle(draft_id)
            raise
        finally:
            with self._changed:
                self._reserved -= 1
        self._enqueue(job)
        return job

    def go_on(self, tenant: Tenant, draft_id: str, keep: Callable[[], None]) -> None:
        """Queue a draft that waited for approval, once `keep` has written that it was given; there is always room for it."""
        with self._changed:
            job = self._jobs.get((tenant.name, draft_id))
            # its draft is marked as waiting a moment before its worker lets go of it
            self._changed.wait_for(lambda: job is None or job.state != JobState.RUNNING, PROMPTLY)
        if job is None:  # it was begun at the command line
            self.submit(tenant, draft_id, keep=keep)
            return
        keep()
        tenant.ledger.set_state(draft_id, JobState.QUEUED)
        with self._changed:
            job.state = JobState.QUEUED
        self._enqueue(job)

    def find(self, tenant: Tenant, draft_id: str) -> Job | None:
        with self._changed:
            return self._jobs.get((tenant.name, draft_id))

    def check_free(self, tenant: Tenant, draft_id: str) -> None:
        """Raises Busy where the draft has a job."""
        with self._changed:
            self._check_free(tenant, draft_id)

    def cancel(self, tenant: Tenant, draft_id: str) -> Job | None:
        """Stop the draft's job; None where it has none. One that is running is settled by its worker, promptly."""
        with self._changed:
            job = self._jobs.get((tenant.name, draft_id))
            if job is None:
                return None
            job.stopping.set()
            idle = job.state != JobState.RUNNING
            if idle and job in self._queues[tenant.name]:
                self._queues[tenant.name].remove(job)
            self._changed.notify_all()
        if idle:
            self._end(job, Status.CANCELLED)
        else:
            job.stop()
        return job

    def counts(self) -> dict[str, int]:
        """Jobs by state."""
        with self._changed:
            states = [job.state for job in self._jobs.values()]
        return {state.value: states.count(state) for state in JobState}

    # --- the queue ----------------------------------------------------------------------------------------------------

    def _check_room(self) -> None:
        waiting = sum(map(len, self._queues.values())) + self._reserved
        running = sum(job.state == JobState.RUNNING for job in self._jobs.values())
        if self._closing or waiting + running >= self.queue + self.workers:
            rounds = (waiting + 1) / self.workers
            raise TooMany(int(min(_LONGEST_WAIT, max(1.0, rounds * self._takes))))

    def _check_free(self, tenant: Tenant, draft_id: str) -> None:
        if (tenant.name, draft_id) in self._jobs:
            raise Busy(f"稿子 {draft_id} 正在写", "请等它写完，或先停下它")

    def _take_up(self, tenant: Tenant, row: JobRow) -> None:
        try:
            draft = tenant.drafts.get(row.draft)
        except DraftNotFound:
            tenant.ledger.settle(row.draft)  # killed before the draft was kept: nobody was told of it
            return
        job = Job(tenant, row, self.feeds.open(tenant.ledger, row.draft), row.state)
        self._jobs[job.key] = job
        # one that was approved and killed in the same moment has a row that waits still
        if row.state != JobState.WAITING or draft.status != Status.WAITING:
            job.state = JobState.QUEUED
            self._enqueue(job)

    def _answer_late(self, tenant: Tenant, key: str, draft_id: str) -> None:
        """A request that was killed before its answer: a draft that it left is the answer to the next one with its key."""
        try:
            tenant.ledger.answered(key, tenant.drafts.get(draft_id).model_dump_json())
        except DraftNotFound:
            tenant.ledger.release(key)

    def _enqueue(self, job: Job) -> None:
        with self._changed:
            if not job.stopping.is_set():
                self._queues[job.tenant.name].append(job)
                self._changed.notify()

    def _next(self) -> Job | None:
        """The next job, from the tenant whose turn it is; None when the server stops."""
        with self._changed:
            while not self._closing:
                for _ in range(len(self._turn)):
                    name = self._turn[0]
                    self._turn.rotate(-1)
                    if self._queues[name]:
                        job = self._queues[name].popleft()
                        job.state = JobState.RUNNING
                        return job
                self._changed.wait()
            return None

    # --- a worker -----------------------------------------------------------------------------------------------------

    def _work(self) -> None:
        while (job := self._next()) is not None:
            started = time.monotonic()
            try:
                outcome = self._run(job)
            except Exception:
                log.exception("job of draft %s", job.row.draft)
                outcome = self._failed(job, "程序内部出错，详情见服务日志；写好的部分都已保存")
            self._takes = 0.7 * self._takes + 0.3 * (time.monotonic() - started)
            self.metrics.job_done(outcome, time.monotonic() - started)

    def _run(self, job: Job) -> str:
        """Write the draft to its end, telling of it; how it ended."""
        tenant, draft_id = job.tenant, job.row.draft
        tenant.ledger.set_state(draft_id, JobState.RUNNING)
        draft = tenant.drafts.get(draft_id)
        told = [(row.name, row.data) for row in _all_events(job.feed)]
        if draft.status == Status.COMPLETED:  # killed after the last step, before anybody was told
            return self._finish(job, draft, told=bool(told) and told[-1][0] == events.FINISHED)
        if draft.status == Status.WAITING:
            return self._wait(job, draft, told=bool(told) and told[-1][0] == events.WAITING)
        try:
            self.feeds.tell(job.feed, events.STATE, {"status": Status.IN_PROGRESS.value})
            job.drafter = drafter = self.premises.drafter(tenant)
            if job.stopping.is_set():
                raise Stopped
            telling, waiting = Telling(told), None
            for event in drafter.run(draft):
                if job.stopping.is_set():
                    drafter.stop.set()
                if (one := telling.told(event)) is not None:
                    self.feeds.tell(job.feed, *one)
                    self.metrics.event(one[0])
                if isinstance(event, Waiting):
                    waiting = event.draft
        except Stopped:
            if self._closing:
                self._put_back(job)
                return Status.QUEUED.value
            return self._end(job, Status.CANCELLED)
        except JianggaoError as error:
            return self._failed(job, error.for_program)
        if waiting:
            return self._wait(job, waiting, told=True)
        self._settle(job)
        return Status.COMPLETED.value

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
        job.tenant.ledger.set_state(job.row.draft, JobState.WAITING)
        with self._changed:
            job.state, job.drafter = JobState.WAITING, None
            self._changed.notify_all()
            stopped = job.stopping.is_set() and not self._closing
        return self._end(job, Status.CANCELLED) if stopped else Status.WAITING.value

    def _failed(self, job: Job, reason: str) -> str:
        return self._end(job, Status.FAILED, reason)

    def _end(self, job: Job, status: Status, reason: str | None = None) -> str:
        """Note on the draft how its job ended, tell of it, settle."""
        draft = job.tenant.drafts.get(job.row.draft)
        if draft.status != Status.COMPLETED:
            job.tenant.drafts.save(draft.model_copy(update={"status": status, "error": reason}))
        name = events.FAILED if status == Status.FAILED else events.CANCELLED
        self.feeds.tell(job.feed, name, {"status": status.value} | ({"reason": reason} if reason else {}))
        self._settle(job)
        return status.value

    def _put_back(self, job: Job) -> None:
        """The server stops: the draft waits for the next start."""
        draft = job.tenant.drafts.get(job.row.draft)
        if draft.status != Status.COMPLETED:
            job.tenant.drafts.save(draft.model_copy(update={"status": Status.QUEUED, "error": None}))
        self.feeds.flush()

    def _settle(self, job: Job) -> None:
        self.feeds.flush()
        job.tenant.ledger.settle(job.row.draft)
        with self._changed:
            self._jobs.pop(job.key, None)
        self.feeds.close(job.feed)
        job.settled.set()


def _all_events(feed: Feed) -> list[EventRow]:
    """The events of a draft so far, in order."""
    rows: list[EventRow] = []
    while page := feed.ledger.events(feed.draft, rows[-1].number if rows else 0):
        rows += page
    return rows
