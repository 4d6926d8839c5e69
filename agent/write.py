"""Write one part: its points one after another, each asked for, checked, asked again with the finding named, then mended by code."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import prompts
from agent.gather import Sources, examples
from agent.mend import Ground, fit, mend, sentences
from agent.models import Answer, ChatModel
from agent.outline import Outline, Part, shown_material
from prompts import Message
from speech import numbering
from speech.brief import SpeechBrief
from speech.document import characters
from speech.errors import ModelError
from speech.genres import ARGUED, ARGUMENT_STARTS, FORMS, PartRole, continuations

_TEMPLATES = {
    PartRole.OPENING: "write-opening",
    PartRole.CLOSING: "write-opening",
    PartRole.SIGNIFICANCE: "write-significance",
    PartRole.TASK: "write-task",
    PartRole.SAFEGUARD: "write-task",
    PartRole.PRACTICE: "write-practice",
    PartRole.NEXT: "write-task",
    PartRole.REFLECTION: "write-reflection",
    PartRole.PROBLEM: "write-reflection",
}
_ENDS = (PartRole.OPENING, PartRole.CLOSING)
COUNTED = "#"  # in a lead: the number that it gets when it is written, so that one dropped leaves no gap
_ENUMERATED = 4  # points from which a part counts them: 一要 … 四要
_NEXT_POINT = re.compile(r"\s*(?:[一二三四五六七八]?[要是](?![求的])|第[一二三四五六七]|首先|其次|最后)")
_ROUNDS = 3  # times that a part that is short may be gone on with
_LEAST = 5  # characters that the model must add to a lead: leads alone are no draft
_FIRST = re.compile(r"(^|。)一(?=[要是])")  # a count of one is none
_MORE = 24  # characters short of its length at which a point gets another sentence
_STOPS = ("。", "；", "！", "？", "\n")


@dataclass(frozen=True)
class Lead:
    """How the next sentences begin, set by code, and how long the part is to be when they end.

    `told`: the lead states a fact of the brief and stands even where the model adds nothing to it.
    """

    text: str
    until: int
    told: bool = False


@dataclass
class Writer:
    """Writes the parts of one draft."""

    brief: SpeechBrief
    sources: Sources
    model: ChatModel
    ground: Ground

    def write(self, part: Part, written: str, on_text: Callable[[str], None] = lambda _: None) -> str:
        """The text of `part`, about `part.length` characters. `written` is all that stands before it; `on_text` gets each piece kept.

        Raises ModelError where the model gives nothing that can be kept.
        """
        text, counted = "", 0
        for lead in leads(part, self.brief, self.model.profile.leads_per_call):
            numbered = lead.text.replace(COUNTED, numbering.chinese(counted + 1))
            grown = self._grown(part, Lead(numbered, lead.until, lead.told), text, written, on_text)
            counted += COUNTED in lead.text and grown != text
            text = grown
        for start in continuations(part.role) if self.model.profile.leads_per_call else ():
            if part.role not in _ENDS and characters(text) < part.length - _MORE:
                text = self._grown(part, Lead(start, part.length), text, written, on_text)
        if counted == 1:
            text = _FIRST.sub(r"\1", text)
        if not text:
            raise ModelError(
                f"模型没有写出“{part.heading or part.path}”可用的正文", "请换一个模型后用 jianggao drafts resume 接着写"
            )
        return text

    def adjust(self, outline: Outline, texts: Sequence[str]) -> list[str]:
        """`texts`, one a part, brought to the planned length: cut at sentence borders, or gone on with where they are short."""
        parts = list(outline.parts())
        target = sum(part.length for part in parts)
        fitted = fit(texts, round(target * 1.04), self.brief.facts)
        body = [index for index, part in enumerate(parts) if part.role not in _ENDS] or [0]
        shortest_first = sorted(body, key=lambda index: characters(fitted[index]) / parts[index].length)
        for index in shortest_first * _ROUNDS:
            around = "".join(text for other, text in enumerate(fitted) if other != index)
            for start in (*continuations(parts[index].role), ""):
                short = target - sum(map(characters, fitted))
                if short < target * 0.06 or (start and start in fitted[index]):
                    continue
                lead = Lead(start, characters(fitted[index]) + min(short, 80))
                fitted[index] = self._grown(parts[index], lead, fitted[index], around, lambda _: None)
        return fitted

    def _grown(self, part: Part, lead: Lead, text: str, written: str, on_text: Callable[[str], None]) -> str:
        """`text` with `lead` and what follows from it, sentence after sentence, until it is long enough or the model has no more."""
        start = lead.text
        while start or characters(text) < lead.until - _MORE:
            piece = self._piece(part, Lead(start, lead.until, lead.told), text, written)
            text += piece
            on_text(piece)
            if not piece or self.model.profile.leads_per_call == 0:
                break
            start = ""
        return text

    def _piece(self, part: Part, lead: Lead, text: str, written: str) -> str:
        """What `lead` becomes: the best of up to `tries` answers, mended; "" where none can be kept."""
        best, remark = None, ""
        for attempt in range(self.model.profile.tries):
            raw = self._ask(part, lead, text, remark, written, seed=attempt)
            if not lead.text and (not raw.strip() or _NEXT_POINT.match(raw)):
                break  # the model holds the point for finished
            mended = mend(lead.text + raw, f"{written}{part.heading}。{text}", self.ground)
            says = characters(mended.text) >= characters(lead.text) + _LEAST
            if says and (best is None or len(mended.faults) < len(best.faults)):
                best = mended
            if says and not mended.faults:
                break
            remark = "（注意：" + "；".join(mended.faults[:3] or ("把要点展开，说清谁来做、怎么做",)) + "）"
        if best is None:
            return lead.text.rstrip("，") + "。" if lead.told else ""
        return _up_to(best.text, lead.until - characters(text))

    def _ask(self, part: Part, lead: Lead, text: str, remark: str, written: str, seed: int) -> str:
        profile = self.model.profile
        messages = self._messages(part, remark, written)
        start = text + lead.text
        if profile.prefill:
            lines = [*messages, Message("assistant", start)] if start else messages
            answer = self.model.ask(lines, max_tokens=90, seed=seed, stop=_STOPS)
            return "" if not answer.text.strip() else _ended(answer)
        room = max(lead.until - characters(text), 40)
        asked = f"。写{room}字左右，一段" + (f"，接着“{start[-80:]}”往下写，不重复这句话" if start else "")
        last = messages[-1]
        answer = self.model.ask([*messages[:-1], Message(last.role, last.content + asked)], max_tokens=2 * room + 100, seed=seed)
        return answer.text.strip().removeprefix(start).removeprefix(lead.text)

    def _messages(self, part: Part, remark: str, written: str) -> list[Message]:
        template = prompts.load(_TEMPLATES[part.role])
        topic, points = self.brief.topic, "；".join(part.points)
        if part.role in _ENDS:
            return template.messages(topic=topic, genre=self.brief.genre, place=part.path, points=points, remark=remark)
        before = sentences(written)[-1][-self.model.profile.before :] if written and self.model.profile.before else ""
        return template.messages(
            examples(self.sources, part.role),
            material=(f"上文：{before}\n" if before else "") + shown_material(part.statements),
            topic=topic,
            heading=part.heading,
            points=points,
            remark=remark,
        )


def leads(part: Part, brief: SpeechBrief, per_call: int) -> list[Lead]:
    """The sentence openings of a part. With `per_call` 0 the model gets the points in its prompt and one empty lead."""
    form = FORMS[brief.genre]
    facts = [Lead(f"{_opened(fact)}，", 0, told=True) for fact in part.facts]
    if part.role in _ENDS:
        starts = form.opening if part.role == PartRole.OPENING else form.closing
        worded = [start.format(topic=brief.topic, occasion=brief.occasion or f"{brief.topic}活动") for start in starts]
        first, *rest = [Lead(start, 0) for start in (worded if per_call else worded[:1])]
        return _spread([first, *facts, *rest], part.length)
    if per_call == 0:
        return [*facts, Lead("", part.length)]
    return _spread([*facts, *(Lead(text, 0) for text in _lead_words(part, brief.topic))], part.length)


def _spread(every: Sequence[Lead], length: int) -> list[Lead]:
    """`every` lead with its even share of the length."""
    return [Lead(lead.text, round(length * (n + 1) / len(every)), lead.told) for n, lead in enumerate(every)]


def _lead_words(part: Part, topic: str) -> Iterator[str]:
    """一是建立台账。 for what was done, 要建立台账， for what is asked; an argument gets its beginning and its end set."""
    if part.role in ARGUED:
        order = numbering.arabic(part.path[-2]) - 1 if part.path.endswith("）") else 0
        yield from (start.format(topic=topic) for start in ARGUMENT_STARTS[order % len(ARGUMENT_STARTS)])
        return
    for point in part.points:
        if part.role == PartRole.PRACTICE:
            yield f"{COUNTED}是{point}。"
        else:
            yield f"{COUNTED if len(part.points) >= _ENUMERATED else ''}要{point}，"


def _opened(fact: str) -> str:
    """A fact as the beginning of a sentence."""
    stem = fact.rstrip("。；，！ ")
    return stem if re.match(r"目前|今年|去年|近年|截至|\d{4}年|上半年|一年来", stem) else f"目前，{stem}"


def _ended(answer: Answer) -> str:
    """A sentence that a stop sign ended gets its mark; one that the limit cut is ended at its last comma, or is none."""
    text = answer.text.strip().split("\n")[0]
    if not answer.cut:
        return text if text.endswith(("。", "！", "？")) else text + "。"
    whole, comma, _ = text.rpartition("，")
    return whole + "。" if comma and len(whole) >= 10 else ""


def _up_to(text: str, room: int) -> str:
    """As many whole sentences of `text` as come nearest to `room` characters; at least one."""
    kept = ""
    for sentence in sentences(text):
        if kept and abs(characters(kept + sentence) - room) > abs(characters(kept) - room):
            break
        kept += sentence
    return kept
