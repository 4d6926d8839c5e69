"""Jobs: streams that resume, stops that are prompt, keys that replay, queues that fill, outlines that wait."""

import itertools
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from typing import Any

import pytest
from langgraph.checkpoint.sqlite import SqliteSaver

from api import jobs
from api.schemas import NewDraft
from tests.api.http.conftest import BRIEF, Gate, Serving
from tests.api.http.events import Seen, events_in
from tests.api.http.test_drafts import begun, settled, stream
from tests.databases import both, disk_full

pytestmark = both


def test_a_stream_resumes_at_every_event_without_a_loss_or_a_double(serving: Serving) -> None:
    client = serving().one
    draft = begun(client)
    whole = stream(client, draft)
    settled(client, draft)
    for cut in range(0, len(whole), 7):
        assert stream(client, draft, after=whole[cut].number) == whole[cut + 1 :]
    assert stream(client, draft, after=0) == whole
    nothing = client.get(f"/v1/drafts/{draft}/events", headers={"Last-Event-ID": str(whole[-1].number)})
    assert nothing.status_code == 204  # what tells an EventSource not to come back
    assert client.get(f"/v1/drafts/{draft}/events?after={whole[-2].number}").text.count("data:") == 1


def test_live_streams_broken_off_again_and_again_miss_nothing(serving: Serving, gate: Gate) -> None:
    served = serving(live=True)
    speak = served.model.speak
    assert speak
    served.model.speak = lambda messages, turn: (time.sleep(0.02), speak(messages, turn))[1]
    draft = begun(served.one)

    def follow(pieces: int) -> list[Seen]:
        """Read the stream `pieces` events at a time, over a new connection each."""
        seen: list[Seen] = []
        while not seen or seen[-1].name != "finished":
            headers = {"Last-Event-ID": str(seen[-1].number)} if seen else {}
            with served.client("").stream("GET", f"/v1/drafts/{draft}/events", headers=headers) as answer:
                seen += itertools.islice(events_in(answer.iter_lines()), pieces)
        return seen

    with ThreadPoolExecutor(4) as readers:
        all_seen = list(readers.map(follow, (1, 3, 10, 10_000)))
    assert [one.number for one in all_seen[3]] == list(range(1, len(all_seen[3]) + 1))
    assert all(seen == all_seen[3] for seen in all_seen)


def test_a_number_that_was_never_given_is_not_waited_for(serving: Serving, gate: Gate) -> None:
    client = serving(live=True).one
    gate.at = 0
    draft = begun(client)
    assert gate.reached.wait(10)
    with client.stream("GET", f"/v1/drafts/{draft}/events", headers={"Last-Event-ID": "999999"}) as answer:
        gate.opened.set()
        assert [one.name for one in events_in(answer.iter_lines())][-1] == "finished"


@pytest.mark.parametrize("wrong", ["-1", "x", str(2**70)])
def test_a_wrong_last_event_id_is_refused(serving: Serving, wrong: str) -> None:
    client = serving().one
    assert client.get(f"/v1/drafts/{begun(client)}/events", headers={"Last-Event-ID": wrong}).status_code == 422


def test_a_queued_draft_is_cancelled_at_once_and_a_full_queue_says_when_to_come_again(serving: Serving, gate: Gate) -> None:
    client = serving(JIANGGAO_JOBS=1, JIANGGAO_QUEUE=1).one
    gate.at = 0
    running = begun(client)
    assert gate.reached.wait(10)
    queued = begun(client)
    full = client.post("/v1/drafts", json=BRIEF)
    assert full.status_code == 429 and int(full.headers["retry-after"]) >= 1
    assert client.post(f"/v1/drafts/{queued}/cancel").json()["status"] == "cancelled"
    assert [one.name for one in stream(client, queued)] == ["cancelled"]
    assert client.post("/v1/drafts", json=BRIEF).status_code == 202  # there is room again
    gate.opened.set()
    assert settled(client, running)["status"] == "completed"


def test_a_draft_deleted_while_it_is_written_is_gone(serving: Serving, gate: Gate) -> None:
    client = serving().one
    gate.at = 0
    draft = begun(client)
    assert gate.reached.wait(10)
    threading.Timer(0.2, gate.opened.set).start()
    assert client.delete(f"/v1/drafts/{draft}").status_code == 204
    assert client.get(f"/v1/drafts/{draft}").status_code == 404
    assert client.get("/v1/drafts").json() == {"drafts": [], "total": 0}


def test_an_outline_waits_is_changed_and_the_run_goes_on(serving: Serving) -> None:
    client = serving(live=True).one
    draft = begun(client, approve_outline=True)
    seen: list[Seen] = []
    with client.stream("GET", f"/v1/drafts/{draft}/events") as answer:
        for one in events_in(answer.iter_lines()):
            seen.append(one)
            if one.name == "waiting":
                kept = client.get(f"/v1/drafts/{draft}").json()
                assert kept["status"] == "waiting"
                assert client.post(f"/v1/drafts/{draft}/resume").status_code == 409
                outline = kept["outline"]
                outline["sections"][0]["heading"] = "换一个说法，先把认识讲透"
                assert client.put(f"/v1/drafts/{draft}/outline", json=outline).status_code == 202
    assert [one.name for one in seen].count("outline") == 2 and seen[-1].name == "finished"
    done = client.get(f"/v1/drafts/{draft}").json()
    assert done["status"] == "completed" and "换一个说法，先把认识讲透" in done["text"]
    assert client.put(f"/v1/drafts/{draft}/outline").status_code == 409


def test_an_outline_is_approved_as_it_is_or_refused_or_its_draft_stopped(serving: Serving) -> None:
    client = serving().one
    first, second = begun(client, approve_outline=True), begun(client, approve_outline=True)
    assert settled(client, first)["status"] == settled(client, second)["status"] == "waiting"
    wrong = client.put(f"/v1/drafts/{first}/outline", json={"sections": []})
    assert wrong.status_code == 422 and "部分" in wrong.json()["detail"]
    assert client.put(f"/v1/drafts/{first}/outline").status_code == 202
    assert settled(client, first)["status"] == "completed"
    assert client.post(f"/v1/drafts/{second}/cancel").json()["status"] == "cancelled"
    assert stream(client, second)[-1].name == "cancelled"


def test_a_key_replays_the_same_body_and_refuses_another(serving: Serving) -> None:
    client = serving().one
    headers = {"Idempotency-Key": "one"}
    first = client.post("/v1/drafts", json=BRIEF, headers=headers)
    settled(client, first.json()["id"])
    again = client.post("/v1/drafts", json=BRIEF, headers=headers)
    assert again.status_code == 202 and again.json() == first.json()
    assert again.headers["idempotent-replayed"] == "true" and again.headers["location"] == first.headers["location"]
    assert client.post("/v1/drafts", json={**BRIEF, "length": 700}, headers=headers).status_code == 422
    assert client.get("/v1/drafts").json()["total"] == 1


def test_a_step_that_cannot_be_kept_is_made_again_and_its_draft_goes_on(
    serving: Serving, database_url: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    saver = import_module("langgraph.checkpoint.postgres").PostgresSaver if database_url else SqliteSaver
    put, failed = saver.put_writes, list[int]()

    def put_writes(self: Any, config: Any, writes: Any, *task: str) -> None:
        products = [channel for channel, _ in writes if channel == "__return__"]
        if products and len(failed) < 4:
            failed.append(len(failed))
            if len(failed) == 4:
                raise disk_full(database_url)
        put(self, config, writes, *task)

    monkeypatch.setattr(jobs, "_AGAIN", 0.05)
    monkeypatch.setattr(saver, "put_writes", put_writes)
    client = serving().one
    draft = begun(client)
    told = stream(client, draft)
    assert len(failed) == 4 and settled(client, draft)["status"] == "completed"
    assert [one.number for one in told] == list(range(1, len(told) + 1)) and told[-1].name == "finished"
    written = [one.data["path"] for one in told if one.name == "section-written"]
    assert len(written) == len(set(written)) > 3


def test_a_request_that_came_to_nothing_leaves_its_key_free(serving: Serving) -> None:
    client = serving().one
    headers = {"Idempotency-Key": "one"}
    assert client.post("/v1/drafts", json={"topic": ""}, headers=headers).status_code == 422
    assert client.post("/v1/drafts", json=BRIEF, headers=headers).status_code == 202


def test_a_race_on_one_key_begins_one_draft(serving: Serving) -> None:
    served = serving(live=True)
    start = threading.Barrier(8)

    def post(_: int) -> tuple[int, str]:
        client = served.client("")
        start.wait()
        answer = client.post("/v1/drafts", json=BRIEF, headers={"Idempotency-Key": "race"})
        return answer.status_code, answer.json().get("id", "")

    with ThreadPoolExecutor(8) as racing:
        answers = list(racing.map(post, range(8)))
    assert {status for status, _ in answers} <= {202, 409}
    assert len({draft for status, draft in answers if status == 202}) == 1
    assert served.one.get("/v1/drafts").json()["total"] == 1


def test_a_request_in_flight_is_a_conflict(serving: Serving) -> None:
    served = serving()
    ledger = served.premises.tenants[""].ledger
    ledger.claim("begin flying", NewDraft.model_validate(BRIEF).fingerprint(), "0101-000000")
    headers = {"Idempotency-Key": "flying"}
    assert served.one.post("/v1/drafts", json=BRIEF, headers=headers).status_code == 409
    assert served.one.post("/v1/drafts", json={**BRIEF, "length": 700}, headers=headers).status_code == 422
    assert served.one.get("/v1/drafts").json()["total"] == 0
