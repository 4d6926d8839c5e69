"""Points, facts and length are shared out: nothing lost, nothing twice, each where it belongs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.gather import gather
from agent.outline import plan
from agent.shares import budgets, chunks, placed, subjects
from speech.brief import Genre, SpeechBrief
from tests.scripted import ScriptedModel
from vectorstore.search import PassageSearch

POINTS = ("网格化管理", "红色物业", "为基层减负")


@given(st.lists(st.text(min_size=1, max_size=6), max_size=12), st.integers(1, 6))
def test_points_keep_their_order_and_none_is_lost(points: list[str], count: int) -> None:
    shares = chunks(points, count)
    assert len(shares) == count
    assert [point for share in shares for point in share] == points
    assert max(map(len, shares)) - min(map(len, shares)) <= 1


@given(st.lists(st.text("网格物业减负报表个", min_size=1, max_size=12), max_size=8), st.integers(1, 4))
def test_every_fact_has_one_place(facts: list[str], count: int) -> None:
    shares = placed(facts, POINTS[:count] + ("",) * (count - 3), POINTS[:count] + ("",) * (count - 3), {})
    assert sorted(fact for share in shares for fact in share) == sorted(facts)


def test_a_fact_goes_where_its_words_or_its_meaning_lead() -> None:
    facts = ["全市已划分网格1632个", "物业示范小区达到210个", "清理各类台账86张"]
    # nothing in the third names 减负: only its meaning does
    likeness = {point: {facts[2]: 0.90 if point == "为基层减负" else 0.84} for point in POINTS}
    assert placed(facts, POINTS, POINTS, likeness) == [[facts[0]], [facts[1]], [facts[2]]]


@given(
    st.integers(300, 20_000),
    st.lists(st.tuples(st.floats(0.1, 1.0), st.lists(st.text(min_size=1, max_size=80), max_size=4)), min_size=1, max_size=6),
)
def test_lengths_come_to_the_whole(total: int, places: list[tuple[float, list[str]]]) -> None:
    rooms = budgets(total, [share for share, _ in places], [facts for _, facts in places])
    assert abs(sum(rooms) - total) <= len(places)
    assert all(room > 0 for room in rooms)


def test_what_holds_many_facts_gets_more_room() -> None:
    even, crowded = [["事实" * 10], []], [["事实" * 60, "数据" * 40], []]
    assert budgets(600, [1, 1], even) == [300, 300]
    first, second = budgets(600, [1, 1], crowded)
    assert first > 350 and second >= 150


def test_several_sections_share_out_the_points(search: PassageSearch) -> None:
    brief = SpeechBrief(topic="城市基层治理", length=3000, sections=5, points=POINTS, facts=("全市已划分网格1632个",))
    outline = plan(brief, gather(brief, search), ScriptedModel())
    named = [[point for point in POINTS if point in section.heading] for section in outline.sections]
    assert [one for one in named if one] == [[point] for point in POINTS]
    assert outline.sections[1].parts[0].facts + outline.sections[1].parts[1].facts == brief.facts


def test_a_lone_point_is_not_forgotten(search: PassageSearch) -> None:
    for genre in (Genre.SPEECH, Genre.EXCHANGE):
        brief = SpeechBrief(genre=genre, topic="城市基层治理", length=2000, points=("红色物业",))
        outline = plan(brief, gather(brief, search), ScriptedModel())
        assert sum("红色物业" in part.heading for part in outline.parts()) == 1


def test_more_points_than_sections_are_all_covered(search: PassageSearch) -> None:
    points = (*POINTS, "矛盾化解")
    brief = SpeechBrief(genre=Genre.EXCHANGE, topic="城市基层治理", length=2000, sections=2, points=points)
    outline = plan(brief, gather(brief, search), ScriptedModel())
    assert len(outline.sections) == 2
    assert all(any(point in section.heading for section in outline.sections) for point in points)


@pytest.mark.parametrize(
    ("fact", "subject"),
    [
        ("村集体增收12万元", "村集体增收"),
        ("全市已划分网格1632个", "划分网格"),
        ("物业费收缴率提高到91%", "物业费收缴率"),
        ("截至6月底，排查隐患1200处", None),
        ("共3个", None),
    ],
)
def test_what_a_fact_is_about(fact: str, subject: str | None) -> None:
    assert subjects([fact]) == (() if subject is None else (subject,))
