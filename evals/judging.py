"""A report with a judge's verdicts: every text graded, and the first target's held against each other target's."""

from collections.abc import Callable, Mapping

from evals.case import Case
from evals.judge import Judge, PairVerdict
from evals.outcome import Outcome, Report

Progress = Callable[[int, int], None]


def judged(report: Report, cases: Mapping[str, Case], judge: Judge, progress: Progress = lambda done, total: None) -> Report:
    """`report` with a verdict on every text that came, and on every pair. The checks stay as they are."""
    written = [outcome for outcome in report.outcomes if not outcome.error]
    mine = {(one.case, one.seed): one for one in written if one.target == report.targets[0]}
    pairs = [(mine[key], one) for one in written if (key := (one.case, one.seed)) in mine and one.target != report.targets[0]]
    total, done = len(written) + len(pairs), 0
    graded: dict[tuple[str, str, int], Outcome] = {}
    for outcome in written:
        verdict = judge.grade(cases[outcome.case], outcome.text)
        graded[outcome.case, outcome.target, outcome.seed] = outcome.model_copy(update={"verdict": verdict})
        done += 1
        progress(done, total)
    compared = []
    for first, second in pairs:
        winner, ungraded = judge.compare(cases[first.case], first.text, second.text)
        compared.append(
            PairVerdict(
                case=first.case, seed=first.seed, first=first.target, second=second.target, winner=winner, ungraded=ungraded
            )
        )
        done += 1
        progress(done, total)
    outcomes = tuple(graded.get((one.case, one.target, one.seed), one) for one in report.outcomes)
    return report.model_copy(update={"outcomes": outcomes, "judged": judge.named(compared)})
