"""Write one part: a point after another, each asked for in several answers, checked, the best kept, and mended by code."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import count, cycle, zip_longest

import prompts
from agent.choose import worth
from agent.faults import Ground
from agent.gather import Sources, examples
from agent.leads import COUNTED, ENDS, Lead, gist, leads, stated
from agent.lengths import Lengths
from agent.mend import Mended, mend, sentences
from agent.models import Answer, ChatModel
from agent.outline import Outline, Part
from agent.wording import shown_material
from prompts import Message
from speech import numbering, taboos
from speech.brief import SpeechBrief
from speech.document import characters
from speech.errors import ModelError
from speech.genres import FORMS, PartRole, continuations

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
_NEXT_POINT = re.compile(r"\s*(?:[一二三四五六七八][要是](?![求的])|第[一二三四五六七]|首先|其次|最后)")
_INNER_POINT = re.compile(r"[，；：]\s*(?=[二三四五六七八](?:是要?|要)(?![求的点素]))")
# Characters that a call must bring on the average where a draft is gone on with to its length: little more than the shortest
# sentence. A model of short answers comes to its end by that; one that mostly repeats itself is given up before it costs much.
_A_CALL_BRINGS = 8
_LEADS_ON = 4  # by which a part is gone on with, each tried once whatever it brings
_WITHIN = 0.09  # of the length asked for: what the parts may be short or long, so that the whole is within a tenth (DESIGN, 6)
_TELLING = 6  # characters of a point that says something; shorter are the names of what an argument is about
_LEAST = 5  # characters that the model must add to a lead: leads alone are no draft
_FIRST = re.compile(r"(^|。)一(?:是|(?=要))")  # a count of one is none: 一要建好台账 is 要建好台账, 一是建好台账 is 建好台账
_MORE = 24  # characters short of its length at which a part is gone on with
_ENOUGH = 0.6  # of the length wanted: an answer that has so much left when it is mended is not asked for again
_PER_TOKEN, _SLACK = 1.5, 25  # characters a token of Chinese comes to; tokens over, to bring a sentence to its end
_MUCH = 4  # times what is wanted: more of an answer is not looked at
_PLAIN = 90  # characters of one point at most in one answer of a model that writes a point at a time


@dataclass
class Writer:
    """Writes the parts of one draft."""

    brief: SpeechBrief
    sources: Sources
    model: ChatModel
    ground: Ground
    _calls: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        self.ground = replace(self.ground, orders=self.sources.orders(self.brief))

    def write(self, part: Part, written: str, on_text: Callable[[str], None] = lambda _: None) -> str:
        """The text of `part`, about `part.length` characters. `written` is all that stands before it; `on_text` gets each piece kept.

        Raises ModelError where the model gives nothing that can be kept.
        """
        text, counted = "", 0
        for lead in leads(part, self.brief, self.model.profile.points_per_call):
            if part.role not in ENDS and _is_said(lead, text):
                continue
            numbered = replace(lead, text=lead.text.replace(COUNTED, numbering.chinese(counted + 1)))
            piece = self._piece(part, numbered, text, written)
            counted += COUNTED in lead.text and piece != ""
            text += piece
            on_text(piece)
        for lead in self._further(part) if self.model.profile.points_per_call else ():
            if characters(text) < part.length - _MORE:
                piece = self._piece(part, lead, text, written)
                text += piece
                on_text(piece)
        if counted == 1:
            text = _FIRST.sub(r"\1", text)
        if not text:  # no lead was gone on with: the model begins as it likes
            text = self._piece(part, Lead("", part.length, points=part.points), text, written)
            on_text(text)
        if not text:
            raise ModelError(
                f"模型没有写出“{part.heading or part.path}”可用的正文", "请换一个模型后用 jianggao drafts resume 接着写"
            )
        return text

    def adjust(self, outline: Outline, texts: Sequence[str]) -> list[str]:
        """`texts`, one a part, brought to the planned length: cut at sentence borders, or gone on with where they are short.

        Raises ModelError where the length that was asked for is out of reach.
        """
        draft = Lengths(outline, list(texts))
        draft.trim(self.brief.facts)
        body = [index for index, part in enumerate(draft.parts) if part.role not in ENDS] or [0]
        every_lead_once = self.model.profile.tries * _LEADS_ON * len(body)
        last = self._calls + every_lead_once + draft.missing() // _A_CALL_BRINGS
        begun: set[tuple[int, str]] = set()  # parts with the leads they were gone on with by: none is asked for again
        for turn in count(1):
            before = draft.written
            for index in draft.shortest_first(body):
                part = draft.parts[index]
                # an end that the model begins as it likes begins the speech anew
                for lead in (*self._further(part), *(() if part.role in ENDS else (Lead(""),))):
                    told = lead.text and ((index, lead.text) in begun or lead.text in draft.texts[index])
                    if told or self._calls >= last or not (short := draft.lacking(index)):
                        continue
                    begun.add((index, lead.text))
                    text = draft.texts[index]
                    until = characters(text) + min(short, _PLAIN)
                    draft.texts[index] += self._piece(part, replace(lead, until=until), text, draft.around(index), turn)
            if draft.written == before:
                break
        draft.trim(self.brief.facts)
        self._check_length(draft.written, draft.target)
        return draft.texts

    def _check_length(self, written: int, target: int) -> None:
        asked = self.brief.length
        if asked and abs(written - target) > _WITHIN * asked:
            raise ModelError(
                f"要求约{asked}字，按计划正文应有{target}字，只写出可用的{written}字"
                if written < target
                else f"要求约{asked}字，事实和要点太多，正文至少要{written}字",
                "请换一个模型或补充要点和事实后重新起草" if written < target else "请增加字数或减少事实",
            )

    def lengthen(self, part: Part, text: str, around: str, length: int) -> str:
        """`text`, the text of `part`, gone on with to about `length` characters. `around`: what else stands in the draft."""
        last = self._calls + self.model.profile.tries * _LEADS_ON + max(0, length - characters(text)) // _A_CALL_BRINGS
        for turn in count(1):
            before = text
            for lead in (*self._further(part), Lead("")):
                short = length - characters(text)
                if short < max(_MORE, length * 0.06) or self._calls >= last or (lead.text and lead.text in text):
                    continue
                text += self._piece(part, replace(lead, until=characters(text) + min(short, _PLAIN)), text, around, turn)
            if text == before:
                break
        return text

    def _further(self, part: Part) -> Iterator[Lead]:
        """How a part goes on when its points are written: on what the sources say beside them."""
        if part.role in ENDS:
            is_body = part.role == PartRole.OPENING and not FORMS[self.brief.genre].sections
            starts = continuations(part.role) if is_body else ()
            yield from (Lead(start, part.length, points=(point,)) for start, point in zip(starts, cycle(part.points)))
            for point in part.points if is_body else ():
                yield Lead(f"在{point}上，我们", part.length, points=(point,))
                yield Lead(f"{point}，", part.length, points=(point,))
            return
        used = [lead.material for lead in leads(part, self.brief, self.model.profile.points_per_call)]
        spare = [one for one in part.statements if not any(one in material for material in used)]
        for start, statement in zip_longest(continuations(part.role), spare[: len(continuations(part.role))]):
            if statement:
                yield Lead(start, part.length, points=(gist(statement),), material=(statement,))
            else:
                yield Lead(start, part.length)

    def _piece(self, part: Part, lead: Lead, text: str, written: str, turn: int = 0) -> str:
        """What `lead` becomes: the best of the answers to it, mended; "" where none can be kept."""
        if lead.whole:
            left = self._unsaid(part, lead.text, written + text)
            return "" if taboos.touched(left, self.brief.taboos) else left
        wanted = max(lead.until - characters(text), _MORE)
        remark, best = "", None
        for attempt in range(self.model.profile.tries):
            answers = self._ask(part, lead, text, remark, written, wanted, seed=turn * 100 + attempt * 10)
            checked = self._checked(part, lead, answers, text, written, wanted)
            said = [one for one in (best, *checked) if one and _goes_on(one.text, lead)]
            best = min(said, key=lambda one: len(one.faults), default=None)
            if best and (not best.faults or characters(best.text) >= _ENOUGH * wanted):
                break
            faults = dict.fromkeys(fault for one in checked for fault in one.faults)
            remark = "（注意：" + "；".join(list(faults)[:3] or ["把要点展开，说清谁来做、怎么做"]) + "）"
        if best is None:
            return ""
        return _up_to(best.text, wanted)

    def _unsaid(self, part: Part, sentence: str, before: str) -> str:
        """`sentence`, or where it states facts those that do not stand in `before`: a wrong figure that was masked may have made one."""
        told = [fact for fact in part.facts if fact.rstrip("。；，！ ") in sentence]
        new = [fact for fact in told if fact.rstrip("。；，！ ") not in before]
        return sentence if len(new) == len(told) else stated(new) if new else ""

    def _checked(self, part: Part, lead: Lead, answers: Sequence[str], text: str, written: str, wanted: int) -> list[Mended]:
        """The answers mended, the best first, up to the first that passes as it came."""
        about = "。".join((*lead.points, *(one.text for one in lead.material)))
        before = f"{written}{part.heading}。{text}"
        said = [answer[: _MUCH * (wanted + _PLAIN)] for answer in answers if answer.strip()]
        checked: list[Mended] = []
        for answer in sorted(said, key=lambda answer: -worth(answer, about, before, wanted)):
            checked.append(self.mended(lead.text + answer, before, led=lead.text != ""))
            if not checked[-1].faults and _goes_on(checked[-1].text, lead):
                break
        return checked

    def mended(self, text: str, before: str, led: bool = False) -> Mended:
        """`text` with every promise kept, after what stands `before` it. `led`: code set how it begins."""
        return mend(text, before, self.ground, led=led)

    def _ask(self, part: Part, lead: Lead, text: str, remark: str, written: str, wanted: int, seed: int) -> list[str]:
        """What the model says after `lead`, in as many answers as its profile asks for."""
        self._calls += 1
        profile = self.model.profile
        messages = self._messages(part, lead, remark, written)
        if profile.prefill:
            lines = [*messages, Message("assistant", lead.text)] if lead.text else messages
            room = round(min(wanted, _PLAIN) / _PER_TOKEN) + _SLACK
            answers = self.model.offer(lines, count=profile.candidates, max_tokens=room, seed=seed, stop=("\n",))
            return [_ended(answer) for answer in answers]
        start = text + lead.text
        room = max(wanted, 40)
        asked = f"。写{room}字左右，一段" + (f"，接着“{start[-80:]}”往下写，不重复这句话" if start else "")
        last = messages[-1]
        answer = self.model.ask([*messages[:-1], Message(last.role, last.content + asked)], max_tokens=2 * room + 100, seed=seed)
        return [answer.text.strip().removeprefix(start).removeprefix(lead.text)]

    def _messages(self, part: Part, lead: Lead, remark: str, written: str) -> list[Message]:
        template = prompts.load(_TEMPLATES[part.role])
        topic, points = self.brief.topic, "；".join(lead.points)
        if part.role in ENDS:
            return template.messages(topic=topic, genre=self.brief.genre, place=part.path, points=points, remark=remark)
        before = sentences(written)[-1][-self.model.profile.before :] if written and self.model.profile.before else ""
        return template.messages(
            examples(self.sources, part.role),
            material=shown_material(lead.material) + (f"上文：{before}" if before else ""),
            topic=topic,
            heading=part.heading,
            points=points or part.heading,
            remark=remark,
        )


def _is_said(lead: Lead, text: str) -> bool:
    """Whether the points of `lead` stand in `text` word for word: what was said of the point before ran on to them."""
    return lead.points != () and all(characters(point) >= _TELLING and point in text for point in lead.points)


def _goes_on(text: str, lead: Lead) -> bool:
    """Whether `text` begins with its lead and says something after it; without its lead a piece would begin in the middle."""
    return text.startswith(lead.text) and characters(text) >= characters(lead.text) + _LEAST


def _ended(answer: Answer) -> str:
    """The sentences of an answer up to where it goes on to the next point. One that the limit cut is ended at its last comma, or is none."""
    text = _INNER_POINT.split(answer.text.strip().split("\n")[0])[0]
    whole, kept = sentences(text), ""
    for n, sentence in enumerate(whole):
        if n and _NEXT_POINT.match(sentence):
            break
        if not sentence.endswith(("。", "！", "？")):
            sentence = _cut_short(sentence, first=not kept) if answer.cut else f"{sentence}。"
        kept += sentence
    return kept


def _cut_short(sentence: str, first: bool) -> str:
    """A sentence that breaks off, ended at its last comma where nothing whole stands before it."""
    whole, comma, _ = sentence.rpartition("，")
    return whole + "。" if first and comma and len(whole) >= 10 else ""


def _up_to(text: str, room: int) -> str:
    """As many whole sentences of `text` as come nearest to `room` characters; at least one."""
    kept = ""
    for sentence in sentences(text):
        if kept and abs(characters(kept + sentence) - room) > abs(characters(kept) - room):
            break
        kept += sentence
    return kept
