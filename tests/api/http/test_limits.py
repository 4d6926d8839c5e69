"""Limits, the corpus, review, health, the page."""

import asyncio
import io
import json
import logging
import zipfile
from pathlib import Path

import httpx
import pytest
from fastapi.testclient import TestClient

from api.app import MOST_BODY, create_app
from api.observe import JsonLines
from speech.errors import ModelError
from tests.api.http.conftest import BRIEF, Served, Serving
from tests.api.http.test_drafts import begun, settled
from tests.vectorstore.speeches import GRID, PROPERTY


def test_a_source_is_uploaded_found_shown_and_removed(serving: Serving) -> None:
    client = serving(filled=False).one
    noisy = GRID + "\n更多范文请关注公众号：某某文库\n"
    files = [("files", ("网格.txt", noisy.encode("gb18030"))), ("files", ("x.exe", b"MZ"))]
    answer = client.post("/v1/corpus/documents", files=files)
    assert answer.status_code == 201, answer.text
    taken, refused = answer.json()["files"]
    assert taken["row"]["status"] == "added" and taken["dropped"][0]["reason"] in ("advert", "contact")
    assert refused["row"]["status"] == "refused" and "不认识" in refused["row"]["reason"]
    assert client.post("/v1/corpus/documents", files=files[:1]).status_code == 200
    assert client.post("/v1/corpus/documents", files=files[1:]).status_code == 422
    client.post("/v1/corpus/documents", files=[("files", ("..\\..\\物业.md", PROPERTY.encode()))])
    listed = client.get("/v1/corpus/documents").json()
    assert listed["total"] == 2 and {one["name"] for one in listed["documents"]} == {"网格.txt", "物业.md"}
    hits = client.get("/v1/corpus/search", params={"q": "网格 闭环", "k": 3}).json()
    assert hits and "网格" in hits[0]["passage"]["text"]
    document = hits[0]["passage"]["document"]
    assert client.get(f"/v1/corpus/documents/{document}").json()["passages"]
    assert client.delete(f"/v1/corpus/documents/{document}").status_code == 204
    for gone in (client.get(f"/v1/corpus/documents/{document}"), client.delete(f"/v1/corpus/documents/{document}")):
        assert gone.status_code == 404
    assert client.get("/v1/corpus/search?q=治理&since=2030&until=2020").status_code == 422


def _zip(**members: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return packed.getvalue()


def test_an_archive_is_taken_in_file_by_file(serving: Serving) -> None:
    client = serving(filled=False).one
    members = {
        "讲话/网格.txt": GRID.encode(),
        "讲话/../../物业.txt": PROPERTY.encode(),
        "讲话/x.exe": b"MZ",
        "__MACOSX/网格.txt": b"x",
    }
    answer = client.post("/v1/corpus/documents", files={"files": ("旧稿.zip", _zip(**members))})
    assert answer.status_code == 201, answer.text
    rows = {one["row"]["name"]: one["row"] for one in answer.json()["files"]}
    assert {name: row["status"] for name, row in rows.items()} == {
        "讲话/网格.txt": "added", "讲话/物业.txt": "added", "讲话/x.exe": "refused",
    }  # fmt: skip
    assert client.get("/v1/corpus/documents").json()["total"] == 2


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"PK\x03\x04 nothing", "已损坏"),
        (_zip(), "没有可读的文件"),
        (_zip(**{"a.zip": _zip(**{"b.txt": b"x"})}), "压缩包里的压缩包"),
        (_zip(**{"a.txt": b"0" * 15_000_000}), "压缩炸弹"),
        (_zip(**{f"{n}.txt": b"x" for n in range(201)}), "201 个文件"),
    ],
)
def test_an_archive_that_will_not_do_is_refused_in_one_line(serving: Serving, content: bytes, said: str) -> None:
    answer = serving(filled=False).one.post("/v1/corpus/documents", files={"files": ("旧稿.zip", content)})
    assert answer.status_code == 422 and said in answer.json()["detail"] and "upload.zip" not in answer.text


def test_a_draft_from_an_empty_corpus_fails_with_a_line(serving: Serving) -> None:
    client = serving(filled=False).one
    failed = settled(client, begun(client))
    assert failed["status"] == "failed" and "语料库是空的" in str(failed["error"])


def test_any_text_is_reviewed(serving: Serving) -> None:
    client = serving(filled=False).one
    found = client.post("/v1/review", json={"text": "坚定“四个意识”，抓好落实。", "brief": {"topic": "治理", "length": 600}})
    assert found.status_code == 200
    assert found.json()["scores"]["length"] < 50 and any(
        one["rule"].startswith("formulation") for one in found.json()["findings"]
    )


def test_what_is_too_large_is_not_read(serving: Serving) -> None:
    client = serving(filled=False).one
    large = {"text": "大" * (MOST_BODY // 3 + 1)}
    answer = client.post(
        "/v1/review", content=json.dumps(large, ensure_ascii=False).encode(), headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 413 and answer.headers["content-type"] == "application/problem+json"
    streamed = client.post("/v1/review", content=(b"x" * 65536 for _ in range(100)), headers={"Content-Type": "application/json"})
    assert streamed.status_code == 413
    assert (
        client.post("/v1/corpus/documents", files={"files": ("a.txt", b"x" * (3 * 2**20))}).status_code == 422
    )  # read, and refused
    upload = client.post("/v1/corpus/documents", files={"files": ("a.txt", b"x" * (23 * 2**20))})
    assert upload.status_code == 413
    assert client.post("/v1/corpus/documents", files=[("files", (f"{n}.txt", b"x")) for n in range(21)]).status_code == 422


@pytest.mark.parametrize("path", ["/v1/nothing", "/nothing", "/v1/drafts/x/nothing"])
def test_no_such_address_is_a_problem(serving: Serving, path: str) -> None:
    answer = serving(filled=False).one.get(path)
    assert answer.status_code == 404 and answer.headers["content-type"] == "application/problem+json"


def test_a_wrong_method_names_the_right_ones(serving: Serving) -> None:
    answer = serving(filled=False).one.patch("/v1/drafts")
    assert answer.status_code == 405 and answer.json()["title"] == "Method Not Allowed" and answer.headers["allow"]


@pytest.mark.parametrize("content", [b"{", b"\xff\xfe", b'"text"', b"[" * 100_000])
def test_a_body_that_is_no_json_is_a_problem(serving: Serving, content: bytes) -> None:
    answer = serving(filled=False).one.post("/v1/drafts", content=content, headers={"Content-Type": "application/json"})
    assert answer.status_code in (400, 422) and answer.headers["content-type"] == "application/problem+json"


def test_health_calls_no_model_and_readiness_tells_what_is_missing(serving: Serving) -> None:
    ready = serving(filled=False)
    assert ready.one.get("/health/liveness").json() == {"status": "ok"}
    answer = ready.one.get("/health/readiness")
    assert answer.status_code == 200 and {part["name"] for part in answer.json()["parts"]} == {"database", "corpus", "model"}
    assert ready.model.asked == []


def test_a_model_that_cannot_be_connected_is_told_and_the_rest_works(serving: Serving, monkeypatch: pytest.MonkeyPatch) -> None:
    served = serving()

    def broken(settings: object) -> None:
        raise ModelError("没有可用的模型", "请运行 make setup")

    monkeypatch.setattr(served.premises, "_connecting", broken)
    monkeypatch.setattr(served.premises, "_model", None)
    client = served.one
    failed = settled(client, begun(client))
    assert failed["status"] == "failed" and "没有可用的模型" in str(failed["error"])
    answer = client.get("/health/readiness")
    assert answer.status_code == 503 and "没有可用的模型" in answer.text
    assert client.get("/v1/corpus/documents").status_code == 200


def test_metrics_count_by_route_and_name_no_draft(serving: Serving) -> None:
    client = serving().one
    draft = begun(client)
    settled(client, draft)
    client.get(f"/v1/drafts/{draft}")
    text = client.get("/metrics").text
    assert 'jianggao_requests_total{method="POST",route="/v1/drafts",status="202"} 1.0' in text
    assert 'route="/v1/drafts/{draft_id}"' in text and 'jianggao_jobs_settled_total{outcome="completed"} 1.0' in text
    assert draft not in text


def test_a_request_has_an_id_in_its_answer_and_in_the_log(serving: Serving, caplog: pytest.LogCaptureFixture) -> None:
    client = serving(filled=False).one
    with caplog.at_level(logging.INFO, "jianggao.http"):
        answer = client.get("/v1/drafts?offset=3", headers={"X-Request-ID": "call-7"})
        made = client.get("/v1/drafts", headers={"X-Request-ID": "not\tone"}).headers["x-request-id"]
    assert answer.headers["x-request-id"] == "call-7" and len(made) == 16
    line = json.loads(JsonLines().format(caplog.records[0]))
    assert (line["route"], line["status"], line["message"]) == ("/v1/drafts", 200, "request")
    assert "offset" not in json.dumps(line)


def test_the_page_may_load_nothing_from_elsewhere(serving: Serving, tmp_path: Path) -> None:
    served: Served = serving(filled=False)
    web = tmp_path / "web"
    web.mkdir()
    (web / "index.html").write_text("<!doctype html><title>讲稿</title>", encoding="utf-8")
    (web / "app.mjs").write_text("export {}", encoding="utf-8")
    client = TestClient(create_app(served.premises, web=web), "http://localhost", client=("127.0.0.1", 1))
    page = client.get("/")
    assert "讲稿" in page.text and "script-src 'self'" in page.headers["content-security-policy"]
    assert "unsafe" not in page.headers["content-security-policy"] and page.headers["x-content-type-options"] == "nosniff"
    assert client.get("/app.mjs").headers["content-type"].startswith("text/javascript")
    assert client.get("/../app.py").status_code == 404
    assert client.get("/v1/drafts").headers["content-security-policy"].startswith("default-src 'none'")


def test_a_fault_of_ours_is_a_problem_without_its_traceback(serving: Serving, monkeypatch: pytest.MonkeyPatch) -> None:
    served = serving(filled=False)

    def fault(*arguments: object) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr(type(served.premises.tenants[""].drafts), "list", fault)
    answer = served.one.get("/v1/drafts")
    assert answer.status_code == 500 and "secret" not in answer.text
    assert answer.headers["content-type"] == "application/problem+json" and answer.headers["x-request-id"]


def test_a_caller_from_elsewhere_is_refused_over_asgi_too(serving: Serving) -> None:
    app = create_app(serving(filled=False).premises, web=Path("absent"))

    async def call() -> int:
        transport = httpx.ASGITransport(app, client=("192.0.2.7", 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            return (await client.post("/v1/drafts", json=BRIEF)).status_code

    assert asyncio.run(call()) == 403
