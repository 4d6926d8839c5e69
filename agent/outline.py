"""Plan: a brief and its sources become an outline. The model words the headings and points; code decides how many, how long, and checks."""

import re
from collections.abc import Callable, Iterator, Sequence

from pydantic import BaseModel, ConfigDict

import prompts
from agent.gather import Sources, Statement, statements
from agent.models import ChatModel
from agent.shares import budgets, chunks, placed, subjects
from agent.wording import Asked, Wording
from speech import numbering, taboos
from speech.brief import SpeechBrief
from speech.document import CLOSING, OPENING, characters
from speech.genres import ARGUED, FORMS, SAFEGUARDS, SECTION_HEADINGS, SHORTCOMINGS, PartRole, SectionForm, section_forms
from vectorstore.search import PassageHit

POINT = 78  # characters that one point comes to, written out
ARGUED_FROM = 2  # statements that an argument sets out from; the rest is for the points
SPARE = 3  # statements beside those of the points, for a part that comes out short
PART = 230  # characters of a level-2 part at its best

_VERBS = ("深化", "推进", "做实", "抓好", "强化", "健全", "坚持")
_GOES_ON = re.compile("(?:治理|建设|改革|振兴|发展|创建|整治|保护|转型|创新|融合|合作|服务|减负|工作|改造|管理)$")
_INNER_DE = re.compile(r"(?<=[\u4e00-\u9fff]{2})的(?=[\u4e00-\u9fff]{2})")
_WORDED = re.compile(  # it begins with a verb of its own: 落实责任, 讲政治, 摸清需求, 转变作风
    rf"^(?:{'|'.join(_VERBS)}|加强|优化|提升|提高|建设|建好|整治|落实|完善|加快|促进|保障|防范|打造|构建|为|抓|做|用"
    "|[讲守补摸促惠转严防控稳保强干树立破聚](?:政治|发展|底线|底数|短板|弱项|稳定|民生|作风|纪律|风险|形象|服务|担当|实事|实干|落实)"
    "|[摸配压夯筑拧守建吃办管把稳盘激扛护绷织兜补理疏打走学悟育立种握担改][清透好强齐实牢紧住优细准活足稳密顺通深严]"
    "|转变|减轻|拓宽|拓展|畅通|严守|严明|凝聚|激发|释放|增强|扩大|改进|改善|巩固|站稳|贯彻|加大|加速|开展|发挥|突出|聚焦|围绕"
    "|锚定|紧盯|狠抓|细化|明确|履行|树立|弘扬|传承|解决|化解|破解|消除|守护|联系|深入|坚定|培养|培育|引进|服务(?=群众|基层|企业|大局))"
)


class Part(BaseModel):
    """What is written in one go: the text under one heading, or the opening or closing. `length` in characters.

    `statements`: the sources' sentences that it is written after.
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
    """A level-1 section: its number and heading, and one part (`undivided`, as all are in run-in genres) or several of level 2."""

    model_config = ConfigDict(frozen=True)

    number: str
    heading: str
    role: PartRole
    parts: tuple[Part, ...]

    @property
    def undivided(self) -> bool:
        return len(self.parts) == 1


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
    wording = Wording(brief, sources, model)
    planner = _Planner(brief, sources, wording)
    forms = section_forms(form, brief.sections or (len(brief.points) if form.run_in and len(brief.points) >= 2 else None))
    on_call("各部分标题")
    points = _points_by_section(forms, brief.points or subjects(brief.facts))
    headings = wording.headings(_asked(forms, points, brief)) if forms else []
    facts = _facts_by_section(brief, forms, headings, points, sources) if forms else []
    body = round(length * sum(section.share for section in forms))
    rooms = budgets(body, [section.share for section in forms], facts) if forms else []
    sections = []
    for index, (section, heading) in enumerate(zip(forms, headings, strict=True)):
        on_call(heading)
        number = numbering.write(1, index + 1)
        path = number.rstrip("、")
        if form.run_in:
            subject = points[index][0] if len(points[index]) == 1 else ""
            parts: tuple[Part, ...] = (planner.part(path, section.role, heading, rooms[index], facts[index], subject),)
        else:
            parts = planner.parts(path, section, heading, rooms[index], facts[index], points[index])
        sections.append(PlannedSection(number=number, heading=heading, role=section.role, parts=parts))
    gist = tuple(
        part.heading.split("，")[0]
        for section in sections
        if section.role in (PartRole.TASK, PartRole.PRACTICE, PartRole.NEXT)
        for part in section.parts
    )
    gist = gist[:4] or brief.points or (brief.topic,)
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
        transition=transition_of(brief, len(sections)),
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
    return scaled(outline, length - characters(form.closing_end))


def transition_of(brief: SpeechBrief, count: int) -> str:
    """How the opening leads over to `count` sections: 下面，我讲三点意见。"""
    counted = "两" if count == 2 else numbering.chinese(count) if count else ""
    return FORMS[brief.genre].transition.format(count=counted, topic=brief.topic)


def scaled(outline: Outline, length: int) -> Outline:
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


def title_of(brief: SpeechBrief) -> str:
    """The title told, else 在…上的讲话, made of the occasion or the topic."""
    if brief.title:
        return brief.title
    if brief.occasion:
        return f"在{brief.occasion}上的{brief.genre}"
    return f"关于{brief.topic}的{brief.genre}"


class _Planner:
    """Parts with what they are about, how long they are, and which of the sources' sentences they are written after."""

    def __init__(self, brief: SpeechBrief, sources: Sources, wording: Wording) -> None:
        self.brief, self.sources, self.wording = brief, sources, wording
        self.used: set[str] = set()
        self.matters: list[str] = []  # what the parts so far are about

    def parts(
        self, path: str, section: SectionForm, heading: str, budget: int, facts: Sequence[str], points: Sequence[str]
    ) -> tuple[Part, ...]:
        """The level-2 parts of a section, each fact where it belongs, the budget shared evenly but for facts that need more.

        A section with one thing to say is one part, under its own heading.
        """
        asked = self._parts_asked(section, heading, budget, points)
        if len(asked) < 2:  # （一） without （二） divides nothing
            return (self.part(path, section.role, heading, budget, facts, *(one.about for one in asked)),)
        headings = self.wording.headings(asked)
        abouts = [one.about for one in asked]
        # the clerk's own points say what belongs where; what a model put into the headings beside them does not
        places = abouts if points else [about + heading for about, heading in zip(abouts, headings, strict=True)]
        belongs = placed(facts, places, abouts, self.sources.likeness)
        rooms = budgets(budget // len(asked) * len(asked), [1.0] * len(asked), belongs)
        return tuple(
            self.part(f"{path}{numbering.write(2, n + 1)}", section.role, heading, rooms[n], belongs[n], abouts[n])
            for n, heading in enumerate(headings)
        )

    def part(self, path: str, role: PartRole, heading: str, budget: int, facts: Sequence[str], subject: str = "") -> Part:
        """One part with its points: as many as its length holds, each drawn from a sentence of the sources."""
        count = min(6, max(2, round((budget - sum(map(len, facts))) / POINT)))
        said = SAFEGUARDS.get(subject) or subject.removesuffix("是") or heading
        found = statements(self.sources, role, said, ARGUED_FROM if role in ARGUED else count + SPARE, self.used)
        self.used |= {one.text for one in found}
        # a model that gives no points is held to the heading, and the text is still its own
        if role == PartRole.PROBLEM:
            lacking = zip(SHORTCOMINGS, self.matters or [self.brief.topic], strict=False)
            points = tuple(how.format(matter=matter) for how, matter in lacking)[:count]
        elif role in ARGUED:
            points = ()
        else:
            points = self.wording.points(heading, count, found) or (_begun(heading.split("，")[0])[0][:-1],)
        self.matters.append(subject.removesuffix("是") or heading.split("，")[0])
        return Part(
            path=path, role=role, heading=heading, length=budget, points=points, facts=tuple(facts), statements=tuple(found)
        )

    def _parts_asked(self, section: SectionForm, heading: str, budget: int, points: Sequence[str]) -> list[Asked]:
        """What the parts of a section are about: its points, the usual safeguards, reasons, or what the sources say."""
        count = min(4, max(2, round(budget / PART)))
        topic = self.brief.topic
        if section.role == PartRole.PROBLEM:  # what is lacking is told point by point, under the one heading
            return []
        if len(points) >= 2:
            return [Asked(point, _begun(point)) for point in points]
        if section.role == PartRole.SIGNIFICANCE:
            named = _tight(topic)
            begun = f"{named}是" if _WORDED.match(named) else f"{_furthered(named)}{named}是"
            return [Asked(begun, (begun,))] * count
        if section.role == PartRole.SAFEGUARD:
            return [
                Asked(one, tuple(f"{verb}{one}，" for verb in ("加强", "强化", "健全", "压实")))
                for one in [usual for usual in SAFEGUARDS if not taboos.touched(usual, self.brief.taboos)][:count]
            ]
        # one point that no heading names yet is the first of the parts; others are found beside it
        alone = [Asked(point, _begun(point)) for point in points if point not in heading]
        found = statements(self.sources, section.role, topic + heading, count)
        more = [Asked(point) for point in self.wording.points(heading, count - len(alone), found)]
        return [*alone, *more] or [Asked(topic, _begun(topic))] * 2


def _points_by_section(forms: Sequence[SectionForm], points: Sequence[str]) -> list[tuple[str, ...]]:
    """The brief's points, each at one of the sections that take points."""
    taking = [index for index, section in enumerate(forms) if section.takes_points]
    shares: list[tuple[str, ...]] = [() for _ in forms]
    for index, share in zip(taking, chunks(points, len(taking)) if taking else [], strict=True):
        shares[index] = share
    return shares


def _asked(forms: Sequence[SectionForm], points: Sequence[Sequence[str]], brief: SpeechBrief) -> list[Asked]:
    """What each level-1 heading is to be about: its point, where several sections share out the points, else its role."""
    asked: list[Asked] = []
    several = sum(section.takes_points for section in forms) > 1
    for section, own in zip(forms, points, strict=True):
        if several and 1 <= len(own) <= 2:
            about = "和".join(own)
            asked.append(Asked(about, _begun(about)))
            continue
        # 安全责任的重要意义, not 党员的安全责任的重要意义
        phrases = tuple(phrase.format(topic=_tight(brief.topic)) for phrase in SECTION_HEADINGS[section.role])
        same = sum(one.starts == phrases for one in asked)
        # with more sections of a role than it has phrases, the model words the rest
        free = Asked(brief.topic, _begun(brief.topic), must=brief.topic)
        asked.append(free if same >= len(phrases) else Asked(phrases[0].split("，")[0], phrases, whole=True, must=brief.topic))
    return asked


def _tight(topic: str) -> str:
    """A topic without its 的, where another follows in the heading."""
    return _INNER_DE.sub("", topic)


def _furthered(topic: str) -> str:
    """The verb that a topic goes with: 推进基层治理, 落实安全责任, 抓好粮食安全."""
    if topic.endswith("责任"):
        return "落实"
    return "推进" if _GOES_ON.search(topic) else "抓好"


def _begun(point: str) -> tuple[str, ...]:
    """How a heading on `point` begins: with the point, a verb before it where it has none."""
    return (f"{point}，",) if _WORDED.match(point) else tuple(f"{verb}{point}，" for verb in _VERBS)


def _facts_by_section(
    brief: SpeechBrief,
    forms: Sequence[SectionForm],
    headings: Sequence[str],
    points: Sequence[Sequence[str]],
    sources: Sources,
) -> list[list[str]]:
    """Each fact to the section that takes points and says most of it."""
    taking = [index for index, section in enumerate(forms) if section.takes_points] or list(range(len(forms)))
    places = [headings[index] + "".join(points[index]) for index in taking]
    subjects = [points[index][0] if points[index] else "" for index in taking]
    shares: list[list[str]] = [[] for _ in forms]
    for index, share in zip(taking, placed(brief.facts, places, subjects, sources.likeness), strict=True):
        shares[index] = share
    return shares
