"""`jianggao serve` as a real process: killed and started again, stopped gracefully, and told to stop a model that stalls."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from tests.api.conftest import REQUEST, Run
from tests.api.http.events import Seen, events_in
from tests.databases import both
from tests.fake_endpoint import FakeEndpoint

ROOT = Path(__file__).parents[2]
PATIENCE = 90.0  # seconds for a process to start on a busy machine
Start = Callable[[], "Process"]


class Process:
    """A server process and a client of it."""

    def __init__(self, log: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        code = f"from api.cli import main; import sys; sys.argv = ['jianggao', 'serve', '--port', '{port}']; main()"
        with log.open("ab") as errors:
            self.process = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, env=os.environ, stderr=errors)
        self.client = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30, trust_env=False)
        until = time.monotonic() + PATIENCE
        while True:
            try:
                if self.client.get("/health/readiness").status_code == 200:
                    return
            except httpx.TransportError:
                assert self.process.poll() is None, log.read_text(encoding="utf-8")
            assert time.monotonic() < until, log.read_text(encoding="utf-8")
            time.sleep(0.1)

    def events(self, draft: str, after: int, until: Callable[[list[Seen]], bool] = lambda seen: False) -> list[Seen]:
        seen: list[Seen] = []
        with self.client.stream("GET", f"/v1/drafts/{draft}/events", headers={"Last-Event-ID": str(after)}) as answer:
            for one in events_in(answer.iter_lines()):
                seen.append(one)
                if until(seen):
                    break
        return seen

    def end(self, sig: signal.Signals) -> int:
        self.client.close()
        self.process.send_signal(sig)
        return self.process.wait(20)


@pytest.fixture
def start(home: Path, endpoint: FakeEndpoint, tmp_path: Path) -> Iterator[Start]:
    running: list[Process] = []

    def begin() -> Process:
        running.append(Process(tmp_path / "serve.log"))
        return running[-1]

    yield begin
    endpoint.release.set()
    for one in running:
        if one.process.poll() is None:
            one.end(signal.SIGKILL)


def written(seen: list[Seen]) -> list[str]:
    return [one.data["text"] for one in seen if one.name == "section-written"]


@both
def test_a_killed_server_goes_on_where_it_stood(start: Start, endpoint: FakeEndpoint) -> None:
    server = start()
    headers = {"Idempotency-Key": "one"}
    first = server.client.post("/v1/drafts", json={"request": REQUEST}, headers=headers)
    draft = first.json()["id"]
    endpoint.stall_from = 5
    before = server.events(draft, 0, lambda seen: len(written(seen)) == 3)
    assert endpoint.stalled.wait(PATIENCE)
    asked = len(endpoint.asked)
    assert server.end(signal.SIGKILL) == -signal.SIGKILL
    endpoint.stall_from = None
    endpoint.release.set()

    server = start()
    after = server.events(draft, before[-1].number)
    whole = [*before, *after]
    assert [one.number for one in whole] == list(range(1, len(whole) + 1))
    assert whole[-1].name == "finished" and [one.name for one in whole].count("outline") == 1
    told = [one.data["path"] for one in whole if one.name == "section-written"]
    assert len(told) == len(set(told))
    kept = server.client.get(f"/v1/drafts/{draft}").json()
    assert kept["status"] == "completed"
    assert all(text[:20] in kept["text"] for text in written(before))
    again = server.client.post("/v1/drafts", json={"request": REQUEST}, headers=headers)
    assert again.json() == first.json() and server.client.get("/v1/drafts").json()["total"] == 1
    prompts = [str(body["messages"]) for body in endpoint.asked]
    repeated = {prompt for prompt in prompts[asked:] if prompt in prompts[:asked]}
    assert len(repeated) <= 1  # the step under way, and no other


def test_a_stopped_server_puts_its_draft_back_and_a_stalled_model_is_left_at_once(
    start: Start, endpoint: FakeEndpoint, run: Run
) -> None:
    server = start()
    endpoint.stall_from = 2
    draft = server.client.post("/v1/drafts", json={"request": REQUEST}).json()["id"]
    assert endpoint.stalled.wait(PATIENCE)
    begun = time.monotonic()
    assert server.client.post(f"/v1/drafts/{draft}/cancel").json()["status"] == "cancelled"
    assert time.monotonic() - begun < 2.5  # two seconds, and half a one for a busy machine
    endpoint.stalled.clear()
    assert server.client.post(f"/v1/drafts/{draft}/resume").status_code == 202
    assert endpoint.stalled.wait(PATIENCE)
    last = server.events(draft, 0, lambda seen: seen[-1].name == "section-begun")[-1].number
    begun = time.monotonic()
    assert server.end(signal.SIGTERM) == 0
    assert time.monotonic() - begun < 8
    assert "queued" in run("drafts", "list", "--json").out
    endpoint.stall_from = None
    endpoint.release.set()
    server = start()
    assert server.events(draft, last)[-1].name == "finished"
    assert server.end(signal.SIGINT) == 0


def test_a_server_that_cannot_run_says_why(run: Run, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    several = run("serve", "--workers", "3")
    assert several.code == 1 and "--workers 1" in several.line
    everywhere = run("serve", "--host", "0.0.0.0")
    assert everywhere.code == 1 and "JIANGGAO_API_KEYS" in everywhere.line
    with socket.create_server(("127.0.0.1", 0)) as taken:
        busy = run("serve", "--port", str(taken.getsockname()[1]))
    assert busy.code == 1 and "--port" in busy.line
    monkeypatch.setenv("JIANGGAO_API_KEYS", "a/b:key")
    assert run("serve").code == 1
