"""A report in the terminal: scores by target with their intervals, what they cost, and how they differ."""

from collections.abc import Iterator, Mapping, Sequence

from rich.table import Table

from evals.compare import FEW, Difference, by_case, differences, interval
from evals.outcome import MEASURES, Outcome, Report, mean, spent
from evals.words import SPENT_WORDS, measure_words, signed, target_words


def tables(report: Report, stored: Report | None = None) -> Iterator[Table]:
    """The tables of a report, in the order of reading."""
    yield scores(report)
    yield costs(report)
    first = report.targets[0]
    if len(report.targets) > 1:
        others = {target_words(other): differences(report.of(other), report.of(first)) for other in report.targets[1:]}
        yield compared(f"{target_words(first)}比它们高出", others)
    kept = [name for name in report.targets if stored and name in stored.targets]
    if stored and kept:
        yield compared("比基线高出", {target_words(name): differences(stored.of(name), report.of(name)) for name in kept})


def scores(report: Report) -> Table:
    """The mean of each measure, 0–100, with its 95 % interval; a target a column."""
    table = _table("得分（平均，95% 区间）", "项目", *(target_words(name) for name in report.targets))
    for measure in MEASURES:
        cells = [scored(report.of(name), measure) for name in report.targets]
        if any(cell != "—" for cell in cells):
            table.add_row(measure_words(measure), *cells)
    if report.judged:
        table.add_section()
        table.add_row("评审（另计）", *(judged(report.of(name)) for name in report.targets))
    return table


def scored(outcomes: list[Outcome], measure: str) -> str:
    score = mean(outcomes, measure)
    if score is None:
        return "—"
    low, high = interval(list(by_case(outcomes, measure).values()))
    return f"{score:.1f}" if low == high else f"{score:.1f}（{low:.1f}～{high:.1f}）"


def judged(outcomes: list[Outcome]) -> str:
    """The judge's mean over what was graded, and how many votes were not."""
    verdicts = [outcome.verdict for outcome in outcomes if outcome.verdict]
    known = [verdict.score for verdict in verdicts if verdict.score is not None]
    ungraded = sum(verdict.ungraded for verdict in verdicts)
    mean_score = f"{sum(known) / len(known):.1f}" if known else "—"
    return f"{mean_score}（{ungraded} 票读不出）" if ungraded else mean_score


def costs(report: Report) -> Table:
    """What a text cost, a target a row; texts that did not come are counted."""
    table = _table("每篇花费（平均）", "对象", "写成", "没写成", *SPENT_WORDS)
    for name in report.targets:
        outcomes = report.of(name)
        failed = sum(outcome.error is not None for outcome in outcomes)
        table.add_row(target_words(name), str(len(outcomes) - failed), str(failed), *spent_figures(outcomes))
    return table


def spent_figures(outcomes: list[Outcome]) -> list[str]:
    """What a text cost on the average, a figure for each of `SPENT_WORDS`: tokens whole, the rest to a tenth."""
    return [f"{cost:.0f}" if name.endswith("tokens") else f"{cost:.1f}" for name, cost in spent(outcomes).items()]


def compared(title: str, columns: Mapping[str, Sequence[Difference]]) -> Table:
    """Differences with their intervals, a column each; ↑ and ↓ stand where one is beyond noise, * where cases are few."""
    table = _table(f"{title}（↑↓ 超出误差；* 用例少于 {FEW}，仅供参考）", "项目", *columns)
    cells = [{row.measure: _difference(row) for row in rows} for rows in columns.values()]
    for measure in MEASURES:
        if any(measure in column for column in cells):
            table.add_row(measure_words(measure), *(column.get(measure, "—") for column in cells))
    return table


def _difference(row: Difference) -> str:
    mark = {1: "↑", 0: "", -1: "↓"}[row.sure] + ("*" if row.cases < FEW else "")
    same = row.low == row.high == row.difference
    return f"{signed(row.difference)}{mark}" + ("" if same else f"（{signed(row.low)}～{signed(row.high)}）")


def _table(title: str, *heads: str) -> Table:
    return Table(*heads, title=f"\n{title}", title_justify="left", title_style="bold", box=None, pad_edge=False)
