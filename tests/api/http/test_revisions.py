"""Changes of a finished draft over HTTP."""

import io
from urllib.parse import quote

import docx
import httpx

from tests.api.http.conftest import Gate, Serving
from tests.api.http.test_drafts import begun, settled, stream


def written(client: httpx.Client) -> tuple[str, dict[str, object]]:
    draft = begun(client)
    return draft, settled(client, draft)


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


def test_a_finding_is_mended_with_a_click_once(serving: Serving) -> None:
    client = serving().one
    draft, _ = written(client)
    told = client.post(f"/v1/drafts/{draft}/facts", json={"fact": "全市干部坚定“四个自信”做到“四个意识”"})
    findings = told.json()["review"]["findings"]
    at, finding = next((n, one) for n, one in enumerate(findings) if one["suggestion"])
    assert client.post(f"/v1/drafts/{draft}/mend", json={"finding": at, "revision": 1}).status_code == 409
    mended = client.post(f"/v1/drafts/{draft}/mend", json={"finding": finding})
    assert mended.status_code == 200, mended.text
    text, put = told.json()["text"], finding["suggestion"]
    assert mended.json()["text"] == text[: finding["start"]] + put + text[finding["end"] :]
    assert finding not in mended.json()["review"]["findings"] and mended.json()["revision"] == 3
    for again in (finding, 999, {"rule": "x", "start": 0, "end": 1}):
        assert client.post(f"/v1/drafts/{draft}/mend", json={"finding": again}).status_code == 409
    assert client.get(f"/v1/drafts/{draft}/revisions").json()["revisions"][-1]["why"] == "订正"
    assert client.post(f"/v1/drafts/{draft}/undo").json()["text"] == text


def test_word_has_its_sources_where_they_are_asked_for(serving: Serving) -> None:
    client = serving().one
    draft, kept = written(client)
    assert isinstance(kept["paragraphs"], list)
    source = next(one["sources"][0]["document"] for one in kept["paragraphs"] if one["sources"])

    def words(query: str) -> str:
        file = docx.Document(io.BytesIO(client.get(f"/v1/drafts/{draft}/export{query}").content))
        cells = [cell.text for table in file.tables for row in table.rows for cell in row.cells]
        return "\n".join([*(paragraph.text for paragraph in file.paragraphs), *cells])

    assert source in words("?sources=true") and source not in words("")
