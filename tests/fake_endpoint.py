"""An OpenAI-compatible endpoint on loopback whose every word is set by a test: constrained answers by their schema, free ones
in sentences that never come twice."""

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count, product
from typing import Any

KEY = "sk-loopback"
MODEL = "scripted"
_TAILS = (
    "回应居民所盼",
    "增强服务实效",
    "共建美好家园",
    "守护一方平安",
    "破解现实难题",
    "激发内在活力",
    "形成长效机制",
    "凝聚各方力量",
)
_HEADS = (
    "做实基层基础",
    "提升治理本领",
    "汇聚治理合力",
    "擦亮服务底色",
    "拓宽共治路径",
    "守牢安全底线",
    "健全联动机制",
    "压实各方责任",
)
_VERBS = ("摸清", "建好", "理顺", "公开", "配齐", "用活", "管住", "补上", "打通", "晒出", "攒足")
_THINGS = (
    "楼栋底数台账", "议事协商阵地", "部门职责边界", "物业收支账目", "网格服务力量", "闲置公共空间", "多头重复报表", "夜间巡查短板", "诉求办理通道",
    "干部联系名单", "考核评价链条", "应急处置物资", "邻里互助骨干",
)  # fmt: skip
_WHO = ("街道", "社区", "主管部门", "包联干部", "物业企业", "网格员", "楼栋长", "志愿者", "业主代表", "驻区单位", "督查专班")
_HOW = ("天天上门", "当面听取", "现场协调", "主动认领", "按月对账", "带头值守", "分头走访")


@dataclass
class FakeEndpoint:
    """What the endpoint does, to be changed while it runs. `asked` holds the body of every chat request, in order.

    `status`: answer with this HTTP status instead. `stall_from`: free answers from this number on send one piece and then nothing
    until `release` is set; a test learns from `stalled` that one is under way.
    """

    base_url: str = ""
    status: int = 200
    speak: Callable[[str, int], str] | None = None
    constrained: Callable[[dict[str, Any], int], str] | None = None
    stall_from: int | None = None
    asked: list[dict[str, Any]] = field(default_factory=list)
    stalled: threading.Event = field(default_factory=threading.Event)
    release: threading.Event = field(default_factory=threading.Event)
    _sentences: Iterator[str] = field(default_factory=lambda: _sentences())
    _lists: Iterator[int] = field(default_factory=lambda: count())

    @property
    def free(self) -> list[dict[str, Any]]:
        """The requests for free text."""
        return [body for body in self.asked if "response_format" not in body]

    def environment(self) -> dict[str, str]:
        """The variables that point 讲稿 at this endpoint."""
        return {"OPENAI_BASE_URL": self.base_url, "OPENAI_API_KEY": KEY, "JIANGGAO_CHAT": "openai", "JIANGGAO_MODEL": MODEL}

    def answer(self, body: dict[str, Any]) -> str:
        """The whole answer to one request."""
        turn = len(self.asked)
        if "response_format" in body:
            schema = body["response_format"]["json_schema"]["schema"]
            return self.constrained(schema, turn) if self.constrained else self._by_schema(schema)
        prompt = body["messages"][-1]["content"]
        return self.speak(prompt, turn) if self.speak else self.spoken(prompt)

    def spoken(self, prompt: str) -> str:
        """About as much text as `prompt` asks for, in sentences not used before."""
        room = int(match[1]) if (match := re.search(r"写(\d+)字", prompt)) else 60
        text = ""
        while len(text) < room - 12:
            text += next(self._sentences)
        return text

    def _by_schema(self, schema: dict[str, Any]) -> str:
        values: dict[str, Any] = {}
        for key, kind in schema["properties"].items():
            turn = next(self._lists)
            if kind["type"] == "array":
                values[key] = [_point(turn * 5 + n) for n in range(kind.get("minItems", 0))]
            else:
                values[key] = _matching(kind.get("pattern", ""), turn)
        return json.dumps(values, ensure_ascii=False)


@contextmanager
def running(endpoint: FakeEndpoint | None = None) -> Iterator[FakeEndpoint]:
    """The endpoint, served on a free port of loopback as long as the block lasts."""
    served = endpoint or FakeEndpoint()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(served))
    server.daemon_threads = True
    served.base_url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield served
    finally:
        served.release.set()
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(endpoint: FakeEndpoint) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if self.headers.get("Authorization") != f"Bearer {KEY}":
                return self._error(401, "invalid api key")
            if endpoint.status != 200:
                return self._error(endpoint.status, "set by the test")
            text = endpoint.answer(body)
            endpoint.asked.append(body)
            with suppress(OSError):  # the caller may have gone, as after Ctrl-C
                self._stream(text, len(endpoint.free)) if body.get("stream") else self._whole(text)

        def _whole(self, text: str) -> None:
            choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
            self._send(200, {**_envelope("chat.completion"), "choices": [choice], "usage": _usage(text)})

        def _stream(self, text: str, turn: int) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.end_headers()
            for at in range(0, len(text), 24):
                delta = {"index": 0, "delta": {"role": "assistant", "content": text[at : at + 24]}, "finish_reason": None}
                self._event({**_envelope("chat.completion.chunk"), "choices": [delta]})
                if endpoint.stall_from is not None and turn >= endpoint.stall_from:
                    endpoint.stalled.set()
                    endpoint.release.wait(30)
            end = {"index": 0, "delta": {}, "finish_reason": "stop"}
            self._event({**_envelope("chat.completion.chunk"), "choices": [end]})
            self._event({**_envelope("chat.completion.chunk"), "choices": [], "usage": _usage(text)})
            self.wfile.write(b"data: [DONE]\n\n")

        def _event(self, data: dict[str, Any]) -> None:
            self.wfile.write(f"data: {json.dumps(data, ensure_ascii=False)}\n\n".encode())
            self.wfile.flush()

        def _error(self, status: int, message: str) -> None:
            self._send(status, {"error": {"message": message, "type": "error", "param": None, "code": None}})

        def _send(self, status: int, data: dict[str, Any]) -> None:
            content = json.dumps(data, ensure_ascii=False).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            return

    return Handler


def _envelope(kind: str) -> dict[str, Any]:
    return {"id": "chatcmpl-1", "object": kind, "created": 1, "model": MODEL}


def _usage(text: str) -> dict[str, Any]:
    return {
        "prompt_tokens": 300,
        "completion_tokens": len(text),
        "total_tokens": 300 + len(text),
        "prompt_tokens_details": {"cached_tokens": 100},
    }


def _matching(pattern: str, turn: int) -> str:
    """A heading that `pattern` admits: how it must begin, then words of ours; words of ours alone where there is none."""
    head, tail = _HEADS[turn % len(_HEADS)], _TAILS[(turn * 3 + turn // 8) % len(_TAILS)]
    starts = match[1].split("|") if (match := re.match(r"\^\((?:\?:)?(.*?)\)", pattern)) else [f"{head}，"]
    made = (start + rest for start, rest in product(starts, ("", tail, head, tail + head)))
    return next((heading for heading in made if re.search(pattern, heading)), f"{head}，{tail}")


def _point(turn: int) -> str:
    return _VERBS[turn % len(_VERBS)] + _THINGS[turn % len(_THINGS)]


def _sentences() -> Iterator[str]:
    """Some ten thousand sentences; no two share a run of twelve characters."""
    for turn in count():
        who, how = _WHO[turn % len(_WHO)], _HOW[turn % len(_HOW)]
        yield f"{who}要{how}，{_point(turn + turn // 77)}，{_TAILS[(turn + turn // 8) % len(_TAILS)]}。"
