"""The checks of the suite: what they need, what they see, and what they leave alone."""

from datetime import date

import pytest

from evals import by_family, score
from evals.checks import CHECKS, FAMILIES
from evals.checks.parallel import agreement
from evals.checks.rhythm import minutes
from speech.brief import Genre, SpeechBrief
from speech.placeholders import fill_in_sheet
from vectorstore.style import HouseStyle, Spread

TODAY = date(2026, 11, 24)
TEXT = """在全市城市基层治理推进会上的讲话
同志们：
这次会议的主要任务是，总结经验、部署工作。下面，我讲两点意见。
一、摸清底数，把网格建起来
全市已划分网格1632个，每个网格都要有人管。红色物业示范小区达到210个，居民的烦心事有人接。
二、压实责任，把服务沉下去
各县区要把力量放到社区，×月×日前把台账报到×局。办一件就要成一件，成一件就要管长远。
同志们，治理没有捷径。让我们从一个网格做起，把事情办到群众心坎上！
"""
BRIEF = SpeechBrief(
    topic="城市基层治理",
    occasion="全市城市基层治理推进会",
    facts=("全市已划分网格1632个", "红色物业示范小区达到210个"),
    length=300,
)
WITHOUT_BRIEF = {"coverage", "masking", "sheet", "grounding", "facts", "leakage", "originality", "length", "style"}


def value(text: str, check: str, **given: object) -> float | None:
    return score(text, today=TODAY, **given)[check].score  # type: ignore[arg-type]


def test_what_cannot_be_computed_is_none_and_never_a_hundred() -> None:
    bare = score(TEXT, today=TODAY)
    assert list(bare) == list(CHECKS)
    assert {name for name, result in bare.items() if result.score is None} == WITHOUT_BRIEF
    assert all(result.check == name for name, result in bare.items())
    families = by_family(bare)
    assert families.keys() == FAMILIES.keys()
    assert families["facts"] is None and families["structure"] == 100


def test_a_sound_text_with_all_that_was_told_is_at_the_top() -> None:
    scores = score(TEXT, brief=BRIEF, fill_in=fill_in_sheet(TEXT), today=TODAY)
    low = {name: result for name, result in scores.items() if result.score is not None and result.score < 100}
    assert low.keys() <= {"length"}


def test_endless_sentences_are_foreign_to_the_house_in_a_short_text_too() -> None:
    house = HouseStyle(documents=9, sentences=Spread(count=700, low=14, middle=36, high=70))
    said = "网格员每天走两遍，看见井盖松了就上报，看见楼道堆了东西就劝。" * 3 + "\n"
    text = f"同志们：\n{said * 3}谢谢大家。\n"
    endless, listed = (text.replace("劝。网", f"劝{mark}网") for mark in "，；")
    assert value(text, "style", style=house) - value(endless, "style", style=house) >= 8
    assert [_long(one, house) for one in (text, listed, endless)] == [False, False, True]


def _long(text: str, house: HouseStyle) -> bool:
    remarks = score(text, style=house, today=TODAY)["style"].findings
    return any(remark.rule == "style.sentence" and "长句" in remark.message for remark in remarks)


@pytest.mark.parametrize("text", ["", "\n", "同志们：", "一、", "×", "，" * 50])
def test_any_text_gets_scores_within_bounds(text: str) -> None:
    for result in score(text, brief=BRIEF, sources=[TEXT], fill_in=(), today=TODAY).values():
        assert result.score is None or 0 <= result.score <= 100
        assert all(0 <= finding.start <= finding.end <= len(text) for finding in result.findings)


def test_an_invented_figure_lowers_coverage_in_a_text_of_any_length() -> None:
    wrong = TEXT.replace("1632", "1863")
    assert value(wrong, "coverage", brief=BRIEF) < value(TEXT, "coverage", brief=BRIEF) - 2
    long = TEXT + "我们要把工作一件一件做好，办实。\n" * 300
    assert value(long.replace("1632", "1863"), "coverage", brief=BRIEF) <= value(long, "coverage", brief=BRIEF) - 2


def test_a_told_figure_that_is_left_open_is_seen_and_one_that_was_not_told_is_not() -> None:
    masked = TEXT.replace("网格1632个", "网格×个")
    result = score(masked, brief=BRIEF, today=TODAY)["masking"]
    assert [(finding.text, finding.suggestion) for finding in result.findings] == [("×", "1632个")]
    assert score(TEXT, brief=BRIEF, today=TODAY)["masking"].findings == ()


TWO_YEARS = """在全市经济工作会议上的讲话
同志们：
今天开会，讲两点意见。
一、成绩来之不易
去年规模以上工业增加值增长8%。城镇新增就业3600人。
二、目标要跳起来摘
今年规模以上工业增加值增长×%。新增托位×个。
同志们，让我们努力！
"""


def test_a_figure_of_another_year_is_no_figure_that_was_told() -> None:
    brief = SpeechBrief(topic="经济工作", facts=("规模以上工业增加值增长8%", "城镇新增就业3600人"))
    assert score(TWO_YEARS, brief=brief, today=TODAY)["masking"].findings == ()
    masked = TWO_YEARS.replace("增长8%", "增长×%")
    assert [finding.suggestion for finding in score(masked, brief=brief, today=TODAY)["masking"].findings] == ["8%", "8%"]


def test_what_two_facts_dispute_is_rightly_left_open() -> None:
    brief = BRIEF.model_copy(update={"facts": ("全市已划分网格1632个", "全市已划分网格1362个")})
    masked = TEXT.replace("网格1632个", "网格×个")
    assert score(masked, brief=brief, today=TODAY)["masking"].findings == ()


def test_a_number_that_stands_in_another_place_is_no_use_of_what_was_told() -> None:
    brief = SpeechBrief(topic="经济工作", facts=("城镇新增就业3600人", "走访老党员3600人"))
    masked = TWO_YEARS.replace("城镇新增就业3600人", "城镇新增就业×人，走访老党员3600人")
    assert [finding.suggestion for finding in score(masked, brief=brief, today=TODAY)["masking"].findings] == ["3600人"]


def test_figures_told_of_each_other_s_thing_are_seen() -> None:
    swapped = TEXT.replace("1632", "#").replace("210", "1632").replace("#", "210")
    assert value(TEXT, "facts", brief=BRIEF) == 100
    assert value(swapped, "facts", brief=BRIEF) == 0
    assert value(swapped, "grounding", brief=BRIEF) == 100  # each of them was told


def test_a_fact_that_is_left_out_costs_its_share() -> None:
    without = TEXT.replace("红色物业示范小区达到210个，", "")
    result = score(without, brief=BRIEF, today=TODAY)["facts"]
    assert result.score == 50
    assert [finding.rule for finding in result.findings] == ["facts.unused"]


def test_the_sheet_must_ask_for_every_mask_once_and_for_nothing_else() -> None:
    sheet = fill_in_sheet(TEXT)
    assert value(TEXT, "sheet", fill_in=sheet) == 100
    assert value(TEXT, "sheet", fill_in=sheet[:1]) == 50
    assert value(TEXT, "sheet", fill_in=(*sheet, sheet[0])) == 50
    assert value(TEXT.replace("×局", "民政局"), "sheet", fill_in=sheet) == 50
    assert value(TEXT.replace("×", "三"), "sheet", fill_in=()) == 100


@pytest.mark.parametrize(
    ("headings", "agree"),
    [
        (("强化网格支撑，织密治理底盘", "深化红色物业，补齐小区短板", "细化减负举措，释放社区活力"), 3),
        (("聚焦项目抓党建", "围绕产业抓党建", "下沉到社区里去抓党建"), 3),
        (("强信心，奋力推动经济增长", "优结构、助转型，奋力构建现代产业体系", "抓统筹，奋力建设美丽城市"), 3),
        (("强化网格支撑，织密治理底盘", "深化红色物业，补齐小区短板", "还有几件大家关心的事"), 2),
        (("强化网格支撑，织密治理底盘", "还有几件事"), 0),
        (
            (
                "加快建设宜居宜业幸福家园，统筹城乡发展",
                "深入推进文旅农商融合发展区建设，厚植城市底蕴",
                "切实守住安全生产各条底线，护航百姓生活",
            ),
            3,
        ),
        (("一件事",), 0),
    ],
)
def test_headings_that_agree(headings: tuple[str, ...], agree: int) -> None:
    assert agreement(headings) == agree


def test_a_clause_that_no_breath_can_hold_and_a_speech_that_takes_too_long() -> None:
    breathless = TEXT.replace(
        "各县区要把力量放到社区，", "各县区要把力量放到社区并且要在研究透彻的基础上按照既定的时间把任务一项一项分解到人，"
    )
    assert value(breathless, "rhythm") < value(TEXT, "rhythm")
    assert minutes("字" * 2200) == 10
    long = TEXT + "我们要把工作做好，办实。\n" * 200
    pledge = SpeechBrief(topic="治理", genre=Genre.PLEDGE)
    assert "rhythm.minutes" in {finding.rule for finding in score(long, brief=pledge, today=TODAY)["rhythm"].findings}
    given = SpeechBrief(topic="治理", notes="发言控制在八分钟以内")
    assert "rhythm.minutes" in {finding.rule for finding in score(long, brief=given, today=TODAY)["rhythm"].findings}
    assert "rhythm.minutes" not in {finding.rule for finding in score(TEXT, brief=given, today=TODAY)["rhythm"].findings}
