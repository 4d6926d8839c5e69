"""The recipe: a brief becomes a draft. Read `_recipe` top to bottom; every step in it is checkpointed before the next begins."""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import Any

from langgraph.config import get_stream_writer
from langgraph.func import entrypoint, task
from pydantic import BaseModel, ConfigDict

import prompts
from agent.assemble import assemble, paragraphs_of
from agent.checkpoints import StepSaver
from agent.drafts import Draft, DraftStore, Status, Usage, new_draft
from agent.gather import Sources, gather
from agent.mend import Ground
from agent.models import Answer, ChatModel
from agent.outline import Outline, Part, plan
from agent.settings import Settings
from agent.write import Writer
from prompts import Message
from speech import specifics, taboos
from speech.brief import Genre, SpeechBrief
from speech.document import characters
from speech.eras import Era
from speech.errors import DraftError, JianggaoError
from speech.genres import PartRole
from speech.placeholders import fill_in_sheet
from speech.render import to_text
from speech.review import review
from vectorstore.passages import Passage, Role
from vectorstore.search import PassageHit, PassageSearch


@dataclass(frozen=True)
class Step:
    """A step of the recipe began: `name` says which, in the user's words."""

    name: str


@dataclass(frozen=True)
class Planned:
    outline: Outline


@dataclass(frozen=True)
class PartBegun:
    """Part `number` of `count` is being written."""

    part: Part
    number: int
    count: int


@dataclass(frozen=True)
class TextKept:
    """A piece of the part in hand passed its checks and stays."""

    text: str


@dataclass(frozen=True)
class PartWritten:
    """A part is whole and saved. On a resumed run the parts of the earlier run come again, at once."""

    part: Part
    text: str


@dataclass(frozen=True)
class Spent:
    """Tokens and calls so far in this run."""

    usage: Usage


@dataclass(frozen=True)
class Finished:
    draft: Draft


Event = Step | Planned | PartBegun | TextKept | PartWritten | Spent | Finished


class Written(BaseModel):
    """A step's product with what it cost, as it stands in a checkpoint."""

    model_config = ConfigDict(frozen=True)

    text: str
    usage: Usage


class PlannedOutline(BaseModel):
    model_config = ConfigDict(frozen=True)

    outline: Outline
    usage: Usage


_KEPT = [SpeechBrief, Genre, Sources, PassageHit, Passage, Role, PartRole, Outline, Part, Written, PlannedOutline, Usage]


class Stopped(Exception):
    """The run was told to stop; what is written is saved."""


@dataclass
class Drafter:
    """Drafts with one model from one corpus. `stop` makes a run under way end within one piece of text."""

    settings: Settings
    model: ChatModel
    search: PassageSearch
    drafts: DraftStore
    stop: threading.Event = field(default_factory=threading.Event)

    def begin(self, brief: SpeechBrief, request: str | None = None) -> Draft:
        """A new draft, saved, with nothing written yet."""
        return self.drafts.save(new_draft(brief, request))

    def run(self, draft: Draft) -> Iterator[Event]:
        """Write `draft` to its end, from where it stood. The last event is Finished.

        Raises JianggaoError (the draft is then failed) or KeyboardInterrupt (cancelled); what was written stays, and a
        later run goes on from it.
        """
        if draft.status == Status.COMPLETED:
            raise DraftError(f"稿子 {draft.id} 已经写完", f"用 jianggao drafts show {draft.id} 查看")
        draft = self.drafts.save(draft.model_copy(update={"status": Status.IN_PROGRESS, "error": None}))
        self.stop.clear()
        connection = sqlite3.connect(self.settings.database, check_same_thread=False, timeout=30)
        try:
            yield from self._stream(draft, StepSaver(connection, _KEPT))
        except JianggaoError as error:
            self._end(draft.id, Status.FAILED, str(error))
            raise
        except (KeyboardInterrupt, GeneratorExit, Stopped):
            self._end(draft.id, Status.CANCELLED)
            raise
        except sqlite3.Error as error:
            raise DraftError(f"进度存不下：{error}", f"请检查磁盘空间，然后运行 jianggao drafts resume {draft.id}") from error
        finally:
            connection.close()

    def _end(self, draft_id: str, status: Status, error: str | None = None) -> None:
        """Note how a run ended, unless the draft was finished in the same moment."""
        draft = self.drafts.get(draft_id)
        if draft.status != Status.COMPLETED:
            self.drafts.save(draft.model_copy(update={"status": status, "error": error}))

    def _stream(self, draft: Draft, saver: StepSaver) -> Iterator[Event]:
        recipe = self._recipe(draft, saver)
        config: Any = {"configurable": {"thread_id": draft.id}}
        begun = recipe.get_state(config).created_at is not None
        with closing(recipe.stream(None if begun else draft.brief, config, stream_mode="custom", durability="sync")) as events:
            try:
                # `yield from` would hand an interrupt to langgraph, which waits for its threads before we can stop them.
                for event in events:  # noqa: UP028
                    yield event
            except (KeyboardInterrupt, GeneratorExit):
                # The recipe runs in threads of its own, which go on to its end unless told to stop.
                self.stop.set()
                raise

    def _recipe(self, draft: Draft, saver: StepSaver) -> Any:
        model = _Metered(self.model, self.stop)
        today = self.settings.today

        @task
        def gathered(brief: SpeechBrief) -> Sources:
            saver.begun()
            return gather(brief, self.search, Era(since=today.year, until=today.year))

        @task
        def planned(brief: SpeechBrief, sources: Sources) -> PlannedOutline:
            saver.begun()
            tell = get_stream_writer()
            with model.telling(lambda usage: tell(Spent(usage))):
                outline = plan(brief, sources, model, on_call=lambda what: tell(Step(f"拟提纲：{what}")))
            return PlannedOutline(outline=outline, usage=model.taken())

        @task
        def written(part: Part, before: str, brief: SpeechBrief, sources: Sources) -> Written:
            saver.begun()
            tell = get_stream_writer()
            writer = Writer(brief, sources, model, Ground(brief, (*sources.texts(), *prompts.examples()), today))
            with model.telling(lambda usage: tell(Spent(usage))):
                text = writer.write(part, before, on_text=lambda kept: tell(TextKept(kept)))
            return Written(text=text, usage=model.taken())

        @task
        def adjusted(outline: Outline, texts: list[str], brief: SpeechBrief, sources: Sources) -> list[Written]:
            saver.begun()
            fitted = Writer(brief, sources, model, Ground(brief, (*sources.texts(), *prompts.examples()), today)).adjust(
                outline, texts
            )
            spent = model.taken()
            return [Written(text=text, usage=spent if n == 0 else Usage()) for n, text in enumerate(fitted)]

        @entrypoint(checkpointer=saver)
        def recipe(brief: SpeechBrief) -> None:
            tell: Callable[[Event], None] = get_stream_writer()
            tell(Step("检索语料"))
            sources = saver.done(gathered(brief))
            plan_made = saver.done(planned(brief, sources))
            outline = plan_made.outline
            tell(Planned(outline))
            parts = list(outline.parts())
            usage, texts = plan_made.usage, list[str]()
            for number, part in enumerate(parts, 1):
                tell(PartBegun(part, number, len(parts)))
                done = saver.done(written(_paced(part, parts, texts), "".join(texts), brief, sources))
                texts.append(done.text)
                usage += done.usage
                tell(PartWritten(part, done.text))
            tell(Step("调整篇幅"))
            fitted = saver.done(adjusted(outline, texts, brief, sources))
            tell(Step("审核"))
            tell(Finished(self._finish(draft.id, outline, [piece.text for piece in fitted], sources, usage + fitted[0].usage)))

        return recipe

    def _finish(self, draft_id: str, outline: Outline, texts: Sequence[str], sources: Sources, usage: Usage) -> Draft:
        """The parts put together, reviewed and saved."""
        draft = self.drafts.get(draft_id)
        # each piece was masked as it came; a name or figure that two pieces make together is masked here
        masked = [specifics.mask_unsupported(text, draft.brief)[0] for text in texts]
        speech = assemble(draft.brief, outline, masked)
        text = to_text(speech)
        if touched := taboos.touched(text, draft.brief.taboos):
            raise DraftError(
                f"稿中仍提到“{touched[0][2]}”，写作任务要求不提", "请换一个说法写 taboos，或改写 topic、points 后重写"
            )
        made = {
            "status": Status.COMPLETED,
            "outline": outline,
            "speech": speech,
            "text": text,
            "paragraphs": paragraphs_of(speech, outline, sources),
            "placeholders": tuple(fill_in_sheet(text)),
            "review": review(text, draft.brief, sources.texts(), self.settings.today),
            "usage": usage.model_copy(update={"model": self.model.name}),
            "prompts": {name: prompts.load(name).hash for name in prompts.names()},
        }
        return self.drafts.save(draft.model_copy(update=made))


def _paced(part: Part, parts: Sequence[Part], texts: Sequence[str]) -> Part:
    """`part` with its length scaled by what the parts before it left over or used up, within a half either way."""
    left = sum(p.length for p in parts) - sum(map(characters, texts))
    due = sum(p.length for p in parts[len(texts) :])
    pace = min(1.5, max(0.5, left / due))
    return part.model_copy(update={"length": round(part.length * pace)})


class _Metered:
    """The chat model with a meter, and with an ear for `stop`."""

    def __init__(self, model: ChatModel, stop: threading.Event) -> None:
        self.model, self.stop = model, stop
        self.name, self.profile = model.name, model.profile
        self.usage, self.since = Usage(), Usage()
        self.tell: Callable[[Usage], None] = lambda usage: None

    def ask(self, messages: Sequence[Message], *, on_text: Callable[[str], None] | None = None, **options: Any) -> Answer:
        if self.stop.is_set():
            raise Stopped
        started = time.monotonic()
        answer = self.model.ask(messages, on_text=self._heard, **options)
        self._spend([answer], time.monotonic() - started)
        return answer

    def offer(self, messages: Sequence[Message], *, on_text: Callable[[str], None] | None = None, **options: Any) -> list[Answer]:
        if self.stop.is_set():
            raise Stopped
        started = time.monotonic()
        answers = self.model.offer(messages, on_text=self._heard, **options)
        self._spend(answers, time.monotonic() - started)
        return answers

    def _spend(self, answers: Sequence[Answer], seconds: float) -> None:
        spent = Usage(
            calls=1,
            prompt_tokens=sum(answer.prompt_tokens for answer in answers),
            cached_tokens=sum(answer.cached_tokens for answer in answers),
            completion_tokens=sum(answer.completion_tokens for answer in answers),
            seconds=round(seconds, 2),
        )
        self.usage += spent
        self.since += spent
        self.tell(self.usage)

    @contextmanager
    def telling(self, tell: Callable[[Usage], None]) -> Iterator[None]:
        """Inside, `tell` hears of the usage after every call."""
        before, self.tell = self.tell, tell
        try:
            yield
        finally:
            self.tell = before

    def taken(self) -> Usage:
        """What was spent since this was last asked."""
        spent, self.since = self.since, Usage()
        return spent

    def _heard(self, text: str) -> None:
        if self.stop.is_set():
            raise Stopped
