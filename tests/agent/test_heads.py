"""A set of headings is judged by code: parallel, covering, apart, and none of them turned upside down."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.gather import gather
from agent.heads import absurd, best_set, set_faults, set_score
from agent.outline import plan
from prompts import Message
from speech.brief import SpeechBrief
from tests.scripted import ScriptedModel, fields_of
from vectorstore.search import PassageSearch

POINTS = ("网格化管理", "红色物业", "为基层减负")
GOOD = ("强化网格化管理，提升基层治理效能", "推进红色物业建设，打造和谐宜居社区", "抓实为基层减负，激发干部队伍活力")


@pytest.mark.parametrize(
    "heading",
    [
        "为基层减负，减轻政府管理压力",
        "规范执法检查，方便部门管理",
        "优化政务服务，降低服务质量",
        "压实工作责任，减轻监管责任",
        "深化诉源治理，增加矛盾纠纷",
        "推进清单管理，提升基层负担",
        "强化责任担当，强化责任担当",
        "鼓励志愿者当志愿者",
    ],
)
def test_a_heading_that_bears_the_wrong_way_is_named(heading: str) -> None:
    assert absurd(heading)


@pytest.mark.parametrize(
    "heading",
    [
        *GOOD,
        "深化诉源治理，提升化解矛盾纠纷能力",
        "精简会议文件，减轻基层负担",
        "健全防控体系，增强抵御风险能力",
        "优化审批流程，降低制度成本",
        "加强排查整治，降低安全风险",
        "加大整治力度，促进隐患整治",
        "突出重点，扎实抓好城市基层治理的各项任务",
        "引导党员当先锋，鼓励群众当主角",
    ],
)
def test_a_sound_heading_is_let_be(heading: str) -> None:
    assert absurd(heading) is None


def test_what_is_held_against_a_set() -> None:
    assert set_faults(GOOD, "城市基层治理") == []
    assert "各标题句式要一致" in set_faults((GOOD[0], "推进红色物业"), "城市基层治理")
    assert "各标题字数要相近" in set_faults((GOOD[0], "抓红色物业，惠民"), "城市基层治理")
    assert "各标题说的事不要重复" in set_faults((GOOD[0], "推进红色物业建设，提升基层治理效能"), "")


def test_the_best_of_the_candidates_make_the_set() -> None:
    candidates = [
        [GOOD[0], "强化网格化管理，织密一张横到边纵到底的大网"],
        ["推进红色物业建设，提升基层治理效能", GOOD[1]],
        [GOOD[2]],
    ]
    assert best_set(candidates, POINTS, "".join(GOOD), "城市基层治理") == list(GOOD)


HEADING = st.text("抓好提升推进基层治理活力，", min_size=4, max_size=16)


@given(st.lists(st.lists(HEADING, min_size=1, max_size=3), min_size=1, max_size=4))
def test_no_set_is_better_than_the_best(candidates: list[list[str]]) -> None:
    abouts = ["基层治理"] * len(candidates)
    best = best_set(candidates, abouts, "", "治理")
    assert all(one in place for one, place in zip(best, candidates, strict=True))
    first = [place[0] for place in candidates]
    if len(set(first)) == len(first):
        assert set_score(best, abouts, "", "治理") >= set_score(first, abouts, "", "治理")


def test_a_heading_turned_upside_down_is_asked_again_with_the_finding_named(search: PassageSearch) -> None:
    brief = SpeechBrief(topic="城市基层治理", points=POINTS, length=2000)

    def turned(fields: Mapping[str, Any], messages: Sequence[Message], turn: int) -> Any:
        found = fields_of(fields, messages, turn)
        asked_again = "受益的应是" in messages[-1].content
        if "三为基层减负" in messages[-1].content and not asked_again:
            found["三"] = "抓好为基层减负，减轻政府管理压力"
        return found

    model = ScriptedModel(answer=turned)
    outline = plan(brief, gather(brief, search), model)
    assert not any("政府" in part.heading for part in outline.parts())
    assert any("受益的应是群众和基层" in messages[-1].content for messages in model.asked)


def test_a_set_nothing_is_held_against_is_asked_for_once(search: PassageSearch) -> None:
    brief = SpeechBrief(topic="城市基层治理", points=POINTS, length=2000)

    def good(fields: Mapping[str, Any], messages: Sequence[Message], turn: int) -> Any:
        found = fields_of(fields, messages, turn)
        return dict(zip(found, GOOD, strict=True)) if "一网格化管理" in messages[-1].content else found

    model = ScriptedModel(answer=good)
    outline = plan(brief, gather(brief, search), model)
    assert sum("一网格化管理" in messages[-1].content for messages in model.asked) == 1
    assert [part.heading for part in outline.sections[1].parts] == list(GOOD)
