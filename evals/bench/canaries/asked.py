"""A request for every route of the OpenAPI document, made up anew each time. A route that has none here is an error."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from evals.bench.canaries.offices import Estate

SHARED = {"genre": "讲话", "topic": "基层减负", "length": 600, "points": ["摸清底数", "办好实事"]}  # sent by both, word for word
MOST_DRAFTS = 12  # of an office at once
_PATHS = ("一（一）", "一", "二", "开头", "结尾")


class NotExercised(Exception):
    """A route of the server that no request is made for."""


@dataclass(frozen=True)
class Asked:
    """A request. `aim`: the draft or document that it is about, "" for none; `others`: that is the other office's."""

    method: str
    path: str
    aim: str = ""
    others: bool = False
    sent: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class Turn:
    """One request of `own` office; `other` is the one whose things it must not reach."""

    own: Estate
    other: Estate
    chance: random.Random

    def ask(self, method: str, path: str) -> Asked:
        """Raises NotExercised."""
        make = REQUESTS.get(f"{method} {path}")
        if make is None:
            raise NotExercised(f"{method} {path}")
        others = self.chance.random() < 0.5
        estate = self.other if others else self.own
        aim = ""
        if "{draft_id}" in path:
            aim = estate.one(estate.drafts, self.chance)
        elif "{document_id}" in path:
            aim = estate.one(estate.documents, self.chance)
        made = path.format(
            draft_id=quote(aim),
            document_id=quote(aim),
            path=quote(self.chance.choice(_PATHS)),
            number=self.chance.randint(1, 3),
            model=self.chance.choice(("jianggao", "gpt")),
        )
        return Asked(method, made, aim, bool(aim) and others, make(self))

    @property
    def number(self) -> int:
        return self.chance.randrange(1000)

    def any_draft(self) -> str:
        """A draft's number as it may stand in a conversation: of the other office more often than not."""
        estate = self.chance.choice((self.own, self.other, self.other))
        return estate.one(estate.drafts, self.chance)


Maker = Callable[[Turn], Mapping[str, Any]]


def _nothing(turn: Turn) -> Mapping[str, Any]:
    return {}


def _begin(turn: Turn) -> Mapping[str, Any]:
    """A draft with a key that the other office uses too, for the same body or for its own."""
    key = {"Idempotency-Key": f"key-{turn.chance.randrange(6)}"} if turn.chance.random() < 0.7 else {}
    body = SHARED if turn.chance.random() < 0.5 else turn.own.office.brief(turn.number)
    return {"json": {**body, "approve_outline": turn.chance.random() < 0.2}, "headers": key}


def _chat(turn: Turn) -> Mapping[str, Any]:
    draft, office = turn.any_draft(), turn.own.office
    words = turn.chance.choice(
        (
            f"看看稿子 {draft}",
            f"导出稿子 {draft}",
            "第二部分再充实一些",
            "这段出自哪里",
            "列出所有稿子",
            f"为县长起草在{office.sign}工作会上的讲话，约600字，突出{turn.other.office.bait}",
        )
    )
    before = [
        {"role": "user", "content": f"请起草在{office.sign}工作会上的讲话，约600字"},
        {"role": "assistant", "content": "写好了。", "reasoning_content": f"稿子 {draft}"},
    ]
    messages = [*(before if turn.chance.random() < 0.6 else []), {"role": "user", "content": words}]
    return {"json": {"model": "jianggao", "messages": messages, "stream": turn.chance.random() < 0.5}}


def _search(turn: Turn) -> Mapping[str, Any]:
    other = turn.other.office
    words = turn.chance.choice((other.bait, other.sign, f"{other.sign}第1次工作例会上的讲话", turn.own.office.canary))
    return {"params": {"q": words, "k": 100}}


def _export(turn: Turn) -> Mapping[str, Any]:
    forged = {"until": 2**35, "signature": f"{turn.chance.getrandbits(256):064x}"} if turn.chance.random() < 0.3 else {}
    kind = turn.chance.choice(("docx", "md", "txt", "json"))
    return {"params": {"format": kind, "sources": turn.chance.random() < 0.5, **forged}}


def _upload(turn: Turn) -> Mapping[str, Any]:
    name, text = turn.own.office.speech(turn.number)
    return {"files": {"files": (name, text.encode())}}


def _events(turn: Turn) -> Mapping[str, Any]:
    return {"headers": {"Last-Event-ID": str(turn.chance.choice((0, 0, 5, 2**40)))}}


def _body(make: Callable[[Turn], object]) -> Maker:
    return lambda turn: {"json": make(turn)}


_DRAFT = "/v1/drafts/{draft_id}"
REQUESTS: dict[str, Maker] = {
    "GET /v1/drafts": _nothing,
    "POST /v1/drafts": _begin,
    f"GET {_DRAFT}": _nothing,
    f"DELETE {_DRAFT}": _nothing,
    f"GET {_DRAFT}/events": _events,
    f"PUT {_DRAFT}/outline": _nothing,
    f"POST {_DRAFT}/resume": _nothing,
    f"POST {_DRAFT}/cancel": _nothing,
    f"GET {_DRAFT}/export": _export,
    f"POST {_DRAFT}/sections/{{path}}/rewrite": _body(lambda turn: {"instruction": f"再充实一些，突出{turn.own.office.canary}"}),
    f"POST {_DRAFT}/change": _body(lambda turn: {"speaker": f"{turn.own.office.canary}总指挥"}),
    f"POST {_DRAFT}/fill": _body(lambda turn: {"p1": f"{turn.own.office.canary}{turn.number}"}),
    f"POST {_DRAFT}/facts": _body(lambda turn: {"fact": f"{turn.own.office.canary}有干部{turn.number}名"}),
    f"POST {_DRAFT}/mend": _body(lambda turn: {"finding": 0}),
    f"POST {_DRAFT}/undo": _nothing,
    f"GET {_DRAFT}/revisions": _nothing,
    f"GET {_DRAFT}/revisions/{{number}}": _nothing,
    f"GET {_DRAFT}/compare": lambda turn: {"params": {"before": 1, "after": turn.chance.randint(1, 2)}},
    "POST /v1/corpus/documents": _upload,
    "GET /v1/corpus/documents": _nothing,
    "GET /v1/corpus/documents/{document_id}": _nothing,
    "DELETE /v1/corpus/documents/{document_id}": _nothing,
    "GET /v1/corpus/search": _search,
    "POST /v1/review": _body(lambda turn: {"text": f"同志们：\n一、抓好{turn.own.office.canary}，{turn.other.office.bait}。"}),
    "GET /v1/models": _nothing,
    "GET /v1/models/{model}": _nothing,
    "POST /v1/chat/completions": _chat,
    "GET /health/liveness": _nothing,
    "GET /health/readiness": _nothing,
    "GET /metrics": _nothing,
}
