"""An outline is about the asked topic, of the asked shape and length; headings of the sources stay theirs."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pytest

from agent.assemble import assemble, paragraphs_of
from agent.faults import Ground
from agent.gather import Sources, examples, gather, statements, told_plainly
from agent.leads import COUNTED, leads
from agent.outline import Outline, Part, plan, title_of
from agent.wording import Wording, heading_faults
from agent.write import Writer
from prompts import Message
from speech import placeholders, specifics
from speech.brief import Genre, SpeechBrief
from speech.document import characters
from speech.errors import StoreError
from speech.genres import FORMS, PartRole
from speech.parse import parse
from speech.render import to_text
from tests.scripted import ScriptedModel, fields_of, points_of, sentences_of
from tests.vectorstore.speeches import PairEmbedder
from vectorstore.embed import Near
from vectorstore.search import PassageSearch
from vectorstore.store import PassageStore

POINTS = ("网格化管理", "红色物业", "为基层减负")
FACTS = ("全市已划分网格1632个", "红色物业示范小区达到210个", "清理各类报表86张")
BRIEF = SpeechBrief(
    topic="城市基层治理", occasion="全市城市基层治理重点工作推进会", length=2000, points=POINTS, facts=FACTS, speaker="市委书记"
)
DRAFTED = list(Genre)[:10]
WITH_SECTIONS = [genre for genre in DRAFTED if FORMS[genre].sections]


@pytest.fixture(scope="module")
def sources(search: PassageSearch) -> Sources:
    return gather(BRIEF, search)


def headings(outline: Outline) -> list[str]:
    """Every heading that is written: an undivided section's one part has none of its own."""
    parted = ((section.heading, *(part.heading for part in section.parts)) for section in outline.sections)
    return [
        heading
        for section, every in zip(outline.sections, parted, strict=True)
        for heading in every[: 1 if section.undivided else None]
    ]


def test_sources_are_on_the_topic_best_first(sources: Sources) -> None:
    assert "基层治理" in sources.about[0].passage.title
    assert [hit.score for hit in sources.about] == sorted((hit.score for hit in sources.about), reverse=True)
    assert len({hit.passage.id for hit in sources.about}) == len(sources.about)


@pytest.mark.parametrize("genre", DRAFTED)
def test_worked_examples_come_from_other_documents_and_tell_no_specifics(genre: Genre, search: PassageSearch) -> None:
    found = gather(BRIEF.model_copy(update={"genre": genre}), search)
    about = {hit.passage.document for hit in found.about[:8]}
    for role in found.models:
        for turn in examples(found, role)[1::2]:
            assert found.models[role][0].passage.document not in about
            assert not re.search(r"\d", turn.content)
            assert not placeholders.find(turn.content)


def test_the_samples_give_worked_examples(search: PassageSearch) -> None:
    found = gather(BRIEF, search)
    assert any(examples(found, role) for role in found.models)


def test_where_the_corpus_has_nothing_on_a_subject_nothing_is_taken(sources: Sources) -> None:
    """What is nearest would lead a part astray: 物资采购 for 物资储备."""
    taken = statements(sources, PartRole.TASK, "网格化管理", 4)
    nothing, everything = Near(alone=2.0, named=2.0), Near(alone=-1.0, named=-1.0)
    assert taken and statements(sources.model_copy(update={"near": everything}), PartRole.TASK, "网格化管理", 4) == taken
    assert statements(sources.model_copy(update={"near": nothing}), PartRole.TASK, "网格化管理", 4) == []
    assert statements(sources.model_copy(update={"near": nothing}), PartRole.SAFEGUARD, "督查考核", 4)


def test_a_word_of_the_point_in_a_speech_on_something_else_is_not_enough(sources: Sources) -> None:
    """老化的监测设备抓紧换, out of a speech on clean air, for 适老化改造 in one on care of the old."""
    by_name = sources.model_copy(update={"near": Near(alone=2.0, named=-1.0)})
    (point, *_) = [one for one in BRIEF.points if statements(by_name, PartRole.TASK, one, 4)]
    elsewhere = by_name.model_copy(update={"topic": "航天测控", "points": ()})
    assert statements(elsewhere, PartRole.TASK, point, 4) == []


@pytest.mark.parametrize("role", [PartRole.TASK, PartRole.SAFEGUARD, PartRole.SIGNIFICANCE])
def test_statements_carry_no_specifics_and_are_not_used_twice(sources: Sources, role: PartRole) -> None:
    found = statements(sources, role, "网格化管理", 5)
    assert found
    for one in found:
        assert not specifics.find(one.text) and not placeholders.find(one.text)
    again = statements(sources, role, "网格化管理", 5, used={one.text for one in found})
    assert not {one.text for one in again} & {one.text for one in found}


def test_an_empty_corpus_is_one_clear_line(tmp_path: Any) -> None:
    embedder = PairEmbedder()
    with (
        PassageStore(tmp_path / "store", embedder.name, embedder.dimensions) as store,
        pytest.raises(StoreError, match="jianggao ingest"),
    ):
        gather(BRIEF, PassageSearch(store, embedder))


def test_headings_are_asked_by_a_schema_that_names_each(sources: Sources) -> None:
    schemas: list[Mapping[str, Any]] = []

    def keep(fields: Mapping[str, Any], messages: Sequence[Message], turn: int) -> Any:
        schemas.append(fields)
        return fields_of(fields, messages, turn)

    outline = plan(BRIEF, sources, ScriptedModel(answer=keep))
    patterns = [form["pattern"] for fields in schemas for form in fields.values() if "pattern" in form]
    assert patterns and all(re.compile(pattern) for pattern in patterns)
    counts = [(form["minItems"], form["maxItems"]) for fields in schemas for form in fields.values() if "minItems" in form]
    assert counts and all(least == most for least, most in counts)
    for heading in headings(outline):
        assert any(re.fullmatch(pattern, heading) for pattern in patterns), heading


def test_points_become_the_headings_of_the_task(sources: Sources) -> None:
    outline = plan(BRIEF, sources, ScriptedModel())
    (task,) = (section for section in outline.sections if section.role == PartRole.TASK)
    assert len(task.parts) == len(POINTS)
    for point, part in zip(POINTS, task.parts, strict=True):
        assert point in part.heading


def test_a_sources_heading_is_refused_with_the_finding_named_and_mended(sources: Sources) -> None:
    theirs = [heading for heading in sources.headings() if "治理" in heading or "网格" in heading]
    assert theirs

    def thief(fields: Mapping[str, Any], messages: Sequence[Message], turn: int) -> Any:
        if "points" in fields:
            return {"points": points_of(fields["points"]["minItems"], turn)}
        return {key: theirs[n % len(theirs)] for n, key in enumerate(fields)}

    model = ScriptedModel(answer=thief)
    outline = plan(BRIEF, sources, model)
    assert not set(headings(outline)) & set(sources.headings())
    assert any("来源标题" in asked[-1].content for asked in model.asked)


@pytest.mark.parametrize(
    "junk",
    [
        "",
        "Strengthen leadership",
        "一、抓好3件事",
        "**网格化管理**",
        "抓好网格化管理，建成1200个网格",
        "落实《云溪市条例》",
        "好" * 60,
    ],
    ids=["empty", "english", "numbered", "markdown", "figure", "document", "long"],
)
def test_a_heading_that_will_not_do_is_made_of_the_briefs_words(sources: Sources, junk: str) -> None:
    def answer(fields: Mapping[str, Any], messages: Sequence[Message], turn: int) -> Any:
        return {key: points_of(f["minItems"], turn) if "minItems" in f else junk for key, f in fields.items()}

    outline = plan(BRIEF, sources, ScriptedModel(answer=answer))
    for heading in headings(outline):
        assert heading != junk and not re.search(r"[A-Za-z0-9*《一、]{2}", heading)


def unique_below(outline: Outline) -> bool:
    return all(len({part.heading for part in section.parts}) == len(section.parts) for section in outline.sections)


def test_headings_made_of_the_briefs_words_differ(sources: Sources) -> None:
    def answer(fields: Mapping[str, Any], messages: Sequence[Message], turn: int) -> Any:
        return {key: points_of(f["minItems"], turn) if "minItems" in f else "" for key, f in fields.items()}

    assert unique_below(plan(BRIEF, sources, ScriptedModel(answer=answer)))


@pytest.mark.parametrize("genre", WITH_SECTIONS)
def test_every_genre_has_its_form(genre: Genre, sources: Sources) -> None:
    outline = plan(BRIEF.model_copy(update={"genre": genre}), sources, ScriptedModel())
    form = FORMS[genre]
    assert outline.salutation == form.salutation
    numbers = "一二三四五六七八九"
    assert [section.number for section in outline.sections] == [f"{n}、" for n in numbers[: len(outline.sections)]]
    said = re.search("([一二三四五六七八九])(?:点|个)", outline.transition)
    assert said and said[1] == numbers[len(outline.sections) - 1]
    assert sorted(fact for part in outline.parts() for fact in part.facts) == sorted(FACTS)
    assert unique_below(outline)
    assert len({section.heading for section in outline.sections}) == len(outline.sections)


@pytest.mark.parametrize("length", [1000, 2000, 3000, 6000, 20_000])
@pytest.mark.parametrize("genre", [Genre.SPEECH, Genre.EXCHANGE, Genre.ADDRESS])
def test_lengths_share_out_to_the_whole(genre: Genre, length: int, sources: Sources) -> None:
    brief = BRIEF.model_copy(update={"genre": genre, "length": length, "facts": ()})
    outline = plan(brief, sources, ScriptedModel())
    texts = ["字" * (part.length - 1) + "。" for part in outline.parts()]
    whole = characters(to_text(assemble(brief, outline, texts)))
    assert abs(whole - length) <= 0.02 * length + 10


def test_the_draft_is_put_together_by_code(sources: Sources) -> None:
    brief = BRIEF.model_copy(update={"date": "2026年3月5日"})
    outline = plan(brief, sources, ScriptedModel())
    parts = list(outline.parts())
    texts = [f"这是第{n}段要写的话。" for n in range(len(parts))]
    speech = assemble(brief, outline, texts)
    text = to_text(speech)
    read = parse(text)
    assert (read.title, read.salutation, read.promised_points) == (title_of(brief), "同志们：", len(outline.sections))
    assert [section.number for section in read.sections] == ["一、", "二、", "三、"]
    for section in read.sections:
        assert [below.number for below in section.sections] == [f"（{n}）" for n in "一二三四五六"[: len(section.sections)]]
    assert "（2026年3月5日）" in text
    paragraphs = paragraphs_of(speech, outline, sources)
    assert [p.text for p in paragraphs] == [p.text for p in read.paragraphs()]
    known = {hit.passage.id for hit in (*sources.about, *(h for hits in sources.models.values() for h in hits))}
    for paragraph in paragraphs:
        assert {source.passage for source in paragraph.sources} <= known
        assert paragraph.sources or paragraph.path in ("开头", "结尾")


@pytest.mark.parametrize(
    ("changes", "title"),
    [
        ({"title": "打好基层治理攻坚战"}, "打好基层治理攻坚战"),
        ({}, "在全市城市基层治理重点工作推进会上的讲话"),
        ({"occasion": None}, "关于城市基层治理的讲话"),
        ({"genre": Genre.EXCHANGE}, "在全市城市基层治理重点工作推进会上的交流发言"),
    ],
)
def test_a_title(changes: dict[str, Any], title: str) -> None:
    assert title_of(BRIEF.model_copy(update=changes)) == title


@pytest.mark.parametrize(
    ("genre", "count"),
    [
        (Genre.SPEECH, 2),
        (Genre.SPEECH, 4),
        (Genre.SPEECH, 5),
        (Genre.EXCHANGE, 2),
        (Genre.EXCHANGE, 5),
    ],
)
def test_as_many_sections_as_were_asked_for_each_of_its_own(genre: Genre, count: int, sources: Sources) -> None:
    brief = BRIEF.model_copy(update={"genre": genre, "sections": count})
    outline = plan(brief, sources, ScriptedModel())
    assert len(outline.sections) == count
    assert len({section.heading for section in outline.sections}) == count
    below = [part.heading for section in outline.sections for part in section.parts if part.heading != section.heading]
    assert len(set(below)) == len(below)


@pytest.mark.parametrize(
    "topic",
    [
        "城市（社区）基层治理",
        "云溪市城市基层治理",
        "“十五五”规划编制",
        "2026年招商引资",
        "AI赋能基层治理",
        "水",
        "加强和创新基层社会治理的一系列重要部署并推动落地见效走深走实取得新的成绩",
    ],
)
def test_a_topic_of_any_wording_can_be_planned(topic: str, search: PassageSearch) -> None:
    brief = SpeechBrief(topic=topic, points=POINTS, length=1000)
    outline = plan(brief, gather(brief, search), ScriptedModel())
    assert len(outline.sections) == 3


@pytest.mark.parametrize(
    "points", [("“一网统管”", "红色物业"), ("12345热线", "红色物业"), ("AI赋能", "(社区)减负"), ("A+B", "[试点]")]
)
def test_points_of_any_wording_can_be_planned(points: tuple[str, ...], search: PassageSearch) -> None:
    brief = SpeechBrief(topic="城市基层治理", points=points, length=1000)
    plan(brief, gather(brief, search), ScriptedModel())


def test_an_address_takes_a_fact(sources: Sources) -> None:
    outline = plan(BRIEF.model_copy(update={"genre": Genre.ADDRESS}), sources, ScriptedModel())
    assert sorted(fact for part in outline.parts() for fact in part.facts) == sorted(FACTS)


def test_two_sections_are_counted_as_one_speaks(sources: Sources) -> None:
    assert "讲两点意见" in plan(BRIEF.model_copy(update={"sections": 2}), sources, ScriptedModel()).transition


def test_headings_of_the_briefs_own_words_do_not_run_out(search: PassageSearch) -> None:
    """A model that words nothing usable, a brief without points: two parts to each section but the one on what is lacking, all of the topic alone."""
    brief = SpeechBrief(topic="作风建设", genre=Genre.SEMINAR, length=1600)
    found = headings(plan(brief, gather(brief, search), ScriptedModel(answer=lambda *_: {"一": "建成网格1200个", "points": []})))
    assert len(set(found)) == len(found) >= 7
    assert not any("作风建设作风建设" in heading for heading in found)


def test_a_topic_with_a_de_gives_headings_with_one(search: PassageSearch) -> None:
    brief = SpeechBrief(topic="党员干部的安全责任", length=1500)
    found = headings(plan(brief, gather(brief, search), ScriptedModel()))
    assert any("党员干部安全责任的" in heading for heading in found)
    assert any(heading.startswith("落实党员干部安全责任是") for heading in found)
    assert not any(heading.count("的") > 2 for heading in found)


def test_what_is_lacking_is_told_of_what_was_done(search: PassageSearch) -> None:
    """A duty report's problems are those of its own points, each in its own words, counted off in one part."""
    brief = SpeechBrief(
        topic="驻村工作", genre=Genre.DUTY_REPORT, length=2000, points=("壮大集体经济", "修通生产路", "轮换驻村干部")
    )
    outline = plan(brief, gather(brief, search), ScriptedModel())
    (lacking,) = [section for section in outline.sections if section.role == PartRole.PROBLEM]
    assert lacking.undivided
    (part,) = lacking.parts
    assert len(part.points) >= 2
    assert all(f"在{matter}上" in point for matter, point in zip(brief.points, part.points, strict=False))
    assert [lead.text for lead in leads(part, brief, 1)] == [f"{COUNTED}是{point}，" for point in part.points]


def test_an_address_begins_on_behalf_of_whom_its_speaker_speaks_for_and_tells_a_founding_as_no_news() -> None:
    fact = "学校创办于1926年"
    part = Part(path="开头", role=PartRole.OPENING, heading="", length=500, points=("百年校庆",), facts=(fact,))
    brief = SpeechBrief(topic="百年校庆", genre=Genre.ADDRESS, occasion="校庆大会", speaker="副市长", facts=(fact,))
    first, told, *_ = leads(part, brief, 1)
    assert first.text == "值此校庆大会举办之际，我代表市政府，向" and told.text == f"{fact}。"
    unknown = leads(part, brief.model_copy(update={"speaker": None}), 1)
    assert unknown[0].text == "值此校庆大会举办之际，我代表"


@pytest.mark.parametrize("point", ["摸清需求", "配好队伍", "用好积分", "讲政治", "守底线", "转变作风", "服务群众", "压实责任"])
def test_a_point_with_a_verb_of_its_own_gets_no_other(search: PassageSearch, point: str) -> None:
    """Never 深化摸清需求, 强化配好队伍."""
    brief = SpeechBrief(topic="志愿服务", genre=Genre.EXCHANGE, length=600, points=(point, "办好实事", "健全机制"))
    outline = plan(brief, gather(brief, search), ScriptedModel())
    assert [section.heading.split("，")[0] for section in outline.sections][:1] == [point]


@pytest.mark.parametrize("point", ["服务体系", "标准化建设", "平稳增长", "守正创新", "保护区", "严重污染"])
def test_a_point_that_is_a_thing_gets_a_verb(search: PassageSearch, point: str) -> None:
    brief = SpeechBrief(topic="志愿服务", genre=Genre.EXCHANGE, length=600, points=(point, "办好实事", "健全机制"))
    outline = plan(brief, gather(brief, search), ScriptedModel())
    begun = outline.sections[0].heading.split("，")[0]
    assert begun != point and begun.endswith(point)


def test_a_point_that_the_one_before_ran_on_to_is_not_begun_again(search: PassageSearch) -> None:
    points = ("强化基层治理职责", "定期召开专题会议")
    part = Part(path="三（一）", role=PartRole.SAFEGUARD, heading="加强组织领导", length=160, points=points)

    def speak(messages: Sequence[Message], turn: int) -> str:
        return "把任务落到人头，定期召开专题会议，把难题摆上桌面。" if turn == 0 else sentences_of(messages, turn)

    writer = Writer(BRIEF, gather(BRIEF, search), ScriptedModel(speak=speak), Ground(BRIEF, (), date(2026, 3, 1)))
    text = writer.write(part, "")
    assert text.startswith("要强化基层治理职责，") and text.count("定期召开专题会议") == 1


def test_who_acts_is_no_point(search: PassageSearch) -> None:
    listed = ["住建、消防、城管各占一部分", "建好议事协商阵地", "公开物业收支账目"]
    wording = Wording(BRIEF, gather(BRIEF, search), ScriptedModel(answer=lambda *_: {"points": listed}))
    assert set(wording.points("织密网格，夯实底座", 3, [])) == set(listed[1:])


def test_a_clause_that_leans_on_one_left_out_is_left_out_too() -> None:
    """Who goes there in person is not told where his clause had a figure: 难题亲自到现场督办."""
    sentence = "要落实党政同责、一岗双责，县区主要负责同志每季度专题研究不少于××次，难题亲自到现场督办，把责任压到岗位。"
    assert told_plainly(sentence) == ("要落实党政同责、一岗双责，把责任压到岗位。",)
    whole = "要落实党政同责、一岗双责，主要负责人遇到难题亲自到现场督办，把责任压到岗位。"
    assert told_plainly(whole) == (whole,)


def test_a_point_that_another_part_has_is_better_than_none(search: PassageSearch) -> None:
    """A model of one list for every heading: the second part takes what it can of it, none of it twice in one part."""
    listed = ["摸清楼栋底数台账", "建好议事协商阵地", "公开物业收支账目"]
    wording = Wording(BRIEF, gather(BRIEF, search), ScriptedModel(answer=lambda *_: {"points": [*listed, *listed]}))
    assert set(wording.points("织密网格，夯实底座", 3, [])) == set(listed)
    assert set(wording.points("建强物业，服务居民", 3, [])) == set(listed)


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "null",
        '{"points": "摸清底数"}',
        {"points": [1, None, {}]},
        {"points": ["落实《云溪条例》"]},
        {"points": ["推动社区党组织和物业服务企业", "引导社区群众"]},
    ],
)
def test_points_that_cannot_be_used_are_none(answer: Any, search: PassageSearch) -> None:
    wording = Wording(BRIEF, gather(BRIEF, search), ScriptedModel(answer=lambda *_: answer))
    assert wording.points("织密网格，夯实底座", 3, []) == ()


def test_without_points_the_facts_say_what_the_parts_are_about(sources: Sources) -> None:
    brief = SpeechBrief(genre=Genre.DUTY_REPORT, topic="村级工作", facts=("村集体增收12万元", "修通生产路3.6公里"), length=1200)
    outline = plan(brief, sources, ScriptedModel())
    parts = {part.heading: part.facts for section in outline.sections for part in section.parts}
    for subject, fact in zip(("村集体增收", "修通生产路"), brief.facts, strict=True):
        assert [facts for heading, facts in parts.items() if subject in heading] == [(fact,)]


@pytest.mark.parametrize(
    ("heading", "cut"),
    [
        ("推进充电安全整治是保障人民群众生命财产安全的首要抓", True),
        ("推进充电安全整治是保障人民群众生命财产安全的要求", False),
        ("抓好充电安全整治，推动充电安全整治各项任务的落地生", True),
    ],
)
def test_a_heading_that_ends_in_half_a_word_is_not_whole(heading: str, cut: bool) -> None:
    faults = heading_faults(heading, "充电安全整治", (), (), SpeechBrief(topic="充电安全整治"))
    assert ("没有写完" in faults) == cut
