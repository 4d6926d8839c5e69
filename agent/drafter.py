"""The recipe: a brief becomes a draft. Read `_recipe` top to bottom; every step in it is checkpointed before the next begins."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

from langgraph.config import get_stream_writer
from langgraph.func import entrypoint, task
from langgraph.types import interrupt
from pydantic import BaseModel, ConfigDict

import prompts
from agent.approve import EditedOutline, approved, filled_out
from agent.assemble import assemble, paragraphs_of
from agent.checkpoints import steps
from agent.drafts import Draft, DraftStore, Status, Usage, Why, new_draft
from agent.faults import Ground
from agent.gather import Sources, gather
from agent.meter import Metered, Stopped
from agent.models import ChatModel
from agent.outline import Outline, Part, plan
from agent.request.schema import completed
from agent.revise import Reviser
from agent.saver import StepSaver
from agent.settings import Settings
from agent.understand import made_of
from agent.write import Writer
from speech import specifics, taboos
from speech.brief import Genre, SpeechBrief
from speech.disputed import agreed
from speech.document import characters
from speech.eras import Era
from speech.errors import DatabaseError, DraftError, JianggaoError
from speech.genres import PartRole
from speech.placeholders import fill_in_sheet
from speech.render import to_text
from speech.review import review
from vectorstore.embed import Near
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
class Waiting:
    """The outline waits for its approval; the run ends here, and another goes on from there."""

    draft: Draft


@dataclass(frozen=True)
class Finished:
    draft: Draft


Event = Step | Planned | PartBegun | TextKept | PartWritten | Spent | Waiting | Finished


class Written(BaseModel):
    """A step's product with what it cost, as it stands in a checkpoint."""

    model_config = ConfigDict(frozen=True)

    text: str
    usage: Usage


class PlannedOutline(BaseModel):
    model_config = ConfigDict(frozen=True)

    outline: Outline
    usage: Usage


_KEPT = [SpeechBrief, Genre, Sources, Near, PassageHit, Passage, Role, PartRole, Outline, Part, Written, PlannedOutline, Usage]


@dataclass
class Drafter:
    """Drafts with one model from one corpus. `stop` makes a run under way end within one piece of text."""

    settings: Settings
    model: ChatModel
    search: PassageSearch
    drafts: DraftStore
    stop: threading.Event = field(default_factory=threading.Event)

    def begin(self, brief: SpeechBrief, request: str | None = None, approve_outline: bool = False, tenant: str = "") -> Draft:
        """A new draft, saved, with nothing written yet. With `approve_outline` its run stops after the outline."""
        return self.drafts.save(new_draft(brief, request, approve_outline, tenant))

    def approve(self, draft: Draft, outline: Outline | EditedOutline | None = None) -> Draft:
        """`draft` with the outline that waits approved, or `outline` in its place; `run` goes on from there.

        Raises DraftError where none waits, and BriefError for an outline that cannot be written from.
        """
        return self.drafts.save(approved(draft, outline))

    @property
    def reviser(self) -> Reviser:
        """What changes drafts once they are finished, with the same model and corpus."""
        return Reviser(self.settings, self.drafts, self.model, self.search, self.stop)

    def run(self, draft: Draft) -> Iterator[Event]:
        """Write `draft` to its end, from where it stood. The last event is Finished, or Waiting where the outline is to be approved.

        Raises JianggaoError (the draft is then failed) or KeyboardInterrupt (cancelled); what was written stays, and a
        later run goes on from it. A DatabaseError leaves the draft as a kill does.
        """
        try:
            with steps(self.drafts.database, draft.id, _KEPT) as saver:
                yield from self._run(draft, saver)
        except DatabaseError as error:
            raise DatabaseError(error.message, f"{error.way_on}；然后运行 jianggao drafts resume {draft.id}") from error

    def _run(self, draft: Draft, saver: StepSaver) -> Iterator[Event]:
        status = self.drafts.get(draft.id).status  # another process may have run it before the claim
        if status == Status.COMPLETED:
            raise DraftError(f"稿子 {draft.id} 已经写完", f"用 jianggao drafts show {draft.id} 查看")
        if status == Status.WAITING:
            raise DraftError(f"稿子 {draft.id} 的提纲还没定", f"用 jianggao drafts approve {draft.id} 定下提纲，就接着写")
        draft = self.drafts.save(draft.model_copy(update={"status": Status.IN_PROGRESS, "error": None}))
        self.stop.clear()
        meter = Metered(self.model, self.stop, self.settings, draft.unkept)
        try:
            yield from self._stream(draft, saver, meter)
        except DatabaseError:
            raise
        except JianggaoError as error:
            self._end(draft.id, Status.FAILED, meter, str(error))
            raise
        except (KeyboardInterrupt, GeneratorExit, Stopped):
            self._end(draft.id, Status.CANCELLED, meter)
            raise

    def _end(self, draft_id: str, status: Status, meter: Metered, error: str | None = None) -> None:
        """Note how a run ended and what it cost, unless it came to its own end in the same moment."""
        draft = self.drafts.get(draft_id)
        if draft.status not in (Status.COMPLETED, Status.WAITING):
            spent = {"usage": meter.spent + meter.since, "unkept": draft.unkept + meter.since}
            self.drafts.save(draft.model_copy(update={"status": status, "error": error, **spent}))

    def _stream(self, draft: Draft, saver: StepSaver, meter: Metered) -> Iterator[Event]:
        config: Any = {"configurable": {"thread_id": draft.id}}
        begun = saver.get_tuple(config) is not None
        if not begun:
            draft = self._understood(draft, meter)
        recipe = self._recipe(draft, saver, meter)
        with closing(
            recipe.stream(None if begun else agreed(draft.brief), config, stream_mode="custom", durability="sync")
        ) as events:
            try:
                # `yield from` would hand an interrupt to langgraph, which waits for its threads before we can stop them.
                for event in events:  # noqa: UP028
                    yield event
            except (KeyboardInterrupt, GeneratorExit):
                # The recipe runs in threads of its own, which go on to its end unless told to stop.
                self.stop.set()
                raise

    def _understood(self, draft: Draft, meter: Metered) -> Draft:
        """`draft` with what the model reads in its request beside the rules; a brief that came otherwise is left as it is."""
        if not draft.request or not made_of(draft.brief, draft.request):
            return draft
        brief = completed(draft.brief, draft.request, meter)
        unkept = draft.unkept + meter.taken()
        meter.spent = unkept
        return self.drafts.save(draft.model_copy(update={"brief": brief, "unkept": unkept}))

    def _recipe(self, draft: Draft, saver: StepSaver, model: Metered) -> Any:
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
        def filled(outline: Outline, brief: SpeechBrief, sources: Sources) -> PlannedOutline:
            saver.begun()
            return PlannedOutline(outline=filled_out(outline, brief, sources, model), usage=model.taken())

        @task
        def written(part: Part, before: str, brief: SpeechBrief, sources: Sources) -> Written:
            saver.begun()
            tell = get_stream_writer()
            writer = Writer(brief, sources, model, self._ground(brief, sources))
            with model.telling(lambda usage: tell(Spent(usage))):
                text = writer.write(part, before, on_text=lambda kept: tell(TextKept(kept)))
            return Written(text=text, usage=model.taken())

        @task
        def adjusted(outline: Outline, texts: list[str], brief: SpeechBrief, sources: Sources) -> list[Written]:
            saver.begun()
            fitted = Writer(brief, sources, model, self._ground(brief, sources)).adjust(outline, texts)
            spent = model.taken()
            return [Written(text=text, usage=spent if n == 0 else Usage()) for n, text in enumerate(fitted)]

        @entrypoint(checkpointer=saver)
        def recipe(brief: SpeechBrief) -> None:
            tell: Callable[[Event], None] = get_stream_writer()
            tell(Step("检索语料"))
            sources = saver.done(gathered(brief))
            plan_made = saver.done(planned(brief, sources))
            outline, usage = plan_made.outline, draft.unkept + plan_made.usage
            model.spent = usage
            tell(Planned(outline))
            if draft.approve_outline:
                outline, brief = self._approved(draft.id, outline, usage)
                fill_made = saver.done(filled(outline, brief, sources))
                outline, usage = fill_made.outline, usage + fill_made.usage
                tell(Planned(outline))
            parts, texts = list(outline.parts()), list[str]()
            for number, part in enumerate(parts, 1):
                tell(PartBegun(part, number, len(parts)))
                done = saver.done(written(paced(part, parts, texts), "".join(texts), brief, sources))
                texts.append(done.text)
                usage += done.usage
                model.spent = usage
                tell(PartWritten(part, done.text))
            tell(Step("调整篇幅"))
            fitted = saver.done(adjusted(outline, texts, brief, sources))
            tell(Step("审核"))
            tell(Finished(self._finish(draft.id, outline, [piece.text for piece in fitted], sources, usage + fitted[0].usage)))

        return recipe

    def _ground(self, brief: SpeechBrief, sources: Sources) -> Ground:
        return Ground(brief, (*sources.texts(), *prompts.examples()), self.settings.today, corpus=self.search.runs())

    def _approved(self, draft_id: str, planned: Outline, usage: Usage) -> tuple[Outline, SpeechBrief]:
        """The outline that was approved, and the brief with what it tells; where there is none yet, the run ends here."""
        draft = self.drafts.get(draft_id)
        if draft.approved and draft.outline:
            return draft.outline, agreed(draft.brief)
        waits = {"status": Status.WAITING, "outline": planned, "usage": usage}
        get_stream_writer()(Waiting(self.drafts.save(draft.model_copy(update=waits))))
        interrupt("提纲待定")
        raise AssertionError("unreachable: a run goes on only once the outline is approved")

    def _finish(self, draft_id: str, outline: Outline, texts: Sequence[str], sources: Sources, usage: Usage) -> Draft:
        """The parts put together, reviewed and saved."""
        draft = self.drafts.get(draft_id)
        # each piece was masked as it came; a name or figure that two pieces make together is masked here
        masked = [specifics.mask_unsupported(text, agreed(draft.brief))[0] for text in texts]
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
        return self.drafts.keep(draft.model_copy(update=made), Why.FIRST)


def paced(part: Part, parts: Sequence[Part], texts: Sequence[str]) -> Part:
    """`part` with its length scaled by what the parts before it left over or used up, within a half either way."""
    left = sum(p.length for p in parts) - sum(map(characters, texts))
    due = sum(p.length for p in parts[len(texts) :])
    pace = min(1.5, max(0.5, left / due))
    return part.model_copy(update={"length": round(part.length * pace)})
