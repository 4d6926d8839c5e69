"""Known good against known bad: every real speech against every output of a baseline, on one measure.

python -m evals.duel REAL OUTPUTS [--target single] [--measure structure]: REAL is a folder of speeches (sub-folders too), OUTPUTS a
folder of texts or a report that `jianggao eval --json` stored. A tie counts half. Both sides are scored alike: without a brief.
"""

from pathlib import Path
from typing import Annotated

import typer
from pydantic import BaseModel, ConfigDict
from rich.console import Console
from rich.table import Table

from evals import score
from evals.case import TODAY
from evals.checks import FAMILIES, by_family
from evals.compare import interval
from evals.outcome import read_report
from evals.targets import TEXTS
from speech.errors import BriefError, FileRefused, JianggaoError
from vectorstore.read import read

GOAL = 0.9  # of the pairs (issue: known good above known bad)


class Duel(BaseModel):
    """`share`: of all pairs those in which the good text is above the bad one, ties half, with the 95 % interval over the good texts."""

    model_config = ConfigDict(frozen=True)

    measure: str
    good: dict[str, float]
    bad: dict[str, float]
    share: float
    low: float
    high: float
    lost_by: tuple[str, ...]


def duel(good: dict[str, str], bad: dict[str, str], measure: str) -> Duel:
    """Texts by name against texts by name. Raises BriefError where a side has none that can be scored."""
    scores = [
        {name: found for name, text in side.items() if (found := _scored(text, measure)) is not None} for side in (good, bad)
    ]
    if not all(scores):
        raise BriefError(f"没有可按 {measure} 打分的文稿", "请检查文件夹")
    won = {
        name: sum((mine > other) + (mine == other) / 2 for other in scores[1].values()) / len(scores[1])
        for name, mine in scores[0].items()
    }
    low, high = interval(list(won.values()))
    return Duel(
        measure=measure,
        good=scores[0],
        bad=scores[1],
        share=sum(won.values()) / len(won),
        low=low,
        high=high,
        lost_by=tuple(sorted((name for name, share in won.items() if share < GOAL), key=lambda name: won[name])),
    )


def speeches_in(folder: Path) -> dict[str, str]:
    """The texts in a folder by name, cleaned of what a web site put round them. A file that cannot be read is left out."""
    found = {}
    for file in sorted(file for file in folder.rglob("*") if file.suffix in TEXTS):
        try:
            found[str(file.relative_to(folder))] = read(file).text
        except FileRefused:
            continue
    return found


def outputs_of(where: Path, target: str) -> dict[str, str]:
    """The texts of a target in a stored report, or those in a folder."""
    if where.is_dir():
        return speeches_in(where)
    return {f"{one.case}[{one.seed}]": one.text for one in read_report(where).of(target) if not one.error}


def _scored(text: str, measure: str) -> float | None:
    checks = score(text, today=TODAY)
    return by_family(checks)[measure] if measure in FAMILIES else checks[measure].score


def main(
    real: Annotated[Path, typer.Argument(help="folder of real speeches")],
    outputs: Annotated[Path, typer.Argument(help="folder of texts, or a stored report")],
    target: Annotated[str, typer.Option(help="whose texts of the report")] = "single",
    measure: Annotated[str, typer.Option(help="a family or a check")] = "structure",
) -> None:
    """Score real speeches against a baseline's outputs, pair by pair. Exit code 1 under the goal."""
    try:
        found = duel(speeches_in(real), outputs_of(outputs, target), measure)
    except JianggaoError as error:
        raise SystemExit(str(error)) from error
    table = Table("", "value", "goal", box=None, title=f"{measure}: {len(found.good)} real × {len(found.bad)} of {target}")
    table.add_row(
        "pairs in which the real one is above", f"{found.share:.1%} ({found.low:.1%} to {found.high:.1%})", f"≥ {GOAL:.0%}"
    )
    for side, scores in (("real", found.good), (target, found.bad)):
        values = sorted(scores.values())
        table.add_row(
            f"{side}: lowest, median, highest", f"{values[0]:.0f}, {values[len(values) // 2]:.0f}, {values[-1]:.0f}", ""
        )
    for name in found.lost_by[:10]:
        table.add_row(f"  {name}", f"{found.good[name]:.0f}", "")
    Console(soft_wrap=True).print(table)
    raise SystemExit(0 if found.share >= GOAL else 1)


if __name__ == "__main__":
    typer.run(main)
