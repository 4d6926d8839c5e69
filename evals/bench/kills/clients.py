"""The clients: each knows that its server may be gone at any moment, and goes on where it was."""

import json
import random
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx

from evals.bench.kills.acknowledged import ENDS, DraftSeen, Event, Seen
from evals.bench.kills.sources import MOST_SPEECHES, brief, speech, topic

_PAUSE = 0.05  # seconds until a server that is not there is asked again
_GIVE_UP = 300.0  # seconds for one request, with all its repetitions


class Lost(Exception):
    """What was acknowledged is not there any more, or cannot be gone on with."""


@dataclass
class Client:
    """HTTP that outlives its server. A request that broke off is sent again: `repeated` says so of the last one."""

    address: str
    repeated: bool = False

    def __post_init__(self) -> None:
        self.http = httpx.Client(base_url=self.address, timeout=30, trust_env=False)

    def send(self, method: str, path: str, **sent: Any) -> httpx.Response:
        """The answer, once there is one that does not ask to come back later."""
        self.repeated, until = False, time.monotonic() + _GIVE_UP
        while time.monotonic() < until:
            try:
                answer = self.http.request(method, path, **sent)
            except httpx.TransportError:
                self.repeated = True
            else:
                if "retry-after" not in answer.headers and answer.status_code < 500:
                    return answer
            time.sleep(_PAUSE)
        raise Lost(f"{method} {path}: no answer")

    def follow(self, seen: DraftSeen) -> None:
        """The events of a draft from where they were left, to the end of its job or to where it waits."""
        while True:
            try:
                if self._follow(seen):
                    return
            except httpx.TransportError:
                pass
            time.sleep(_PAUSE)

    def _follow(self, seen: DraftSeen) -> bool:
        headers = {"Last-Event-ID": str(seen.last)}
        with self.http.stream("GET", f"/v1/drafts/{seen.id}/events", headers=headers) as answer:
            if answer.status_code == 204:
                return True
            if answer.status_code != 200:
                raise Lost(f"events of an acknowledged draft: {answer.status_code}")
            for event in events_in(answer.iter_lines()):
                seen.receive(event)
                if event.name == "waiting":
                    return True
        return seen.stands in ENDS


def events_in(lines: Iterable[str]) -> Iterator[Event]:
    """The events of a stream; one that broke off before its blank line is none."""
    fields: dict[str, str] = {}
    for line in lines:
        if line.startswith(":"):
            continue
        if line:
            name, _, value = line.partition(": ")
            fields[name] = value
        elif "data" in fields:
            yield Event(int(fields["id"]), fields["event"], json.loads(fields["data"]))
            fields = {}


@dataclass(eq=False)
class Writer(threading.Thread):
    """Begins drafts one after another, follows each to its end, and changes it."""

    address: str
    numbers: Iterator[int]
    seen: Seen
    over: threading.Event
    chance: random.Random

    def __post_init__(self) -> None:
        super().__init__(daemon=True)

    def run(self) -> None:
        client = Client(self.address)
        while not self.over.is_set() and (number := next(self.numbers, None)) is not None:
            draft = DraftSeen(topic(number), f"draft-{number}", approve=number % 4 == 3)
            with self.seen.lock:
                self.seen.drafts.append(draft)
            try:
                self._write(client, draft)
                self._change(client, draft)
            except Lost as lost:
                draft.amiss.append(str(lost))

    def _write(self, client: Client, draft: DraftSeen) -> None:
        asked = brief(draft.topic) | {"approve_outline": draft.approve}
        answer = client.send("POST", "/v1/drafts", json=asked, headers={"Idempotency-Key": draft.key})
        draft.id = str(_wanted(answer, 202)["id"])
        client.follow(draft)
        if draft.approve and draft.stands == "waiting":
            answer = client.send("PUT", f"/v1/drafts/{draft.id}/outline")
            if not (answer.status_code == 409 and client.repeated):  # approved by the one that broke off
                _wanted(answer, 202)
            client.follow(draft)
        self._keep(client, draft)

    def _change(self, client: Client, draft: DraftSeen) -> None:
        kept = self._keep(client, draft)
        if kept["status"] != "completed":
            return
        if gaps := kept["placeholders"]:
            self._changed(client, draft, "fill", {gaps[0]["id"]: "16"}, kept["revision"])
            kept = self._keep(client, draft)
        self._changed(client, draft, "facts", {"fact": f"全市{draft.topic}示范点达到21个"}, kept["revision"])
        kept = self._keep(client, draft)
        path = self.chance.choice([one["path"] for one in kept["paragraphs"] if "（" in one["path"]])
        asked = {"instruction": f"再充实一些，突出{draft.topic}"}
        self._changed(client, draft, f"sections/{quote(path)}/rewrite", asked, kept["revision"])
        client.follow(draft)
        self._keep(client, draft)

    def _changed(self, client: Client, draft: DraftSeen, route: str, asked: object, revision: int) -> None:
        """Ask for a change of `revision`, once: where the first request was done and not answered, the second is refused."""
        headers = {"If-Match": f'"{revision}"'}
        answer = client.send("POST", f"/v1/drafts/{draft.id}/{route}", json=asked, headers=headers)
        if answer.status_code == 200:
            draft.texts[answer.json()["revision"]] = answer.json()["text"]
        elif answer.status_code == 202:
            draft.promised = revision + 1
        elif not (client.repeated and answer.status_code in (409, 412)):
            draft.amiss.append(f"{route} {asked}: {answer.status_code} {answer.text[:200]}")

    def _keep(self, client: Client, draft: DraftSeen) -> dict[str, Any]:
        kept = _wanted(client.send("GET", f"/v1/drafts/{draft.id}"), 200)
        if kept["revision"]:
            draft.texts.setdefault(kept["revision"], kept["text"])
        return kept


@dataclass(eq=False)
class Uploader(threading.Thread):
    """Puts speeches into the corpus, and takes every fifth out again."""

    address: str
    seen: Seen
    over: threading.Event
    chance: random.Random

    def __post_init__(self) -> None:
        super().__init__(daemon=True)

    def run(self) -> None:
        client = Client(self.address)
        for number in range(MOST_SPEECHES):
            if self.over.wait(self.chance.uniform(0, 0.8)):
                return
            name, text = speech(number)
            try:
                self._upload(client, name, text)
                if number % 5 == 4:
                    self._remove(client, name)
            except Lost as lost:
                self.seen.amiss.append(f"{name}: {lost}")

    def _upload(self, client: Client, name: str, text: str) -> None:
        answer = client.send("POST", "/v1/corpus/documents", files={"files": (name, text.encode())})
        if answer.status_code == 200 and not client.repeated:
            raise Lost(f"known before it came: {answer.text[:200]}")
        if answer.status_code not in (200, 201):
            raise Lost(f"{answer.status_code} {answer.text[:200]}")
        self.seen.uploads[name] = answer.json()["files"][0]["row"]["passages"]

    def _remove(self, client: Client, name: str) -> None:
        kept = _wanted(client.send("GET", "/v1/corpus/documents", params={"limit": 1000}), 200)
        identity = next((one["id"] for one in kept["documents"] if one["name"] == name), None)
        if identity is None:
            raise Lost("an acknowledged upload is not in the list")
        answer = client.send("DELETE", f"/v1/corpus/documents/{identity}")
        if answer.status_code != 204 and not (client.repeated and answer.status_code == 404):
            raise Lost(f"removing: {answer.status_code} {answer.text[:200]}")
        self.seen.removed.add(name)


def _wanted(answer: httpx.Response, status: int) -> dict[str, Any]:
    if answer.status_code != status:
        raise Lost(f"{answer.request.method} {answer.request.url.path}: {answer.status_code} {answer.text[:200]}")
    found: dict[str, Any] = answer.json()
    return found
