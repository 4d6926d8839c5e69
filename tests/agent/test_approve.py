"""An outline waits for its user, is edited, and the run goes on from there with nothing done twice."""

import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from agent.approve import EditedOutline, accept, from_lines, to_lines
from agent.drafter import Drafter, Event, Finished, PartWritten, Planned, Waiting
from agent.drafts import Draft, Status
from agent.outline import Outline
from agent.settings import Settings
from speech import specifics
from speech.brief import Genre, SpeechBrief
from speech.document import characters
from speech.errors import BriefError, DraftError, ModelError
from speech.parse import parse
from tests.agent.conftest import Begin
from tests.agent.interrupted import BRIEF, Until
from tests.databases import both
from tests.scripted import ScriptedModel


def waiting(drafter: Drafter, brief: SpeechBrief = BRIEF) -> Draft:
    *_, last = drafter.run(drafter.begin(brief, approve_outline=True))
    assert isinstance(last, Waiting)
    return last.draft


def finished(events: list[Event]) -> Draft:
    assert isinstance(events[-1], Finished)
    return events[-1].draft


def edited(outline: Outline, **changes: Any) -> EditedOutline:
    return EditedOutline.model_validate(outline.model_dump() | changes)


@both
def test_a_run_stops_after_the_outline_and_goes_on_without_planning_again(begin: Begin) -> None:
    first = ScriptedModel()
    drafter = begin(first)
    draft = waiting(drafter)
    assert (draft.status, draft.text, draft.approved) == (Status.WAITING, "", False)
    assert draft == drafter.drafts.get(draft.id) and draft.usage.calls == len(first.asked) > 0

    def never(*_: Any) -> Any:
        raise AssertionError("the outline was asked for again")

    second = ScriptedModel(first=400, answer=never)
    ready = drafter.approve(draft)
    assert ready.status == Status.QUEUED
    done = finished(list(begin(second).run(ready)))
    assert done.outline is not None and draft.outline is not None
    assert [part.heading for part in done.outline.parts()] == [part.heading for part in draft.outline.parts()]
    assert done.usage.calls == len(first.asked) + len(second.asked)


def test_a_waiting_draft_is_neither_run_nor_approved_twice(begin: Begin) -> None:
    drafter = begin(ScriptedModel())
    draft = waiting(drafter)
    with pytest.raises(DraftError, match="drafts approve"):
        next(drafter.run(draft))
    assert drafter.drafts.get(draft.id) == draft
    ready = drafter.approve(draft)
    with pytest.raises(DraftError, match="没有待定的提纲"):
        drafter.approve(ready)


def test_a_waiting_draft_that_was_cancelled_waits_again_when_it_is_resumed(begin: Begin) -> None:
    drafter = begin(ScriptedModel())
    draft = waiting(drafter)
    cancelled = drafter.drafts.save(draft.model_copy(update={"status": Status.CANCELLED}))
    with pytest.raises(DraftError, match="没有待定的提纲"):
        drafter.approve(cancelled)
    again = ScriptedModel(answer=lambda *_: 1 / 0)
    *_, last = begin(again).run(cancelled)
    assert isinstance(last, Waiting) and last.draft.outline == draft.outline and again.asked == []
    assert finished(list(begin(ScriptedModel(first=300)).run(drafter.approve(last.draft)))).status == Status.COMPLETED


def test_an_edited_outline_is_written(begin: Begin) -> None:
    drafter = begin(ScriptedModel())
    draft = waiting(drafter)
    assert draft.outline is not None
    lines = to_lines(draft.outline)
    assert from_lines(lines) == edited(draft.outline).model_copy(update={"sections": from_lines(lines).sections})
    new = "三、补上物业短板，办好家门口的事\n（一）打通小区通道，补齐停车泊位320个\n  · 摸清车位底数\n（二）用活闲置空间，建好邻里驿站\n"
    text = lines.replace("三、", new + "二、", 1)
    model = ScriptedModel(first=300)
    events = list(begin(model).run(drafter.approve(draft, from_lines("# 说明\n" + text))))
    done = finished(events)
    planned = [event.outline for event in events if isinstance(event, Planned)][-1]
    assert [section.number for section in planned.sections] == ["一、", "二、", "三、", "四、"]
    assert "三、补上物业短板，办好家门口的事\n（一）打通小区通道，补齐停车泊位320个。" in done.text
    assert "讲四点意见" in done.text and done.speech == parse(done.text).model_copy(
        update={name: getattr(done.speech, name) for name in ("speaker", "date", "genre", "genre_confidence", "promised_points")}
    )
    assert "打通小区通道，补齐停车泊位320个" in done.brief.facts
    assert not [one.text for one in specifics.check(done.text, done.brief) if not one.supported]
    assert "1632个" in done.text
    added = planned.sections[2].parts
    assert added[0].points == ("摸清车位底数",) and added[1].points and all(part.statements for part in added)


def test_lengths_are_shared_out_again(begin: Begin) -> None:
    brief = BRIEF.model_copy(update={"length": 2000})
    draft = waiting(begin(ScriptedModel()), brief)
    assert draft.outline is not None
    fewer, _ = accept(draft.outline, edited(draft.outline, sections=draft.outline.model_dump()["sections"][:2]), brief)
    for outline in (draft.outline, fewer):
        headings = characters(
            to_lines(outline.model_copy(update={"sections": ()})) + outline.transition + (outline.salutation or "")
        )
        headings += sum(characters(one.number + one.heading) for one in outline.sections)
        headings += sum(characters(f"（一）{part.heading}。") for one in outline.sections for part in one.parts)
        assert abs(sum(part.length for part in outline.parts()) + headings - 2000) <= len(list(outline.parts()))
    assert "两点" in fewer.transition
    assert [fact for part in fewer.parts() for fact in part.facts] == list(BRIEF.facts)


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("题目\n一、提高认识\n（一）一点\n（二）二点\n", "2—9 个部分"),
        ("题目\n一、\n二、抓好落实\n", "看不懂|是空的"),
        ("题目\n一、提高认识\n（一）一点\n（二）一点\n二、抓好落实\n（一）三点\n（二）四点\n", "两个“一点”"),
        ("题目\n  · 要点\n一、提高认识\n", "前面没有标题"),
        ("题目\n一、提高认识\n随手一句\n", "第 3 行看不懂"),
        ("题目\n" + f"一、{'提高认识' * 16}\n（一）一点\n（二）二点\n二、抓好落实\n（一）三点\n（二）四点\n", "60 字以内"),
    ],
)
def test_an_outline_that_cannot_be_written_from_is_one_clear_line(lines: str, said: str, begin: Begin) -> None:
    drafter = begin(ScriptedModel())
    draft = waiting(drafter)
    with pytest.raises(BriefError, match=said) as refused:
        drafter.approve(draft, from_lines(lines))
    assert "\n" not in str(refused.value)
    assert drafter.drafts.get(draft.id) == draft


@pytest.mark.parametrize("genre", [Genre.EXCHANGE, Genre.ADDRESS])
def test_genres_without_level_two_headings_are_edited_too(genre: Genre, begin: Begin) -> None:
    drafter = begin(ScriptedModel())
    draft = waiting(drafter, BRIEF.model_copy(update={"genre": genre}))
    assert draft.outline is not None
    lines = to_lines(draft.outline).replace(draft.outline.title, "在观摩会上的发言", 1)
    done = finished(list(begin(ScriptedModel(first=300)).run(drafter.approve(draft, from_lines(lines)))))
    assert done.text.startswith("在观摩会上的发言\n") and "1632个" in done.text


def test_a_run_that_breaks_after_the_approval_goes_on(begin: Begin) -> None:
    drafter = begin(ScriptedModel())
    draft = waiting(drafter)
    assert draft.outline is not None
    lines = to_lines(draft.outline)
    text = lines.replace(lines.splitlines()[2], "（一）守牢安全底线，办好民生实事", 1)

    def breaks() -> None:
        raise ModelError("断了")

    broken = begin(ScriptedModel(first=200, speak=Until(2, breaks)))
    written: list[str] = []
    with pytest.raises(ModelError):
        for event in broken.run(broken.approve(draft, from_lines(text))):
            written += [event.text] if isinstance(event, PartWritten) else []
    kept = drafter.drafts.get(draft.id)
    assert kept.status == Status.FAILED and len(written) == 2
    events = list(begin(ScriptedModel(first=400)).run(kept))
    assert [event.text for event in events if isinstance(event, PartWritten)][:2] == written
    assert "守牢安全底线，办好民生实事" in finished(events).text


@both
def test_a_program_killed_while_the_outline_waits_loses_nothing(begin: Begin, settings: Settings) -> None:
    root = Path(__file__).parents[2]
    command = [sys.executable, "-m", "tests.agent.interrupted", str(settings.home), "approve"]
    killed = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=60)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    model = ScriptedModel(first=400, answer=lambda *_: 1 / 0)
    drafter = begin(model)
    draft = drafter.drafts.get(killed.stdout.split()[0])
    assert draft.status == Status.WAITING
    assert finished(list(drafter.run(drafter.approve(draft)))).status == Status.COMPLETED


def test_a_lone_part_is_a_point_of_its_section(begin: Begin) -> None:
    drafter = begin(ScriptedModel())
    edited = from_lines("题目\n一、提高认识\n（一）做好一件事\n二、抓好落实\n（一）压实责任链条\n（二）配齐工作力量\n")
    approved = drafter.approve(waiting(drafter), edited)
    assert approved.outline is not None
    first, second = approved.outline.sections
    assert [(part.path, part.heading, part.points) for part in first.parts] == [("一", "提高认识", ("做好一件事",))]
    assert [part.path for part in second.parts] == ["二（一）", "二（二）"]
    *_, last = drafter.run(approved)
    assert isinstance(last, Finished) and "（一）做好一件事" not in last.draft.text and "一、提高认识" in last.draft.text
