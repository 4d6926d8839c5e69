"""Every misbehaviour against every brief, in several processes, and the table of what was kept."""

import argparse
import json
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path

from rich.console import Console
from rich.table import Table

from evals.adversary.corpus import filled
from evals.adversary.injection import CARRIERS, inject
from evals.adversary.promises import PROMISES
from evals.adversary.run import PROFILES, Outcome, attempt, briefs
from evals.adversary.server import serving
from evals.adversary.ways import WAYS
from evals.adversary.wires import LINES

_WAYS = {way.name: way for way in (*WAYS, *LINES)}


@dataclass(frozen=True)
class Task:
    """One way for one process, which opens a corpus of its own: the briefs, each with a profile."""

    way: str
    runs: tuple[tuple[str, str], ...]


def _task(way: str, number: int, ids: Sequence[str], profile: str) -> Task:
    """`profile` small, large or both; alternate gives each brief one of the two, the next way the other."""
    two = tuple(PROFILES)
    if profile == "alternate":
        return Task(way, tuple((one, two[(number + n) % 2]) for n, one in enumerate(ids)))
    return Task(way, tuple((one, name) for one in ids for name in (two if profile == "both" else (profile,))))


def outcomes(task: Task) -> list[Outcome]:
    """Every run of `task`."""
    with tempfile.TemporaryDirectory() as folder, serving() as endpoint, filled(Path(folder) / "store") as corpus:
        made = []
        for number, (brief, profile) in enumerate(task.runs):
            home = Path(folder) / str(number)
            home.mkdir()
            made.append(attempt(_WAYS[task.way], brief, profile, corpus, endpoint, home))
        return made


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what is asked for and print it. 1 where a promise was broken, or where a run failed that should not have."""
    given = _parsed(arguments)
    started = time.perf_counter()
    tasks = [_task(way, n, tuple(given.brief or briefs()), given.profile) for n, way in enumerate(given.way or _WAYS)]
    console = Console(stderr=given.json == "-", width=None if sys.stdout.isatty() else 200)
    made: list[Outcome] = []
    with ProcessPoolExecutor(given.workers, mp_context=get_context("spawn")) as pool:
        for found in pool.map(outcomes, tasks):
            made += found
            _tell(found)
        if given.injection and not given.way:
            for carried in pool.map(inject, [(carrier, profile) for carrier in CARRIERS for profile in PROFILES]):
                made += carried
                _tell(carried)
    console.print(_table(made))
    for line in _remarks(made):
        console.print(line, highlight=False)
    console.print(f"{_counted(made)} in {time.perf_counter() - started:.0f} s")
    if given.json:
        text = json.dumps([asdict(one) for one in made], ensure_ascii=False, indent=1)
        print(text) if given.json == "-" else Path(given.json).write_text(text, encoding="utf-8")
    return int(any(one.broken or _unexpected(one) for one in made))


def _parsed(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m evals.adversary", description=__doc__)
    parser.add_argument("--way", action="append", choices=list(_WAYS), help="one misbehaviour; every one where not given")
    parser.add_argument("--brief", action="append", choices=list(briefs()), help="one brief; every one where not given")
    parser.add_argument(
        "--profile",
        choices=["alternate", *PROFILES, "both"],
        default="alternate",
        help="how the writer asks: a point at a time, or a part",
    )
    parser.add_argument("--json", metavar="FILE", help="every run as JSON; - for standard output")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--no-injection", dest="injection", action="store_false", help="without the orders hidden in the corpus")
    return parser.parse_args(arguments)


def _tell(found: Sequence[Outcome]) -> None:
    """How far it is, and what is wrong, while the others still run."""
    print(f"{found[0].way}: {_counted(found)}", *_remarks(found), sep="\n  ", file=sys.stderr)


def _unexpected(one: Outcome) -> bool:
    """A run that failed though text came that could have been kept."""
    return bool(one.failure) and not (one.way in _WAYS and _WAYS[one.way].hopeless)


def _counted(made: Sequence[Outcome]) -> str:
    finished = [one for one in made if not one.failure]
    kept = sum(not one.broken for one in finished)
    failed = Counter("failed as it must" if not _unexpected(one) else "FAILED" for one in made if one.failure)
    resumed = sum(one.resumed for one in finished)
    slowest = max((one.seconds for one in made), default=0.0)
    told = [f"{len(made)} runs, {len(finished)} drafts, {kept} of them keep every promise"]
    told += [f"{resumed} after a failure, resumed"] if resumed else []
    told += [f"{count} {how}" for how, count in failed.items()]
    mean = sum(one.seconds for one in made) / max(1, len(made))
    return ", ".join([*told, f"{mean:.2f} s a run, {slowest:.1f} s the slowest"])


def _table(made: Sequence[Outcome]) -> Table:
    table = Table(
        "misbehaviour", "runs", "drafts", "resumed", "failed", *PROMISES, "clear reason", title="Promises kept (broken/drafts)"
    )
    for way, group in _by_way(made):
        finished = [one for one in group if not one.failure]
        failed = len(group) - len(finished)
        cells = [_cell(name, finished) for name in PROMISES] + [_cell("clear reason", group)]
        resumed = sum(one.resumed for one in finished)
        flag = f"[red]{failed}[/]" if failed and any(map(_unexpected, group)) else str(failed or "")
        table.add_row(way, str(len(group)), str(len(finished)), str(resumed or ""), flag, *cells)
    return table


def _cell(promise: str, group: Sequence[Outcome]) -> str:
    broken = sum(promise in one.broken for one in group)
    if not group:
        return "–"
    return f"[red]{broken}/{len(group)}[/]" if broken else "[green]✓[/]"


def _by_way(made: Sequence[Outcome]) -> Iterator[tuple[str, list[Outcome]]]:
    groups: dict[str, list[Outcome]] = defaultdict(list)
    for one in made:
        groups[one.way].append(one)
    yield from groups.items()


def _remarks(made: Sequence[Outcome]) -> Iterator[str]:
    """What is wrong, promise by promise, and why runs failed."""
    for one in made:
        for promise, wrong in one.broken.items():
            yield f"BROKEN {one.way} · {one.brief} · {one.profile}: {promise}: {'；'.join(wrong[:3])}"
    for way, group in _by_way(made):
        for reason, count in Counter(one.failure for one in group if one.failure).most_common(1):
            yield f"failed {count}/{len(group)} {way}: {reason.replace('[', '')}"
