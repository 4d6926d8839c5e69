"""An OpenAI-compatible endpoint on loopback that behaves as its Misbehaviour tells: streamed or not, one choice or several, JSON or text."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from evals.adversary.voice import Ask, Voice
from evals.scripted import PairEmbedder

_PIECE = 40  # characters an event
_EMBEDDER = PairEmbedder()


@dataclass(frozen=True)
class Misbehaviour:
    """One named way to misbehave.

    `speak` and `fill` give the text of a free and of a constrained answer, honest where they are None; `wire` may answer in their
    place by what it does to the line, and says whether it did. `hopeless`: nothing can be written from it, so that every run
    fails; `heals`: the line is good again when the run is resumed.
    """

    name: str
    speak: Callable[[Voice, Ask], str] | None = None
    fill: Callable[[Voice, Ask], str] | None = None
    wire: "Callable[[Line, Ask], bool] | None" = None
    hopeless: bool = False
    heals: bool = False


@dataclass
class Mind:
    """What the endpoint is for one run. `asked` holds every request that came, `answered` those that got a whole answer; `slip`: an error of the endpoint's own."""

    way: Misbehaviour
    voice: Voice = field(default_factory=Voice)
    asked: list[Mapping[str, Any]] = field(default_factory=list)
    answered: list[str] = field(default_factory=list)
    healed: bool = False
    slip: Exception | None = None

    def answers(self, ask: Ask) -> list[str]:
        """A text for each choice."""
        way, voice = self.way, self.voice
        voice.heard.append(ask.prompt)
        texts = []
        for _ in range(ask.choices):
            if ask.schema is not None:
                texts.append(way.fill(voice, ask) if way.fill else voice.fields(ask.schema, ask.prompt))
            else:
                texts.append(way.speak(voice, ask) if way.speak else voice.text(min(ask.room, 3000)))
        voice.said += texts
        return texts


class Endpoint(ThreadingHTTPServer):
    """The server. Set `mind` before a run; every connection is answered by it."""

    daemon_threads = True
    mind: Mind
    over: threading.Event

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"

    def handle_error(self, request: object, client_address: object) -> None:
        """A caller that went away is no error."""


@contextmanager
def serving() -> Iterator[Endpoint]:
    """An endpoint on a free port of loopback, as long as the block lasts."""
    server = Endpoint(("127.0.0.1", 0), _Handler)
    server.over = threading.Event()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.over.set()
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    server: Endpoint
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        mind = self.server.mind
        if self.path.endswith("/embeddings"):
            return Line(self, body, mind, self.server.over).send(200, _embedded(body["input"]))
        ask = ask_of(body, len(mind.asked))
        mind.asked.append(body)
        line = Line(self, body, mind, self.server.over)
        try:
            if mind.healed or mind.way.wire is None or not mind.way.wire(line, ask):
                line.answer(mind.answers(ask))
        except OSError:  # the caller has gone, as one whose patience is at an end
            self.close_connection = True
        except Exception as error:  # a slip of ours, to be told by the runner and not taken for a misbehaviour
            mind.slip = error
            raise

    def log_message(self, format: str, *args: object) -> None:
        return


def ask_of(body: Mapping[str, Any], number: int) -> Ask:
    form = body.get("response_format") or {}
    schema = form.get("json_schema", {}).get("schema") if form.get("type") == "json_schema" else None
    tokens = body.get("max_completion_tokens") or body.get("max_tokens") or 400
    return Ask(body["messages"], tokens, body.get("n") or 1, schema, number)


@dataclass
class Line:
    """The line to one caller: whole answers, and everything that can go wrong on the way."""

    handler: _Handler
    body: Mapping[str, Any]
    mind: Mind
    over: threading.Event

    @property
    def streamed(self) -> bool:
        return bool(self.body.get("stream"))

    def answer(self, texts: Sequence[str]) -> None:
        """A good answer, in the form that was asked for."""
        if self.streamed:
            self.begin()
            for index, text in enumerate(texts):
                for at in range(0, len(text), _PIECE):
                    self.delta(index, text[at : at + _PIECE])
                self.finish(index)
            self.end(sum(map(len, texts)))
        else:
            self.send(200, self.completion(texts))
        self.mind.answered.append(json.dumps(self.body, ensure_ascii=False, sort_keys=True))

    def completion(self, texts: Sequence[str]) -> dict[str, Any]:
        """The body of an answer that is not streamed."""
        choices = [
            {"index": n, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
            for n, text in enumerate(texts)
        ]
        return {**_envelope("chat.completion"), "choices": choices, "usage": _usage(sum(map(len, texts)))}

    def send(self, status: int, body: object, **headers: str) -> None:
        """A whole answer: JSON, or what `body` is where it is bytes."""
        raw = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        self.handler.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(raw)), **headers}.items():
            self.handler.send_header(name.replace("_", "-"), value)
        self.handler.end_headers()
        self.handler.wfile.write(raw)

    def fail(self, status: int, **headers: str) -> None:
        """An error as OpenAI words it."""
        error = {"message": "set by the adversary", "type": "error", "param": None, "code": None}
        self.send(status, {"error": error}, **headers)

    def begin(self, kind: str = "text/event-stream") -> None:
        self.handler.send_response(200)
        self.handler.send_header("Content-Type", kind)
        self.handler.send_header("Transfer-Encoding", "chunked")
        self.handler.end_headers()

    def delta(self, index: int, text: str) -> None:
        self.event(
            choices=[{"index": index, "delta": {"role": "assistant", "content": text}, "finish_reason": None}],
        )

    def finish(self, index: int, reason: str = "stop") -> None:
        self.event(choices=[{"index": index, "delta": {}, "finish_reason": reason}])

    def event(self, **fields: Any) -> None:
        data = {**_envelope("chat.completion.chunk"), **fields}
        self.raw(f"data: {json.dumps(data, ensure_ascii=False)}\n\n".encode())

    def end(self, said: int) -> None:
        self.event(choices=[], usage=_usage(said))
        self.raw(b"data: [DONE]\n\n")
        self.handler.wfile.write(b"0\r\n\r\n")

    def raw(self, data: bytes) -> None:
        """One chunk of a body that was begun."""
        self.handler.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")

    def hang_up(self) -> None:
        """The line goes dead."""
        self.handler.close_connection = True
        self.handler.connection.close()

    def wait(self, seconds: float) -> bool:
        """Say nothing for `seconds`; whether the server goes on after that."""
        return not self.over.wait(seconds)


def _embedded(texts: Sequence[str]) -> dict[str, Any]:
    """Vectors as an endpoint sends them: honest ones, whatever the model does."""
    rows = [{"object": "embedding", "index": n, "embedding": _EMBEDDER.query(text).tolist()} for n, text in enumerate(texts)]
    return {"object": "list", "data": rows, "model": "pairs", "usage": {"prompt_tokens": 1, "total_tokens": 1}}


def _envelope(kind: str) -> dict[str, Any]:
    return {"id": "chatcmpl-1", "object": kind, "created": 1, "model": "adversary"}


def _usage(said: int) -> dict[str, Any]:
    return {"prompt_tokens": 300, "completion_tokens": said, "total_tokens": 300 + said}
