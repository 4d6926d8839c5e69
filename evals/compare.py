"""What got better and what got worse: paired differences with intervals, and the gates that a run has to pass."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from statistics import fmean

import numpy as np
import yaml
from pydantic import BaseModel, ConfigDict

from evals.outcome import MEASURES, Outcome, Report, mean
from evals.words import measure_words

RESAMPLES = 4_000
FEW = 5  # cases under which an interval says little
_EPSILON = 1e-9


class Difference(BaseModel):
    """`now` less `then` of a measure over the cases that both have, with its 95 % interval (paired bootstrap over the cases).

    `better` and `worse`: the cases that moved, the furthest first. `was` and `now` are the means over the same cases.
    """

    model_config = ConfigDict(frozen=True)

    measure: str
    cases: int
    was: float
    now: float
    difference: float
    low: float
    high: float
    better: tuple[str, ...] = ()
    worse: tuple[str, ...] = ()

    @property
    def sure(self) -> int:
        """1 where it is better beyond noise, -1 where it is worse, 0 where the interval holds nought, or one case alone moved."""
        if self.cases < 2:
            return 0
        return (self.low > _EPSILON) - (self.high < -_EPSILON)


def interval(values: Sequence[float]) -> tuple[float, float]:
    """The 95 % interval of the mean of `values`: percentile bootstrap, always with the same draws."""
    if len(values) < 2:
        return (values[0], values[0]) if values else (0.0, 0.0)
    drawn = np.random.default_rng(0).integers(0, len(values), (RESAMPLES, len(values)))
    low, high = np.percentile(np.asarray(values)[drawn].mean(axis=1), (2.5, 97.5))
    return round(float(low), 2), round(float(high), 2)


def differences(then: Iterable[Outcome], now: Iterable[Outcome], measures: Sequence[str] = MEASURES) -> list[Difference]:
    """How `now` differs from `then`, a row a measure that both have. Repeats of a case are averaged first: a case counts once."""
    before, after = list(then), list(now)
    rows = []
    for measure in measures:
        old, new = by_case(before, measure), by_case(after, measure)
        both = sorted(old.keys() & new.keys())
        if not both:
            continue
        moved = {case: new[case] - old[case] for case in both}
        low, high = interval([moved[case] for case in both])
        order = sorted(both, key=lambda case: (moved[case], case))
        rows.append(
            Difference(
                measure=measure,
                cases=len(both),
                was=round(fmean(old[case] for case in both), 2),
                now=round(fmean(new[case] for case in both), 2),
                difference=round(fmean(moved.values()), 2),
                low=low,
                high=high,
                better=tuple(case for case in reversed(order) if moved[case] > _EPSILON),
                worse=tuple(case for case in order if moved[case] < -_EPSILON),
            )
        )
    return rows


def by_case(outcomes: Iterable[Outcome], measure: str) -> dict[str, float]:
    """The score of each case, its repeats averaged; cases without a score are left out."""
    scores: dict[str, list[float]] = defaultdict(list)
    for outcome in outcomes:
        if (score := outcome.measure(measure)) is not None:
            scores[outcome.case].append(score)
    return {case: fmean(found) for case, found in scores.items()}


@cache
def gates() -> Mapping[str, float]:
    """The least mean of a measure, from gates.yaml beside this file."""
    found: dict[str, float] = yaml.safe_load(Path(__file__).with_name("gates.yaml").read_text(encoding="utf-8"))
    return found


def shortfalls(report: Report, stored: Report | None = None) -> list[str]:
    """Why a run does not pass, a line each: the first target fails, is under a gate, or is worse than it was beyond noise."""
    target = report.targets[0]
    own = report.of(target)
    lines = [f"{target} 没有写出 {outcome.case}（第 {outcome.seed} 次）：{outcome.error}" for outcome in own if outcome.error]
    for measure, least in gates().items():
        score = mean(own, measure)
        if score is not None and score < least - _EPSILON:
            lines.append(f"{measure_words(measure)}（{measure}）{score:.1f}，低于门槛 {least:g}")
    if stored is None:
        return lines
    if not set(stored.targets) & set(report.targets):
        return [*lines, f"基线里没有 {'、'.join(report.targets)}，无从比较"]
    for name in (name for name in report.targets if name in stored.targets):
        for row in differences(stored.of(name), report.of(name)):
            if row.sure < 0:
                worst = "、".join(row.worse[:3])
                lines.append(
                    f"{name} 的{measure_words(row.measure)}（{row.measure}）比基线低 {-row.difference:.1f}（95% 区间 {row.low:.1f}～{row.high:.1f}）：{worst}"
                )
    return lines
