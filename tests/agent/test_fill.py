"""Filling a finished draft: whatever is answered, the gaps change and nothing else does."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.drafts import Draft
from agent.revise import fill
from speech import specifics
from speech.errors import BriefError, DraftError
from speech.parse import parse
from speech.placeholders import PlaceholderKind, fill_in_sheet
from speech.render import to_text
from tests.agent.conftest import TODAY
from tests.agent.test_drafts import finished

_ANSWERS = st.one_of(
    st.sampled_from(
        [
            "3月5日", "2026年3月5日", "3月5号", "1632个", "1632", "一百二十", "300万元", "98%", "百分之九十八", "王建国", "王书记", "云溪", "云溪市",
            "云溪市民政局", "《关于加强基层治理的意见》", "“三定一包”", "一、提高认识", "（一）看清形势。", "1.加强领导", "第一，抓好落实", "×", "××同志", "**", "p2",
            "同志们：", "3月5日，", "好。", "下面，我讲四点意见。", "{x}", "\\1", "[-删-]", "  ", "　",
        ]
    ),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=30),
    st.text("一二三、（）。×*第，1.\n ", max_size=12),
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from([row.id for row in finished().placeholders]), _ANSWERS, max_size=3))
def test_any_answer_fills_the_gaps_or_is_refused(answers: dict[str, str]) -> None:
    draft = finished()
    try:
        filled = fill(draft, answers, TODAY)
    except (DraftError, BriefError) as refused:
        assert "\n" not in str(refused)
        return
    assert filled.speech is not None
    assert filled.text.count("\n") == draft.text.count("\n")
    assert [one.path for one in filled.paragraphs] == [one.path for one in draft.paragraphs]
    assert [one.text for one in filled.paragraphs] == [one.text for one in filled.speech.paragraphs()]
    assert to_text(filled.speech) == filled.text
    assert list(filled.placeholders) == fill_in_sheet(filled.text)
    assert _without_gaps(draft, answers, filled), filled.text
    if not any(answer.strip() for answer in answers.values()):
        assert filled.text == draft.text and filled.brief == draft.brief


def _without_gaps(draft: Draft, answers: dict[str, str], filled: Draft) -> bool:
    """Whether all that stands between the gaps that were answered stands in the filled text, in its order.

    A filled-in unit may take the place of the one printed after the gap, so up to three characters on either side are let go.
    """
    spans = sorted(span for row in draft.placeholders if answers.get(row.id, "").strip() for span in row.spans)
    at, start = 0, 0
    for left, right in [*spans, (len(draft.text), len(draft.text))]:
        kept = draft.text[start : max(start, left - 3)]
        found = filled.text.find(kept, at)
        if found < 0:
            return False
        at, start = found + len(kept), min(right + 3, len(draft.text))
    return True


FORMS = [
    ("会议定于×月×日召开，请提前到会。", "3月5日", "会议定于3月5日召开"),
    ("会议定于×月×日召开，请提前到会。", "2026-03-05", "会议定于2026年3月5日召开"),
    ("会议定于2026年×月×日召开，请提前到会。", "2026年3月5日", "会议定于2026年3月5日召开"),
    ("全市建成红色物业小区×个，群众满意。", "12", "小区12个，"),
    ("全市建成红色物业小区×个，群众满意。", "12个", "小区12个，"),
    ("全市投入资金×万元，补齐短板。", "300", "资金300万元，"),
    ("全市投入资金×万元，补齐短板。", "300万元", "资金300万元，"),
    ("全市投入资金×万元，补齐短板。", "1.2亿元", "资金1.2亿元，"),
    ("群众满意度达到×%，还要努力。", "98", "达到98%，"),
    ("群众满意度达到×%，还要努力。", "98%", "达到98%，"),
    ("群众满意度达到百分之×，还要努力。", "98%", "达到98%，"),
    ("×市的做法值得学习。", "云溪市", "云溪市的做法"),
    ("×市的做法值得学习。", "云溪", "云溪市的做法"),
    ("刚才，×书记讲了意见。", "王书记", "刚才，王书记讲了意见"),
    ("要落实《×意见》的要求。", "《关于加强基层治理的意见》", "落实《关于加强基层治理的意见》的要求"),
    ("推行“×”工作法，群众欢迎。", "“三定一包”工作法", "推行“三定一包”工作法，"),
]


@pytest.mark.parametrize(("line", "answer", "said"), FORMS, ids=[f"{line[:12]}{answer}" for line, answer, _ in FORMS])
def test_an_answer_agrees_in_form(line: str, answer: str, said: str) -> None:
    text = f"在全市推进会上的讲话\n同志们：\n一、提高认识\n{line}大家要看到差距。\n"
    speech = parse(text)
    draft = finished().model_copy(update={"text": text, "speech": speech, "placeholders": tuple(fill_in_sheet(text))})
    draft = draft.model_copy(
        update={
            "paragraphs": tuple(
                draft.paragraphs[0].model_copy(update={"path": p.path, "text": p.text}) for p in speech.paragraphs()
            )
        }
    )
    assert len(draft.placeholders) == 1
    filled = fill(draft, {"p1": answer}, TODAY)
    assert said in filled.text and not filled.placeholders
    assert not [one.text for one in specifics.check(filled.text, filled.brief) if not one.supported]


def test_filling_one_gap_after_another_says_the_same_as_all_at_once() -> None:
    told = {
        PlaceholderKind.DATE: "3月5日",
        PlaceholderKind.AMOUNT: "300",
        PlaceholderKind.PERCENT: "98",
        PlaceholderKind.PLACE: "云溪",
    }
    draft = finished()
    at_once = fill(draft, {row.id: told[row.kind] for row in draft.placeholders if row.kind in told}, TODAY)
    one_by_one = draft
    while wanted := next((row for row in one_by_one.placeholders if row.kind in told), None):
        one_by_one = fill(one_by_one, {wanted.id: told[wanted.kind]}, TODAY)
    assert one_by_one.text == at_once.text


def test_a_speech_whose_end_is_told_by_its_place_alone_is_filled_too() -> None:
    draft = finished()
    assert draft.speech is not None
    texts = [one.text for one in draft.speech.paragraphs()]
    texts[-1] = "把实事办好，把×件难事办成。"
    speech = draft.speech.with_paragraphs(texts)
    text = to_text(speech)
    assert [one.path for one in parse(text).paragraphs()] != [one.path for one in speech.paragraphs()]
    paragraphs = tuple(draft.paragraphs[0].model_copy(update={"path": p.path, "text": p.text}) for p in speech.paragraphs())
    draft = draft.model_copy(
        update={"text": text, "speech": speech, "paragraphs": paragraphs, "placeholders": tuple(fill_in_sheet(text))}
    )
    (last,) = (row for row in draft.placeholders if "难事" in row.context and "件" in row.question)
    filled = fill(draft, {last.id: "16"}, TODAY)
    assert filled.paragraphs[-1].text == "把实事办好，把16件难事办成。" and filled.paragraphs[-1].path == "结尾"


@pytest.mark.parametrize("answer", ["云溪\n市", "云溪\u2028市", "一、云溪", "云溪。\n（一）又一条"])
def test_an_answer_never_makes_a_heading(answer: str) -> None:
    draft = finished()
    (city,) = (row for row in draft.placeholders if len(row.spans) == 2)
    try:
        filled = fill(draft, {city.id: answer}, TODAY)
    except DraftError:
        return
    assert filled.speech is not None and draft.speech is not None
    assert filled.speech.headings().keys() == draft.speech.headings().keys()
    assert [re.sub("云溪|、", "", one.path) for one in filled.paragraphs] == [one.path for one in draft.paragraphs]


@pytest.mark.parametrize(
    ("answer", "fits"), [("云溪市", True), ("云溪", True), ("一、云溪市", False), ("（一）云溪市", False), ("1.云溪市", False)]
)
def test_a_gap_at_the_head_of_a_line_takes_no_number(answer: str, fits: bool) -> None:
    text = "在全市推进会上的讲话\n同志们：\n一、提高认识\n×市把工作做在了前面，大家要看到差距。\n二、抓好落实\n按月对账。\n"
    speech = parse(text)
    draft = finished().model_copy(update={"text": text, "speech": speech, "placeholders": tuple(fill_in_sheet(text))})
    made = tuple(draft.paragraphs[0].model_copy(update={"path": p.path, "text": p.text}) for p in speech.paragraphs())
    draft = draft.model_copy(update={"paragraphs": made})
    if fits:
        assert "\n云溪市把工作做在了前面" in fill(draft, {"p1": answer}, TODAY).text
    else:
        with pytest.raises(DraftError, match="序号"):
            fill(draft, {"p1": answer}, TODAY)
