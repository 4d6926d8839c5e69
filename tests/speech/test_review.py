"""The review: a sound speech passes, each defect put into it is found once, where it stands, by the right family."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from speech.brief import Genre, SpeechBrief
from speech.finding import Severity
from speech.parse import parse
from speech.review import WEIGHTS, Review, balance, parts, promises, review, sequence, structure
from speech.review.length import score as length_score
from speech.review.reading import Reading

NOW = date(2026, 9, 1)
REPORTS = Path(__file__).parents[2] / "../shared/corpus/reports"
SPEECH = """在全区物业服务提升工作推进会上的讲话

同志们：

这次会议的主要任务是，总结前一阶段物业服务提升工作，对下一步工作进行安排。刚才，几个街道作了发言，讲得都很实在。下面，我讲三点意见。

一、看清物业服务的分量，把责任扛起来

（一）物业服务连着民心。小区是居民生活最久的地方，楼道灯亮不亮、电梯稳不稳、垃圾清不清，居民天天看在眼里。物业做得好，邻里就和气；物业做得差，怨气就积在门口。

（二）物业服务关乎治理。许多矛盾起于小区、止于小区，靠的正是党组织、居委会、业委会和物业企业坐到一张桌子上。要把“红色物业”建起来，让服务有人管、问题有人接。

二、盯住居民反映的问题，把服务做扎实

（一）管好日常。一是公开服务标准，收费和支出按季度上墙。二是畅通报修渠道，小修当天上门，大修说清时限。三是用好接诉即办机制，办完一件回访一件。

（二）改好硬件。老旧小区改造要先听居民意见，再定改造清单，改什么、怎么改由大家商量。电梯、消防设施要逐栋排查，发现隐患立即整改。

（三）选好队伍。街道要把好物业企业进出关口，对长期不作为的坚决清退。社区工作者要常到楼里走走，和住户熟起来。

三、压实各方责任，把成果守得住

（一）健全机制。区住建部门牵头，街道统筹，社区落实，每月会商一次，难题当场定人定时。

（二）严格考核。考核结果由居民评，评得好的给予奖励，评得差的约谈整改，不搞材料比拼。

同志们，物业服务是小事，也是大事。让我们一件接着一件办，把家门口的服务做到居民心坎上！
"""
BRIEF = SpeechBrief(topic="物业服务提升", title="在全区物业服务提升工作推进会上的讲话", points=("红色物业",))
REPORT = SpeechBrief(topic="物业服务提升", genre=Genre.REPORT)
SOURCE = """某市材料

今年共整治楼道堆物3827处，惠及星河湾社区居民。
各街道要坚持问题导向，建立台账，逐项销号，确保每一件居民诉求都有人接、有人办、有回音。"""


def marked(text: str, **given: object) -> Review:
    return review(text, today=NOW, **given)  # type: ignore[arg-type]


def families(text: str, **given: object) -> set[str]:
    return {finding.rule.split(".")[0] for finding in marked(text, **given).findings}


def test_a_sound_speech_has_no_remark() -> None:
    seen = marked(SPEECH)
    assert seen.findings == ()
    assert seen.scores.overall == 100.0
    assert (seen.scores.grounding, seen.scores.length, seen.scores.leakage, seen.scores.originality) == (None,) * 4
    assert seen.scores.style is None


def test_scores_keep_their_names() -> None:
    known = {"structure", "placeholders", "grounding", "leakage", "originality", "formulations", "length", "style", "overall"}
    assert known <= set(marked(SPEECH).model_dump()["scores"])
    assert set(marked(SPEECH).model_dump()) == {"scores", "findings", "placeholders", "specifics"}
    assert set(WEIGHTS) < set(marked(SPEECH).model_dump()["scores"])


def swap(old: str, new: str) -> str:
    assert SPEECH.count(old) >= 1, old
    return SPEECH.replace(old, new, 1)


DEFECTS = {
    "no salutation": (swap("同志们：\n\n", ""), "structure.salutation", "structure"),
    "no closing": (SPEECH[: SPEECH.index("同志们，物业")], "structure.closing", "structure"),
    "no opening": (SPEECH.replace(SPEECH.split("\n\n")[2] + "\n\n", ""), "structure.opening", "structure"),
    "cut off": (SPEECH[:-12], "structure.truncated", "structure"),
    "empty section": (
        swap("。" + SPEECH.split("（二）严格考核。")[1].split("\n")[0], ""),
        "structure.empty-section",
        "structure",
    ),
    "gap": (swap("二、盯住", "四、盯住"), "numbering.gap", "structure"),
    "half-width number": (swap("（二）改好", "(二)改好"), "numbering.form", "structure"),
    "enumeration": (swap("三是用好", "四是用好"), "numbering.enumeration", "structure"),
    "promise": (swap("我讲三点意见", "我讲五点意见"), "promise.count", "structure"),
    "pairing": (swap("看清物业", "坚定“四个意识”，看清物业"), "formulation.pairing", "formulations"),
    "typo": (swap("（一）健全机制。", "（一）健全机制。健立健全台账。"), "typo.word", "formulations"),
    "era": (swap("许多矛盾", "要以“不忘初心、牢记使命”主题教育为契机，许多矛盾"), "era.past", "formulations"),
    "doubled sentence": (
        swap("定人定时。", "定人定时。社区工作者要常到楼里走走，和住户熟起来。"),
        "repetition.sentence",
        "language",
    ),
    "loop": (
        swap("由大家商量。", "由大家商量。让居民的心里暖，让居民的生活甜，让居民的日子好，让居民的笑声多，让居民的梦想真。"),
        "repetition.loop",
        "language",
    ),
    "markdown": (swap("一、看清", "## 一、看清"), "noise.markdown", "language"),
    "bold": (swap("（一）管好日常。", "**（一）管好日常。**"), "noise.markdown", "language"),
    "thought": (swap("这次会议", "<think>先写开头</think>这次会议"), "noise.thought", "language"),
    "model talk": ("好的，以下是为您撰写的讲话稿：\n\n" + SPEECH, "noise.model-talk", "language"),
    "assistant": (SPEECH + "\n作为AI语言模型，我无法核实数据。\n", "noise.model-talk", "language"),
    "farewell": (SPEECH + "\n以上是为您起草的讲话稿，希望对您有所帮助。\n", "noise.model-talk", "language"),
    "advert": (SPEECH + "\n查阅全文加微信abc12345\n", "noise.advert", "language"),
    "english": (swap("电梯、消防", "We should check every single elevator. 电梯、消防"), "noise.english", "language"),
    "json": (swap("同志们：\n", '同志们：\n{"heading": "一"}\n'), "noise.json", "language"),
    "half-width": (swap("这次会议的主要任务是，", "这次会议的主要任务是,"), "punctuation.half-width", "language"),
    "double mark": (swap("逐栋排查，", "逐栋排查，，"), "punctuation.doubled", "language"),
    "quote": (swap("“红色物业”", "“红色物业"), "punctuation.unpaired", "language"),
    "final stop": (swap("发现隐患立即整改。", "发现隐患立即整改"), "punctuation.final", "language"),
    "template": (swap("区住建部门", "【请填写单位】"), "placeholder.template", "placeholders"),
    "masks of two forms": (swap("每月会商", "×月×日起每月会商，×个社区和**个街道都参加"), "placeholder.form", "placeholders"),
    "twice filled": (swap("每月会商", "3月5日月×日起，每月会商"), "placeholder.mixed", "placeholders"),
}


@pytest.mark.parametrize(("text", "rule", "key"), DEFECTS.values(), ids=DEFECTS.keys())
def test_a_defect_is_found_and_costs_something(text: str, rule: str, key: str) -> None:
    seen = marked(text)
    found = [finding for finding in seen.findings if finding.rule == rule]
    assert len(found) == 1
    assert found[0].text == text[found[0].start : found[0].end]
    assert seen.scores.model_dump()[key] < 100
    assert seen.scores.overall is not None and 50 < seen.scores.overall < 100


ONCE = ["no salutation", "half-width number", "promise", "double mark", "pairing", "markdown", "typo", "quote", "thought"]


@pytest.mark.parametrize("name", ONCE)
def test_one_defect_is_one_finding(name: str) -> None:
    assert len(marked(DEFECTS[name][0]).findings) == 1


def test_masks_in_stars_are_no_markdown() -> None:
    text = swap("刚才，几个街道作了发言", "刚才，**街道和**社区作了发言")
    assert "noise" not in families(text)
    assert marked(text).placeholders


def test_a_report_ends_with_words_of_its_own_kind() -> None:
    report = SPEECH.replace("讲话", "汇报发言").split("同志们，物业")[0]
    last_words = "以上汇报，不妥之处，请批评指正。\n"
    rules = {finding.rule for finding in marked(report + "下一步，我们将一件一件办好。\n", brief=REPORT).findings}
    assert "structure.closing-form" in rules or "structure.closing" in rules
    rules = {finding.rule for finding in marked(report + last_words, brief=REPORT).findings}
    assert not rules & {"structure.closing-form", "structure.closing"}


def test_many_half_width_marks_cost_more_than_a_few() -> None:
    few, many = swap("这次会议的主要任务是，", "这次会议的主要任务是,"), SPEECH.replace("，", ",")
    (whole, little, much) = (marked(text).scores.language or 0 for text in (SPEECH, few, many))
    assert whole > little > much + 10


def test_structure_weighs_its_parts() -> None:
    reading = Reading(SPEECH.replace("三点意见", "五点意见").replace("二、盯住", "四、盯住"), parse(SPEECH), BRIEF, (), NOW)
    wrong = replace(reading, speech=parse(reading.text))
    scores = [check(wrong).score for check in (parts.check, promises.check, sequence.check, balance.check)]
    assert scores[0] == 100 and scores[1] == 0 and (scores[2] or 0) < 100 and scores[3] == 100
    assert (structure.check(wrong).score or 0) < 100
    bare = replace(reading, text="今天天气好。", speech=parse("今天天气好。"))
    assert balance.check(bare).score is None and sequence.check(bare).score is None


def test_a_stub_is_one_sentence_under_a_heading_however_long_the_heading() -> None:
    sentence = "网格员要天天走、户户到，看见的事当天报、当天办，办完了还要回头问一问群众满意不满意。"
    stub = "要记在心上。"
    heading = "网格建起来、队伍配起来、事情办起来"
    text = f"同志们：\n下面，我讲三点。\n一、{heading}\n{sentence * 2}\n二、{heading}\n{sentence * 2}\n三、{heading}\n{stub}\n谢谢大家。\n"
    reading = Reading(text, parse(text), BRIEF, (), NOW)
    assert [finding.message.partition("，")[2] for finding in balance.check(reading).findings] == ["偏短"]
    even = text.replace(stub, sentence)
    assert balance.check(replace(reading, text=even, speech=parse(even))).score == 100


def test_the_opening_is_held_against_the_whole_text_with_its_headings() -> None:
    opening = "这次会议，是市委研究决定召开的，主要任务是把网格这件事再讲一遍、再压一压。"
    part = "\n网格建起来、队伍配起来、事情办起来，一件一件办好\n事情要有人管、有人问、有人办，办完还要回头看。"
    text = f"同志们：\n{opening}\n一、{part[1:]}\n二、{part[1:]}\n谢谢大家。\n"
    assert balance.check(Reading(text, parse(text), BRIEF, (), NOW)).score == 100


def test_length_is_longwriters() -> None:
    assert length_score(1000, 1000) == 100
    assert length_score(1000, 1300) == 90.0
    assert length_score(1000, 500) == 50.0
    assert length_score(1000, 4000) == length_score(1000, 333) == length_score(1000, 0) == 0
    asked = BRIEF.model_copy(update={"length": 1500})
    (finding,) = [f for f in marked(SPEECH, brief=asked).findings if f.rule.startswith("length")]
    assert (finding.rule, finding.severity) == ("length.short", Severity.ERROR)


def test_sections_asked_for() -> None:
    asked = BRIEF.model_copy(update={"sections": 4})
    assert "structure.sections" in {f.rule for f in marked(SPEECH, brief=asked).findings}
    assert "structure" not in families(SPEECH, brief=asked.model_copy(update={"sections": 3}))


def test_the_genre_asked_for_decides() -> None:
    asked = BRIEF.model_copy(update={"genre": Genre.ADDRESS})
    assert "structure.salutation-form" not in {f.rule for f in marked(SPEECH, brief=BRIEF).findings}
    assert "structure.opening-form" in {f.rule for f in marked(SPEECH, brief=asked).findings}


def test_what_nobody_told_is_not_grounded() -> None:
    told = marked(SPEECH, brief=BRIEF).scores.grounding
    text = swap("老旧小区改造要先听居民意见", "全区改造老旧小区1632个，要先听居民意见")
    seen = marked(text, brief=BRIEF)
    assert [f.text for f in seen.findings if f.rule == "grounding.count"] == ["1632个"]
    assert told is not None and seen.scores.grounding is not None and seen.scores.grounding < told
    backed = BRIEF.model_copy(update={"facts": ("全区改造老旧小区1632个",)})
    assert marked(text, brief=backed).scores.grounding == told


def test_a_figure_of_a_source_leaks() -> None:
    text = swap("发现隐患立即整改。", "发现隐患立即整改，整治楼道堆物3827处。")
    seen = marked(text, brief=BRIEF, sources=[SOURCE])
    leaked = [f for f in seen.findings if f.rule == "leakage.specific"]
    assert [f.text for f in leaked] == ["3827处"]
    assert not [f for f in seen.findings if f.rule.startswith("grounding") and f.start == leaked[0].start]
    assert seen.scores.leakage == 85.0
    assert marked(SPEECH, brief=BRIEF, sources=[SOURCE]).scores.leakage == 100.0
    backed = BRIEF.model_copy(update={"facts": ("整治楼道堆物3827处",)})
    assert marked(text, brief=backed, sources=[SOURCE]).scores.leakage == 100.0


def test_a_copied_sentence_is_noticed() -> None:
    copied = "建立台账，逐项销号，确保每一件居民诉求都有人接、有人办、有回音。"
    text = swap("发现隐患立即整改。", "发现隐患立即整改。" + copied)
    seen = marked(text, brief=BRIEF, sources=[SOURCE])
    (finding,) = [f for f in seen.findings if f.rule == "originality.copied"]
    assert copied.rstrip("。") in finding.text
    assert seen.scores.originality is not None and seen.scores.originality < 92
    assert marked(SPEECH, brief=BRIEF, sources=[SOURCE]).scores.originality == 100.0


def test_public_words_and_told_words_are_nobodys() -> None:
    public = "深刻领悟“两个确立”的决定性意义，增强“四个意识”、坚定“四个自信”、做到“两个维护”。"
    told = "全区三年行动把电梯加装、消防设施更新、楼道照明改造、地下管网清淤放在首位，逐年安排资金，按季督促进度。"
    text = swap("不搞材料比拼。", "不搞材料比拼。" + public + told)
    brief = BRIEF.model_copy(update={"facts": (told,)})
    assert not [f for f in marked(text, brief=brief, sources=[public + told]).findings if f.rule == "originality.copied"]
    assert [f for f in marked(text, brief=BRIEF, sources=[public + told]).findings if f.rule == "originality.copied"]


def test_the_date_of_the_brief_is_the_day() -> None:
    text = swap("许多矛盾", "要贯彻党的二十大精神，许多矛盾")
    in_time = BRIEF.model_copy(update={"date": "2023年3月5日"})
    late = BRIEF.model_copy(update={"date": "2026年3月5日"})
    assert not [f for f in review(text, in_time).findings if f.rule == "era.stale"]
    assert [f for f in review(text, late).findings if f.rule == "era.stale"]


@pytest.mark.parametrize("text", ["", " \n ", "×", "“", "一、", "{}", "的" * 500, "同志们：", "\ufeff标题"])
def test_any_text_is_reviewed(text: str) -> None:
    seen = review(text, BRIEF, [text], NOW)
    assert seen.scores.overall is not None
    assert all(0 <= f.start <= f.end <= len(text) for f in seen.findings)


@settings(max_examples=40, deadline=None)
@given(st.text(alphabet="一二、（）是同志们：。，“”×*#\n 党的网格个12年月日", max_size=120))
def test_findings_stand_where_they_say(text: str) -> None:
    seen = review(text, BRIEF, [SOURCE], NOW)
    assert all(text[f.start : f.end] == f.text for f in seen.findings)
    scores = seen.scores.model_dump(exclude_none=True).values()
    assert all(0 <= score <= 100 for score in scores)


@pytest.mark.skipif(not REPORTS.is_dir(), reason="the corpus is not here")
def test_real_reports_read_well() -> None:
    seen = [review(path.read_text("utf-8"), today=date(2024, 2, 1)) for path in sorted(REPORTS.glob("*.txt"))[:8]]
    assert sum(scores.scores.overall or 0 for scores in seen) / len(seen) > 97
    errors = [f for one in seen for f in one.findings if f.severity is Severity.ERROR]
    assert [f for f in errors if f.rule.split(".")[0] in ("noise", "placeholder", "typo", "formulation", "promise")] == []


@pytest.mark.parametrize(
    ("named", "said", "leaks"),
    [
        ("实施“强产业”三年行动", "要把骨干企业做大做强产业链条", False),
        ("深化“大行动”机制", "推动民营经济发展壮大行动方案落地", False),
        ("建好“清风驿站”工程", "各村都要把清风驿站建起来", True),
        ("推行“一征三议两公开”工作法", "要用好一征三议两公开这个办法", True),
        ("擦亮“三项工程”品牌", "继续抓好农房、厕所、道路三项工程", False),
        ("推行“12”工作法", "台账共312本", False),
    ],
)
def test_a_name_of_a_source_leaks_where_it_is_that_name(named: str, said: str, leaks: bool) -> None:
    seen = marked(SPEECH.replace("每月会商一次", said), brief=BRIEF, sources=[f"去年我们{named}，群众欢迎。"])
    assert bool([finding for finding in seen.findings if finding.rule == "leakage.specific"]) == leaks


YEARLY = """各位代表：
现在，我代表县人民政府向大会报告工作，请予审议。
2031年工作回顾
一年来，我们主要做了以下工作：
{first}、守住粮仓，把田管好
新修的渠都通了水，旱地种上了豆。
{second}、修通村路，把人留住
村口的路铺到了家门前，赶集不再绕山。
2032年工作安排
今年要做好以下工作：
{third}、扩大灌区，把水引来
上游两个村的渠今春动工，秋后见水。
{fourth}、办好学堂，把娃教好
教学点的屋顶入夏以前翻新。
各位代表，让我们努力奋斗！
"""


@pytest.mark.parametrize(
    ("numbers", "rules"),
    [
        ("一二一二", []),
        ("一二一三", ["numbering.gap"]),
        ("一三一二", ["numbering.gap"]),
    ],
)
def test_parts_without_number_count_each_for_itself(numbers: str, rules: list[str]) -> None:
    text = YEARLY.format(**dict(zip(("first", "second", "third", "fourth"), numbers, strict=True)))
    assert [finding.rule for finding in marked(text).findings if finding.rule.startswith("numbering")] == rules


def test_words_of_every_report_are_no_copy() -> None:
    said = "统筹扩大内需和深化供给侧结构性改革，统筹新型城镇化和乡村全面振兴，统筹高质量发展和高水平安全，"
    text = SPEECH.replace("街道统筹，", f"街道统筹，{said}")
    assert not any(finding.rule == "originality.copied" for finding in marked(text, sources=[f"要{said}推动工作。"]).findings)
    own = "楼道里的杂物当天清完、隔天回看，谁家堆的谁家搬，搬不动的物业搭把手，一户也不落下，"
    text = SPEECH.replace("街道统筹，", f"街道统筹，{own}")
    assert any(finding.rule == "originality.copied" for finding in marked(text, sources=[f"要{own}推动工作。"]).findings)


def test_a_last_part_that_begins_with_the_salutation_is_no_closing() -> None:
    text = YEARLY.format(first="一", second="二", third="一", fourth="二")
    part = "各位代表！做好这些事，先要把政府自己管好。" + "办事的门要敞着，答应的话要记着，花的钱要一笔一笔摆出来给人看。" * 20
    ends = {
        True: text.replace("各位代表，让我们", f"{part}\n各位代表，让我们"),
        False: text.replace("各位代表，让我们努力奋斗！", part),
    }
    for closed, whole in ends.items():
        assert ("structure.closing" in {finding.rule for finding in marked(whole).findings}) != closed
