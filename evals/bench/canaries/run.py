"""Requests by chance, by several clients of each office at once, and what is found in the answers."""

import random
import re
import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import cycle
from typing import Any

import httpx

from evals.bench.canaries.asked import MOST_DRAFTS, REQUESTS, Asked, NotExercised, Turn
from evals.bench.canaries.offices import OFFICES, Estate
from evals.bench.canaries.watch import crossed, readable, said, spied

_CLIENTS = 2  # of each office at the same time
_ENOUGH = 400_000  # bytes of a stream


@dataclass
class Found:
    """What came of it. `routes`: how often each was called, `owned`: answers with the caller's own canary, `refused`: 404 for an id of the other's."""

    routes: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    owned: int = 0
    aimed: int = 0
    refused: int = 0
    prompts: int = 0
    prompts_owned: int = 0
    amiss: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


def run(
    connect: Callable[[str], httpx.Client], prompts: Callable[[], Sequence[str]], requests: int, seed: int, routes: Sequence[str]
) -> Found:
    """`requests` over all `routes` ("GET /v1/drafts"), by clients that `connect` gives for an office's name, and closes.

    `prompts`: everything that was sent to the model so far. Raises NotExercised for a route that no request is made for.
    """
    if unknown := set(routes) - REQUESTS.keys():
        raise NotExercised("、".join(sorted(unknown)))
    found, estates = Found(), [Estate(office) for office in OFFICES]
    for estate in estates:
        _plant(connect(estate.office.name), estate)
    threads = []
    for number in range(_CLIENTS * len(estates)):
        own, other = estates[number % 2], estates[1 - number % 2]
        chance = random.Random(seed * 100 + number)
        share = requests // (_CLIENTS * len(estates)) + (number < requests % (_CLIENTS * len(estates)))
        order = list(routes)
        chance.shuffle(order)
        caller = _Caller(connect(own.office.name), Turn(own, other, chance), order, share, found)
        threads.append(threading.Thread(target=caller.run, name=f"{own.office.name}-{number}", daemon=True))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for estate in estates:
        found.amiss += _missing(connect(estate.office.name), estate)
    said_to_model = prompts()
    wrong, found.prompts_owned = spied(said_to_model)
    found.prompts = len(said_to_model)
    found.amiss += [f"a prompt carries the other office's canary: {one}" for one in wrong]
    found.amiss += [f"{route} was not called" for route in routes if not found.routes[route]]
    return found


def routes_of(document: Mapping[str, Any]) -> list[str]:
    """Every operation of an OpenAPI document, as "GET /path"."""
    return [f"{method.upper()} {path}" for path, methods in document["paths"].items() for method in methods]


def _plant(client: httpx.Client, estate: Estate) -> None:
    """Some documents and drafts to begin with."""
    for number in range(1, 4):
        name, text = estate.office.speech(number)
        client.post("/v1/corpus/documents", files={"files": (name, text.encode())}).raise_for_status()
    for one in client.get("/v1/corpus/documents").json()["documents"]:
        if estate.office.canary in one["name"]:
            estate.add(estate.documents, one["id"])
    for number in range(1, 3):
        draft = client.post("/v1/drafts", json=estate.office.brief(number)).raise_for_status().json()["id"]
        estate.add(estate.drafts, draft)
        with client.stream("GET", f"/v1/drafts/{draft}/events") as told:
            for _ in told.iter_lines():
                pass


def _missing(client: httpx.Client, estate: Estate) -> list[str]:
    """Drafts and documents that their own office did not remove, and that are not there."""
    lost = [one for one in list(estate.drafts) if client.get(f"/v1/drafts/{one}").status_code != 200]
    kept = {one["id"] for one in client.get("/v1/corpus/documents?limit=1000").json()["documents"]}
    lost += [one for one in estate.documents if one not in kept]
    return [f"{one} of {estate.office.name} is gone" for one in lost]


@dataclass
class _Caller:
    client: httpx.Client
    turn: Turn
    routes: Sequence[str]
    share: int
    found: Found

    def run(self) -> None:
        routes = cycle(self.routes)
        for _ in range(self.share):
            route = next(routes)
            try:
                self._call(route)
            except Exception as error:  # a slip of the bench must not pass for a clean run
                with self.found.lock:
                    self.found.amiss.append(f"{route}: {type(error).__name__}: {error}")

    def _call(self, route: str) -> None:
        asked = self.turn.ask(*route.split(" ", 1))
        if self._spared(route, asked):
            asked = self.turn.ask("GET", route.split(" ", 1)[1])
        status, headers, body = self._answer(asked)
        seen = readable(headers, body)
        with self.found.lock:
            self.found.routes[route] += 1
            self.found.statuses[status] += 1
            self.found.owned += self.turn.own.office.canary in seen
            self.found.aimed += asked.others
            self.found.refused += asked.others and status == 404
            if asked.others and status != 404:
                self.found.amiss.append(f"{asked.method} {asked.path} of the other office: {status}")
            if status >= 500:
                self.found.amiss.append(f"{asked.method} {asked.path}: {status}")
            for one in crossed(seen, said(asked.sent, asked.path), self.turn.other):
                self.found.amiss.append(f"{asked.method} {asked.path} told {self.turn.own.office.name}: {one}")
        self._note(asked, status, seen)

    def _spared(self, route: str, asked: Asked) -> bool:
        """An office does not run out of its own drafts and documents, nor of room for them."""
        own = self.turn.own
        if route.startswith("DELETE") and not asked.others:
            return len(own.drafts if "draft" in route else own.documents) <= 2
        return route == "POST /v1/drafts" and len(own.drafts) >= MOST_DRAFTS

    def _answer(self, asked: Asked) -> tuple[int, Mapping[str, str], bytes]:
        body = b""
        with self.client.stream(asked.method, asked.path, **asked.sent) as answer:
            for piece in answer.iter_bytes():
                body += piece
                if b"event: waiting" in body or len(body) > _ENOUGH:  # a stream that would stay open
                    break
        return answer.status_code, answer.headers, body

    def _note(self, asked: Asked, status: int, seen: str) -> None:
        """What the office has now."""
        own = self.turn.own
        if asked.method == "DELETE" and status == 204:
            own.remove(own.drafts if "drafts" in asked.path else own.documents, asked.aim)
        elif asked.path == "/v1/drafts" and asked.method == "POST" and status == 202:
            if found := re.search(r"location: /v1/drafts/(\S+)", seen):
                with own.lock:
                    known = found[1] in own.gone
                if not known:  # an answer given again, of a draft that was removed since
                    own.add(own.drafts, found[1])
        elif asked.path.endswith("/completions"):
            for identity in re.findall(r"\d{4}-[0-9a-f]{6}", seen):
                if identity not in self.turn.other.ids() and identity not in own.gone and identity not in said(asked.sent, ""):
                    own.add(own.drafts, identity)
