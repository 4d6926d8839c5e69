"""Keys and tenants: nobody sees what is another's, on any route there is."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts

from agent.settings import Settings
from api.app import create_app
from api.security import from_here, read_keys
from api.tenants import Premises
from speech.errors import JianggaoError
from tests.api.http.conftest import BRIEF, KEYS, Served, Serving
from tests.api.http.test_drafts import begun, settled, stream
from tests.databases import both
from tests.vectorstore.speeches import GRID, PairEmbedder

OPEN = {"/health/liveness", "/health/readiness"}
CANARY = "丹顶鹤九号工程"


def routes(app: FastAPI) -> Iterator[tuple[str, str]]:
    """Every method and path of our own."""
    for context in iter_route_contexts(app.routes):
        if isinstance(context.original_route, APIRoute):
            for method in sorted(context.methods or ()):
                yield method, str(context.path)


@pytest.fixture
def two(serving: Serving) -> Served:
    """Two tenants; the first has a document and a finished draft with a canary in them."""
    served = serving(keys=KEYS)
    nan = served.client("nan")
    text = GRID.replace("网格化管理工作推进会", f"{CANARY}推进会").replace("社区", CANARY)
    assert nan.post("/v1/corpus/documents", files={"files": (f"{CANARY}.txt", text.encode())}).status_code == 201
    draft = begun(nan, topic=CANARY, facts=[f"{CANARY}已开工"])
    assert settled(nan, draft)["status"] == "completed"
    return served


@both
def test_no_route_shows_one_tenant_what_is_another_s(two: Served) -> None:
    nan, bei = two.client("nan"), two.client("bei")
    draft = nan.get("/v1/drafts").json()["drafts"][0]["id"]
    document = next(one["id"] for one in nan.get("/v1/corpus/documents").json()["documents"] if CANARY in one["name"])
    before = (nan.get(f"/v1/drafts/{draft}").json(), nan.get("/v1/corpus/documents").json())
    bodies: dict[str, object] = {
        "/v1/drafts": BRIEF,
        "/v1/drafts/{draft_id}/fill": {"p1": "3"},
        "/v1/drafts/{draft_id}/facts": {"fact": "全市有网格12个"},
        "/v1/drafts/{draft_id}/change": {"speaker": "市长"},
        "/v1/drafts/{draft_id}/sections/{path}/rewrite": {"instruction": "写实一些"},
        "/v1/drafts/{draft_id}/mend": {"finding": 0},
        "/v1/chat/completions": {"messages": [{"role": "user", "content": f"看看稿子 {draft}"}]},
        "/v1/review": {"text": "同志们：\n一、抓好落实"},
    }
    asked = 0
    for method, path in routes(create_app(two.premises, web=Path("absent"))):
        url = path.format(draft_id=draft, document_id=document, number=1, path="一（一）", model="jianggao")
        query = (
            {"q": CANARY, "k": 100}
            if path.endswith("/search")
            else {"before": 1, "after": 1}
            if path.endswith("/compare")
            else {}
        )
        answer = bei.request(method, url, params=query, json=bodies.get(path))
        asked += 1
        assert CANARY not in answer.text and "丹顶鹤" not in answer.text, (method, path)
        if "{draft_id}" in path or "{document_id}" in path:
            assert answer.status_code == 404, (method, path, answer.text)
    assert asked >= 26
    assert (nan.get(f"/v1/drafts/{draft}").json(), nan.get("/v1/corpus/documents").json()) == before
    assert [one.name for one in stream(nan, draft)][-1] == "finished"


@both
def test_a_key_of_another_draft_s_idempotency_is_nobody_else_s(two: Served) -> None:
    headers = {"Idempotency-Key": "same"}
    ours = two.client("nan").post("/v1/drafts", json=BRIEF, headers=headers)
    theirs = two.client("bei").post("/v1/drafts", json=BRIEF, headers=headers)
    assert ours.status_code == theirs.status_code == 202 and ours.json()["id"] != theirs.json()["id"]


def test_no_route_but_health_answers_without_the_right_key(two: Served) -> None:
    client = two.one
    for method, path in routes(create_app(two.premises, web=Path("absent"))):
        url = path.format(draft_id="x", document_id="x", number=1, path="一", model="x")
        for headers in (
            {},
            {"Authorization": "Bearer key-of-nobody"},
            {"Authorization": "Basic a2V5"},
            {"X-API-Key": "钥匙".encode()},
        ):
            answer = client.request(method, url, headers=headers, json={} if method in ("POST", "PUT") else None)  # type: ignore[arg-type]
            if path in OPEN:
                assert answer.status_code == 200
            else:
                assert answer.status_code == 401 and answer.headers["www-authenticate"] == "Bearer", (method, path)


def test_either_header_opens(two: Served) -> None:
    assert two.one.get("/v1/drafts", headers={"X-API-Key": "key-of-nan"}).json()["total"] == 1
    assert two.one.get("/v1/drafts", headers={"Authorization": "bearer key-of-bei"}).json()["total"] == 0


def test_an_error_is_in_the_shape_that_its_caller_reads(two: Served) -> None:
    ours, openai = two.one.get("/v1/drafts"), two.one.get("/v1/models")
    assert ours.headers["content-type"] == "application/problem+json" and ours.json()["status"] == 401
    assert openai.json()["error"]["type"] == "authentication_error"
    assert two.client("nan").get("/v1/models").json()["data"][0]["id"] == "jianggao"
    assert two.client("nan").get("/v1/models/gpt").json()["error"]["type"] == "not_found_error"


@pytest.mark.parametrize(
    ("client", "headers"),
    [
        ("10.0.0.5", {"host": "127.0.0.1:8000"}),
        ("127.0.0.1", {"host": "evil.example:8000"}),
        ("127.0.0.1", {"host": "127.0.0.1:8000", "origin": "https://evil.example"}),
        ("127.0.0.1", {"host": "127.0.0.1:8000", "origin": "null"}),
        ("127.0.0.1", {"host": "127.0.0.1.evil.example"}),
        ("127.0.0.1", {}),
    ],
)
def test_without_keys_only_this_machine_may_call(client: str, headers: dict[str, str]) -> None:
    assert not from_here(client, headers)


@pytest.mark.parametrize(
    ("client", "headers"),
    [
        ("127.0.0.1", {"host": "127.0.0.1:8000"}),
        ("::1", {"host": "[::1]:8000", "origin": "http://[::1]:8000"}),
        ("127.0.0.1", {"host": "localhost:8000", "origin": "http://localhost:8000"}),
    ],
)
def test_this_machine_may(client: str, headers: dict[str, str]) -> None:
    assert from_here(client, headers)


def test_a_page_of_another_site_gets_nothing(serving: Serving) -> None:
    client = serving().one
    for headers in ({"Origin": "https://evil.example"}, {"Host": "evil.example"}):
        assert client.post("/v1/drafts", json=BRIEF, headers=headers).status_code == 403
    assert client.get("/v1/drafts").json()["total"] == 0


@pytest.mark.parametrize("text", ["a:k1,A:k2", "../up:key", "a/b:key", ":key", "a:", "a:钥匙", "a:one,b:one", "..:key"])
def test_wrong_keys_are_refused_and_not_shown(text: str) -> None:
    with pytest.raises(JianggaoError) as refused:
        read_keys(text)
    assert not any(key in str(refused.value) for key in ("k1", "k2", "钥匙", "one"))


def test_keys_name_their_tenants() -> None:
    keys = read_keys(" plain , 甲科:k1,甲科:k2,")
    assert [keys.tenant_of(key) for key in ("plain", "k1", "k2", "k3")] == ["", "甲科", "甲科", None]
    assert keys.names() == ["", "甲科"] and not read_keys(None) and read_keys("").names() == [""]


def test_a_link_is_good_for_its_tenant_and_draft_until_its_day_and_while_the_keys_stand(monkeypatch: pytest.MonkeyPatch) -> None:
    keys = read_keys("甲科:k1,乙科:k2")
    until, signature = re.fullmatch(r"&until=(\d+)&signature=(\w+)", keys.link("甲科", "0305-ab12cd")).groups()  # type: ignore[union-attr]
    assert keys.tenant_of_link("0305-ab12cd", int(until), signature) == "甲科"
    assert keys.tenant_of_link("0305-ab12ce", int(until), signature) is None
    assert read_keys("甲科:k3,乙科:k2").tenant_of_link("0305-ab12cd", int(until), signature) is None
    assert (
        read_keys(None).link("", "0305-ab12cd") == ""
        and read_keys(None).tenant_of_link("0305-ab12cd", int(until), signature) is None
    )
    monkeypatch.setattr("time.time", lambda: int(until) + 1)
    assert keys.tenant_of_link("0305-ab12cd", int(until), signature) is None


def test_a_chroma_server_is_not_shared_by_tenants() -> None:
    with pytest.raises(JianggaoError, match="Chroma"):
        Premises(Settings(JIANGGAO_API_KEYS=KEYS, CHROMA_HOST="127.0.0.1"), embedder=PairEmbedder())  # type: ignore[call-arg,arg-type]


def test_a_tenant_s_database_is_its_own_where_one_is_named(tmp_path: Path) -> None:
    settings = Settings(DATABASE_URL=f"sqlite:///{tmp_path}/all.sqlite", JIANGGAO_HOME=tmp_path)  # type: ignore[call-arg]
    assert settings.of_tenant("nan").database.place == str(tmp_path / "all-nan.sqlite")
    assert settings.of_tenant("nan").store != settings.of_tenant("bei").store != settings.store
    assert settings.of_tenant("") == settings
