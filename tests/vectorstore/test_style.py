"""The house style is counted, and tells no facts."""

import pytest

from speech.brief import Genre
from tests.vectorstore.speeches import GRID, PROPERTY
from vectorstore.load import load_bytes
from vectorstore.passages import Passage, Role, cut
from vectorstore.patterns import masked, starts
from vectorstore.read import read_loaded
from vectorstore.style import HouseStyle, house_style

OTHER = """在全市安全生产工作推进会上的讲话

同志们：

这次会议的主要任务，是研究部署安全生产工作。刚才，五个部门作了发言，讲得都很好。下面，我讲三点意见。

一、保持清醒，把安全生产抓在手上

要看到安全生产的形势依然复杂。一要压实责任，层层抓好落实。二要排查隐患，件件整改到位。三要加强值守，时时做好准备，切实守住安全生产的底线，决不能有半点松懈和麻痹。

二、突出重点，把隐患整改到位

（一）查得深。要把每一个车间、每一条管线、每一台设备都查到，查出来的隐患一条一条登记造册，逐条明确整改的责任人和完成的时限，谁检查、谁签字、谁负责，做到底数清、情况明。

（二）改得实。要盯住重点行业和关键环节，能够立即整改的当场整改，不能立即整改的挂牌督办，整改完成的逐项验收销号，同样的问题不允许出现第二次，切实把风险消除在萌芽状态。

同志们，责任重于泰山。让我们从一件件小事做起，把安全生产抓紧抓实！
"""


def _cut(*texts: str) -> list[Passage]:
    return [passage for text in texts for passage in cut(read_loaded(load_bytes("a.txt", text.encode())))]


@pytest.fixture(scope="module")
def speeches() -> HouseStyle:
    return house_style(_cut(GRID, OTHER, PROPERTY), Genre.SPEECH)


def test_only_the_genre_asked_for_is_counted(speeches: HouseStyle) -> None:
    assert speeches.documents == 2
    assert house_style(_cut(GRID, OTHER, PROPERTY)).documents == 3
    assert house_style(_cut(GRID), [Genre.EXCHANGE]) == HouseStyle(genres=(Genre.EXCHANGE,))
    assert house_style([]).documents == 0


def test_headings_are_counted_by_level(speeches: HouseStyle) -> None:
    first, second = speeches.headings
    assert (first.number, first.headings, first.siblings.middle, first.run_in) == ("一、", 4, 2, 0.0)
    # 配强队伍 and 理顺流程 are joined into one passage, and still both counted.
    assert (second.number, second.headings, second.run_in) == ("（一）", 4, 1.0)
    assert dict(second.shapes) == {"4": 2, "3": 2}
    exchange = house_style(_cut(PROPERTY)).headings[0]
    assert (exchange.headings, exchange.run_in, exchange.parallel) == (2, 1.0, 1.0)


def test_patterns_are_what_speeches_share(speeches: HouseStyle) -> None:
    assert {(p.text, p.documents) for p in speeches.openings} >= {("这次会议的主要任务，是…", 2), ("刚才，×个…", 2)}
    assert speeches.transitions[0].text == "下面，我讲×点意见。"
    assert {p.text for p in speeches.closings} >= {"让我们从一件件小事做起，把…"}
    assert not any("网格" in p.text or "安全" in p.text for p in (*speeches.openings, *speeches.closings))


def test_lists_and_lengths_are_counted(speeches: HouseStyle) -> None:
    assert dict(speeches.enumerators) == {"一要": 1}
    assert speeches.items.middle == 3
    assert 0 < speeches.sentences.low <= speeches.sentences.middle <= speeches.sentences.high
    assert sum(share for _, share in speeches.shares) == pytest.approx(1, abs=0.01)
    assert {role for role, _ in speeches.shares} >= {Role.OPENING, Role.MEASURE, Role.CLOSING}


def test_one_document_has_a_style_too() -> None:
    alone = house_style(_cut(GRID))
    assert alone.openings and alone.openings[0].documents == 1
    assert alone.transitions[0].text == "下面，我讲×点意见。"


def test_facts_are_taken_out() -> None:
    assert masked("全市划分网格1632个，下面讲三点意见。") == "全市划分网格×个，下面讲×点意见。"
    assert [p.text for p in starts([["截至2023年，全区建成12个站点。"]], 3)] == ["截至×年，全区建成×个站点。"]


def test_the_longest_common_beginning_is_kept_once() -> None:
    one, two, three = "现在，我代表市政府报告工作。", "现在，我代表市政府作报告。", "现在，请大家审议。"
    found = [(p.text, p.documents) for p in starts([[one], [two], [three]], 5)]
    assert ("现在，我代表市政府…", 2) in found
    assert len({text[:3] for text, _ in found}) == 1 and len(found) <= 2
