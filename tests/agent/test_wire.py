"""Outline, section and revision as the real embedded model words them, over the real wire."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import date

import pytest
import yaml
from vcr.errors import CannotOverwriteExistingCassetteException

import prompts
from agent.faults import REPEATED, Ground
from agent.gather import Sources
from agent.mend import sentences
from agent.models import EndpointModel
from agent.outline import Outline, Part, plan
from agent.write import Writer
from speech import overlap, specifics
from speech.brief import Genre, SpeechBrief
from speech.errors import ModelError
from speech.genres import PartRole
from tests.wire import CASSETTES, KEPT_HEADERS, cassette, recording, wired_model
from vectorstore.passages import Passage, Role
from vectorstore.search import PassageHit

BRIEF = SpeechBrief(
    genre=Genre.SPEECH,
    occasion="全市城市基层治理重点工作推进会",
    topic="城市基层治理",
    length=1200,
    points=("网格化管理", "红色物业"),
    facts=("全市已划分网格1632个",),
)


def hit(number: int, heading: str, text: str, path: str = "二（一）") -> PassageHit:
    passage = Passage(
        id=f"p{number}",
        document=f"d{number}",
        title="在某次会议上的讲话",
        genre=Genre.SPEECH,
        path=path,
        heading=heading,
        role=Role.MEASURE,
        text=text,
        position=number,
    )
    return PassageHit(passage=passage, score=0.9)


HITS = (
    hit(
        1,
        "织密网格，夯实底座",
        "要划好网格边界，把商圈、市场和新交付小区一并纳入，不留空白。网格员每天走一遍楼栋，小事当场办、大事及时报。楼栋长要配合网格员摸清租住人员。",
    ),
    hit(
        2,
        "建强物业，服务居民",
        "要推动社区党组织、业主委员会和物业企业交叉任职。物业收支每季度在楼道口公示，哪一笔说不清就当面解释。没有物业的院落由街道组建队伍托底。",
    ),
    hit(
        3,
        "治理关系民心",
        "楼上漏水该找谁说理，电梯坏了几天能修好，居民心里都有一杆秤。小事拖久了会变成烦心事，烦心事堆多了会伤人心。",
        "一（一）",
    ),
)
# as an embedder tells them apart: what stands in the passage on a point is nearer to it than to the other
LIKENESS = {
    point: {text: 0.9 if number == at else 0.8 for number, one in enumerate(HITS) for text in sentences(one.passage.text)}
    for at, point in enumerate(BRIEF.points)
}
SOURCES = Sources(topic=BRIEF.topic, points=BRIEF.points, about=HITS, likeness=LIKENESS, models={})


@pytest.fixture(scope="module")
def model() -> Iterator[EndpointModel]:
    yield wired_model()


@pytest.fixture(scope="module")
def outline(model: EndpointModel) -> Outline:
    with cassette("outline"):
        return plan(BRIEF, SOURCES, model)


def writer(model: EndpointModel) -> Writer:
    return Writer(BRIEF, SOURCES, model, Ground(BRIEF, (*SOURCES.texts(), *prompts.examples()), date(2026, 3, 1)))


def part_of(outline: Outline, role: PartRole) -> Part:
    return next(part for part in outline.parts() if part.role == role)


def test_the_outline_is_on_the_points_and_parallel(outline: Outline) -> None:
    assert [section.number for section in outline.sections] == ["一、", "二、", "三、"]
    task = outline.sections[1]
    assert ["网格化管理" in task.parts[0].heading, "红色物业" in task.parts[1].heading] == [True, True]
    assert all(BRIEF.topic in section.heading for section in outline.sections)
    assert task.parts[0].facts == BRIEF.facts
    assert all(part.points and part.statements for part in task.parts)
    assert not set(SOURCES.headings()) & {part.heading for part in outline.parts()}


def test_a_section_states_its_facts_and_nothing_untold(outline: Outline, model: EndpointModel) -> None:
    with cassette("section"):
        text = writer(model).write(part_of(outline, PartRole.TASK), "")
    assert "全市已划分网格1632个" in text
    assert text.endswith("。")
    assert all(claim.supported for claim in specifics.check(text, BRIEF))


def test_what_a_check_refuses_is_asked_again_with_the_finding_named(outline: Outline, model: EndpointModel) -> None:
    part = part_of(outline, PartRole.SAFEGUARD)
    every = writer(model)
    # where two characters in a row are a copy, no answer passes
    strict = Writer(BRIEF, SOURCES, model, replace(every.ground, limit=1))
    with cassette("revision") as tape:
        first = every.write(part, "")
        second = every.write(part, first)
        with suppress(ModelError):
            strict.write(part, "")
        asked = [request.body.decode() if isinstance(request.body, bytes) else str(request.body) for request in tape.requests]
    assert any("不要照抄材料" in body or "\\u4e0d\\u8981\\u7167\\u6284" in body for body in asked)
    assert overlap.shared_runs(second, [first], REPEATED) == []


@pytest.mark.parametrize("name", ["outline", "section", "revision"])
def test_a_cassette_holds_no_secret_and_reads_as_chinese(name: str) -> None:
    text = (CASSETTES / f"{name}.yaml").read_text(encoding="utf-8")
    assert "城市基层治理" in text
    for exchange in yaml.safe_load(text)["interactions"]:
        assert {header.lower() for side in ("request", "response") for header in exchange[side]["headers"]} <= KEPT_HEADERS
        assert exchange["request"]["uri"].startswith("http://127.0.0.1/v1/")


def test_another_prompt_does_not_replay_an_old_answer(model: EndpointModel) -> None:
    if recording():
        pytest.skip("a cassette that is being recorded takes any call")
    with cassette("outline"), pytest.raises(CannotOverwriteExistingCassetteException):
        model._client.invoke([{"role": "user", "content": "另一个问题"}])
