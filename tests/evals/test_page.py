"""Reports for people and for machines: the page is whole, escaped and self-contained; JUnit is XML."""

import io
import re
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from agent.drafts import DraftParagraph, Source
from evals.checks import CheckScore
from evals.html import join, tag
from evals.junit import to_junit
from evals.marked import marked
from evals.outcome import Outcome, to_json
from evals.page import to_html
from evals.table import tables
from speech.brief import Genre
from speech.finding import Finding, Severity
from tests.evals.test_compare import outcome, report

EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>&amp;"
VOID = {"meta", "input", "br", "img"}


class Reader(HTMLParser):
    """Every start tag with its attributes, and that each is closed in turn."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.words = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += data


def read(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    assert reader.open == []
    return reader


def finding(text: str, start: int, end: int, severity: Severity = Severity.ERROR, message: str = "错") -> Finding:
    return Finding(rule="x.y", severity=severity, start=start, end=end, text=text[start:end], message=message)


def drafted(text: str, *findings: Finding, target: str = "pipeline") -> Outcome:
    checks = {"noise": CheckScore("noise", 50.0, findings), "length": CheckScore("length", None)}
    source = Source(passage="p1", document=f"旧稿{EVIL}", heading="标题", score=0.5)
    paragraphs = (DraftParagraph(path="一", text=text.splitlines()[-1] if text.splitlines() else "", sources=(source,)),)
    return Outcome(
        case="c",
        target=target,
        seed=0,
        genre=Genre.SPEECH,
        length=600,
        title=text[:20],
        text=text,
        checks=checks,
        paragraphs=paragraphs,
    )


def test_nothing_from_outside_becomes_markup() -> None:
    text = f"标题{EVIL}\n正文{EVIL}。"
    bad = drafted(text, finding(text, 2, 20, message=EVIL)).model_copy(update={"case": "c", "tags": (EVIL,)})
    failed = outcome("b", None, target=EVIL, error=EVIL)
    page = to_html(report(bad, failed).model_copy(update={"model": EVIL, "suite": EVIL}))
    plain = to_html(report(drafted("标题\n正文。"), outcome("b", None, target="x", error="y")))
    assert [name for name, _ in read(page).tags].count("script") == [name for name, _ in read(plain).tags].count("script") == 1
    assert not any(name == "img" or any(key.startswith("on") for key in attributes) for name, attributes in read(page).tags)
    assert EVIL in read(page).words


def test_the_page_needs_nothing_beside_itself() -> None:
    page = to_html(report(drafted("标题\n正文。")))
    assert not re.search(r"https?://|//cdn|<link|<[^>]*\ssrc=|@import|url\(", page)
    assert "default-src 'none'" in page and "prefers-color-scheme: dark" in page and 'lang="zh-CN"' in page


def test_findings_stand_in_the_text_where_they_belong() -> None:
    text = "题目\n\n甲乙丙丁戊\n己庚"
    found = (finding(text, 5, 8, Severity.WARNING), finding(text, 7, 11, Severity.ERROR), finding(text, 0, 0, Severity.INFO))
    html = marked(drafted(text, *found))
    marks = re.findall(r'<mark class="(\w+)" data-start="(\d+)"[^>]*>([^<]*)</mark>', html)
    assert marks == [("warning", "5", "乙丙"), ("error", "7", "丁"), ("error", "8", "戊"), ("error", "10", "己")]
    assert "来源 1" in html and "旧稿" in read(html).words


def test_a_salutation_stands_flush_left_and_no_other_line_that_ends_in_a_colon() -> None:
    html = marked(drafted("在会上的讲话\n同志们：\n今天开会。\n" + "一、抓好落实\n" * 5 + "重点做好三件事：\n做完。"))
    assert re.findall(r'<p class="(\w+)">([^<]+)', html) == [("title", "在会上的讲话"), ("salutation", "同志们：")]


@given(st.text(max_size=80), st.lists(st.tuples(st.integers(0, 80), st.integers(0, 80)), max_size=6))
def test_marking_changes_no_letter(text: str, spans: list[tuple[int, int]]) -> None:
    found = [finding(text, min(span), min(max(span), len(text))) for span in spans if min(span) <= len(text)]
    bare = drafted(text, *found).model_copy(update={"paragraphs": ()})
    assert "".join(read(marked(bare)).words.split()) == "".join(text.replace("\r", "\n").split())


@given(st.text(), st.text())
def test_tags_escape_text_and_attributes(text: str, value: str) -> None:
    assert "<" not in join(text) and '"' not in tag("b", title=value)[10:-6]
    assert join(tag("b", text), text) == tag("b", text) + join(text)


def test_charts_comparisons_and_filters_are_on_the_page() -> None:
    now = report(outcome("a", 100), outcome("b", 99), outcome("a", 50, target="single"), outcome("b", 40, target="single"))
    stored = report(outcome("a", 90), outcome("b", 90))
    page = read(to_html(now, stored))
    looks = [attributes.get("class") for name, attributes in page.tags if name in ("svg", "table")]
    assert (
        looks[:4] == ["bars wide-only", "bars narrow-only", "squares", "squares"]
        and "比存下的基线" in page.words
        and "比单个提示词" in page.words
    )
    assert [attributes["data-target"] for name, attributes in page.tags if name == "article"] == [
        "pipeline",
        "pipeline",
        "single",
        "single",
    ]
    assert "通过：各项都过了门槛" in page.words
    assert "没有通过" in read(to_html(stored, now)).words


@pytest.mark.parametrize("text", ["一\x00二", "\x1b[31m", "<&>", "\ufffe"])
def test_junit_is_xml_whatever_stands_in_it(text: str) -> None:
    root = ET.fromstring(to_junit(report(drafted(f"题\n{text}"), outcome("b", None, error=text))))
    assert [suite.get("name") for suite in root] == ["pipeline", "gates"]
    assert root[0].get("errors") == "1" and root[1].get("failures") == "1" and root[0].get("tests") == "2"


def test_the_tables_tell_scores_costs_and_differences() -> None:
    now = report(*(outcome(case, score, target=target) for target, score in (("pipeline", 100), ("single", 40)) for case in "ab"))
    console = Console(width=160, record=True, file=io.StringIO())
    for table in tables(now, report(outcome("a", 90), outcome("b", 90))):
        console.print(table)
    shown = console.export_text()
    assert "篇幅" in shown and "+60.0↑*" in shown and "比基线高出" in shown and "+10.0↑*" in shown
    assert to_json(now) == to_json(now.model_copy())
