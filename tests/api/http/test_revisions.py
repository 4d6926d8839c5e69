"""Changes of a finished draft over HTTP."""

from urllib.parse import quote

import httpx

from agent.drafts import Draft, Why
from agent.restate import with_text
from tests.agent.conftest import TODAY
from tests.api.http.conftest import Gate, Served, Serving
from tests.api.http.test_drafts import begun, settled, stream


def written(client: httpx.Client) -> tuple[str, dict[str, object]]:
    draft = begun(client)
    return draft, settled(client, draft)


def flawed(served: Served, draft_id: str) -> Draft:
    """The draft with two wrong pairings in its closing, kept as a revision."""
    drafts = served.premises.tenants[""].drafts
    draft = drafts.get(draft_id)
    text = draft.text.replace("同志们，", "同志们，要坚定“四个意识”，增强“四个自信”。", 1)
    changed = with_text(draft, text, draft.brief, TODAY)
    assert changed is not None and changed.text != draft.text
    return drafts.keep(changed, Why.CHANGED)


def test_a_suggestion_of_the_checks_is_taken(serving: Serving) -> None:
    served = serving()
    client = served.one
    draft, _ = written(client)
    before = flawed(served, draft)
    assert before.review
    (finding, *_) = [one for one in before.review.findings if one.suggestion]
    meant = {"revision": 2, "rule": finding.rule, "start": finding.start, "end": finding.end}
    answer = client.post(f"/v1/drafts/{draft}/mend", json=meant)
    assert answer.status_code == 200, answer.text
    after = answer.json()
    assert after["text"] == before.text.replace("坚定“四个意识”", "增强“四个意识”")
    assert len(after["review"]["findings"]) == len(before.review.findings) - 1
    assert [one["path"] for one in after["paragraphs"]] == [one.path for one in before.paragraphs]
    last = client.get(f"/v1/drafts/{draft}/revisions").json()["revisions"][-1]
    assert (last["why"], last["note"]) == ("照审核改", "坚定“四个意识” → 增强“四个意识”")
    # asked again, of a revision that is past, or of what is no finding: nothing changes
    assert client.post(f"/v1/drafts/{draft}/mend", json=meant).status_code == 409
    assert client.post(f"/v1/drafts/{draft}/mend", json={**meant, "revision": 3}).status_code == 409
    assert client.post(f"/v1/drafts/{draft}/mend", json={**meant, "revision": 3, "start": 0, "end": 3}).status_code == 409
    assert client.get(f"/v1/drafts/{draft}").json()["text"] == after["text"]


def test_a_section_is_rewritten_the_others_stay_and_it_can_be_taken_back(serving: Serving) -> None:
    served = serving()
    client = served.one
    draft, before = written(client)
    last = stream(client, draft)[-1].number
    path = "一（一）"
    asked = client.post(f"/v1/drafts/{draft}/sections/{quote(path)}/rewrite", json={"instruction": "换个说法，写得实一些"})
    assert asked.status_code == 202, asked.text
    assert asked.json()["status"] in ("queued", "in_progress")
    told = stream(client, draft, after=last)
    assert told[0].number == last + 1 and told[-1].name == "finished" and told[-1].data["revision"] == 2
    after = settled(client, draft)
    assert after["status"] == "completed" and after["text"] != before["text"]

    def texts(state: dict[str, object]) -> dict[str, str]:
        assert isinstance(state["paragraphs"], list)
        return {one["path"]: one["text"] for one in state["paragraphs"]}

    assert {at for at, text in texts(after).items() if texts(before)[at] != text} == {path}
    assert [one["why"] for one in client.get(f"/v1/drafts/{draft}/revisions").json()["revisions"]] == ["初稿", "改写"]
    (difference,) = client.get(f"/v1/drafts/{draft}/compare?before=1&after=2").json()
    assert difference["path"] == path and difference["kind"] == "修改"
    back = client.post(f"/v1/drafts/{draft}/undo")
    assert back.status_code == 200 and back.json()["text"] == before["text"] and back.json()["revision"] == 3
    assert client.get(f"/v1/drafts/{draft}/revisions/2").json()["text"] == after["text"]
    assert client.get(f"/v1/drafts/{draft}/revisions/9").status_code == 404


def test_a_rewrite_that_cannot_be_made_is_refused_or_fails_and_leaves_the_draft(serving: Serving) -> None:
    served = serving()
    client = served.one
    draft, before = written(client)
    assert client.post(f"/v1/drafts/{draft}/sections/九/rewrite", json={"instruction": "充实"}).status_code == 409
    assert client.post(f"/v1/drafts/{draft}/sections/一/rewrite", json={"instruction": ""}).status_code == 422
    served.model.speak = lambda messages, turn: ""
    assert client.post(f"/v1/drafts/{draft}/sections/一（一）/rewrite", json={"instruction": "写得实一些"}).status_code == 202
    assert stream(client, draft)[-1].name == "failed"
    after = client.get(f"/v1/drafts/{draft}").json()
    assert after["status"] == "completed" and after["text"] == before["text"] and after["revision"] == 1


def test_a_rewrite_under_way_is_stopped_and_shuts_other_changes_out(serving: Serving, gate: Gate) -> None:
    served = serving()
    client = served.one
    draft, _ = written(client)
    gate.at = 0
    client.post(f"/v1/drafts/{draft}/sections/一（一）/rewrite", json={"instruction": "写得实一些"})
    assert gate.reached.wait(10)
    assert client.get(f"/v1/drafts/{draft}").json()["status"] == "in_progress"
    assert client.get("/v1/drafts").json()["drafts"][0]["status"] == "in_progress"
    for other in ("fill", "facts", "change"):
        body = {"fill": {"p1": "3"}, "facts": {"fact": "全市有网格12个"}, "change": {"speaker": "市长"}}[other]
        assert client.post(f"/v1/drafts/{draft}/{other}", json=body).status_code == 409
    gate.opened.set()
    stopped = client.post(f"/v1/drafts/{draft}/cancel")
    assert stopped.status_code == 200
    assert settled(client, draft)["status"] == "completed"


def test_a_fact_is_added_and_the_date_changed(serving: Serving) -> None:
    client = serving().one
    draft, _ = written(client)
    told = client.post(f"/v1/drafts/{draft}/facts", json={"fact": "全市已划分网格1632个"})
    assert told.status_code == 200 and "1632个" in told.json()["text"]
    assert client.post(f"/v1/drafts/{draft}/change", json={"date": "2026年3月5日"}).status_code == 202
    assert "2026年3月5日" in str(settled(client, draft)["text"])
    assert client.post(f"/v1/drafts/{draft}/change", json={}).status_code == 422
