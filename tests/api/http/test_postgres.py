"""A database server that goes away and comes back, and two servers of ours on one of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from agent.drafts import new_draft
from api import jobs
from api.ledger import JobRow, JobState
from api.tasks import Write
from speech.brief import SpeechBrief
from tests.api.http.conftest import BRIEF, Gate, Serving
from tests.api.http.test_drafts import begun, settled, stream
from tests.databases import PASSWORD, hang_up, on_postgres

pytestmark = on_postgres


@contextmanager
def away(url: str) -> Iterator[None]:
    """Every connection breaks, and no new one is to be had."""

    def refuse(*_: Any, **__: Any) -> Any:
        raise psycopg.OperationalError("connection to server failed: Connection refused")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("psycopg.connect", refuse)
        hang_up(url)
        yield


def test_while_the_database_is_away_every_answer_says_so_and_afterwards_all_goes_on(
    serving: Serving, gate: Gate, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "_AGAIN", 0.05)
    served = serving()
    client, gate.at = served.one, 4
    draft = begun(client)
    assert gate.reached.wait(20)
    with away(database_url):
        for answer in (client.get("/v1/drafts"), client.get(f"/v1/drafts/{draft}"), client.post("/v1/drafts", json=BRIEF)):
            assert answer.status_code == 503 and answer.headers["content-type"] == "application/problem+json"
            assert "数据库" in answer.json()["detail"] and PASSWORD not in answer.text
        assert client.get("/health/readiness").status_code == 503
        gate.opened.set()
    done = settled(client, draft)
    assert done["status"] == "completed"
    told = stream(client, draft)
    assert [one.number for one in told] == list(range(1, len(told) + 1)) and told[-1].name == "finished"
    assert client.get("/v1/drafts").json()["total"] == 1
    assert client.get("/health/readiness").json()["parts"][0]["ready"]


def test_a_draft_that_one_server_writes_is_left_to_it_by_another_which_tells_its_events(
    serving: Serving, gate: Gate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "_WATCH", 0.2)
    one, gate.at = serving(), 4
    draft = begun(one.one)
    assert gate.reached.wait(20)
    other = serving(JIANGGAO_HOME=tmp_path / "other", live=True)
    assert other.one.get(f"/v1/drafts/{draft}").json()["status"] == "in_progress"
    refused = other.one.post(f"/v1/drafts/{draft}/resume")
    assert refused.status_code == 409
    gate.opened.set()
    assert settled(one.one, draft)["status"] == "completed"
    told = stream(other.one, draft)
    assert told == stream(one.one, draft) and told[-1].name == "finished"
    assert not other.model.asked


def test_a_job_that_a_killed_server_left_is_taken_up_by_one_that_lives(serving: Serving, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "_WATCH", 0.2)
    served = serving()
    tenant = served.premises.tenants[""]
    draft = tenant.drafts.save(new_draft(SpeechBrief.model_validate(BRIEF), None))
    assert tenant.ledger.put_job(JobRow(draft.id, JobState.QUEUED, Write().model_dump_json()))
    assert not tenant.ledger.put_job(JobRow(draft.id, JobState.QUEUED, Write().model_dump_json()))
    assert stream(served.one, draft.id)[-1].name == "finished"
    assert settled(served.one, draft.id)["status"] == "completed" and not tenant.ledger.jobs()
