"""The HTTP server under load: a real process, its model stubbed, driven over sockets. Figures are printed, never asserted.

    python -m evals.bench.http [--streams 16] [--rate 50] [--seconds 20]

Streams: every event carries the time at which the recipe gave it, so that the delay to the client is known for each one.
Overhead: the same draft by the same scripted model, called directly and over HTTP, in turns.
"""

import argparse
import asyncio
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from rich.console import Console
from rich.table import Table

from agent.drafter import Drafter, Finished
from agent.drafts import DraftStore
from agent.settings import Settings
from evals.bench.server import ROOT, bare_environment, free_port
from speech.brief import SpeechBrief
from vectorstore.ingest import ingest, samples
from vectorstore.search import PassageSearch
from vectorstore.store import PassageStore

BRIEF = {"topic": "城市基层治理", "occasion": "全市城市基层治理推进会", "length": 1200, "points": ["网格化管理", "红色物业"]}
THINKS = 0.02  # seconds that the scripted model takes for an answer: a tenth of what a real one needs at best

# The server's side of the bench. It stands in a program of its own, since evals does not import api.
_SERVER = """
import sys, time
from agent.drafter import Finished, TextKept
from agent.drafts import Status
from agent.settings import read_settings
from api.app import create_app
from api.serve import take_short_turns
from api.tenants import Premises
from evals.bench.http import slow_model
from evals.scripted import PairEmbedder
import uvicorn

take_short_turns()
port, rate, seconds = int(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3])

class Paced:
    def __init__(self, drafts): self.drafts = drafts
    def run(self, draft):
        begun = time.time()
        for n in range(int(rate * seconds)):
            time.sleep(max(0.0, begun + n / rate - time.time()))
            yield TextKept(f"{time.time():.6f} " + "社区干部上门走访，小事就地办结，群众放心。" * 2)
        yield Finished(self.drafts.save(draft.model_copy(update={"status": Status.COMPLETED})))

class Stubbed(Premises):
    def drafter(self, tenant, stop): return Paced(tenant.drafts) if rate else super().drafter(tenant, stop)

with Stubbed(read_settings(), connecting=lambda settings: slow_model(), embedder=PairEmbedder()) as premises:
    uvicorn.run(create_app(premises), port=port, log_config=None)
"""


@dataclass
class Followed:
    """What a client saw of one draft: seconds until it was taken and to its first event, and of each event its number and its delay."""

    taken: float = 0.0
    first: float = 0.0
    numbers: list[int] = field(default_factory=list)
    delays: list[float] = field(default_factory=list)
    seconds: float = 0.0


def slow_model() -> "object":
    """A scripted model that takes its time."""
    from evals.scripted import ScriptedModel, fields_of, sentences_of

    def speak(messages: object, turn: int) -> str:
        time.sleep(THINKS)
        return sentences_of(messages, turn)  # type: ignore[arg-type]

    def answer(fields: object, messages: object, turn: int) -> object:
        time.sleep(THINKS)
        return fields_of(fields, messages, turn)  # type: ignore[arg-type]

    return ScriptedModel(speak=speak, answer=answer)


@contextmanager
def server(home: Path, rate: float, seconds: float, jobs: int) -> Iterator[str]:
    """A server process on a free port; its address once it is ready."""
    port = free_port()
    environment = {"JIANGGAO_HOME": str(home), "JIANGGAO_JOBS": str(jobs), "JIANGGAO_QUEUE": "0"}
    command = [sys.executable, "-c", _SERVER, str(port), str(rate), str(seconds)]
    process = subprocess.Popen(command, cwd=ROOT, env=bare_environment(**environment))
    address = f"http://127.0.0.1:{port}"
    try:
        while True:
            try:
                httpx.get(f"{address}/health/liveness", trust_env=False)
                break
            except httpx.TransportError:
                if process.poll() is not None:
                    raise SystemExit("the server did not start") from None
                time.sleep(0.1)
        yield address
    finally:
        process.terminate()
        process.wait()


async def events_of(client: httpx.AsyncClient, draft: str) -> AsyncIterator[tuple[int, str, dict[str, object]]]:
    """Number, name and data of every event of a draft."""
    number, name = "0", ""
    async with client.stream("GET", f"/v1/drafts/{draft}/events") as answer:
        async for line in answer.aiter_lines():
            match line.partition(": "):
                case ("event", _, name):
                    pass
                case ("data", _, data):
                    told = json.loads(data)
                case ("id", _, number):
                    yield int(number), name, told


async def follow(client: httpx.AsyncClient) -> Followed:
    """Begin a draft and see it to its end."""
    seen, begun = Followed(), time.time()
    draft = (await client.post("/v1/drafts", json=BRIEF)).raise_for_status().json()["id"]
    seen.taken = time.time() - begun
    async for number, name, data in events_of(client, draft):
        now = time.time()
        seen.first = seen.first or now - begun
        seen.numbers.append(number)
        if name == "text" and str(data["text"])[:1].isdigit():
            seen.delays.append(now - float(str(data["text"]).split()[0]))
    seen.seconds = time.time() - begun
    return seen


async def load(address: str, streams: int) -> tuple[list[Followed], list[float]]:
    """`streams` drafts side by side; meanwhile requests that are too many, and how long each took to be refused."""
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(base_url=address, timeout=120, limits=limits, trust_env=False) as client:
        running = [asyncio.create_task(follow(client)) for _ in range(streams)]
        await asyncio.sleep(2)
        refused = []
        for _ in range(100):
            begun = time.time()
            answer = await client.post("/v1/drafts", json=BRIEF)
            assert answer.status_code == 429 and answer.headers["retry-after"], answer.text
            refused.append(time.time() - begun)
            await asyncio.sleep(0.02)
        return list(await asyncio.gather(*running)), refused


def direct(home: Path) -> float:
    """Seconds that a draft takes without the server."""
    from evals.scripted import PairEmbedder

    embedder, settings = PairEmbedder(), Settings(JIANGGAO_HOME=home)  # type: ignore[call-arg]
    with PassageStore(settings.store, embedder.name, embedder.dimensions) as store:
        drafter = Drafter(settings, slow_model(), PassageSearch(store, embedder), DraftStore(settings.database))  # type: ignore[arg-type]
        drafter.search.search("治理")  # the word index is built once, and the server's is too
        taken = []
        for _ in range(4):
            begun = time.time()
            assert isinstance(list(drafter.run(drafter.begin(SpeechBrief.model_validate(BRIEF))))[-1], Finished)
            taken.append(time.time() - begun)
    return statistics.median(taken[1:])


async def over_http(address: str) -> float:
    """Seconds that the same draft takes over HTTP, from the request to the last event."""
    async with httpx.AsyncClient(base_url=address, timeout=120, trust_env=False) as client:
        taken = [(await follow(client)).seconds for _ in range(4)]
    return statistics.median(taken[1:])


def p95(values: list[float]) -> float:
    return sorted(values)[max(0, round(0.95 * len(values)) - 1)]


def main() -> None:
    """Measure and print."""
    from evals.scripted import PairEmbedder

    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--streams", type=int, default=16)
    options.add_argument("--rate", type=float, default=50)
    options.add_argument("--seconds", type=float, default=20)
    asked = options.parse_args()
    home, embedder = Path(tempfile.mkdtemp(prefix="jianggao-bench-")), PairEmbedder()
    try:
        with PassageStore(home / "store", embedder.name, embedder.dimensions) as store:
            ingest([samples()], store, embedder)
        with server(home, asked.rate, asked.seconds, asked.streams) as address:
            followed, refused = asyncio.run(load(address, asked.streams))
        direct_seconds, http_seconds = [], []
        for _ in range(3):
            direct_seconds.append(direct(home))
            with server(home, 0, 0, 1) as address:
                http_seconds.append(asyncio.run(over_http(address)))
    finally:
        shutil.rmtree(home)
    wanted = round(asked.rate * asked.seconds)
    lost = sum(wanted - len(one.delays) for one in followed)
    gaps = sum(one.numbers != list(range(1, len(one.numbers) + 1)) for one in followed)
    delays = [delay for one in followed for delay in one.delays]
    slowest = max(len(one.delays) / one.seconds for one in followed), min(len(one.delays) / one.seconds for one in followed)
    plain, served = statistics.median(direct_seconds), statistics.median(http_seconds)
    table = Table("figure", "measured", "to reach", title=f"HTTP, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    table.add_row(
        f"{asked.streams} streams at {asked.rate:.0f} events/s",
        f"{len(delays)} events, {lost} lost, {gaps} streams with a gap",
        "none lost",
    )
    table.add_row("events/s a stream, best and worst", f"{slowest[0]:.1f}, {slowest[1]:.1f}", f"{asked.rate:.0f}")
    first, taken = (1000 * p95([getattr(one, name) for one in followed]) for name in ("first", "taken"))
    table.add_row("first event, p95; of that until the draft is taken", f"{first:.0f}, {taken:.0f} ms", "100 ms")
    table.add_row("delay of an event, median, p95", f"{1000 * statistics.median(delays):.1f}, {1000 * p95(delays):.1f} ms", "")
    table.add_row(
        "429, median, p95, longest",
        f"{1000 * statistics.median(refused):.1f}, {1000 * p95(refused):.1f}, {1000 * max(refused):.1f} ms",
        "100 ms",
    )
    table.add_row("a draft directly, over HTTP", f"{plain:.2f} s, {served:.2f} s: {served / plain - 1:+.1%}", "+5 %")
    Console().print(table)


if __name__ == "__main__":
    main()
