"""The recipe from brief to draft: its events, and that nothing is lost or paid twice when it is killed."""

import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from agent.drafter import Drafter, Event, Finished, PartBegun, PartWritten, Planned, Spent, Step, Stopped, TextKept
from agent.drafts import Draft, Status
from agent.models import LARGE
from agent.settings import Settings
from prompts import Message
from speech.brief import SpeechBrief
from speech.errors import DraftError, ModelError, StoreError
from speech.placeholders import fill_in_sheet
from tests.agent.conftest import Begin
from tests.agent.interrupted import BRIEF, Until, part_of
from tests.databases import both, disk_full
from tests.scripted import ScriptedModel, sentences_of


def ended(events: Sequence[Event]) -> Draft:
    last = events[-1]
    assert isinstance(last, Finished)
    return last.draft


def parts_of(events: Sequence[Event]) -> list[str]:
    return [event.text for event in events if isinstance(event, PartWritten)]


def spoken(model: ScriptedModel) -> list[str]:
    """The parts that a model was asked for, each once, in order."""
    free = [messages for messages in model.asked if re.search(r"位置：|。要点：", _asked(messages))]
    return list(dict.fromkeys(map(part_of, free)))


def _asked(messages: Sequence[Message]) -> str:
    return next(message.content for message in reversed(messages) if message.role == "user")


def fail(error: BaseException) -> Callable[[], object]:
    def end() -> None:
        raise error

    return end


def run_until_it_breaks(drafter: Drafter, draft: Draft, error: type[BaseException]) -> list[Event]:
    events: list[Event] = []
    with pytest.raises(error):
        events.extend(_kept(drafter, draft, events))
    return events


def _kept(drafter: Drafter, draft: Draft, events: list[Event]) -> Sequence[Event]:
    for event in drafter.run(draft):
        events.append(event)
    return ()


@both
def test_events_come_in_order(begin: Begin) -> None:
    drafter = begin(ScriptedModel())
    draft = drafter.begin(BRIEF, "写个讲话")
    assert draft.status == Status.QUEUED and drafter.drafts.get(draft.id) == draft
    events = list(drafter.run(draft))
    told = [event for event in events if not isinstance(event, Spent | TextKept)]
    assert isinstance(told[0], Step)
    planned = next(event for event in told if isinstance(event, Planned))
    outline = planned.outline
    parts = list(outline.parts())
    begun = [(event.part.path, event.number, event.count) for event in told if isinstance(event, PartBegun)]
    assert begun == [(part.path, n, len(parts)) for n, part in enumerate(parts, 1)]
    pieces: list[str] = []
    for event in events:
        match event:
            case PartBegun():
                pieces = []
            case TextKept(text):
                pieces.append(text)
            case PartWritten(_, text):
                assert "".join(pieces).endswith(text[-8:])
    finished = ended(events)
    assert finished == drafter.drafts.get(draft.id)
    assert (finished.status, finished.request, finished.error, finished.id) == (Status.COMPLETED, "写个讲话", None, draft.id)


def test_a_finished_draft_has_the_shape_of_the_contract(begin: Begin) -> None:
    model = ScriptedModel()
    drafter = begin(model)
    draft = ended(list(drafter.run(drafter.begin(BRIEF))))
    assert draft.text and draft.speech and draft.outline and draft.review
    assert [paragraph.text for paragraph in draft.paragraphs] == [paragraph.text for paragraph in draft.speech.paragraphs()]
    assert list(draft.placeholders) == fill_in_sheet(draft.text)
    body = [paragraph for paragraph in draft.paragraphs if paragraph.path not in ("开头", "结尾")]
    assert body and all(paragraph.sources for paragraph in body)
    assert draft.usage.model == "scripted"
    assert draft.usage.calls == len(model.asked)
    assert draft.usage.completion_tokens > 0 and draft.usage.prompt_tokens > draft.usage.completion_tokens
    assert {"headings", "write-task", "write-opening"} <= draft.prompts.keys()


@both
def test_a_completed_draft_is_not_written_again(begin: Begin) -> None:
    drafter = begin(ScriptedModel())
    draft = ended(list(drafter.run(drafter.begin(BRIEF))))
    with pytest.raises(DraftError, match="drafts show"):
        next(drafter.run(draft))
    assert drafter.drafts.get(draft.id) == draft


@both
@pytest.mark.parametrize("parts", [0, 1, 4])
def test_a_failed_run_goes_on_where_it_stood(begin: Begin, parts: int) -> None:
    first = ScriptedModel(speak=Until(parts, fail(ModelError("模型端点 a 限流", "稍后再试"))))
    drafter = begin(first)
    draft = drafter.begin(BRIEF)
    events = run_until_it_breaks(drafter, draft, ModelError)
    kept = drafter.drafts.get(draft.id)
    assert (kept.status, kept.error) == (Status.FAILED, "模型端点 a 限流。稍后再试")
    written = parts_of(events)
    assert len(written) == parts

    second = ScriptedModel(first=400)
    again = list(begin(second).run(kept))
    assert parts_of(again)[:parts] == written
    assert not set(spoken(first)[:parts]) & set(spoken(second)[: len(parts_of(again)) - parts])
    finished = ended(again)
    assert (finished.status, finished.error) == (Status.COMPLETED, None)
    # the call that failed was never answered, and so is not counted
    assert finished.usage.calls == len(first.asked) - 1 + len(second.asked)


@both
def test_a_resumed_run_does_not_plan_again(begin: Begin) -> None:
    first = ScriptedModel(speak=Until(2, fail(ModelError("断了"))))
    drafter = begin(first)
    draft = drafter.begin(BRIEF)
    events = run_until_it_breaks(drafter, draft, ModelError)
    outline = next(event.outline for event in events if isinstance(event, Planned))

    def never(*_: Any) -> Any:
        raise AssertionError("the outline was asked for again")

    again = list(begin(ScriptedModel(first=400, answer=never)).run(drafter.drafts.get(draft.id)))
    assert next(event.outline for event in again if isinstance(event, Planned)) == outline
    assert ended(again).outline == outline


@both
def test_three_broken_runs_end_in_one_draft(begin: Begin) -> None:
    drafter = begin(ScriptedModel(speak=Until(1, fail(ModelError("断了")))))
    draft = drafter.begin(BRIEF)
    run_until_it_breaks(drafter, draft, ModelError)
    asked = len(drafter.model.asked) - 1  # type: ignore[attr-defined]
    for n in (1, 2):
        model = ScriptedModel(first=200 * n, speak=Until(1, fail(ModelError("断了"))))
        run_until_it_breaks(begin(model), drafter.drafts.get(draft.id), ModelError)
        asked += len(model.asked) - 1
    last = ScriptedModel(first=420)
    events = list(begin(last).run(drafter.drafts.get(draft.id)))
    assert ended(events).usage.calls == asked + len(last.asked)


def slowly(messages: Sequence[Message], turn: int) -> str:
    """As a real model, slower than whoever reads the events."""
    time.sleep(0.01)
    return sentences_of(messages, turn)


@both
def test_an_interrupt_cancels_and_loses_nothing(begin: Begin) -> None:
    drafter = begin(ScriptedModel(speak=slowly))
    draft = drafter.begin(BRIEF)
    run = drafter.run(draft)
    written: list[str] = []
    while len(written) < 2:
        event = next(run)
        if isinstance(event, PartWritten):
            written.append(event.text)
    with pytest.raises(KeyboardInterrupt):
        run.throw(KeyboardInterrupt())
    assert drafter.drafts.get(draft.id).status == Status.CANCELLED
    again = list(begin(ScriptedModel(first=300)).run(drafter.drafts.get(draft.id)))
    assert parts_of(again)[:2] == written
    assert ended(again).status == Status.COMPLETED


def test_a_consumer_that_goes_away_cancels(begin: Begin) -> None:
    drafter = begin(ScriptedModel(speak=slowly))
    draft = drafter.begin(BRIEF)
    run = drafter.run(draft)
    while not isinstance(next(run), PartWritten):
        pass
    run.close()  # type: ignore[attr-defined]
    assert drafter.drafts.get(draft.id).status == Status.CANCELLED
    assert ended(list(begin(ScriptedModel(first=300)).run(drafter.drafts.get(draft.id)))).status == Status.COMPLETED


def test_a_draft_finished_in_the_moment_of_an_interrupt_stays_finished(begin: Begin) -> None:
    drafter = begin(ScriptedModel())
    draft = drafter.begin(BRIEF)
    run = drafter.run(draft)
    next(run)
    while drafter.drafts.get(draft.id).status != Status.COMPLETED:  # the recipe runs ahead of a slow reader
        time.sleep(0.01)
    with pytest.raises(KeyboardInterrupt):
        run.throw(KeyboardInterrupt())
    assert drafter.drafts.get(draft.id).status == Status.COMPLETED


@both
def test_stop_ends_a_run_within_one_piece_of_text(begin: Begin) -> None:
    stopped_at: list[int] = []
    drafter = begin(model := ScriptedModel())
    draft = drafter.begin(BRIEF)

    def speak(messages: Sequence[Message], turn: int) -> str:
        if len(model.asked) == 20:
            drafter.stop.set()
            stopped_at.append(turn)
        return sentences_of(messages, turn)

    model.speak = speak
    with pytest.raises(Stopped):
        list(drafter.run(draft))
    assert len(model.asked) == 20 and stopped_at
    assert drafter.drafts.get(draft.id).status == Status.CANCELLED
    assert not [thread for thread in threading.enumerate() if "Executor" in thread.name and not thread.daemon]
    model.speak, model.first = None, 300
    assert ended(list(drafter.run(drafter.drafts.get(draft.id)))).status == Status.COMPLETED


@both
def test_a_killed_program_loses_no_part(begin: Begin, settings: Settings) -> None:
    parts = 3
    root = Path(__file__).parents[2]
    command = [sys.executable, "-m", "tests.agent.interrupted", str(settings.home), str(parts)]
    killed = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=60)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    draft_id, *written = killed.stdout.split()
    model = ScriptedModel(first=400)
    drafter = begin(model)
    draft = drafter.drafts.get(draft_id)
    assert draft.status == Status.IN_PROGRESS
    events = list(drafter.run(draft))
    # of the last part the word may not have come through before the kill, but it is kept
    assert len(written) >= parts - 1
    assert parts_of(events)[: len(written)] == written
    every = [event.part for event in events if isinstance(event, PartBegun)]
    assert spoken(model)[0] == every[parts].heading
    assert ended(events).status == Status.COMPLETED


def test_a_large_model_writes_a_part_in_one_call(begin: Begin) -> None:
    small, large = (
        ScriptedModel(),
        ScriptedModel(profile=LARGE, speak=lambda _, turn: "".join(sentences_of([], 3 * turn + n) for n in range(3))),
    )
    assert ended(list((drafter := begin(large)).run(drafter.begin(BRIEF)))).status == Status.COMPLETED
    assert ended(list((drafter := begin(small)).run(drafter.begin(BRIEF)))).status == Status.COMPLETED
    assert len(large.asked) < len(small.asked)
    assert all(messages[-1].role == "user" for messages in large.asked)


def test_what_the_facts_dispute_is_left_open(begin: Begin) -> None:
    """Two figures for one thing: neither can be right for sure, so that neither is stated, and the review asks."""
    drafter = begin(ScriptedModel())
    facts = ("全区共划分网格1632个", "全区共划分网格1362个", "配备专职网格员1705名")
    draft = ended(list(drafter.run(drafter.begin(BRIEF.model_copy(update={"facts": facts})))))
    assert "全区共划分网格×个" in draft.text
    assert "配备专职网格员1705名" in draft.text
    assert not any(figure in draft.text for figure in ("1632", "1362"))
    assert draft.review
    assert "grounding.disputed" in [finding.rule for finding in draft.review.findings]
    assert draft.brief.facts == facts


@both
def test_progress_that_cannot_be_kept_is_one_clear_line(
    begin: Begin, database_url: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    drafter = begin(ScriptedModel())
    draft = drafter.begin(BRIEF)

    def full(*_: Any, **__: Any) -> Any:
        raise disk_full(database_url)

    saver = "postgres.PostgresSaver" if database_url else "sqlite.SqliteSaver"
    monkeypatch.setattr(f"langgraph.checkpoint.{saver}.put_writes", full)
    with pytest.raises(DraftError, match="磁盘空间") as refused:
        list(drafter.run(draft))
    assert draft.id in str(refused.value)
    assert len(drafter.model.asked) == 0  # type: ignore[attr-defined]
    monkeypatch.undo()
    assert ended(list(drafter.run(drafter.drafts.get(draft.id)))).status == Status.COMPLETED


def test_an_empty_corpus_fails_the_draft_in_one_clear_line(begin: Begin, monkeypatch: pytest.MonkeyPatch) -> None:
    drafter = begin(ScriptedModel())
    monkeypatch.setattr(drafter.search, "search", lambda *_, **__: [])
    draft = drafter.begin(SpeechBrief(topic="基层治理"))
    with pytest.raises(StoreError, match="jianggao ingest"):
        list(drafter.run(draft))
    assert drafter.drafts.get(draft.id).status == Status.FAILED
