"""What DESIGN.md promises of every finished draft, with a model that lies, rambles or returns garbage.

What is checked here is checked by means of its own: plain searches and regular expressions, not the code that mends.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

import pytest

import prompts
from agent.drafter import Finished
from agent.drafts import Draft, Status
from agent.faults import Ground
from agent.gather import gather
from agent.mend import mend
from agent.models import LARGE, SMALL, ModelProfile
from prompts import Message
from speech.brief import Genre, SpeechBrief
from speech.errors import ModelError
from speech.genres import FORMS
from tests.agent.conftest import TODAY, Begin
from tests.scripted import ScriptedModel, fields_of, points_of, sentence, sentences_of
from vectorstore.search import PassageSearch

FACTS = ("全市已划分网格1632个", "红色物业示范小区达到210个")
BRIEF = SpeechBrief(
    topic="城市基层治理",
    occasion="全市城市基层治理推进会",
    length=600,
    points=("网格化管理", "红色物业"),
    facts=FACTS,
)
Speak = Callable[[Sequence[Message], int], str]


def written(begin: Begin, model: ScriptedModel, brief: SpeechBrief = BRIEF) -> Draft | None:
    """The finished draft; None where the run ended in one clear line instead."""
    drafter = begin(model)
    draft = drafter.begin(brief)
    try:
        *_, last = drafter.run(draft)
    except ModelError as error:
        assert "\n" not in str(error) and error.way_on
        kept = drafter.drafts.get(draft.id)
        assert (kept.status, kept.error) == (Status.FAILED, str(error))
        return None
    assert isinstance(last, Finished)
    return last.draft


def without_what_was_told(text: str, brief: SpeechBrief) -> str:
    for told in sorted(brief.told().values(), key=len, reverse=True):
        text = text.replace(told.rstrip("。"), "")
    return text


def keeps_its_promises(draft: Draft, brief: SpeechBrief = BRIEF, within: float = 0.10) -> None:
    text = draft.text
    rest = without_what_was_told(text, brief)
    assert not re.search(r"[0-9０-９]", rest), re.findall(r".{6}[0-9０-９].{6}", rest)
    assert not re.search(r"[A-Za-z#`<>{}|\\^~\[\]]|\*\*", text)
    assert not re.search(r"《[^×》]*[^×》]》", rest)
    assert [q for q in re.findall(r"“([^”]+)”", rest) if "×" not in q and len(q) > 8] == []
    lines = text.splitlines()
    numbers = [line[: line.index("、") + 1] for line in lines if re.match(r"[一二三四五六七八九]、", line)]
    assert numbers == [f"{n}、" for n in "一二三四五六七八九"[: len(numbers)]]
    promised = re.search(r"(?:讲|从)([一二三四五六七八九])(?:点|个方面)", text)
    if promised:
        assert "一二三四五六七八九".index(promised[1]) + 1 == len(numbers)
    assert len(re.findall(r"(?:讲|提)[一二三四五六七八九\d](?:点|个方面)", text)) <= 1
    assert "1.1" not in text
    assert not re.search(r"[。！？][ 　]*(?:[一二三四五六七八九]、|（[一二三四五六七八九]）)", text)
    assert not re.search(r"(.{12,}?).{0,80}?\1", re.sub(r"\s", "", text))
    for fact in brief.facts:
        assert text.count(fact) == 1, fact
    if brief.length:
        assert abs(len(re.sub(r"\s", "", text)) - brief.length) <= within * brief.length + 15
    form = FORMS[brief.genre]
    assert lines[0].endswith(brief.genre) and (form.salutation is None or form.salutation in lines)


def longest_run(text: str, source: str) -> int:
    """By brute force: the longest stretch of Chinese signs that both have."""
    ours, theirs = (re.sub(r"[^\u4e00-\u9fff]", "", one) for one in (text, source))
    best = 0
    for start in range(len(ours)):
        while ours[start : start + best + 1] in theirs and start + best < len(ours):
            best += 1
    return best


LIES = [
    "全市投入资金3.2亿元，建成站点1200个，办结率达到98.6%。",
    "截至2025年12月31日，累计走访群众15万人次。",
    "去年共化解矛盾纠纷两千三百余件，比上年下降百分之十五。",
    "张建国同志长期扎根社区，李梅书记带头示范。",
    "云溪市和河洛区走在了前列，龙潭社区党支部作了示范。",
    "市民政局、云溪市住房和城乡建设局联合印发了文件。",
    "要落实《云溪市物业管理条例》和《关于加强网格建设的实施意见》。",
    "正如有位群众所说：“过去办事跑断腿，如今网格员上门来，日子越过越舒坦。”",
    "要实施“河洛先锋”工程，推行“一征三议两公开”工作法，打造“红帆驿站”品牌。",
    "2026年3月5日上午9时，在河洛社区召开现场会。",
]


def liar(messages: Sequence[Message], turn: int) -> str:
    return LIES[turn % len(LIES)] + sentence(turn)


def long_liar(messages: Sequence[Message], turn: int) -> str:
    return LIES[turn % len(LIES)] + "".join(sentence(turn * 14 + n) for n in range(14))


def mixed(*lies: str) -> Speak:
    return lambda _, turn: lies[turn % len(lies)] + sentence(2 * turn) + sentence(2 * turn + 1)


JUNK: dict[str, Speak] = {
    "markdown": lambda _, turn: f"## 小标题\n**{sentence(2 * turn)[:-1]}**\n- {sentence(2 * turn + 1)}\n> `引用`",
    "english": lambda _, turn: f"Sure! Here is the text. {sentence(turn)} Community governance is key。",
    "thought": lambda _, turn: f"<think>先想一想怎么写。写{turn}个字。</think>{sentences_of([], turn)}",
    "unclosed thought": lambda _, turn: f"{sentences_of([], turn)}<think>还要再想",
    "advert": mixed(
        "更多范文请加微信：wx8888，网址 www.fanwen.com。", "酷乐文行整理，会员QQ群：12345678。", "扫码关注公众号，免费领取全文。"
    ),
    "numbers": lambda _, turn: f"1.1 {sentence(2 * turn)}\n一、{sentence(2 * turn + 1)}\n（一）{sentence(2 * turn + 300)}",
    "promises": mixed("下面，我再讲四点意见。", "我提五点要求。", "具体要做好以下几个方面的工作：", "这里讲四个方面。"),
    "labels": lambda _, turn: f"正文：{sentence(2 * turn)}要点：{sentence(2 * turn + 1)}",
    "ai": mixed("作为一个人工智能语言模型，我无法提供。", "以下是为您起草的讲话稿：", "希望以上内容对你有帮助！"),
    "json": lambda _, turn: f'{{"text": "{sentence(turn)}"}}{sentence(turn + 200)}',
    "endless": lambda _, turn: "".join(sentence(turn * 20 + n) for n in range(20)),
    "a tenth": lambda _, turn: sentence(turn),
    "unended": lambda _, turn: sentences_of([], turn) + "各级各部门要切实把思想和行动统一到",
    "loops": lambda _, turn: sentence(turn) + "让居民的心更暖，让居民的家更美，让居民的路更宽，让居民的灯更亮。" * 3,
}


@pytest.mark.parametrize("kind", JUNK)
def test_garbage_does_not_reach_the_draft(begin: Begin, kind: str) -> None:
    draft = written(begin, ScriptedModel(speak=JUNK[kind]))
    if draft is None:
        assert kind in ("markdown", "english", "json")  # nothing in the first line of an answer that can be kept
        return
    keeps_its_promises(draft)
    for word in (
        "微信",
        "QQ",
        "酷乐",
        "公众号",
        "语言模型",
        "人工智能",
        "小标题",
        "要点：",
        "正文：",
        "引用",
        "想一想",
        "以下",
        "范文",
        "扫码",
    ):
        assert word not in draft.text


@pytest.mark.parametrize("profile", [SMALL, LARGE], ids=["small", "large"])
@pytest.mark.parametrize("genre", [Genre.SPEECH, Genre.EXCHANGE])
def test_invented_specifics_become_placeholders(begin: Begin, genre: Genre, profile: ModelProfile) -> None:
    brief = BRIEF.model_copy(update={"genre": genre})
    draft = written(begin, ScriptedModel(profile=profile, speak=liar if profile is SMALL else long_liar), brief)
    assert draft is not None
    keeps_its_promises(draft, brief, within=0.15)
    for name in (
        "张建国",
        "李梅",
        "云溪",
        "桃花镇",
        "河洛",
        "红旗街道",
        "中弘",
        "红帆",
        "一征三议",
        "跑断腿",
        "百分之十五",
        "两千三百",
        "15万",
    ):
        assert name not in draft.text, name
    assert draft.placeholders
    assert draft.text.count("×") >= len(draft.placeholders)
    for row in draft.placeholders:
        assert row.question and all(draft.text[start:end] == row.mask for start, end in row.spans)
    assert draft.review is not None
    assert not [one.text for one in draft.review.specifics if one.supported is False]


@pytest.mark.parametrize("place", ["云溪市桃花镇", "河洛区红旗街道", "中弘中央广场社区"])
def test_a_place_named_by_common_words_becomes_a_placeholder(begin: Begin, place: str) -> None:
    draft = written(begin, ScriptedModel(speak=lambda _, turn: f"{sentence(turn)[:4]}在{place}{sentence(turn)[4:]}"))
    assert draft is not None
    assert place[-4:] not in draft.text


def test_the_sources_are_not_copied_and_their_specifics_do_not_leak(begin: Begin, search: PassageSearch) -> None:
    sources = gather(BRIEF, search)
    theirs = [piece for text in sources.texts() for piece in re.findall(r"[^。！？\n]+[。！？]", text)]

    def copier(messages: Sequence[Message], turn: int) -> str:
        return theirs[turn % len(theirs)] + sentence(turn)

    draft = written(begin, ScriptedModel(speak=copier))
    assert draft is not None
    keeps_its_promises(draft, within=0.15)
    body = "\n".join(paragraph.text for paragraph in draft.paragraphs)
    assert max(longest_run(body, source) for source in sources.texts()) <= 30


def test_the_examples_of_the_prompts_are_not_handed_back(begin: Begin) -> None:
    examples = [piece for text in prompts.examples() for piece in re.findall(r"[^。！？\n]+[。！？]", text) if "{" not in text]

    def parrot(messages: Sequence[Message], turn: int) -> str:
        return examples[turn % len(examples)] + sentence(turn)

    draft = written(begin, ScriptedModel(speak=parrot))
    assert draft is not None
    body = "\n".join(paragraph.text for paragraph in draft.paragraphs)
    assert max(longest_run(body, example) for example in prompts.examples()) <= 30
    assert "粮食" not in body or "粮食" in BRIEF.topic


def test_a_large_model_of_short_answers_still_comes_to_the_length(begin: Begin) -> None:
    brief = BRIEF.model_copy(update={"genre": Genre.EXCHANGE, "length": 800})
    draft = written(begin, ScriptedModel(profile=LARGE, speak=liar), brief)
    assert draft is None or abs(len("".join(draft.text.split())) - 800) <= 95


DUMB: dict[str, Speak] = {
    "nothing": lambda *_: "",
    "blanks": lambda *_: " \n\n ",
    "signs": lambda *_: "。。。！！！……",
    "english": lambda *_: "I cannot help with that request.",
    "braces": lambda *_: "{}" * 50,
    "the same": lambda *_: "要切实加强组织领导，确保各项工作落到实处。",
    "surrogates": lambda *_: "\ufffd\x00\u200b" * 30,
}


@pytest.mark.parametrize("kind", DUMB)
def test_a_model_with_nothing_to_say_gives_no_canned_draft(begin: Begin, kind: str) -> None:
    assert written(begin, ScriptedModel(speak=DUMB[kind])) is None


def test_a_model_of_one_word_gives_no_canned_draft(begin: Begin) -> None:
    assert written(begin, ScriptedModel(speak=lambda *_: "好")) is None


FORMLESS: dict[str, Any] = {
    "nothing": "",
    "cut": '{"points": ["摸清楼栋底数台账", "建好议',
    "no json": "好的，以下是标题：一、提高认识",
    "list": "[]",
    "null": "null",
    "numbers": {"points": [1, 2, 3], "一": 1, "二": None, "三": []},
    "nested": {"points": [{"point": "摸清楼栋底数台账"}], "一": {"标题": "x"}},
}


@pytest.mark.parametrize("kind", FORMLESS)
def test_an_outline_of_garbage_ends_in_one_clear_line(begin: Begin, kind: str) -> None:
    answer = FORMLESS[kind]
    draft = written(begin, ScriptedModel(answer=lambda *_: answer))
    if draft is not None:
        keeps_its_promises(draft)


def test_lies_in_the_outline_do_not_reach_the_draft(begin: Begin) -> None:
    def answer(fields: Mapping[str, Any], messages: Sequence[Message], turn: int) -> Any:
        lies = ["学习张建国同志先进事迹", "落实《云溪市条例》要求", "建成网格1200个", "打造“河洛先锋”品牌", "推广云溪市的做法"]
        if "points" in fields:
            count = fields["points"]["minItems"]
            return {"points": [*lies, *points_of(count, turn)][: count + len(lies)]}
        told = fields_of(fields, messages, turn)
        return {key: f"{heading[:12]}办好{turn}件实事" if turn % 2 else heading for key, heading in told.items()}

    draft = written(begin, ScriptedModel(answer=answer))
    assert draft is not None
    keeps_its_promises(draft)
    assert draft.outline is not None
    said = [draft.text, *(word for part in draft.outline.parts() for word in (part.heading, *part.points))]
    assert not re.search("张建国|云溪|河洛|1200", "\n".join(said))


@pytest.mark.parametrize("genre", list(Genre)[:10])
def test_every_genre_comes_to_its_end_and_length(begin: Begin, genre: Genre) -> None:
    facts = () if genre is Genre.ADDRESS else FACTS
    brief = BRIEF.model_copy(update={"genre": genre, "facts": facts, "length": 800})
    draft = written(begin, ScriptedModel(), brief)
    assert draft is not None
    keeps_its_promises(draft, brief)
    assert draft.brief == brief and TODAY.year == 2026


@pytest.mark.parametrize("length", [2000])
def test_the_length_asked_for(begin: Begin, length: int) -> None:
    brief = BRIEF.model_copy(update={"length": length})
    draft = written(begin, ScriptedModel(), brief)
    assert draft is not None
    keeps_its_promises(draft, brief)


@pytest.mark.parametrize("text", ["让社区的负担更加高效、便捷、高效。", "要推动服务下沉，还要加强管理，要推动服务下沉。"])
def test_a_sentence_that_says_a_thing_twice_is_refused(text: str) -> None:
    mended = mend(text, "", Ground(BRIEF, (), date(2026, 3, 1)))
    assert mended.text == "" and mended.faults


def test_a_repetition_over_the_border_of_two_sentences_is_refused() -> None:
    before = "要压紧责任，谁主管谁负责。要建立考核机制，好的表扬。要明确分工，谁主管谁负责。"
    assert mend("要建立考核机制，差的批评。", before, Ground(BRIEF, (), date(2026, 3, 1))).text == ""


@pytest.mark.parametrize(
    "text",
    [
        "群众的感受。",
        "谁不负责、谁就负责，谁不担当、谁就担当。",
        "责任要落到个人，谁管谁管，确保项目开工。",
        "责任要明确，谁要干、干谁，谁来管、管谁。",
        "要加强组织建设，二要推动交叉任职，三是要完善机制。",
        "要推进土壤污染治理与修复，一要严格执法。",
        "二是鼓励志愿者当志愿者。",
        "群众感受就是基层治理的效果，让人心里踏实。",
        "要与应急管理部门合作，定期开展演练，确保一旦发生突发事件。",
    ],
)
def test_a_sentence_that_says_nothing_or_counts_by_itself_is_refused(text: str) -> None:
    mended = mend(text, "", Ground(BRIEF, (), date(2026, 3, 1)))
    assert mended.text == "" and mended.faults


@pytest.mark.parametrize(
    "text", ["要按谁主管谁负责、谁监管谁负责的原则，把责任压到岗位。", "要说清谁检查、谁签字、谁负责，一旦出事，能找到人。"]
)
def test_who_answers_for_what_may_be_said(text: str) -> None:
    assert mend(text, "", Ground(BRIEF, (), date(2026, 3, 1))).text == text


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        ("要由社区书记牵头，每周召开一次会议，研究治理难题。", "要由社区书记牵头，定期召开会议，研究治理难题。"),
        ("各级要坚持每半年听取一次专题汇报，推动问题解决。", "各级要定期听取专题汇报，推动问题解决。"),
        ("每个季度都公开财务报表，每月把账目晒在墙上。", "定期公开财务报表，定期把账目晒在墙上。"),
        ("每周一、三、五定时开展活动，每周一次例会不能少。", "定期开展活动，每周一次例会不能少。"),
        ("区委书记每个季度都要坐下来，把难题理清。", "区委书记要定期坐下来，把难题理清。"),
        ("要亲自抓，每月都至少召开一次会议，每季度至少演练。", "要亲自抓，定期召开会议，定期演练。"),
        ("开这次会，目的是为了把账算清。", "开这次会，目的是把账算清。"),
        ("每月定期巡查，每周末清扫楼道，每天都有人管。", "定期巡查，每周末清扫楼道，每天都有人管。"),
    ],
)
def test_how_often_is_left_open(text: str, mended: str) -> None:
    """A measure of how often is a figure; nobody told it."""
    assert mend(text, "", Ground(BRIEF, (), date(2026, 3, 1))).text == mended


def test_how_often_stays_where_it_was_told() -> None:
    told = BRIEF.model_copy(update={"facts": ("专班每周召开一次会议",)})
    text = "要压实责任，专班每周召开一次会议，研究治理难题。"
    assert mend(text, "", Ground(told, (), date(2026, 3, 1))).text == text


@pytest.mark.parametrize("text", ["目前，已经实现居民小区物业全覆盖，群众满意。", "居民有啥困难，第一时间给党员汇报。"])
def test_a_success_that_nobody_told_and_street_talk_are_refused(text: str) -> None:
    mended = mend(text, "", Ground(BRIEF, (), date(2026, 3, 1)))
    assert mended.text == "" and mended.faults


def test_a_success_that_is_demanded_stays() -> None:
    text = "要加快推进，确保年内物业服务全覆盖，让居民安心。"
    assert mend(text, "", Ground(BRIEF, (), date(2026, 3, 1))).text


def test_a_taboo_is_in_no_finished_draft(begin: Begin) -> None:
    brief = BRIEF.model_copy(update={"taboos": ("考核", "去年的燃气事故")})

    def tells(messages: Sequence[Message], turn: int) -> str:
        return f"{sentence(turn)}要把考核作为硬任务。去年那起燃气事故大家都记得。{sentence(turn + 200)}"

    def heads(fields: Mapping[str, Any], messages: Sequence[Message], turn: int) -> Any:
        found = fields_of(fields, messages, turn)
        return {key: ["抓好考核评价结果运用", *one[1:]] if isinstance(one, list) else one for key, one in found.items()}

    draft = written(begin, ScriptedModel(speak=tells, answer=heads), brief)
    assert draft and "考核" not in draft.text and "事故" not in draft.text
    assert any("不要提“考核”" in turn.content for turn in _asked(begin, tells, brief))


def _asked(begin: Begin, speak: Speak, brief: SpeechBrief) -> list[Message]:
    model = ScriptedModel(speak=speak)
    written(begin, model, brief)
    return [message for messages in model.asked for message in messages]


def test_the_words_of_another_level_are_put_right(begin: Begin) -> None:
    def tells(messages: Sequence[Message], turn: int) -> str:
        return f"全县{sentence(2 * turn)}{sentence(2 * turn + 1)}"

    draft = written(begin, ScriptedModel(speak=tells))
    assert draft and "全县" not in draft.text
    assert draft.text.count("全市") > 3


def test_a_beginning_is_not_used_time_and_again() -> None:
    before = "今天，我们相聚在这里。今天，我们谋划新的发展。"
    mended = mend("今天，我们站在新的起点上。", before, Ground(BRIEF, (), date(2026, 3, 1)))
    assert mended.text == "" and "今天，我们" in mended.faults[0]
    assert mend("面向明天，我们充满信心和期待。", before, Ground(BRIEF, (), date(2026, 3, 1))).text


def test_a_beginning_that_code_sets_may_come_again() -> None:
    before, ground = "同时，我们建好台账。同时，我们配齐力量。", Ground(BRIEF, (), date(2026, 3, 1))
    assert mend("同时，我们公开账目，请居民监督。", before, ground, led=True).text
    assert not mend("同时，我们公开账目，请居民监督。", before, ground).text
