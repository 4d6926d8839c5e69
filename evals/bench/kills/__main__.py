"""kill -9 at random moments under load: nothing that was acknowledged is lost, and at most one step is run again.

    python -m evals.bench.kills [--kills 50] [--seed 0]

A real `jianggao serve`, its model an endpoint in this process that takes from a few to some hundred milliseconds for an answer.
Clients begin drafts, follow them, approve, fill, rewrite, and fill the corpus, while the server is killed and started again. The moment
of a kill is drawn in calls to the model since the start, and in a part of a second after: so it falls into the work on any machine.
"""

import argparse
import os
import random
import shutil
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from rich.console import Console
from rich.table import Table

from evals.adversary.server import Endpoint, Line, Mind, Misbehaviour, serving
from evals.adversary.voice import Ask, Voice
from evals.bench.kills.acknowledged import ENDS, Seen
from evals.bench.kills.calls import Call, call_of, run_again
from evals.bench.kills.clients import Client, Uploader, Writer
from evals.bench.kills.sources import MOST_DRAFTS
from evals.bench.kills.verdict import Verdict, judge
from evals.bench.server import ServerProcess, bare_environment

_THINKS = 0.03  # seconds on the average
_WRITERS = 5
_JOBS = 4
_MOST_CALLS, _AFTER, _PATIENCE = 60, 0.25, 30.0  # calls, seconds after the last of them, seconds to wait for them
_LAST = 300.0  # seconds for the drafts under way to come to their end after the last kill


@dataclass(frozen=True)
class Outcome:
    """`again`: for each kill the steps run again, by draft. `under_way`: drafts that were being written or changed at each kill.

    `calls`: requests to the model in all; `seconds`: the whole bench.
    """

    kills: int
    verdict: Verdict
    again: Sequence[dict[str, set[str]]]
    under_way: Sequence[int]
    calls: int
    seconds: float

    @property
    def amiss(self) -> list[str]:
        twice = [
            f"kill {number}: {len(steps)} steps of {draft} run again: {'、'.join(sorted(steps))}"
            for number, life in enumerate(self.again, 1)
            for draft, steps in life.items()
            if len(steps) > 1
        ]
        return self.verdict.amiss + twice


def slow(chance: random.Random) -> Misbehaviour:
    """A model that takes its time, and states a figure that nobody told it in every third answer."""

    def wire(line: Line, ask: Ask) -> bool:
        line.wait(0.003 + min(0.2, chance.expovariate(1 / _THINKS)))
        return False

    def speak(voice: Voice, ask: Ask) -> str:
        lie = f"全市已配备专职人员{100 + ask.number}名。" if ask.number % 3 == 0 else ""
        return lie + voice.text(max(30, min(ask.room, 400) - len(lie)))

    return Misbehaviour("slow", wire=wire, speak=speak)


@dataclass
class Load:
    """The clients of one server, and what they saw."""

    address: str
    chance: random.Random
    seen: Seen = field(default_factory=Seen)
    over: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        numbers = iter(_Numbers(MOST_DRAFTS))
        self.threads = [
            *(Writer(self.address, numbers, self.seen, self.over, random.Random(n)) for n in range(_WRITERS)),
            Uploader(self.address, self.seen, self.over, random.Random(99)),
        ]

    def start(self) -> None:
        for thread in self.threads:
            thread.start()

    def finish(self) -> None:
        """Nothing new is begun; what is under way comes to its end."""
        self.over.set()
        until = time.monotonic() + _LAST
        for thread in self.threads:
            thread.join(max(0.0, until - time.monotonic()))
            if thread.is_alive():
                self.seen.amiss.append(f"{thread.name} did not come to its end")


class _Numbers:
    """Numbers up to `most`, each given once, whichever thread asks."""

    def __init__(self, most: int) -> None:
        self._left, self._lock = iter(range(most)), threading.Lock()

    def __iter__(self) -> "_Numbers":
        return self

    def __next__(self) -> int:
        with self._lock:
            return next(self._left)


def _wait(endpoint: Endpoint, calls: int, seconds: float) -> None:
    """Until so many calls came in all, and so many seconds more; where no more calls come, for a while."""
    until = time.monotonic() + _PATIENCE
    while len(endpoint.mind.asked) < calls and time.monotonic() < until:
        time.sleep(0.005)
    time.sleep(seconds)


def torment(server: ServerProcess, endpoint: Endpoint, kills: int, chance: random.Random) -> Outcome:
    """Kill `server` so often at random moments, and see what is left."""
    begun, marks = time.monotonic(), [0]
    server.start()
    server.wait_ready()
    load = Load(server.address, chance)
    load.start()
    under_way = []
    for number in range(kills):
        _wait(endpoint, marks[-1] + chance.randrange(_MOST_CALLS), chance.uniform(0, _AFTER))
        server.kill()
        under_way.append(sum(bool(draft.id) and draft.stands not in ENDS for draft in load.seen.drafts))
        time.sleep(0.05)  # requests that were on the way have reached the endpoint
        marks.append(len(endpoint.mind.asked))
        server.start()
        server.wait_ready()
        print(f"kill {number + 1} of {kills}, {len(load.seen.drafts)} drafts begun", end="\r", flush=True)
    load.finish()
    server.kill()
    server.start()
    server.wait_ready()
    verdict = judge(Client(server.address), load.seen)
    asked = endpoint.mind.asked
    topics = [draft.topic for draft in load.seen.drafts]
    calls = [call_of(body, topics) for body in asked]
    lives: list[list[Call]] = [calls[a:b] for a, b in zip(marks, [*marks[1:], len(calls)], strict=True)]
    return Outcome(kills, verdict, run_again(lives), under_way, len(calls), time.monotonic() - begun)


def bench(kills: int, seed: int) -> Outcome:
    chance = random.Random(seed)
    home = Path(tempfile.mkdtemp(prefix="jianggao-kills-"))
    try:
        with serving() as endpoint:
            endpoint.mind = Mind(slow(random.Random(seed + 1)))
            environment = bare_environment(
                JIANGGAO_HOME=str(home),
                OPENAI_BASE_URL=endpoint.base_url,
                OPENAI_API_KEY="none",
                JIANGGAO_CHAT="openai",
                JIANGGAO_EMBEDDINGS="openai",
                JIANGGAO_JOBS=str(_JOBS),
            )
            server = ServerProcess(environment, home / "serve.log")
            server.run("ingest", "--samples")
            try:
                return torment(server, endpoint, kills, chance)
            finally:
                server.kill()
    finally:
        shutil.rmtree(home)


def shown(outcome: Outcome) -> Table:
    counts = outcome.verdict.counts
    steps = Counter(len(steps) for life in outcome.again for steps in life.values())
    killed = sum(any(life.values()) for life in outcome.again)
    title = f"{outcome.kills} kills, {outcome.seconds:.0f} s, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
    table = Table("what", "measured", "to reach", title=title)
    for name in ("drafts", "sections", "revisions", "events", "uploads", "removed"):
        table.add_row(f"{name} acknowledged", str(counts[name]), "")
    table.add_row("lost, changed or doubled", str(len(outcome.verdict.amiss)), "0")
    table.add_row("drafts under way at a kill, on the average", f"{sum(outcome.under_way) / len(outcome.under_way):.1f}", "")
    table.add_row("calls to the model", str(outcome.calls), "")
    table.add_row("kills after which a step was run again", str(killed), "")
    table.add_row("steps run again of one draft by one kill, at most", str(max(steps, default=0)), "1")
    return table


def main() -> None:
    """Run, print, and exit with 1 where a promise was broken."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--kills", type=int, default=50)
    options.add_argument("--seed", type=int, default=0)
    asked = options.parse_args()
    outcome = bench(asked.kills, asked.seed)
    console = Console()
    console.print(shown(outcome))
    for line in islice(outcome.amiss, 40):
        console.print(line, style="red", markup=False)
    raise SystemExit(bool(outcome.amiss))


if __name__ == "__main__":
    main()
