"""Intervals, differences and gates: what moved beyond noise is said, what did not is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.checks import CheckScore
from evals.compare import differences, gates, interval, shortfalls
from evals.outcome import MEASURES, Outcome, Report, mean
from speech.brief import Genre


def outcome(case: str, score: float | None, seed: int = 0, target: str = "pipeline", error: str | None = None) -> Outcome:
    checks = {} if error else {name: CheckScore(name, score) for name in ("length", "grounding")}
    return Outcome(case=case, target=target, seed=seed, genre=Genre.SPEECH, length=600, text="文", error=error, checks=checks)


def report(*outcomes: Outcome) -> Report:
    targets = tuple(dict.fromkeys(one.target for one in outcomes))
    return Report(
        suite="smoke", targets=targets, model="m", embedding="e", version="v", prompts={}, seed=0, repeats=1, outcomes=outcomes
    )


@given(st.lists(st.floats(0, 100), min_size=1, max_size=30))
def test_an_interval_holds_the_mean(values: list[float]) -> None:
    low, high = interval(values)
    middle = sum(values) / len(values)
    assert min(values) - 0.01 <= low <= high <= max(values) + 0.01
    if len(values) > 5:
        assert low - 0.01 <= middle <= high + 0.01


def test_a_change_beyond_noise_is_told_from_one_within() -> None:
    then = [outcome(f"c{n}", 80 + n % 3) for n in range(12)]
    better = [outcome(f"c{n}", 90 + n % 3) for n in range(12)]
    mixed = [outcome(f"c{n}", 80 + n % 3 + (5 if n % 2 else -5)) for n in range(12)]
    up = {row.measure: row for row in differences(then, better)}["length"]
    assert (up.sure, up.difference, up.cases) == (1, 10.0, 12) and len(up.better) == 12 and not up.worse
    assert {row.measure: row for row in differences(better, then)}["length"].sure == -1
    same = {row.measure: row for row in differences(then, mixed)}["length"]
    assert same.sure == 0 and same.low < 0 < same.high and len(same.better) == len(same.worse) == 6


def test_one_case_alone_is_never_beyond_noise() -> None:
    assert {row.sure for row in differences([outcome("a", 50)], [outcome("a", 90)])} == {0}


def test_repeats_count_as_one_case_and_only_shared_cases_count() -> None:
    then = [outcome("a", 50), outcome("b", 50), outcome("only-then", 0)]
    now = [outcome("a", 60, seed=0), outcome("a", 80, seed=1), outcome("b", None), outcome("only-now", 0)]
    rows = [row for row in differences(then, now) if row.measure == "length"]
    assert [(row.cases, row.difference) for row in rows] == [(1, 20.0)]


def test_a_score_that_cannot_be_computed_is_left_out_of_the_mean() -> None:
    assert mean([outcome("a", 80), outcome("b", None)], "length") == 80
    assert mean([outcome("b", None)], "length") is None


def test_gates_are_measures() -> None:
    assert set(gates()) <= set(MEASURES) and all(0 < least <= 100 for least in gates().values())


def test_a_run_falls_short_under_a_gate_by_a_failure_and_below_the_baseline() -> None:
    good = report(*(outcome(f"c{n}", 100) for n in range(6)))
    assert shortfalls(good) == [] and shortfalls(good, good) == []
    low = report(*(outcome(f"c{n}", 70) for n in range(6)))
    assert any("篇幅（length）70.0，低于门槛" in line for line in shortfalls(low))
    slipped = report(*(outcome(f"c{n}", 99.5) for n in range(6)))
    assert any("篇幅（length）比基线低 0.5" in line for line in shortfalls(slipped, good))
    failed = report(outcome("a", 100), outcome("b", None, error="断线了"))
    assert any("没有写出 b" in line and "断线了" in line for line in shortfalls(failed))
    other = report(outcome("a", 100, target="single"))
    assert any("无从比较" in line for line in shortfalls(good, other))


@pytest.mark.parametrize("bad", [outcome("a", 1, target="single"), outcome("a", None, target="single", error="断线了")])
def test_a_baseline_that_is_bad_does_not_fail_the_run(bad: Outcome) -> None:
    assert shortfalls(report(outcome("a", 100), bad)) == []
