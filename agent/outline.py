"""Plan: a brief and its sources become an outline. The model words the headings and points; code decides how many, how long, and checks."""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from pydantic import BaseModel, ConfigDict

import prompts
from agent.gather import Sources, Statement, statements
from agent.models import ChatModel
from speech import numbering, specifics, words
from speech.brief import SpeechBrief
from speech.document import CLOSING, OPENING, characters
from speech.errors import ModelError
from speech.genres import ARGUED, FORMS, SAFEGUARDS, SECTION_HEADINGS, GenreForm, PartRole, SectionForm, section_forms
from vectorstore.search import PassageHit

SENTENCE = 48  # characters that one point comes to, written out by the embedded model
PART = 230  # characters of a level-2 part at its best
_TOO_CLOSE = 0.8  # similarity at which a heading counts as a source's own

_VERBS = ("深化", "推进", "做实", "抓好", "强化", "健全", "坚持")
_WORDED = re.compile(
    rf"^(?:{'|'.join(_VERBS)}|加强|优化|提升|提高|建设|建好|整治|落实|完善|加快|促进|保障|防范|打造|构建|为|抓|做|用)"
)
_HANZI = "[\u4e00-\u9fff]"  # what a heading is made of; a class that excludes lets a grammar end in half a character


_SIGNS = re.compile(r"[A-Za-z0-9]+|[“”：:；。\n*]")
# Not a point: signs, an echo of the prompt, or words that say nothing to do.
_NO_POINT = re.compile(r"[^\u4e00-\u9fff、（）]|数字|名称|材料|要点|小标题|相关文件|有关文件|各类文件")


@dataclass(frozen=True)
class Asked:
    """A heading to be worded: what it is about, and how it may begin (none leaves that to the model).

    `whole`: the beginnings are whole headings, one of which is taken. `must`: what it has to name in part, else `about`.
    """

    about: str
    starts: tuple[str, ...] = ()
    whole: bool = False
    must: str = ""

    @property
    def pattern(self) -> str:
        """Two short clauses, or one where the beginning is set up to 是."""
        begun = f"({'|'.join(map(re.escape, self.starts))})" if self.starts else f"{_HANZI}{{4,10}}，"
        return f"^{begun}$" if self.whole else f"^{begun}{_HANZI}{{6,16}}$"


class Part(BaseModel):
    """What is written in one go: the text under one heading, or the opening or closing. `length` in characters.

    `statements`: the sources' sentences that it is written after, a point for each of the first ones.
    """

    model_config = ConfigDict(frozen=True)

    path: str
    role: PartRole
    heading: str
    length: int
    points: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    statements: tuple[Statement, ...] = ()

    @property
    def evidence(self) -> tuple[PassageHit, ...]:
        """The passages that the part is drawn from, each once."""
        return tuple({one.hit.passage.id: one.hit for one in self.statements}.values())


class PlannedSection(BaseModel):
    """A level-1 section: its number and heading, and one part (run-in genres) or several level-2 parts."""

    model_config = ConfigDict(frozen=True)

    number: str
    heading: str
    role: PartRole
    parts: tuple[Part, ...]


class Outline(BaseModel):
    """`title`, `salutation` and `transition` (下面，我讲三点意见。) are the genre's forms; `prompts`: hashes of the templates used."""

    model_config = ConfigDict(frozen=True)

    title: str
    salutation: str | None
    opening: Part
    transition: str
    sections: tuple[PlannedSection, ...]
    closing: Part
    prompts: dict[str, str]

    def parts(self) -> Iterator[Part]:
        """Every part in the order of writing."""
        yield self.opening
        for section in self.sections:
            yield from section.parts
        yield self.closing


def plan(brief: SpeechBrief, sources: Sources, model: ChatModel, on_call: Callable[[str], None] = lambda _: None) -> Outline:
    """The outline of `brief`. `on_call` is told what is being worded. Raises ModelError where no usable answer comes."""
    form = FORMS[brief.genre]
    length = brief.length or form.length
    wording = _Wording(brief, sources, model)
    forms = section_forms(form, brief.sections or (len(brief.points) if form.run_in and len(brief.points) >= 2 else None))
    on_call("各部分标题")
    headings = wording.headings(_asked(forms, brief, form)) if forms else []
    facts = _shared_out(brief.facts, forms, headings) if forms else []
    sections = []
    for index, (section, heading) in enumerate(zip(forms, headings, strict=True)):
        on_call(heading)
        number = numbering.write(1, index + 1)
        budget = round(length * section.share)
        path = number.rstrip("、")
        if form.run_in:
            parts: tuple[Part, ...] = (wording.part(path, section.role, heading, budget, facts[index]),)
        else:
            parts = wording.parts(path, section, heading, budget, facts[index])
        sections.append(PlannedSection(number=number, heading=heading, role=section.role, parts=parts))
    gist = tuple(
        part.heading.split("，")[0]
        for section in sections
        if section.role in (PartRole.TASK, PartRole.PRACTICE, PartRole.NEXT)
        for part in section.parts
    )
    gist = gist[:4] or brief.points or (brief.topic,)
    count = "两" if len(sections) == 2 else numbering.chinese(len(sections)) if sections else ""
    outline = Outline(
        title=title_of(brief),
        salutation=form.salutation,
        opening=Part(
            path=OPENING,
            role=PartRole.OPENING,
            heading="",
            length=round(length * form.opening_share),
            points=gist,
            facts=() if forms else brief.facts,
        ),
        transition=form.transition.format(count=count, topic=brief.topic),
        sections=tuple(sections),
        closing=Part(
            path=CLOSING,
            role=PartRole.CLOSING,
            heading="",
            length=round(length * form.closing_share),
            points=("狠抓落实",),
        ),
        prompts={name: prompts.load(name).hash for name in ("headings", "measures")},
    )
    return _scaled(outline, length - characters(form.closing_end))


def _scaled(outline: Outline, length: int) -> Outline:
    """`outline` with the parts' lengths scaled so that, with the title and every heading, the whole comes to `length`."""
    sections = outline.sections
    headings = [outline.title, outline.salutation or "", outline.transition, *(s.number + s.heading for s in sections)]
    headings += [f"（一）{part.heading}。" for s in sections for part in s.parts if part.heading != s.heading]
    rate = (length - sum(map(characters, headings))) / sum(part.length for part in outline.parts())

    def at_rate(part: Part) -> Part:
        return part.model_copy(update={"length": max(40, round(part.length * rate))})

    scaled = tuple(s.model_copy(update={"parts": tuple(map(at_rate, s.parts))}) for s in sections)
    return outline.model_copy(
        update={"opening": at_rate(outline.opening), "sections": scaled, "closing": at_rate(outline.closing)}
    )


def shown_material(found: Sequence[Statement]) -> str:
    """Statements as a prompt shows them, numbered; "" for none."""
    return "材料：" + "".join(f"{n}.{one.text}" for n, one in enumerate(found, 1)) + "\n" if found else ""


def title_of(brief: SpeechBrief) -> str:
    """The title told, else 在…上的讲话, made of the occasion or the topic."""
    if brief.title:
        return brief.title
    if brief.occasion:
        return f"在{brief.occasion}上的{brief.genre}"
    return f"关于{brief.topic}的{brief.genre}"


def heading_faults(heading: str, must: str, others: Sequence[str], sources: Sequence[str], brief: SpeechBrief) -> list[str]:
    """Why `heading` will not do, in Chinese for the model; [] where it will.

    `must` is what it has to name in part, `others` the headings beside it, `sources` the headings of the passages.
    """
    faults = []
    if not 4 <= len(heading) <= 22 + len(must):
        faults.append("字数应在8到24之间")
    told = "".join(brief.told().values())
    if any(sign not in told for sign in _SIGNS.findall(heading)) or numbering.read(heading):
        faults.append("不要数字、引号和序号")
    if re.search(r"[的和与及、，]$", heading):
        faults.append("没有写完")
    if not _touches(heading, must):
        faults.append(f"没有扣住“{must}”")
    if any(heading == other for other in others):
        faults.append("与其他标题重复")
    if any(SequenceMatcher(None, heading, source).ratio() >= _TOO_CLOSE for source in sources):
        faults.append("与来源标题雷同，换一个说法")
    if any(not specific.supported for specific in specifics.check(heading, brief)):
        faults.append("出现了没有告诉你的数字或名称")
    return faults


class _Wording:
    """The calls that word an outline: each asked up to `tries` times, the findings named, then mended from the brief's own words."""

    def __init__(self, brief: SpeechBrief, sources: Sources, model: ChatModel) -> None:
        self.brief, self.sources, self.model = brief, sources, model
        self.taken: list[str] = []
        self.used: set[str] = set()

    def headings(self, asked: Sequence[Asked]) -> list[str]:
        """A heading for each of `asked`, parallel, none of them a source's own."""
        keys = [numbering.chinese(n + 1) for n in range(len(asked))]
        fields = {key: {"type": "string", "pattern": one.pattern} for key, one in zip(keys, asked, strict=True)}
        contents = "、".join(key + one.about for key, one in zip(keys, asked, strict=True))
        best: dict[int, str] = {}
        remark = ""
        for attempt in range(self.model.profile.tries):
            found = self._answer("headings", fields, attempt, topic=self.brief.topic, contents=contents, remark=remark)
            worded = [_bare(found.get(key)) for key in keys]
            faults = [self._faults(heading, one, worded[:n]) for n, (heading, one) in enumerate(zip(worded, asked, strict=True))]
            best |= {n: heading for n, heading in enumerate(worded) if not faults[n] and n not in best}
            if len(best) == len(asked):
                break
            remark = "（注意：" + "；".join(f"{keys[n]}{'，'.join(why)}" for n, why in enumerate(faults) if why) + "）"
        made = list[str]()
        for n, one in enumerate(asked):
            made.append(best.get(n) or self._plain(one, made))
        self.taken += made
        return made

    def parts(self, path: str, section: SectionForm, heading: str, budget: int, facts: Sequence[str]) -> tuple[Part, ...]:
        """The level-2 parts of a section, the budget shared evenly, the facts each where it belongs."""
        asked = self._parts_asked(section, heading, budget)
        headings = self.headings(asked)
        belongs = _assigned(facts, [one.about + heading for one, heading in zip(asked, headings, strict=True)])
        return tuple(
            self.part(
                f"{path}{numbering.write(2, n + 1)}", section.role, heading, budget // len(asked), belongs[n], asked[n].about
            )
            for n, heading in enumerate(headings)
        )

    def part(self, path: str, role: PartRole, heading: str, budget: int, facts: Sequence[str], subject: str = "") -> Part:
        """One part with its points: as many as its length holds, each drawn from a sentence of the sources."""
        count = min(6, max(2, round((budget - sum(map(len, facts))) / SENTENCE)))
        found = statements(self.sources, role, subject.removesuffix("是") or heading, count, self.used)
        self.used |= {one.text for one in found}
        points = () if role in ARGUED else self._points(heading, count, found)
        return Part(
            path=path, role=role, heading=heading, length=budget, points=points, facts=tuple(facts), statements=tuple(found)
        )

    def _parts_asked(self, section: SectionForm, heading: str, budget: int) -> list[Asked]:
        """What the parts of a section are about: the brief's points, the usual safeguards, reasons, or what the sources say."""
        count = min(4, max(2, round(budget / PART)))
        topic = self.brief.topic
        if section.takes_points and len(self.brief.points) >= 2:
            return [Asked(point, _begun(point)) for point in self.brief.points]
        if section.role == PartRole.SIGNIFICANCE:
            begun = f"{topic}是" if _WORDED.match(topic) else f"推进{topic}是"
            return [Asked(begun, (begun,))] * count
        if section.role == PartRole.SAFEGUARD:
            return [
                Asked(one, tuple(f"{verb}{one}，" for verb in ("加强", "强化", "健全", "压实"))) for one in SAFEGUARDS[:count]
            ]
        found = statements(self.sources, section.role, topic + heading, count)
        return [Asked(point) for point in self._points(heading, count, found)]

    def _points(self, heading: str, count: int, found: Sequence[Statement]) -> tuple[str, ...]:
        shown = shown_material(found)
        kept: list[str] = []
        remark = ""
        for attempt in range(self.model.profile.tries):
            asked = {"material": shown, "topic": self.brief.topic, "heading": heading, "count": str(count), "remark": remark}
            item = {"type": "string", "minLength": 6, "maxLength": 20}
            array = {"type": "array", "minItems": count, "maxItems": count, "items": item}
            worded = self._answer("measures", {"points": array}, attempt, **asked).get("points")
            for point in map(_trimmed, worded if isinstance(worded, list) else []):
                if self._usable(point, kept, heading):
                    kept.append(point)
            if len(kept) >= max(2, 0.6 * count):
                break
            remark = f"（另列，不要与这些重复：{'；'.join(kept) or heading}）"
        if not kept:
            raise ModelError(f"模型没有给出“{heading}”可用的要点", "请换一个模型，或在写作任务里写明 points")
        return tuple(kept[:count])

    def _usable(self, point: str, kept: Sequence[str], heading: str) -> bool:
        alike = any(SequenceMatcher(None, point, other).ratio() > 0.6 for other in (*kept, *self.taken, heading))
        if not words.cut(point).words or words.cut(point).words[0].tag[0] not in "vda":
            return False  # 要 goes before it, so it begins with what is to be done
        clean = 5 <= len(point) <= 20 and not _NO_POINT.search(point)
        return clean and not alike and all(specific.supported for specific in specifics.check(point, self.brief))

    def _faults(self, heading: str, asked: Asked, others: Sequence[str]) -> list[str]:
        return heading_faults(heading, asked.must or asked.about, (*others, *self.taken), self.sources.headings(), self.brief)

    def _plain(self, asked: Asked, others: Sequence[str]) -> str:
        """A heading made of the brief's own words, where the model found none."""
        topic, stem = self.brief.topic, asked.about.removesuffix("是")
        made = asked.starts if asked.whole else (stem, f"抓好{stem}", f"抓好{topic}{stem}", f"围绕{topic}抓好{stem}")
        for plain in made:
            if not self._faults(plain, asked, others):
                return plain
        raise ModelError(f"模型没有给出“{stem}”可用的标题", "请换一个模型，或在写作任务里写明 points")

    def _answer(self, template: str, fields: dict[str, Any], attempt: int, **variables: str) -> dict[str, Any]:
        """One JSON object with `fields`; an answer that is none counts as empty."""
        schema = {"type": "object", "properties": fields, "required": list(fields), "additionalProperties": False}
        answer = self.model.ask(prompts.load(template).messages(**variables), max_tokens=400, schema=schema, seed=attempt)
        try:
            found = json.loads(answer.text)
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}


def _asked(forms: Sequence[SectionForm], brief: SpeechBrief, form: GenreForm) -> list[Asked]:
    """What each level-1 heading is to be about."""
    if form.run_in and len(brief.points) == len(forms):
        return [Asked(point, _begun(point)) for point in brief.points]
    asked: list[Asked] = []
    for section in forms:
        phrases = tuple(phrase.format(topic=brief.topic) for phrase in SECTION_HEADINGS[section.role])
        same = sum(one.starts == phrases for one in asked)
        # with more sections of a role than it has phrases, the model words the rest
        free = Asked(brief.topic, _begun(brief.topic), must=brief.topic)
        asked.append(free if same >= len(phrases) else Asked(phrases[0].split("，")[0], phrases, whole=True, must=brief.topic))
    return asked


def _begun(point: str) -> tuple[str, ...]:
    """How a heading on `point` begins: with the point, a verb before it where it has none."""
    return (f"{point}，",) if _WORDED.match(point) else tuple(f"{verb}{point}，" for verb in _VERBS)


def _shared_out(facts: Sequence[str], forms: Sequence[SectionForm], headings: Sequence[str]) -> list[list[str]]:
    """Each fact to the section that takes points and says most of it."""
    taking = [index for index, section in enumerate(forms) if section.takes_points] or list(range(len(forms)))
    shares: list[list[str]] = [[] for _ in forms]
    for index, share in zip(taking, _assigned(facts, [headings[index] for index in taking]), strict=True):
        shares[index] = share
    return shares


def _assigned(facts: Sequence[str], places: Sequence[str]) -> list[list[str]]:
    """Each fact to the place that shares most word pairs with it."""
    shares: list[list[str]] = [[] for _ in places]
    for fact in facts:
        pairs = {fact[i : i + 2] for i in range(len(fact) - 1)}
        best = max(range(len(places)), key=lambda n: (sum(pair in places[n] for pair in pairs), -len(shares[n])))
        shares[best].append(fact)
    return shares


def _touches(text: str, subject: str) -> bool:
    return any(subject[i : i + 2] in text for i in range(max(1, len(subject) - 1)))


def _bare(heading: Any) -> str:
    return heading.strip(" 。；，") if isinstance(heading, str) else ""


def _trimmed(point: Any) -> str:
    if not isinstance(point, str):
        return ""
    return re.split(r"[，。；]", re.sub(r"^(?:[一二三四五六]?要|[一二三四五六]是)", "", point))[0].strip()
