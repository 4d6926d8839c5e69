"""Jobs: drafts written by worker threads, taken in turn from the tenants. What is kept of them outlives the process.

A job has a row in its tenant's ledger until it is settled. At the start of a server every row is taken up again: what ran is
resumed from its last checkpoint. A graceful stop leaves the rows, and the drafts as queued.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable

from agent.drafts import Status
from api.feed import Feed, Feeds
from api.ledger import JobRow, JobState
from api.metrics import Metrics
from api.tasks import Task, Write, read_task
from api.tenants import Premises, Tenant
from api.work import ELSEWHERE, Job, Work
from speech.errors import DatabaseError, DraftError, DraftNotFound, JianggaoError

log = logging.getLogger("jianggao.jobs")

PROMPTLY = 2.0  # seconds within which a job that is told to stop has stopped
_FIRST_GUESS = 60.0  # seconds that a job takes, before any has been timed
_LONGEST_WAIT = 3600
_AGAIN = 1.0  # seconds until a job is tried again whose database was away
_WATCH = 10.0  # seconds between looks for jobs that a killed server left


class TooMany(JianggaoError):
    """The queue is full. `retry_after`: seconds until there may be room."""

    def __init__(self, retry_after: int) -> None:
        super().__init__("排队的稿子已满", f"请在 {retry_after} 秒后再试")
        self.retry_after = retry_after


class Busy(DraftError):
    """The draft has a job already."""


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
        self._does = Work(premises, feeds, metrics, self._changed, lambda: self._closing, self._forget)
        self._threads = [threading.Thread(target=self._work, name=f"job-{n}", daemon=True) for n in range(workers)]
        self._threads.append(threading.Thread(target=self._watch, name="jobs-left", daemon=True))

    # --- from outside -------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Take up what an earlier server left, and begin to work."""
        self._take_up_all()
        for tenant in self.premises.tenants.values():
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
                job.stopping.set()

    def check_room(self) -> None:
        """Raises TooMany where another job would have to wait and the queue is full."""
        with self._changed:
            self._check_room()

    def submit(self, tenant: Tenant, draft_id: str, task: Task, keep: Callable[[], None] = lambda: None) -> Job:
        """A job for a draft; `keep` is called in between to write what belongs to it.

        Raises TooMany, Busy, and DraftError for the change of a revision that is no longer the last one.
        """
        self._let_settle(tenant, draft_id)
        if isinstance(task, Write):
            return self._submit(tenant, draft_id, task, keep)
        with tenant.editing:  # no other change may come between the look at the revision and the job that shuts it out
            if tenant.drafts.get(draft_id).revision != task.revision:
                raise DraftError(f"稿子 {draft_id} 刚才已被改过", "请看过最新的稿子再改一次")
            return self._submit(tenant, draft_id, task, keep)

    def _submit(self, tenant: Tenant, draft_id: str, task: Task, keep: Callable[[], None]) -> Job:
        with self._changed:
            self._check_room()
            self._check_free(tenant, draft_id)
            self._reserved += 1
            job = Job(tenant, draft_id, task, Feed(draft_id, tenant.ledger, 0), JobState.QUEUED)
            self._jobs[job.key] = job
        fresh = False
        try:
            # first of all: a draft without a job would wait for ever
            fresh = tenant.ledger.put_job(JobRow(draft_id, job.state, task.model_dump_json()))
            if not fresh:
                raise _busy(draft_id)
            keep()
            job.feed = self.feeds.open(tenant.ledger, draft_id)
        except BaseException:
            with self._changed:
                self._jobs.pop(job.key, None)
            if fresh:
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
            self.submit(tenant, draft_id, Write(), keep)
            return
        with self._changed:
            job.state = JobState.QUEUED
        try:
            keep()
            tenant.ledger.set_state(draft_id, JobState.QUEUED)
        except BaseException:
            with self._changed:
                job.state = JobState.WAITING
            raise
        self._enqueue(job)

    def find(self, tenant: Tenant, draft_id: str) -> Job | None:
        with self._changed:
            return self._jobs.get((tenant.name, draft_id))

    def standing(self, tenant: Tenant, draft_id: str) -> dict[str, Status]:
        """The status of a finished draft that is to be changed, or is being changed; nothing for any other."""
        job = self.find(tenant, draft_id)
        if job is None or isinstance(job.task, Write):
            return {}
        return {"status": Status.IN_PROGRESS if job.state == JobState.RUNNING else Status.QUEUED}

    def check_free(self, tenant: Tenant, draft_id: str) -> None:
        """Raises Busy where the draft has a job."""
        self._let_settle(tenant, draft_id)
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
            self._does.end(job, Status.CANCELLED)
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

    def _let_settle(self, tenant: Tenant, draft_id: str) -> None:
        """A draft is completed a moment before its job is settled: whoever saw the one need not wait for the other."""
        job = self.find(tenant, draft_id)
        if job and self._went_on(job):
            self._forget(job)
        elif job and isinstance(job.task, Write) and tenant.drafts.get(draft_id).status == Status.COMPLETED:
            job.settled.wait(PROMPTLY)

    def _check_free(self, tenant: Tenant, draft_id: str) -> None:
        if (tenant.name, draft_id) in self._jobs:
            raise _busy(draft_id)

    def _watch(self) -> None:
        """Now and then take up what a server on the same Postgres left when it was killed."""
        while True:
            with self._changed:
                if self._changed.wait_for(lambda: self._closing, _WATCH):
                    return
            try:
                self._take_up_all()
            except DatabaseError as error:
                log.error("jobs are not looked for: %s", error)

    def _take_up_all(self) -> None:
        """Every job that nobody here stands for; one that another process runs is let go again when its turn comes."""
        with self._changed:
            ours = list(self._jobs.values())
        for job in filter(self._went_on, ours):
            self._forget(job)
        for tenant in self.premises.tenants.values():
            for row in tenant.ledger.jobs():
                if self.find(tenant, row.draft) is None:
                    self._take_up(tenant, row)

    def _went_on(self, job: Job) -> bool:
        """Whether a job that waits here for approval was approved in another process."""
        if job.state != JobState.WAITING or job.tenant.ledger.state(job.draft) == JobState.WAITING:
            return False
        with self._changed:
            return job.state == JobState.WAITING  # and not in this one, in the same moment

    def _take_up(self, tenant: Tenant, row: JobRow) -> None:
        try:
            draft = tenant.drafts.get(row.draft)
        except DraftNotFound:
            tenant.ledger.settle_lost(row.draft)  # killed before the draft was kept: nobody was told of it
            return
        job = Job(tenant, row.draft, read_task(row.task), self.feeds.open(tenant.ledger, row.draft), row.state)
        with self._changed:
            if self._jobs.setdefault(job.key, job) is not job:
                return
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
                self._changed.notify_all()

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

    # --- the workers --------------------------------------------------------------------------------------------------

    def _work(self) -> None:
        while (job := self._next()) is not None:
            started = time.monotonic()
            while (outcome := self._does.done(job)) is None and not self._closing:
                time.sleep(_AGAIN)
            if outcome is None or outcome == ELSEWHERE:
                continue
            self._takes = 0.7 * self._takes + 0.3 * (time.monotonic() - started)
            self.metrics.job_done(outcome, time.monotonic() - started)

    def _forget(self, job: Job) -> None:
        with self._changed:
            self._jobs.pop(job.key, None)
        self.feeds.close(job.feed)
        job.settled.set()


def _busy(draft_id: str) -> Busy:
    return Busy(f"稿子 {draft_id} 正在写", "请等它写完，或先停下它")
