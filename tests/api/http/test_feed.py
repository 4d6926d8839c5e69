"""A stream of events whose job goes on in another process."""

import asyncio
from pathlib import Path

from agent.database import SqliteDatabase
from agent.drafts import DraftStore
from api.feed import Feeds
from api.ledger import EventRow, JobRow, JobState, Ledger

DRAFT = "0301-abcdef"


def test_a_stream_goes_on_when_its_job_is_let_go_to_another_process(tmp_path: Path) -> None:
    """A job that was taken up here and let go again, as another server runs it: the events that come after are told, too."""
    database = SqliteDatabase(tmp_path / "drafts.sqlite")
    DraftStore(database)
    ledger, feeds = Ledger(database), Feeds()
    ledger.put_job(JobRow(DRAFT, JobState.RUNNING, "{}"))
    ledger.append([EventRow(DRAFT, 1, "state", "{}")])

    async def followed() -> bytes:
        told = b""
        feed = feeds.open(ledger, DRAFT)
        async for piece in feeds.stream(ledger, DRAFT, 0):
            told += piece
            if b"id: 1" in piece:
                feeds.close(feed)
                await asyncio.sleep(0.05)
                ledger.append([EventRow(DRAFT, 2, "finished", "{}")])
                ledger.settle(DRAFT)
        return told

    assert asyncio.run(asyncio.wait_for(followed(), 20)).count(b"id: ") == 2
