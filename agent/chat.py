"""A conversation about one draft: what a message asks is read (conversation/intent.py), done by a desk, and answered in plain words.

A conversation may be held by a client that sends every message anew (OpenAI's chat): all that has to be known is in what was
said, for an answer about a draft ends with the draft's number.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from agent.approve import EditedOutline
from agent.conversation import intent
from agent.conversation.answers import (
    ASKED,
    NUMBERED,
    aspect_text,
    changed_text,
    finished_text,
    last_change,
    numbered,
    progress_text,
    questions_text,
    signed,
    sources_text,
    waiting_text,
)
from agent.conversation.intent import Aspect
from agent.drafter import Event, Finished, Waiting
from agent.drafts import Draft, Revision, Status
from agent.understand import Question, questions, understand
from prompts import Message
from speech.brief import SpeechBrief
from speech.errors import DraftNotFound, JianggaoError

# A draft as a user names it: month, day and six signs (0305-ab12cd).
_NAMED = re.compile(r"(?<![0-9A-Za-z-])(?P<id>(?:0[1-9]|1[0-2])[0-3][0-9]-[0-9a-f]{6})(?![0-9A-Za-z-])")
_ONLY_NAMED = re.compile(r"(?:请|把|将|我们?|要|稿[号子件]?|编号|这?[篇份]|接着|继续|谈|说|看|打开|一?下|[写改]完?|的|[\W_])*")
_AT_ONCE = re.compile(
    r"^(?:没有了?|不清楚|不知道|跳过|都?不用|没了|先?(?:直接|就)?(?:写|开始)吧?|直接写|先写|随便|你看着办)[。！!吧]*$"
)
_ANSWER = re.compile(r"\s*(?:\d{1,2}[.、．)）]|[一二三四五]、|[-·•])?\s*(?P<answer>.+)")
# What understand() calls a line that answers a question.
_LABEL = {"facts": "数据", "points": "要点", "speaker": "讲话人", "occasion": "会议名称", "length": "字数"}


@dataclass(frozen=True)
class Progress:
    """What goes on while a draft is written; no part of the answer."""

    text: str


@dataclass(frozen=True)
class Said:
    """A piece of the answer."""

    text: str


Piece = Progress | Said
Turn = Message


@dataclass(frozen=True)
class Begun:
    """The draft that the events after it are about; it is kept from now on, whoever listens."""

    draft_id: str


class Desk(Protocol):
    """Where the work of a conversation is done: in this process, or by the jobs of a server. Every method raises JianggaoError."""

    def draft(self, draft_id: str) -> Draft: ...
    def revisions(self, draft_id: str) -> Sequence[Revision]: ...
    def write(self, brief: SpeechBrief, request: str) -> Iterator[Event | Begun]: ...
    def go_on(self, draft: Draft) -> Iterator[Event | Begun]:
        """Write on a draft that is not finished, or follow it where it is being written."""

    def approve(self, draft: Draft, edited: EditedOutline | None) -> Iterator[Event | Begun]: ...
    def rewrite(self, draft: Draft, path: str, instruction: str) -> Draft: ...
    def fill(self, draft: Draft, answers: Mapping[str, str]) -> Draft: ...
    def add_fact(self, draft: Draft, fact: str) -> Draft: ...
    def change(
        self, draft: Draft, *, speaker: str | None, audience: str | None, date: str | None, length: int | None
    ) -> Draft: ...
    def take_back(self, draft: Draft) -> Draft: ...
    def export(self, draft: Draft, suffix: str) -> str:
        """Where the file can be had: a path, or an address."""

    def complaint(self, error: JianggaoError) -> str:
        """How an error is said here. Raises it again where it is no answer to the message."""


@dataclass
class Conversation:
    """`draft_id`: the draft in hand. `requested`: what was asked for and is not begun yet, its answers among it, if any; `asked`: the
    questions that were put about it."""

    desk: Desk
    draft_id: str | None = None
    requested: str = ""
    asked: tuple[Question, ...] = field(default=())

    def hear(self, message: str) -> Iterator[Piece]:
        """Answer `message`. What cannot be done is said in one line; the conversation goes on."""
        try:
            yield from self._answer(message)
        except DraftNotFound as error:
            self.draft_id = None
            yield Said(self.desk.complaint(error))
        except JianggaoError as error:
            told = self.desk.complaint(error)
            yield Said(numbered(told, self.draft_id) if self.draft_id else told)

    def _answer(self, message: str) -> Iterator[Piece]:
        if found := _NAMED.search(message):
            self.draft_id, self.requested, self.asked = found["id"], "", ()
            message = message.replace(found["id"], "")
        if self.asked:
            yield from self._write(_with_answers(self.requested, self.asked, message))
            return
        draft = self._in_hand(message)
        match _named_only(message, draft) if found and draft else intent.read(message, draft):
            case intent.Draw(request):
                yield from self._begin(request)
            case intent.Ask(question):
                yield Said(question)
            case wanted if draft is not None:
                yield from self._about(draft, wanted)

    def _in_hand(self, message: str) -> Draft | None:
        """The draft in hand; one that was removed since stands in no new one's way. Raises DraftNotFound."""
        try:
            return self.desk.draft(self.draft_id) if self.draft_id else None
        except DraftNotFound:
            if not intent.asks_for_new(message):
                raise
            self.draft_id = None
            return None

    def _begin(self, request: str) -> Iterator[Piece]:
        """A new speech: ask what matters most, once, or write where nothing is missing."""
        asked = questions(understand(request))
        if not asked:
            yield from self._write(request)
            return
        self.requested, self.asked = request, asked
        yield Said(questions_text(asked))

    def _write(self, request: str) -> Iterator[Piece]:
        self.requested, self.asked = "", ()
        yield from self._follow(self.desk.write(understand(request), request))

    def _follow(self, events: Iterator[Event | Begun]) -> Iterator[Piece]:
        """A run as it goes, and the speech at its end."""
        for event in events:
            match event:
                case Begun(draft_id):
                    self.draft_id = draft_id
                    yield Progress(f"中途断开，写好的也都在，凭稿号接着谈。（稿号：{draft_id}）\n")
                case Finished(draft) | Waiting(draft):
                    self.draft_id = draft.id
                    yield Said(finished_text(draft) if isinstance(event, Finished) else waiting_text(draft))
                case _ if told := progress_text(event):
                    yield Progress(told)

    def _about(self, draft: Draft, wanted: intent.Intent) -> Iterator[Piece]:
        desk = self.desk
        match wanted:
            case intent.GoOn():
                yield from self._follow(desk.go_on(draft))
            case intent.Approve():
                yield from self._follow(desk.approve(draft, None))
            case intent.Reword(path, heading):
                yield from self._follow(desk.approve(draft, _reworded(draft, path, heading)))
            case intent.Rewrite(path, instruction):
                yield Progress(f"改写{path}…\n")
                yield Said(changed_text(draft, desk.rewrite(draft, path, instruction)))
            case intent.Fill(answers):
                yield Said(changed_text(draft, desk.fill(draft, answers)))
            case intent.AddFact(fact):
                yield Said(changed_text(draft, desk.add_fact(draft, fact)))
            case intent.Change(speaker, length, date, audience):
                yield Progress("调整…\n")
                changed = desk.change(draft, speaker=speaker, audience=audience, date=date, length=length)
                yield Said(changed_text(draft, changed))
            case intent.TakeBack():
                yield Said(changed_text(draft, desk.take_back(draft)))
            case intent.Compare():
                yield Said(signed(last_change(desk.revisions(draft.id)), draft))
            case intent.Explain(path, quoted):
                yield Said(signed(sources_text(draft, path, quoted), draft))
            case intent.Show(aspect):
                yield Said(signed(aspect_text(draft, aspect), draft))
            case intent.Export(suffix):
                yield Said(signed(f"已导出：{desk.export(draft, suffix)}", draft))


def recalled(desk: Desk, turns: Sequence[Turn]) -> Conversation:
    """The conversation that `turns`, without its last message, left: the draft in hand, and whether questions are open."""
    held = Conversation(desk)
    for at, turn in enumerate(turns[:-1]):
        before = turns[at - 1] if at else None
        if turn.role != "assistant":
            if named := _NAMED.search(turn.content):
                held.draft_id, held.requested, held.asked = named["id"], "", ()
        elif found := list(NUMBERED.finditer(turn.content)):
            held.draft_id, held.requested, held.asked = found[-1]["id"], "", ()
        elif turn.content.startswith(ASKED) and before and before.role == "user":
            held.requested = before.content
            held.asked = questions(understand(before.content))
        else:
            held.requested, held.asked = "", ()
    return held


def _with_answers(request: str, asked: Sequence[Question], message: str) -> str:
    """The request with the answers to the questions on it: in order where there is one to each, else as they were said."""
    if _AT_ONCE.match(message.strip()):
        return request
    pieces = [
        found["answer"].strip() for line in re.split(r"\n+|；", message) if (found := _ANSWER.fullmatch(line)) and line.strip()
    ]
    if len(pieces) == len(asked):
        told = [(one, piece) for one, piece in zip(asked, pieces, strict=True) if not _AT_ONCE.match(piece)]
        return "\n".join(
            [request, *(piece if re.match(r"[^，。]{2,6}：", piece) else f"{_LABEL[one.field]}：{piece}" for one, piece in told)]
        )
    return f"{request}\n{message}"


def _named_only(message: str, draft: Draft) -> intent.Intent:
    """What a message asks that names a draft: to see it, or to have it written to its end, where it says no more than that."""
    if not _ONLY_NAMED.fullmatch(message):
        return intent.read(message, draft)
    if draft.text:
        return intent.Show(Aspect.TEXT)
    return intent.Show(Aspect.OUTLINE) if draft.status == Status.WAITING else intent.GoOn()


def _reworded(draft: Draft, path: str, heading: str) -> EditedOutline:
    """The waiting outline with another heading at `path`."""
    assert draft.outline is not None
    data = draft.outline.model_dump()
    for section in data["sections"]:
        if section["number"].rstrip("、") == path:
            section["heading"] = heading
        for part in section["parts"]:
            part["heading"] = heading if part["path"] == path else part["heading"]
    return EditedOutline.model_validate(data)
