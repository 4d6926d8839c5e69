"""A report as one HTML page that needs nothing beside itself: the verdict, charts, comparisons, and every draft with its findings."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import fmean

from evals.charts import NARROW, bars, squares
from evals.checks import FAMILIES
from evals.compare import FEW, Difference, by_case, differences, interval, shortfalls
from evals.expected import CONTENT
from evals.html import Attribute, Html, join, tag
from evals.judge import PairVerdict
from evals.marked import findings_of, marked
from evals.outcome import MEASURES, Outcome, Report, genres, mean
from evals.table import judged, spent_figures
from evals.words import SPENT_WORDS, measure_words, signed, target_words
from speech.document import characters
from speech.finding import Severity

_SKELETON = Path(__file__).with_name("page.html")
_LOW = 60  # a score under this is shown in red


def to_html(report: Report, stored: Report | None = None) -> str:
    """The page. Whatever comes from a model, a source or a file is escaped."""
    content = join(
        _head(report),
        _passes(report, stored),
        _charts(report),
        _costs(report),
        *_comparisons(report, stored),
        *_pairs(report),
        _drafts(report),
    )
    before, after = _SKELETON.read_text(encoding="utf-8").split("<!-- content -->")
    return before + content + after


def _head(report: Report) -> Html:
    judge = f" · 评审模型 {report.judged.model}" if report.judged else ""
    about = (
        f"{len({outcome.case for outcome in report.outcomes})} 个用例 × {len(report.targets)} 个对象 × {report.repeats} 次"
        f" · 写作模型 {report.model or '（无）'} · 向量 {report.embedding} · 代码 {report.version} · 种子 {report.seed}{judge}"
    )
    hashes = {**report.prompts, **(report.judged.prompts if report.judged else {})}
    return join(
        tag("header", tag("h1", f"讲稿评测 · {report.suite}"), tag("button", "深色 / 浅色", id="theme", type="button")),
        tag("p", about, class_="about"),
        tag(
            "details",
            tag("summary", "提示词版本", class_="about"),
            tag("p", "　".join(f"{name} {value}" for name, value in sorted(hashes.items())), class_="about"),
        ),
    )


def _passes(report: Report, stored: Report | None) -> Html:
    lines = shortfalls(report, stored)
    if not lines:
        said = "各项都过了门槛" + ("，与基线相比没有超出误差的退步" if stored else "")
        return tag("div", tag("b", f"通过：{said}。"), class_="verdict passes")
    return tag("div", tag("b", "没有通过："), tag("ul", *(tag("li", line) for line in lines)), class_="verdict fails")


def _charts(report: Report) -> Html:
    rows = []
    for measure in MEASURES:
        row = []
        for name in report.targets:
            scores = list(by_case(report.of(name), measure).values())
            if scores:
                row.append((target_words(name), fmean(scores), *interval(scores)))
        if row:
            rows.append((measure_words(measure), row))
    key = tag(
        "div",
        *(
            tag("span", tag("i", style=f"background:var(--s{n % 8})"), target_words(name))
            for n, name in enumerate(report.targets)
        ),
        class_="key",
    )
    shown = [measure for measure in MEASURES if mean(report.outcomes, measure) is not None]
    maps: list[Html] = []
    for name in report.targets:
        by_genre = {
            str(genre): [mean((o for o in report.of(name) if o.genre == genre), measure) for measure in shown]
            for genre in genres(report.of(name))
        }
        maps.append(
            tag("details", tag("summary", target_words(name)), squares(list(map(measure_words, shown)), by_genre), open=not maps)
        )
    return join(tag("h2", "各项得分"), key, bars(rows), bars(rows, NARROW), tag("h2", "按文种"), *maps)


def _costs(report: Report) -> Html:
    heads = ("对象", "写成", "没写成", *SPENT_WORDS, "评审（另计）")
    rows = list[tuple[str | int, ...]]()
    for name in report.targets:
        outcomes = report.of(name)
        failed = sum(outcome.error is not None for outcome in outcomes)
        verdict = judged(outcomes) if report.judged else "—"
        rows.append((target_words(name), len(outcomes) - failed, failed, *spent_figures(outcomes), verdict))
    return join(tag("h2", "每篇花费（平均）"), _table(heads, [[tag("td", cell) for cell in row] for row in rows]))


def _comparisons(report: Report, stored: Report | None) -> Iterator[Html]:
    first = report.targets[0]
    for name in report.targets if stored else ():
        if stored and name in stored.targets:
            yield _compared(f"{target_words(name)}：比存下的基线", differences(stored.of(name), report.of(name)))
    for other in report.targets[1:]:
        yield _compared(f"{target_words(first)}：比{target_words(other)}", differences(report.of(other), report.of(first)))


def _compared(title: str, rows: Sequence[Difference]) -> Html:
    few = "；用例少于 5，区间仅供参考" if rows and max(row.cases for row in rows) < FEW else ""
    heads = ("项目", "用例", "原来", "现在", "差", "95% 区间", "结论", "变好的用例", "变差的用例")
    cells = []
    for row in rows:
        word, look = {1: ("更好", "up"), 0: ("持平", "same"), -1: ("更差", "down")}[row.sure]
        figures = (
            row.cases,
            f"{row.was:.1f}",
            f"{row.now:.1f}",
            signed(row.difference),
            f"{signed(row.low)}～{signed(row.high)}",
        )
        moved = (
            tag("td", "、".join(cases[:4]) + ("…" if len(cases) > 4 else ""), class_="left") for cases in (row.better, row.worse)
        )
        cells.append(
            [tag("td", measure_words(row.measure)), *(tag("td", one) for one in figures), tag("td", word, class_=look), *moved]
        )
    note = tag("p", f"成对自助法（按用例重抽），差为正是变好{few}。", class_="about")
    return join(tag("h2", title), note, _table(heads, cells))


def _pairs(report: Report) -> Iterator[Html]:
    if not report.judged or not report.judged.pairs:
        return
    yield tag("h2", "评审两两比较（两种次序都问，前后不一算平）")
    cells = []
    for other in report.targets[1:]:
        pairs = [pair for pair in report.judged.pairs if pair.second == other]
        cells.append(
            [tag("td", target_words(other)), *(tag("td", _won(pairs, winner)) for winner in ("first", "tie", "second", None))]
        )
    yield _table((f"{target_words(report.targets[0])}对", "胜", "平", "负", "读不出"), cells)


def _won(pairs: Sequence[PairVerdict], winner: str | None) -> int:
    return sum(pair.winner == winner for pair in pairs)


def _drafts(report: Report) -> Html:
    targets = [tag("option", target_words(name), value=name) for name in report.targets]
    kinds = [tag("option", genre, value=genre) for genre in genres(report.outcomes)]
    tools = tag(
        "div",
        tag("select", tag("option", "全部对象", value=""), *targets, id="target", aria_label="对象"),
        tag("select", tag("option", "全部文种", value=""), *kinds, id="genre", aria_label="文种"),
        tag("label", tag("input", type="checkbox", id="only"), " 只看有错误的"),
        tag("button", "全部展开 / 收起", id="open", type="button"),
        tag("span", id="count", class_="about"),
        class_="tools",
    )
    return join(tag("h2", "逐篇"), tools, *map(_draft, report.outcomes))


def _draft(outcome: Outcome) -> Html:
    errors = sum(finding.severity == Severity.ERROR for _, finding in findings_of(outcome)) + (outcome.error is not None)
    named: dict[str, Attribute] = {"data_target": outcome.target, "data_genre": outcome.genre, "data_errors": errors}
    summary = [
        tag("h3", outcome.title or outcome.case),
        tag("span", f"{outcome.case} · {target_words(outcome.target)} · {outcome.genre} · 种子 {outcome.seed}", class_="badge"),
    ]
    if outcome.error:
        return tag("article", tag("details", tag("summary", *summary, _badge("没写成", outcome.error, True))), **named)
    summary.append(_badge("字数", f"{characters(outcome.text)} / {outcome.length or '未定'}", False))
    summary.append(_badge("错误", errors, errors > 0))
    if outcome.verdict and outcome.verdict.score is not None:
        summary.append(_badge("评审", f"{outcome.verdict.score:.0f}", False))
    body = tag("div", marked(outcome), tag("div", _scores(outcome), _criteria(outcome), _findings(outcome)), class_="body")
    return tag("article", tag("details", tag("summary", *summary), body), **named)


def _badge(label: str, value: str | int, bad: bool) -> Html:
    return tag("span", label, " ", tag("b", value), class_="badge bad" if bad else "badge")


def _scores(outcome: Outcome) -> Html:
    rows: list[Html] = []
    for measure in (*FAMILIES, CONTENT):
        score = outcome.measure(measure)
        shown = "—" if score is None else f"{score:.0f}"
        rows += [
            tag("dt", measure_words(measure)),
            tag("dd", shown, class_="bad" if score is not None and score < _LOW else None),
        ]
    return tag("dl", *rows)


def _criteria(outcome: Outcome) -> Html | None:
    if outcome.verdict is None:
        return None
    rows = [part for name, grade in outcome.verdict.criteria.items() for part in (tag("dt", name), tag("dd", f"{grade:g}"))]
    unread = f"（{outcome.verdict.ungraded}/{outcome.verdict.votes} 票读不出）" if outcome.verdict.ungraded else ""
    return join(tag("b", f"评审{unread}"), tag("dl", *rows))


def _findings(outcome: Outcome) -> Html:
    items = []
    for name, finding in findings_of(outcome):
        link: dict[str, Attribute] = {"data_mark": finding.start} if finding.start < finding.end else {}
        quoted = f"“{finding.text}”" if finding.text else ""
        said = f"{quoted}{finding.message}" + (f" → {finding.suggestion}" if finding.suggestion else "")
        named = tag("b", measure_words(name)) if link else tag("mark", measure_words(name), class_=finding.severity)
        items.append(tag("li", named, " ", said, tag("span", f" {finding.rule}", class_="rule"), **link))
    return tag("div", tag("b", f"发现 {len(items)} 处"), tag("ol", *items), class_="findings")


def _table(heads: Sequence[str], rows: Sequence[Sequence[Html]]) -> Html:
    head = tag("tr", *(tag("th", name, class_="left" if name.endswith("用例") and len(name) > 2 else None) for name in heads))
    return tag("div", tag("table", tag("thead", head), tag("tbody", *(tag("tr", *row) for row in rows))), class_="wide")
