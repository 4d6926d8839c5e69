"""Numbers: tolerant reading, canonical writing, sequences, enumerations inside a paragraph."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speech.finding import Severity
from speech.numbering import Number, arabic, check_sequence, chinese, counted_anew, enumerations, read, write


@pytest.mark.parametrize(
    ("line", "level", "ordinal", "text", "rest"),
    [
        ("一、提高认识", 1, 1, "一、", "提高认识"),
        ("十一、抓落实", 1, 11, "十一、", "抓落实"),
        ("一. 提高认识", 1, 1, "一.", "提高认识"),
        ("一　提高认识", 1, 1, "一", "提高认识"),
        ("第二部分　主要任务", 1, 2, "第二部分", "主要任务"),
        ("（三）强化保障。要……", 2, 3, "（三）", "强化保障。要……"),
        ("（一）、强化保障", 2, 1, "（一）、", "强化保障"),
        ("(一)强化保障", 2, 1, "(一)", "强化保障"),
        ("1.抓班子", 3, 1, "1.", "抓班子"),
        ("1、抓班子", 3, 1, "1、", "抓班子"),
        ("１．抓班子", 3, 1, "１．", "抓班子"),
        ("10.抓班子", 3, 10, "10.", "抓班子"),
        ("第一，思想要到位", 3, 1, "第一，", "思想要到位"),
        ("第一、思想要到位", 3, 1, "第一、", "思想要到位"),
        ("（1）抓班子", 4, 1, "（1）", "抓班子"),
        ("1）抓班子", 4, 1, "1）", "抓班子"),
        ("②抓队伍", 4, 2, "②", "抓队伍"),
        ("　　一、一体推进", 1, 1, "一、", "一体推进"),
    ],
)
def test_reads_what_the_wild_prints(line: str, level: int, ordinal: int, text: str, rest: str) -> None:
    found = read(line)
    assert found is not None
    assert (found[0].level, found[0].ordinal, found[0].text, found[1]) == (level, ordinal, text, rest)


@pytest.mark.parametrize(
    "line",
    [
        "一年来，我们抓落实。",
        "三十而立，自强不息。",
        "31.3%的企业",
        "4.2万户",
        "100.全部",
        "2026年是开局之年。",
        "（2026年3月5日）",
        "第一产业稳步增长。",
        "第一、二产业稳步增长。",
        "一、二、三产业融合发展。",
        "一是抓班子。",
        "一要抓班子。",
        "一十一、不是数",
        "一 是",
        "",
    ],
)
def test_leaves_what_is_no_number(line: str) -> None:
    assert read(line) is None


def test_style_tells_the_form_apart_from_the_ordinal() -> None:
    styles = [found[0].style for line in ("（三）、抓", "（一）抓", "(十二)抓", "7、抓", "第九，抓") if (found := read(line))]
    assert styles == ["（一）、", "（一）", "(一)", "1、", "第一，"]


@given(st.integers(1, 99))
def test_chinese_and_back(n: int) -> None:
    assert arabic(chinese(n)) == n
    assert arabic(str(n)) == n


@given(st.sampled_from([1, 2, 3, 4]), st.integers(1, 99), st.sampled_from(["抓落实。要快。", "提高认识"]))
def test_what_is_written_is_read(level: int, ordinal: int, rest: str) -> None:
    found = read(write(level, ordinal) + rest)
    assert found is not None
    assert (found[0].level, found[0].ordinal, found[0].text, found[1]) == (level, ordinal, write(level, ordinal), rest)


@pytest.mark.parametrize("wrong", ["", "零", "百", "0", "100", "一一", "1a", "廿"])
def test_arabic_refuses(wrong: str) -> None:
    with pytest.raises(ValueError):
        arabic(wrong)


def test_chinese_and_write_refuse_what_they_cannot_print() -> None:
    for wrong in (0, 100, -1):
        with pytest.raises(ValueError):
            chinese(wrong)
        for level in (1, 2, 3, 4):
            with pytest.raises(ValueError):
                write(level, wrong)
    with pytest.raises(ValueError):
        write(5, 1)


def _numbers(*marks: str) -> list[tuple[Number, int]]:
    found = [read(mark + "抓落实") for mark in marks]
    return [(each[0], 100 * at) for at, each in enumerate(found) if each]


@pytest.mark.parametrize(
    ("marks", "rules"),
    [
        (["一、", "（一）", "（二）", "二、", "（一）", "1.", "2.", "（1）", "（二）", "三、"], []),
        (["一、", "第一，", "第二，", "二、", "第一，"], []),
        (["（一）", "（二）", "一、"], []),
        (["一、", "三、"], [("gap", 1)]),
        (["二、", "三、"], [("gap", 0)]),
        (["一、", "（一）", "（一）", "（二）"], [("duplicate", 2)]),
        (["一、", "二、", "二、", "三、"], [("duplicate", 2)]),
        (["一、", "二、", "四、", "三、", "五、"], [("gap", 2), ("order", 3)]),
        (["一、", "五、", "二、", "三、"], [("gap", 1), ("order", 2)]),
        (["一、", "二、", "三、", "一、", "二、"], [("restart", 3)]),
        (["一、", "（一）、", "（二）、"], [("form", 1), ("form", 2)]),
        (["1、", "2."], [("form", 0)]),
        (["1.", "第二，"], [("mixed", 1)]),
        (["一、", "1.", "2."], [("jump", 1)]),
        (["一.", "（一）"], [("form", 0)]),
    ],
)
def test_sequence(marks: list[str], rules: list[tuple[str, int]]) -> None:
    findings = check_sequence(_numbers(*marks))
    assert [(finding.rule, finding.start) for finding in findings] == [(f"numbering.{rule}", 100 * at) for rule, at in rules]
    for finding in findings:
        assert finding.text == marks[finding.start // 100]
        assert finding.end - finding.start == len(finding.text)


def test_sequence_says_what_would_be_right() -> None:
    [gap] = check_sequence(_numbers("一、", "三、"))
    assert (gap.severity, gap.suggestion) == (Severity.ERROR, "二、")
    assert "缺“二、”" in gap.message
    [form] = check_sequence(_numbers("第一、"))
    assert (form.severity, form.suggestion) == (Severity.WARNING, "第一，")
    [bracket] = check_sequence(_numbers("（一）、"))
    assert bracket.suggestion == "（一）"


@given(st.lists(st.tuples(st.sampled_from([1, 2, 3, 4]), st.integers(1, 9)), max_size=30))
def test_at_most_one_finding_for_a_number(pairs: list[tuple[int, int]]) -> None:
    numbers = [(found[0], 10 * at) for at, (level, n) in enumerate(pairs) if (found := read(write(level, n) + "抓"))]
    starts = [finding.start for finding in check_sequence(numbers)]
    assert len(starts) == len(set(starts))


def test_enumerations_with_their_spans() -> None:
    text = "要求有三条。一是抓班子；二是抓队伍。队伍要强。三是抓作风。"
    [run] = enumerations(text)
    assert run.form == "一是"
    assert [(item.ordinal, item.mark) for item in run.items] == [(1, "一是"), (2, "二是"), (3, "三是")]
    assert [text[item.start : item.end] for item in run.items] == ["一是抓班子；", "二是抓队伍。队伍要强。", "三是抓作风。"]


@pytest.mark.parametrize(
    ("text", "forms"),
    [
        ("一要快，二要稳，三要准。", ["一要"]),
        ("第一，要快。第二，要稳。", ["第一，"]),
        ("首先，要快。其次，要稳。最后，要准。", ["首先"]),
        ("其一，要快；其二，要稳。", ["其一，"]),
        ("一是快。一要早；二要实。二是稳。", ["一是", "一要"]),
        ("一是快。二是稳。又讲两条：一是准；二是狠。", ["一是", "一是"]),
        ("只有一是一、二是二的精神才行。", []),
        ("一是只有一条。", []),
        ("第一时间处置，第二现场会。", []),
        ("最后，祝大家愉快。", []),
        ("", []),
    ],
)
def test_which_enumerations_stand_in_a_paragraph(text: str, forms: list[str]) -> None:
    assert [run.form for run in enumerations(text)] == forms


def test_a_gap_in_an_enumeration_is_kept() -> None:
    [run] = enumerations("一是快。三是稳。")
    assert [item.ordinal for item in run.items] == [1, 3]


@pytest.mark.parametrize(
    "paragraph, counted",
    [
        ("一是摸底。三是整改。", "一是摸底。二是整改。"),
        ("二要摸底，讲实情。五要整改。", "一要摸底，讲实情。二要整改。"),
        ("一要摸底，讲实情。", "要摸底，讲实情。"),
        ("四是摸底。要整改。", "摸底。要整改。"),
        ("第二，摸底。第四，整改。", "第一，摸底。第二，整改。"),
        ("一是摸底，一要快，三要准。三是整改。", "一是摸底，一要快，二要准。二是整改。"),
        ("一要素保障，第一要务是发展。", "一要素保障，第一要务是发展。"),
    ],
)
def test_an_enumeration_is_counted_anew(paragraph: str, counted: str) -> None:
    assert counted_anew(paragraph) == counted
    assert counted_anew(counted) == counted
