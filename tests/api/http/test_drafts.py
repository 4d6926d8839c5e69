"""Drafts over HTTP, from the brief to the Word file."""

import io
import time

import docx
import httpx
import pytest

from tests.api.http.conftest import BRIEF, Gate, Served, Serving
from tests.api.http.events import Seen, events_in
from tests.databases import both

pytestmark = both


def begun(client: httpx.Client, **more: object) -> str:
    answer = client.post("/v1/drafts", json={**BRIEF, **more})
    assert answer.status_code == 202, answer.text
    assert answer.headers["location"] == f"/v1/drafts/{answer.json()['id']}"
    return str(answer.json()["id"])


def stream(client: httpx.Client, draft: str, after: int | None = None) -> list[Seen]:
    """Every event up to the end of the stream."""
    headers = {} if after is None else {"Last-Event-ID": str(after)}
    with client.stream("GET", f"/v1/drafts/{draft}/events", headers=headers) as answer:
        assert answer.status_code in (200, 204)
        return list(events_in(answer.iter_lines()))


def settled(client: httpx.Client, draft: str) -> dict[str, object]:
    """The draft once its job has ended."""
    until = time.monotonic() + 20
    while time.monotonic() < until:
        found: dict[str, object] = client.get(f"/v1/drafts/{draft}").json()
        if found["status"] not in ("queued", "in_progress"):
            return found
        time.sleep(0.02)
    raise AssertionError("the job did not end")


@pytest.fixture
def served(serving: Serving) -> Served:
    return serving()


def test_a_brief_becomes_a_draft_and_its_events_tell_how(served: Served) -> None:
    client = served.one
    draft = begun(client)
    told = stream(client, draft)
    kept = settled(client, draft)
    assert kept["status"] == "completed"
    assert [one.number for one in told] == list(range(1, len(told) + 1))
    names = [one.name for one in told]
    assert names[0] == "state" and names[-1] == "finished" and names.index("outline") < names.index("section-begun")
    written = [one.data["text"] for one in told if one.name == "section-written"]
    assert len(written) == names.count("section-begun") >= 4
    for path in {one.data["path"] for one in told if one.name == "section-written"}:
        whole = next(one.data["text"] for one in told if one.name == "section-written" and one.data["path"] == path)
        assert "".join(one.data["text"] for one in told if one.name == "text" and one.data["path"] == path) in (
            whole,
            whole + "。",
        )
    assert told[-1].data["usage"] == kept["usage"]


def test_a_request_in_plain_words_is_understood_and_a_field_goes_before_it(served: Served) -> None:
    answer = served.one.post(
        "/v1/drafts", json={"request": "请为市委书记起草在全市安全生产工作会议上的讲话，约2000字", "length": 600}
    )
    assert answer.status_code == 202
    brief = answer.json()["brief"]
    assert (brief["topic"], brief["length"], brief["speaker"]) == ("安全生产", 600, "市委书记")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({}, "topic"),
        ({"topic": "治理", "length": 5}, "length"),
        ({"topic": "治理", "colour": "红"}, "colour"),
        ({"request": "你好"}, "写作要求"),
        ({"request": 5}, "request"),
        ([1], "body"),
    ],
)
def test_a_wrong_brief_is_a_problem_that_names_what_is_wrong(served: Served, body: object, said: str) -> None:
    answer = served.one.post("/v1/drafts", json=body)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert said in answer.json()["detail"] and answer.json()["status"] == 422


def test_a_draft_is_listed_filled_exported_and_removed(serving: Serving) -> None:
    served = serving()
    served.model.speak = lambda messages, turn: "全市已建成网格3721个，" * (turn % 3 == 0) + served_sentences(messages, turn)
    client = served.one
    draft = begun(client)
    kept = settled(client, draft)
    assert [one["id"] for one in client.get("/v1/drafts").json()["drafts"]] == [draft]
    gaps = kept["placeholders"]
    assert isinstance(gaps, list) and gaps
    filled = client.post(f"/v1/drafts/{draft}/fill", json={gaps[0]["id"]: "88"})
    assert filled.status_code == 200, filled.text
    assert filled.json()["review"]["scores"]["leakage"] is not None
    assert "88" in filled.json()["text"] and len(filled.json()["placeholders"]) == len(gaps) - 1
    file = client.get(f"/v1/drafts/{draft}/export")
    assert file.headers["content-disposition"].startswith("attachment;")
    text = "\n".join(paragraph.text for paragraph in docx.Document(io.BytesIO(file.content)).paragraphs)
    assert "88" in text
    assert client.get(f"/v1/drafts/{draft}/export?format=txt").text == client.get(f"/v1/drafts/{draft}").json()["text"]
    assert client.get(f"/v1/drafts/{draft}/export?format=md").text.startswith("#")
    assert client.delete(f"/v1/drafts/{draft}").status_code == 204
    for gone in (
        client.get(f"/v1/drafts/{draft}"),
        client.get(f"/v1/drafts/{draft}/events"),
        client.delete(f"/v1/drafts/{draft}"),
    ):
        assert gone.status_code == 404


def served_sentences(messages: object, turn: int) -> str:
    from tests.scripted import sentences_of

    return sentences_of(messages, turn)  # type: ignore[arg-type]


def test_a_draft_that_is_not_written_is_not_filled_or_exported(serving: Serving, gate: Gate) -> None:
    client = serving().one
    gate.at = 0
    draft = begun(client)
    assert gate.reached.wait(10)
    for answer in (
        client.get(f"/v1/drafts/{draft}/export"),
        client.post(f"/v1/drafts/{draft}/fill", json={"p1": "1"}),
        client.post(f"/v1/drafts/{draft}/resume"),
    ):
        assert answer.status_code == 409, answer.text
    gate.opened.set()
    assert settled(client, draft)["status"] == "completed"
    assert client.post(f"/v1/drafts/{draft}/resume").status_code == 409


def test_a_model_that_fails_fails_the_draft_which_can_be_resumed(serving: Serving) -> None:
    served = serving()
    from speech.errors import ModelError

    def broken(messages: object, turn: int) -> str:
        raise ModelError("模型端点限流", "稍后可用 jianggao drafts resume 接着写")

    served.model.speak = broken
    client = served.one
    draft = begun(client)
    failed = settled(client, draft)
    assert failed["status"] == "failed"
    told = stream(client, draft)
    assert told[-1].name == "failed" and told[-1].data["reason"] == "模型端点限流"
    served.model.speak = None
    assert client.post(f"/v1/drafts/{draft}/resume").status_code == 202
    again = stream(client, draft, after=told[-1].number)
    assert again[0].number == told[-1].number + 1 and again[-1].name == "finished"
    assert "outline" not in [one.name for one in again]  # told before, and not told twice
