"""The level of a speech is told by who speaks, and a word of another level gives way to its own."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speech.brief import Genre, SpeechBrief
from speech.levels import Level, level_of, mended, misplaced
from vectorstore.ingest import samples

CITY = SpeechBrief(topic="安全生产", occasion="全市安全生产工作会议")


@pytest.mark.parametrize(
    ("fields", "level"),
    [
        ({"speaker": "市委书记"}, Level.CITY),
        ({"speaker": "县应急局局长", "occasion": "全市安全生产会议"}, Level.COUNTY),
        ({"speaker": "区委政法委书记"}, Level.DISTRICT),
        ({"speaker": "云溪市东河区区长"}, Level.DISTRICT),
        ({"speaker": "街道党工委书记"}, Level.STREET),
        ({"speaker": "社区书记"}, Level.COMMUNITY),
        ({"speaker": "村党支部书记"}, Level.VILLAGE),
        ({"speaker": "镇里的纪委书记"}, Level.TOWN),
        ({"speaker": "常务副省长", "occasion": "全省安全生产会议"}, Level.PROVINCE),
        ({"speaker": "县供电公司总经理"}, Level.FIRM),
        ({"speaker": "校长"}, Level.SCHOOL),
        ({"speaker": "书记", "occasion": "全县信访工作会议"}, Level.COUNTY),
        ({"occasion": "市工业强市大会"}, Level.CITY),
        ({"genre": Genre.EXCHANGE, "occasion": "全省营商环境会议"}, None),
        ({}, None),
    ],
)
def test_a_level_is_told_by_the_speaker_or_else_by_the_host(fields: dict[str, Any], level: Level | None) -> None:
    assert level_of(SpeechBrief(topic="某项工作", **fields)) == level


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("全县上下要齐心协力。", "全市上下要齐心协力。"),
        ("我区今年任务很重。", "我市今年任务很重。"),
        ("县委、县政府高度重视。", "市委、市政府高度重视。"),
        ("县纪委要跟进监督，县直部门要下沉。", "市纪委要跟进监督，市直部门要下沉。"),
        ("由市委、市政府、县纪委组成领导小组。", "由市委、市政府、市纪委组成领导小组。"),
        ("市、县纪委要联动，市纪委、县纪委各负其责。", "市、县纪委要联动，市纪委、县纪委各负其责。"),
        ("各县纪委要跟进监督，市县纪委联动。", "各县纪委要跟进监督，市县纪委联动。"),
        ("全省走在前列，各县委书记要带头。", "全省走在前列，各县委书记要带头。"),
        ("筑牢安全区域防线，做到自我校正，没有根本区别。", "筑牢安全区域防线，做到自我校正，没有根本区别。"),
        ("全县域推进。", "全县域推进。"),
    ],
)
def test_a_word_of_another_level_gives_way(text: str, right: str) -> None:
    assert mended(text, CITY) == right
    assert misplaced(right, CITY) == []


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("当前，我省安全生产形势稳中向好。", "当前，我县安全生产形势稳中向好。"),
        ("这些年，全市上下齐抓共管。", "这些年，全县上下齐抓共管。"),
        ("全省各级党组织都要行动。", "全县各级党组织都要行动。"),
        ("我省是农业大省，全市已经动员。", "我省是农业大省，全市已经动员。"),
    ],
)
def test_a_county_does_not_speak_for_those_above_it(text: str, right: str) -> None:
    assert mended(text, SpeechBrief(topic="安全生产", occasion="全县安全生产调度会")) == right


def test_those_above_are_named_where_the_brief_names_them() -> None:
    brief = SpeechBrief(topic="安全生产", occasion="全县安全生产调度会", facts=("省里通报了安全生产情况",))
    assert mended("我省安全生产形势稳中向好。", brief) == "我省安全生产形势稳中向好。"


def test_what_the_brief_says_stays() -> None:
    brief = CITY.model_copy(update={"facts": ("永河县县委、县政府连夜处置，全县无伤亡",)})
    assert mended("全县无伤亡，全县平稳。", brief) == "全县无伤亡，全县平稳。"


def test_with_no_level_nothing_is_touched() -> None:
    assert misplaced("全县全市全镇都要行动。", SpeechBrief(topic="安全生产")) == []


@pytest.mark.parametrize("path", sorted(samples().glob("*在全市*讲话*.txt")), ids=lambda path: path.name[:2])
def test_a_citys_own_speeches_are_let_be(path: Any) -> None:
    assert misplaced(path.read_text(encoding="utf-8"), CITY) == []


@given(st.text("全我本市县区镇村委、政府各安自", max_size=30))
def test_mending_comes_to_an_end(text: str) -> None:
    assert mended(mended(text, CITY), CITY) == mended(text, CITY)
