"""Live events: numbered, written to the database, and only then told to whoever listens.

One thread writes for all: what has come together meanwhile goes into one transaction, so that many streams cost few disk writes.
"""

import asyncio
import json
import logging
import queue
import threading
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

from fastapi.sse import format_sse_event

from api.ledger import EventRow, Ledger
from speech.errors import DatabaseError

log = logging.getLogger("jianggao.feed")

PING = 15.0  # seconds without an event after which a comment keeps the connection open
_PAGE = 500
_AGAIN = 1.0  # seconds until a write that failed is tried again
_LOOK = 0.5  # seconds between looks at the events of a job that another process runs


@dataclass
class Feed:
    """The events of one draft since it was opened here. `start`: the number of the last event before that.

    `frames` holds what is on disk, ready to be sent; `over`: the job is settled, and nothing more comes.
    """

    draft: str
    ledger: Ledger
    start: int
    frames: list[bytes] = field(default_factory=list)
    over: bool = False
    given: int = 0
    _waking: set[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def last(self) -> int:
        return self.start + len(self.frames)

    def publish(self, rows: list[EventRow]) -> None:
        with self._lock:
            self.frames += [frame(row) for row in rows]
            self._wake()

    def end(self) -> None:
        with self._lock:
            self.over = True
            self._wake()

    def listen(self, event: asyncio.Event) -> Callable[[], None]:
        """Set `event`, in the loop that runs, whenever there is something new; returns what ends that."""
        ear = (asyncio.get_running_loop(), event)
        with self._lock:
            self._waking.add(ear)

        def leave() -> None:
            with self._lock:
                self._waking.discard(ear)

        return leave

    def wake(self) -> None:
        with self._lock:
            self._wake()

    def _wake(self) -> None:
        for loop, event in self._waking:
            if not loop.is_closed():
                loop.call_soon_threadsafe(event.set)


def frame(row: EventRow) -> bytes:
    """An event as it goes over the wire."""
    return format_sse_event(event=row.name, data_str=row.data, id=str(row.number))


class Feeds:
    """The feeds of all drafts with a job, by tenant and draft."""

    def __init__(self) -> None:
        self._feeds: dict[tuple[Ledger, str], Feed] = {}
        self._lock = threading.Lock()
        self._queue: queue.SimpleQueue[tuple[Feed, EventRow] | threading.Event | None] = queue.SimpleQueue()
        self._writer = threading.Thread(target=self._write, name="events", daemon=True)
        self.closing = threading.Event()
        self.streams = 0

    def start(self) -> None:
        self._writer.start()

    def stop(self) -> None:
        """Write what is left, and end."""
        self.hang_up()
        self._queue.put(None)
        self._writer.join(timeout=10)

    def hang_up(self) -> None:
        """End every stream: the server stops."""
        self.closing.set()
        with self._lock:
            for feed in self._feeds.values():
                feed.wake()

    def open(self, ledger: Ledger, draft: str) -> Feed:
        """The feed of a draft whose job begins."""
        with self._lock:
            feed = self._feeds.get((ledger, draft))
            if feed is None:
                start = ledger.last_event(draft)
                feed = self._feeds[ledger, draft] = Feed(draft, ledger, start, given=start)
            return feed

    def catch_up(self, feed: Feed) -> None:
        """Take in what another process told of the draft since `feed` was opened."""
        self.flush()
        while rows := feed.ledger.events(feed.draft, feed.last):
            feed.publish(rows)
        feed.given = feed.last

    def find(self, ledger: Ledger, draft: str) -> Feed | None:
        """The feed of a draft with a job; None for one that is settled."""
        with self._lock:
            return self._feeds.get((ledger, draft))

    def tell(self, feed: Feed, name: str, data: dict[str, Any]) -> None:
        """Number an event and hand it to the writer. A feed has one teller at a time."""
        feed.given += 1
        self._queue.put((feed, EventRow(feed.draft, feed.given, name, json.dumps(data, ensure_ascii=False))))

    def flush(self) -> None:
        """Return once all that was told is on disk."""
        if self._writer.is_alive():
            written = threading.Event()
            self._queue.put(written)
            written.wait()

    def close(self, feed: Feed) -> None:
        """The job is settled; listeners get what is left, later ones read from the database."""
        self.flush()
        with self._lock:
            self._feeds.pop((feed.ledger, feed.draft), None)
        feed.end()

    async def stream(self, ledger: Ledger, draft: str, after: int) -> AsyncIterator[bytes]:
        """Every event after the number `after`, each once and in order, to the end of the draft's job; comments in between."""
        feed = self.find(ledger, draft)
        woken = asyncio.Event()
        leave = feed.listen(woken) if feed else lambda: None
        after = min(after, feed.last) if feed else after
        self.streams += 1
        try:
            while True:
                edge = feed.start if feed else None  # up to here events stand in the database alone
                while edge is None or after < edge:
                    # a job of another process is settled after its last event
                    elsewhere = edge is None and await asyncio.to_thread(ledger.state, draft) is not None
                    count = _PAGE if edge is None else min(_PAGE, edge - after)
                    rows = await asyncio.to_thread(ledger.events, draft, after, count)
                    if rows:
                        yield b"".join(map(frame, rows))
                        after = rows[-1].number
                    elif elsewhere and not self.closing.is_set():
                        await asyncio.sleep(_LOOK)
                    else:
                        break
                if feed is None:
                    return
                while not self.closing.is_set():
                    woken.clear()
                    over, pending = feed.over, feed.frames[max(0, after - feed.start) :]
                    if pending:
                        yield b"".join(pending)
                        after += len(pending)
                    elif over:
                        break
                    else:
                        try:
                            await asyncio.wait_for(woken.wait(), PING)
                        except TimeoutError:
                            yield b": ping\n\n"
                if self.closing.is_set():
                    return
                feed = None  # the job is settled, or was let go to another process: what is left stands in the database
        finally:
            self.streams -= 1
            leave()

    # --- the writer ---------------------------------------------------------------------------------------------------

    def _write(self) -> None:
        going = True
        while going:
            taken = [self._queue.get()]
            while not self._queue.empty():
                taken.append(self._queue.get())
            batches: dict[Ledger, list[tuple[Feed, EventRow]]] = {}
            for one in taken:
                if isinstance(one, tuple):
                    batches.setdefault(one[0].ledger, []).append(one)
            for ledger, batch in batches.items():
                self._write_batch(ledger, batch)
            for one in taken:
                if isinstance(one, threading.Event):
                    one.set()
                going = going and one is not None

    def _write_batch(self, ledger: Ledger, batch: list[tuple[Feed, EventRow]]) -> None:
        while True:
            try:
                ledger.append([row for _, row in batch])
                break
            except DatabaseError as error:
                # a full disk, a server that is away: nobody is told what is not kept, and it is tried until there is room again
                log.error("events are not kept: %s", error)
                if self.closing.is_set():
                    return
                time.sleep(_AGAIN)
        told: dict[str, list[EventRow]] = {}
        feeds = {feed.draft: feed for feed, _ in batch}
        for _, row in batch:
            told.setdefault(row.draft, []).append(row)
        for draft, rows in told.items():
            feeds[draft].publish(rows)
