"""Do the checks tell good from bad? Good texts are damaged in known ways; the check that is meant must fall, and the others stay.

    python -m evals.mutate                    the samples and the drafts
    python -m evals.mutate FOLDER… [--seed 1] also the texts of these folders

Prints a row for each kind of damage; exit 1 where a goal is missed.
"""

import random
import sys
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.progress import track
from rich.table import Table

from evals.checks import CHECKS, CheckScore, score
from evals.damage import KINDS, Anatomy, Damaged, Kind
from evals.good import GoodText, good_texts
from speech.finding import Severity
from speech.placeholders import fill_in_sheet

TOLERANCE = 3.0  # points that a check which is not meant may fall by
CAUGHT, ALARMS = 0.95, 0.05  # goals
_GRAVITY = (Severity.INFO, Severity.WARNING, Severity.ERROR)

Scores = dict[str, CheckScore]


@dataclass(frozen=True)
class Trial:
    """One text damaged in one way. `caught`: the check that is meant fell by its margin and says why in a new finding.

    `alarm`: the undamaged text has a finding of that kind beyond those known to be right. `collateral`: other checks that fell by more than the tolerance.
    """

    kind: Kind
    text: GoodText
    caught: bool
    alarm: bool
    fall: float
    collateral: tuple[str, ...]


@dataclass(frozen=True)
class Row:
    """All trials of one kind; shares from 0 to 1. `collateral` is the share of the other checks' scores that fell."""

    kind: Kind
    trials: int
    caught: float
    alarms: float
    collateral: float
    hit: tuple[str, ...]

    @property
    def good(self) -> bool:
        """Whether both goals are reached."""
        return self.trials > 0 and self.caught >= CAUGHT and self.alarms <= ALARMS


def scored(good: GoodText, damaged: Damaged | None = None) -> Scores:
    """The scores of a good text, or of what became of it. The sheet is that of the text where none is given."""
    text = damaged.text if damaged else good.text
    sheet = damaged.fill_in if damaged and damaged.fill_in is not None else fill_in_sheet(text)
    return score(text, brief=good.brief, sources=good.sources, style=good.style, fill_in=sheet, today=good.today)


def trials(good: GoodText, kinds: Sequence[Kind] = KINDS, seed: int = 1) -> list[Trial]:
    """A text damaged in every way that fits it. The same seed does the same damage."""
    before, anatomy, done = scored(good), Anatomy(good), []
    for kind in kinds:
        damaged = kind.damage(anatomy, random.Random(f"{seed}:{kind.name}:{good.name}"))
        if damaged is not None:
            done.append(judged(kind, good, before, scored(good, damaged)))
    return done


def all_trials(texts: Sequence[GoodText], kinds: Sequence[Kind], seed: int) -> Iterator[list[Trial]]:
    """The trials of each text, in the order of the texts, on every core."""
    with ProcessPoolExecutor() as pool:
        yield from pool.map(partial(trials, kinds=kinds, seed=seed), texts)


def judged(kind: Kind, good: GoodText, before: Scores, after: Scores) -> Trial:
    """What the checks made of one damage."""
    said_before, said_after = (_said(scores[kind.aims], kind) for scores in (before, after))
    right = sum(rule.startswith(kind.rules) for rule in good.remarks)
    fell = fall(before[kind.aims], after[kind.aims])
    others = [name for name in after if name != kind.aims and name not in kind.also]
    hit = tuple(name for name in others if fall(before[name], after[name]) > TOLERANCE)
    return Trial(kind, good, fell >= kind.margin and said_after > said_before, said_before > right, fell, hit)


def fall(before: CheckScore, after: CheckScore) -> float:
    """Points lost; 0 where one of them could not be computed."""
    return 0.0 if before.score is None or after.score is None else round(before.score - after.score, 1)


def _said(scored: CheckScore, kind: Kind) -> int:
    said = [finding for finding in scored.findings if finding.rule.startswith(kind.rules)]
    return sum(_GRAVITY.index(finding.severity) >= _GRAVITY.index(kind.least) for finding in said)


def rows(done: Iterable[Trial]) -> list[Row]:
    """A row for each kind that a text was fit for, in the order in which they first come."""
    by_kind: dict[str, list[Trial]] = {}
    for trial in done:
        by_kind.setdefault(trial.kind.name, []).append(trial)
    found = []
    for of_kind in by_kind.values():
        kind = of_kind[0].kind
        count = len(of_kind)
        pairs = sum(len(trial.collateral) for trial in of_kind)
        hit = sorted({check for trial in of_kind for check in trial.collateral})
        others = len(CHECKS.keys() - kind.also - {kind.aims})
        caught = sum(trial.caught for trial in of_kind) / count
        alarms = sum(trial.alarm for trial in of_kind) / count
        found.append(Row(kind, count, caught, alarms, pairs / (count * others), tuple(hit)))
    return found


def table(done: Sequence[Row], seed: int) -> Table:
    """The rows, for a terminal."""
    shown = Table(
        title=f"破坏试验（种子 {seed}）",
        caption=f"捕获 ≥ {CAUGHT:.0%}，误报 ≤ {ALARMS:.0%}；连带：其余各项下跌超过 {TOLERANCE:g} 分",
    )
    for name in ("破坏", "应下跌", "至少", "捕获", "误报", "连带", "连带于"):
        shown.add_column(name, justify="left" if name in ("破坏", "应下跌", "连带于") else "right")
    for row in done:
        counts = (f"{round(share * row.trials)}/{row.trials}" for share in (row.caught, row.alarms))
        cells = (*counts, f"{row.collateral:.1%}")
        mark = "" if row.good else "[red]"
        kind = row.kind
        shown.add_row(f"{mark}{kind.title}", kind.aims, f"{kind.margin:g}", *cells, " ".join(row.hit))
    return shown


def main(arguments: Sequence[str] | None = None) -> int:
    """Run all kinds on all texts and print the table; 1 where a goal is missed."""
    parser = ArgumentParser(prog="python -m evals.mutate", description="Do the checks tell good from bad?")
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", help="one kind of damage, by name")
    parser.add_argument("--misses", action="store_true", help="name each text that was not caught, or alarmed")
    given = parser.parse_args(arguments)
    texts = good_texts(*given.folders)
    kinds = [kind for kind in KINDS if given.only in (None, kind.name)]
    shown = track(all_trials(texts, kinds, given.seed), "破坏并评分", len(texts), console=Console(stderr=True))
    done = [trial for of_text in shown for trial in of_text]
    console = Console(width=120 if not sys.stdout.isatty() else None)
    found = rows(done)
    console.print(table(found, given.seed))
    origins = {origin: sum(text.origin == origin for text in texts) for origin in ("sample", "draft", "report")}
    known = sum(len(text.remarks) for text in texts)
    console.print("；".join(f"{origin} {count}" for origin, count in origins.items()), f"，共 {len(done)} 次")
    if known:
        console.print(f"另有 {known} 处提示经人工核对属实（evals/known.yaml），不算误报")
    if given.misses:
        for trial in done:
            if not trial.caught or trial.alarm or trial.collateral:
                what = ("" if trial.caught else " missed") + (" alarm" if trial.alarm else "")
                print(trial.kind.name, trial.text.name, f"fell {trial.fall:g}{what}", *trial.collateral)
    return 0 if all(row.good for row in found) else 1


if __name__ == "__main__":
    sys.exit(main())
