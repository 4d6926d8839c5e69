"""The misbehaviours of the line: what happens between the endpoint and its caller."""

import json
from collections.abc import Callable
from itertools import count

from evals.adversary.server import Line, Misbehaviour
from evals.adversary.voice import Ask

Wire = Callable[[Line, Ask], bool]
_FOREVER = 60.0  # seconds: longer than any patience here


def now_and_then(wire: Wire, every: int = 3) -> Wire:
    """Every third request goes wrong; what is asked again comes through."""
    return lambda line, ask: ask.number % every == 0 and wire(line, ask)


def from_then_on(wire: Wire, first: int = 9) -> Wire:
    """Everything from request `first` on goes wrong: a model that dies in the middle of a draft."""
    return lambda line, ask: ask.number >= first and wire(line, ask)


def status(code: int, **headers: str) -> Wire:
    def wire(line: Line, ask: Ask) -> bool:
        line.fail(code, **headers)
        return True

    return wire


def breaks(line: Line, ask: Ask) -> bool:
    """Half of an answer, then a dead line."""
    if line.streamed:
        line.begin()
        line.delta(0, "要把工作做在前面，")
    line.hang_up()
    return True


def stalls(line: Line, ask: Ask) -> bool:
    """One piece, then silence."""
    if line.streamed:
        line.begin()
        line.delta(0, "要把工作")
    line.wait(_FOREVER)
    return True


def pings(line: Line, ask: Ask) -> bool:
    """Signs of life and never a word: comments of a stream, blanks of a JSON body."""
    line.begin("text/event-stream" if line.streamed else "application/json")
    while line.wait(0.02):
        line.raw(b": ping\n\n" if line.streamed else b" ")
    return True


def drips(line: Line, ask: Ask) -> bool:
    """An answer without an end."""
    line.begin("text/event-stream" if line.streamed else "application/json")
    for turn in count():
        if not line.wait(0.0):
            break
        if line.streamed:
            line.delta(0, f"要把工作做在前面，落到实处{'，再向前推进一步' * (turn % 7)}。" * 20)
        else:
            line.raw(b'{"choices": [' + b" " * 60_000)
    return True


def page(line: Line, ask: Ask) -> bool:
    """A web page, as from a proxy."""
    line.send(200, "<html><body><h1>502 网关</h1></body></html>".encode(), Content_Type="text/html")
    return True


def nonsense(line: Line, ask: Ask) -> bool:
    """Bytes that are nothing."""
    raw = bytes((n * 73 + 11) % 256 for n in range(400))
    if line.streamed and ask.number % 2:
        line.begin()
        line.raw(b"data: " + raw + b"\n\n")
        line.hang_up()
    else:
        line.send(200, raw)
    return True


def wrong_shapes(line: Line, ask: Ask) -> bool:
    """JSON, and no chat completion."""
    bodies: tuple[object, ...] = (
        {"choices": []},
        {"error": {"message": "overloaded", "code": 503}},
        [],
        "ok",
        {"choices": [{"index": 0, "message": None, "delta": None}]},
        {"choices": [{"index": 7, "message": {"content": 5}, "delta": {"content": ["x"]}, "finish_reason": "stop"}]},
        {"choices": None, "usage": "many"},
        None,
        {"choices": [{"index": 0, "message": {"content": None}, "delta": {}, "finish_reason": "content_filter"}]},
    )
    body = bodies[ask.number % len(bodies)]
    if line.streamed:
        line.begin()
        line.raw(f"data: {json.dumps(body)}\n\ndata: [DONE]\n\n".encode())
        line.handler.wfile.write(b"0\r\n\r\n")
    else:
        line.send(200, body)
    return True


def fewer_choices(line: Line, ask: Ask) -> bool:
    """One choice where several are asked for, and those out of order."""
    if not line.streamed or ask.choices == 1:
        return False
    texts = line.mind.answers(ask)
    line.begin()
    kept = [(n, text) for n, text in reversed(list(enumerate(texts))) if n != ask.number % ask.choices]
    for index, text in kept:
        line.delta(index, text)
        line.finish(index)
    line.end(sum(map(len, texts)))
    return True


def cut_by_tokens(line: Line, ask: Ask) -> bool:
    """Every answer is stopped by the limit of tokens in the middle of a sentence."""
    texts = [text[: max(20, len(text) - 9)] for text in line.mind.answers(ask)]
    if not line.streamed:
        line.send(200, line.completion(texts))
        return True
    line.begin()
    for index, text in enumerate(texts):
        line.delta(index, text)
        line.finish(index, "length")
    line.end(sum(map(len, texts)))
    return True


LINES: tuple[Misbehaviour, ...] = (
    Misbehaviour("breaks-now-and-then", wire=now_and_then(breaks)),
    Misbehaviour("breaks-from-then-on", wire=from_then_on(breaks), heals=True),
    Misbehaviour("stalls-now-and-then", wire=now_and_then(stalls, every=23)),
    Misbehaviour("stalls-from-then-on", wire=from_then_on(stalls), heals=True),
    Misbehaviour("pings-for-ever", wire=from_then_on(pings), heals=True),
    Misbehaviour("answers-without-end", wire=now_and_then(drips, every=5)),
    Misbehaviour("429-now-and-then", wire=now_and_then(status(429, Retry_After="0.02"))),
    Misbehaviour("429-from-then-on", wire=from_then_on(status(429)), heals=True),
    Misbehaviour("429-come-back-tomorrow", wire=from_then_on(status(429, Retry_After="86400")), heals=True),
    Misbehaviour("500-now-and-then", wire=now_and_then(status(500))),
    Misbehaviour("500-from-then-on", wire=from_then_on(status(500)), heals=True),
    Misbehaviour("401-from-then-on", wire=from_then_on(status(401)), heals=True),
    Misbehaviour("404", wire=status(404), hopeless=True),
    Misbehaviour("a-web-page-now-and-then", wire=now_and_then(page)),
    Misbehaviour("a-web-page", wire=page, hopeless=True),
    Misbehaviour("nonsense-now-and-then", wire=now_and_then(nonsense)),
    Misbehaviour("wrong-shapes-now-and-then", wire=now_and_then(wrong_shapes, every=2)),
    Misbehaviour("wrong-shapes", wire=wrong_shapes, hopeless=True),
    Misbehaviour("fewer-choices", wire=fewer_choices),
    Misbehaviour("cut-by-the-limit", wire=cut_by_tokens),
)
