"""The chat model over HTTP, against a server on loopback that answers as it is told."""

import json
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from time import monotonic, sleep
from types import MappingProxyType
from typing import Any

import httpx2
import pytest

from agent import models, patience
from agent.models import ATTEMPTS, LARGE, SMALL, EndpointModel, ModelProfile, connect
from agent.settings import Settings, read_settings
from agent.tokens import upper_bound
from prompts import Message
from speech.errors import ModelError

USAGE = {"prompt_tokens": 30, "completion_tokens": 7, "total_tokens": 37, "prompt_tokens_details": {"cached_tokens": 20}}
SCHEMA = {"type": "object", "properties": {"一": {"type": "string"}}, "required": ["一"], "additionalProperties": False}
ASK = [Message("system", "写讲话"), Message("user", "开头")]


@dataclass(frozen=True)
class Reply:
    """`pieces` are streamed one an event, to each of `choices` in turn; `breaks`: the line goes dead before the last event."""

    pieces: tuple[str, ...] = ("要抓好", "落实。")
    status: int = 200
    error: str = "wrong\n" * 90
    usage: Mapping[str, Any] | None = field(default_factory=lambda: USAGE)
    finish: str = "stop"
    breaks: bool = False
    choices: int = 1
    headers: Mapping[str, str] = field(default_factory=dict)


class Server(ThreadingHTTPServer):
    daemon_threads = True
    replies: list[Reply]
    bodies: list[dict[str, Any]]
    keys: list[str]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"


class Wire(BaseHTTPRequestHandler):
    """OpenAI's chat completions, streamed or not. The last reply is given for ever."""

    server: Server
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.bodies.append(body)
        self.server.keys.append(self.headers["Authorization"])
        reply = self.server.replies[min(len(self.server.bodies), len(self.server.replies)) - 1]
        if reply.status != 200:
            self._whole(reply.status, {"error": {"message": reply.error, "type": "x", "code": None}}, reply.headers)
        elif body.get("stream"):
            self._streamed(reply)
        elif reply.breaks:
            self.close_connection = True
        else:
            message = {"role": "assistant", "content": "".join(reply.pieces)}
            choice = {"index": 0, "message": message, "finish_reason": reply.finish}
            self._whole(200, {"id": "1", "object": "chat.completion", "model": "m", "choices": [choice], "usage": reply.usage})

    def _whole(self, status: int, body: object, headers: Mapping[str, str] = MappingProxyType({})) -> None:
        raw = json.dumps(body).encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def _streamed(self, reply: Reply) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for at, piece in enumerate(reply.pieces):
            index = at % reply.choices
            self._event({"index": index, "delta": {"role": "assistant", "content": piece}, "finish_reason": None})
        if reply.breaks:
            self.close_connection = True
            return
        for index in range(reply.choices):
            self._event({"index": index, "delta": {}, "finish_reason": reply.finish})
        if reply.usage:
            self._event(None, reply.usage)
        self._chunk("data: [DONE]\n\n")
        self.wfile.write(b"0\r\n\r\n")

    def _event(self, choice: object, usage: object = None) -> None:
        event = {
            "id": "1",
            "object": "chat.completion.chunk",
            "model": "m",
            "choices": [choice] if choice else [],
            "usage": usage,
        }
        self._chunk(f"data: {json.dumps(event)}\n\n")

    def _chunk(self, text: str) -> None:
        raw = text.encode()
        self.wfile.write(f"{len(raw):x}\r\n".encode() + raw + b"\r\n")

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def serving(*replies: Reply) -> Iterator[Server]:
    server = Server(("127.0.0.1", 0), Wire)
    server.replies, server.bodies, server.keys = list(replies), [], []
    thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def model_at(server: Server, profile: ModelProfile = SMALL) -> EndpointModel:
    return EndpointModel("qwen", server.url, "sk-geheim", profile, upper_bound)


@pytest.fixture(autouse=True)
def at_once(no_pauses: None) -> None:
    pass


def refused(ask: Callable[[], object]) -> str:
    """The line that a ModelError says: one, with a way on, without the key."""
    with pytest.raises(ModelError) as error:
        ask()
    line = str(error.value)
    assert "\n" not in line and error.value.way_on and "geheim" not in line
    return line


def test_several_answers_come_side_by_side() -> None:
    with serving(Reply(("要抓", "要管", "好。", "好事。"), choices=2)) as server:
        answers = model_at(server).offer(ASK, count=3, max_tokens=50, stop=["\n"], seed=3)
    assert [answer.text for answer in answers] == ["要抓好。", "要管好事。", ""]  # an endpoint may give fewer than asked for
    assert [answer.prompt_tokens for answer in answers] == [30, 0, 0] and answers[0].cached_tokens == 20
    assert [answer.completion_tokens for answer in answers] == [upper_bound(answer.text) + 1 for answer in answers]
    (body,) = server.bodies
    assert (body["n"], body["stream"], body["seed"], body["stop"]) == (3, True, 3, ["\n"])


def test_answers_that_break_off_or_are_none_that_were_asked_for() -> None:
    with serving(Reply(breaks=True)) as server:
        assert "中断" in refused(lambda: model_at(server).offer(ASK, count=2, max_tokens=50, seed=3))
        assert len(server.bodies) == ATTEMPTS
    with serving(Reply(choices=3)) as server:
        assert "答非所问" in refused(lambda: model_at(server).offer(ASK, count=2, max_tokens=50, seed=3))


def test_a_streamed_answer_with_its_usage() -> None:
    heard: list[str] = []
    with serving(Reply(("要抓好", "", "落实。"))) as server:
        answer = model_at(server).ask(ASK, max_tokens=50, stop=["。"], seed=3, on_text=heard.append)
    assert answer.text == "要抓好落实。" and heard == ["要抓好", "落实。"] and not answer.cut
    assert (answer.prompt_tokens, answer.cached_tokens, answer.completion_tokens) == (30, 20, 7)
    (body,) = server.bodies
    assert body["messages"] == [{"role": "system", "content": "写讲话"}, {"role": "user", "content": "开头"}]
    assert (body["model"], body["stream"], body["seed"], body["stop"], body["temperature"]) == (
        "qwen",
        True,
        3,
        ["。"],
        SMALL.temperature,
    )
    assert (body.get("max_tokens") or body.get("max_completion_tokens")) == 50
    assert server.keys == ["Bearer sk-geheim"]


def test_a_lead_is_gone_on_from_and_never_repeated() -> None:
    with serving(Reply(("要抓好", "落实。")), Reply(("落实。",))) as server:
        model = model_at(server)
        lead = [*ASK, Message("assistant", "要抓好")]
        assert model.ask(lead, max_tokens=50).text == "落实。"
        assert model.ask(lead, max_tokens=50).text == "落实。"
        assert server.bodies[0]["messages"][-1] == {"role": "assistant", "content": "要抓好"}


def test_an_answer_cut_by_the_limit_is_told() -> None:
    with serving(Reply(finish="length")) as server:
        assert model_at(server).ask(ASK, max_tokens=5).cut


def test_an_endpoint_that_counts_nothing_is_counted_for() -> None:
    with serving(Reply(usage=None)) as server:
        answer = model_at(server).ask(ASK, max_tokens=50)
    assert answer.prompt_tokens == upper_bound("写讲话开头")
    assert answer.completion_tokens == upper_bound("要抓好落实。")


def test_a_constrained_answer_is_asked_whole_with_its_schema() -> None:
    with serving(Reply(('{"一": "抓好落实"}',))) as server:
        answer = model_at(server).ask(ASK, max_tokens=50, schema=SCHEMA)
    assert json.loads(answer.text) == {"一": "抓好落实"}
    assert (answer.prompt_tokens, answer.completion_tokens) == (30, 7)
    form = server.bodies[0]["response_format"]
    assert form["type"] == "json_schema" and form["json_schema"]["schema"] == SCHEMA
    assert not server.bodies[0].get("stream")


def test_a_constrained_answer_cut_by_the_limit_is_text_and_no_crash() -> None:
    with serving(Reply(('{"一": "抓',), finish="length")) as server:
        answer = model_at(server).ask(ASK, max_tokens=5, schema=SCHEMA)
    assert answer.text == '{"一": "抓' and answer.cut


@pytest.mark.parametrize(
    ("status", "said"),
    [(401, "密钥"), (403, "密钥"), (404, "qwen"), (400, "wrong"), (422, "wrong"), (413, "413"), (418, "418")],
)
def test_what_no_second_call_would_mend_is_asked_once(status: int, said: str) -> None:
    with serving(Reply(status=status)) as server:
        line = refused(lambda: model_at(server).ask(ASK, max_tokens=50))
    assert said in line and "127.0.0.1" in line and len(line) < 400
    assert len(server.bodies) == 1


@pytest.mark.parametrize("first", [408, 409, 429, 500, 502, 503], ids=str)
def test_what_passes_is_asked_again(first: int) -> None:
    with serving(Reply(status=first), Reply()) as server:
        assert model_at(server).ask(ASK, max_tokens=50, seed=1).text == "要抓好落实。"
    assert [body["seed"] for body in server.bodies] == [1, 101]  # the same seed would run into the same wall


@pytest.mark.parametrize(("status", "said"), [(429, "限流"), (500, "500"), (503, "503")])
@pytest.mark.parametrize("schema", [None, SCHEMA], ids=["free", "constrained"])
def test_three_calls_and_no_more(status: int, said: str, schema: Mapping[str, Any] | None) -> None:
    with serving(Reply(status=status)) as server:
        line = refused(lambda: model_at(server).ask(ASK, max_tokens=50, schema=schema))
    assert said in line and "resume" in line
    assert len(server.bodies) == 3


def test_a_stream_that_breaks_is_asked_again_and_heard_from_its_start() -> None:
    heard: list[str] = []
    with serving(Reply(("要狠",), breaks=True), Reply()) as server:
        answer = model_at(server).ask(ASK, max_tokens=50, on_text=heard.append)
    assert answer.text == "要抓好落实。"
    assert len(server.bodies) == 2


@pytest.mark.parametrize("schema", [None, SCHEMA], ids=["free", "constrained"])
def test_a_line_that_always_breaks_is_one_clear_line(schema: Mapping[str, Any] | None) -> None:
    with serving(Reply(("要狠",), breaks=True)) as server:
        assert "连接中断" in refused(lambda: model_at(server).ask(ASK, max_tokens=50, schema=schema))
    assert len(server.bodies) == 3


def test_nobody_there_is_one_clear_line() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/v1"
        assert "连不上" in refused(lambda: EndpointModel("m", url, "k", LARGE, upper_bound).ask(ASK, max_tokens=5))


def test_an_empty_answer_is_an_answer() -> None:
    with serving(Reply(("",))) as server:
        assert model_at(server).ask(ASK, max_tokens=50).text == ""


def test_an_answer_that_is_no_completion_is_one_clear_line() -> None:
    class Page(Wire):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.server.bodies.append({})
            raw = b"<html>login</html>"
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

    with serving(Reply()) as server:
        server.RequestHandlerClass = Page
        for schema in (None, SCHEMA):
            line = refused(lambda schema=schema: model_at(server).ask(ASK, max_tokens=50, schema=schema))  # type: ignore[misc]
            assert "OpenAI" in line
    assert len(server.bodies) == 6


def test_a_stalled_stream_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter(range(0, 10**9, 400))
    monkeypatch.setattr(models.time, "monotonic", lambda: float(next(clock)))
    with serving(Reply(("一", "二", "三", "四"))) as server:
        assert "没有回答" in refused(lambda: model_at(server).ask(ASK, max_tokens=50))
    assert len(server.bodies) <= 3


def test_a_prompt_beyond_the_embedded_models_context_is_not_sent() -> None:
    with serving(Reply()) as server:
        line = refused(lambda: model_at(server).ask([Message("user", "长" * 4000)], max_tokens=50))
    assert "token" in line and server.bodies == []


def test_connect_takes_the_endpoint_of_the_settings(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(Reply()) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        monkeypatch.setenv("JIANGGAO_MODEL", "qwen3")
        model = connect(read_settings())
        assert model.ask(ASK, max_tokens=50).text == "要抓好落实。"
    assert (model.name, server.bodies[0]["model"], model.profile) == ("qwen3", "qwen3", LARGE)
    monkeypatch.delenv("OPENAI_BASE_URL")
    monkeypatch.setenv("JIANGGAO_CHAT", "openai")
    assert "OPENAI_API_KEY" in refused(lambda: connect(read_settings()))
    assert "geheim" not in repr(model_at(server))


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("7", 7.0),
        ("0.5", 0.5),
        ("-3", 0.0),
        ("", 0.0),
        ("soon", 0.0),
        ("Tue, 03 Mar 2026 09:00:30 GMT", 30.0),
        ("Tue, 03 Mar 2026 08:00:00 GMT", 0.0),
    ],
)
def test_how_long_an_endpoint_asks_to_wait(said: str, seconds: float, monkeypatch: pytest.MonkeyPatch) -> None:
    now = datetime(2026, 3, 3, 9, 0, 0, tzinfo=UTC).timestamp()
    monkeypatch.setattr(patience.time, "time", lambda: now)
    assert patience.asked_to_wait(httpx2.Response(429, headers={"Retry-After": said})) == pytest.approx(seconds)
    assert patience.asked_to_wait(httpx2.Response(429)) == 0.0


def test_an_endpoint_that_asks_for_a_pause_gets_it(monkeypatch: pytest.MonkeyPatch) -> None:
    paused: list[float] = []
    monkeypatch.setattr(models.line, "pause", paused.append)
    with serving(Reply(status=429, headers={"Retry-After": "7"}), Reply(status=503), Reply()) as server:
        assert model_at(server).ask(ASK, max_tokens=50).text == "要抓好落实。"
    assert paused == [7.0, 0.0]  # ours where nothing is asked for


def test_a_pause_past_the_deadline_is_not_waited_for_but_told(monkeypatch: pytest.MonkeyPatch) -> None:
    paused: list[float] = []
    monkeypatch.setattr(models.line, "pause", paused.append)
    with serving(Reply(status=429, headers={"Retry-After": "86400"})) as server:
        line = refused(lambda: model_at(server).ask(ASK, max_tokens=50))
    assert "限流" in line and "1440 分钟后" in line and "resume" in line
    assert paused == [] and len(server.bodies) == 1


class Alive(Wire):
    """Signs of life, and never a word: comments of a stream, blanks of a body."""

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.bodies.append(body)
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream" if body.get("stream") else "application/json")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        with suppress(OSError):
            for _ in range(1000):
                self._chunk(": ping\n\n" if body.get("stream") else " ")
                sleep(0.01)
        self.close_connection = True


@pytest.mark.parametrize("schema", [None, SCHEMA], ids=["free", "constrained"])
def test_pings_are_no_answer(schema: Mapping[str, Any] | None) -> None:
    """Each keeps the line from stalling; the deadline holds all the same."""
    with serving(Reply()) as server:
        server.RequestHandlerClass = Alive
        begun = monotonic()
        model = model_at(server, replace(SMALL, stall=0.2, deadline=0.4))
        assert "没有回答" in refused(lambda: model.ask(ASK, max_tokens=50, schema=schema))
        assert "没有回答" in refused(lambda: model.offer(ASK, count=2, max_tokens=50, seed=1))
        assert monotonic() - begun < 5


class Endless(Wire):
    """An answer that never ends."""

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.bodies.append(body)
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream" if body.get("stream") else "application/json")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        with suppress(OSError):
            while True:
                if body.get("stream"):
                    self._event({"index": 0, "delta": {"content": "要抓好落实，" * 40}, "finish_reason": None})
                else:
                    self._chunk(" " * 60_000)
        self.close_connection = True


def test_an_answer_without_an_end_is_read_as_far_as_its_tokens_go() -> None:
    with serving(Reply()) as server:
        server.RequestHandlerClass = Endless
        answer = model_at(server).ask(ASK, max_tokens=50)
        assert answer.cut and 400 < len(answer.text) < 1000
        first, second = model_at(server).offer(ASK, count=2, max_tokens=50, seed=1)
        assert first.cut and second.cut and 800 < len(first.text) < 1400 and second.text == ""
    assert len(server.bodies) == 2


def test_a_body_without_an_end_is_one_clear_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "LARGEST", 300_000)
    with serving(Reply()) as server:
        server.RequestHandlerClass = Endless
        assert "中断" in refused(lambda: model_at(server).ask(ASK, max_tokens=50, schema=SCHEMA))
    assert len(server.bodies) == ATTEMPTS
