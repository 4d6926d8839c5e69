"""An outline as its user wants it: edited by hand, checked, and made whole by code before the first word is written."""

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from statistics import mean
from typing import TypeVar

from pydantic import BaseModel, ConfigDict

from agent.choose import shared
from agent.drafts import Draft, Status
from agent.gather import Sources, statements
from agent.models import ChatModel
from agent.outline import ARGUED_FROM, POINT, SPARE, Outline, Part, PlannedSection, scaled, transition_of
from agent.wording import Wording
from speech import numbering, specifics
from speech.brief import SpeechBrief, brief_from
from speech.document import characters
from speech.errors import BriefError, DraftError
from speech.genres import ARGUED, FORMS, PartRole

Headed = TypeVar("Headed", Part, PlannedSection)

LONGEST_HEADING, LONGEST_POINT = 60, 60  # characters
MOST_SECTIONS, MOST_PARTS, MOST_POINTS = 9, 9, 8
_SAME = 0.6  # similarity from which an edited heading counts as the planned one
_LEADING = re.compile(r"^[·•\-\*※\s]+")


class EditedPart(BaseModel):
    """A level-2 part as edited. What an Outline says besides (path, length, statements) is left out: code sets it anew."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    heading: str
    points: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()


class EditedSection(BaseModel):
    """A level-1 section as edited. `role` of a new one is that of the genre's main part where it is not said."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    heading: str
    role: PartRole | None = None
    parts: tuple[EditedPart, ...] = ()


class EditedOutline(BaseModel):
    """What of an outline is the user's to edit; the JSON of a whole Outline is one too."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    title: str | None = None
    sections: tuple[EditedSection, ...]


def approved(draft: Draft, edited: Outline | EditedOutline | None = None) -> Draft:
    """`draft` with its waiting outline approved, or `edited` in its place. Raises DraftError where none waits, BriefError as `accept`."""
    if draft.status != Status.WAITING or draft.outline is None:
        raise DraftError(f"稿子 {draft.id} 没有待定的提纲", f"用 jianggao drafts show {draft.id} 查看")
    outline, brief = draft.outline, draft.brief
    if edited is not None:
        form = EditedOutline.model_validate(edited.model_dump(include={"title", "sections"}))
        outline, brief = accept(outline, form, brief)
    return draft.model_copy(update={"outline": outline, "brief": brief, "approved": True, "status": Status.QUEUED})


def accept(planned: Outline, edited: EditedOutline, brief: SpeechBrief) -> tuple[Outline, SpeechBrief]:
    """`edited` as an outline to write from, and the brief with what its words tell.

    Numbers, the count in the transition and the lengths are set by code; a fact of the brief that no part has left goes where
    it fits best; a specific in the user's words counts as told. Raises BriefError that names the heading that will not do.
    """
    clean = _checked(edited, brief)
    told = _told(clean, brief)
    sections = tuple(_sections(planned, clean, told))
    made = planned.model_copy(
        update={
            "title": clean.title or planned.title,
            "transition": transition_of(brief, len(sections)),
            "sections": _with_every_fact(sections, told) if sections else (),
        }
    )
    form = FORMS[brief.genre]
    return scaled(made, (brief.length or form.length) - characters(form.closing_end)), told


def filled_out(outline: Outline, brief: SpeechBrief, sources: Sources, model: ChatModel) -> Outline:
    """`outline` with statements of the sources, and points, for every part that an edit left without. Raises ModelError."""
    used = {one.text for part in outline.parts() for one in part.statements}
    wording = Wording(brief, sources, model)

    def whole(part: Part) -> Part:
        if part.statements:
            return part
        count = min(6, max(2, round((part.length - sum(map(len, part.facts))) / POINT)))
        wanted = ARGUED_FROM if part.role in ARGUED else count + SPARE
        found = statements(sources, part.role, part.heading, wanted, used)
        used.update(one.text for one in found)
        points = part.points or (() if part.role in ARGUED else wording.points(part.heading, count, found))
        return part.model_copy(update={"statements": tuple(found), "points": points})

    sections = tuple(one.model_copy(update={"parts": tuple(map(whole, one.parts))}) for one in outline.sections)
    return outline.model_copy(update={"sections": sections})


def to_lines(outline: Outline) -> str:
    """The outline as lines to edit: title, numbered headings, · points and ※ facts; `from_lines` reads it back."""
    lines = [outline.title]
    for section in outline.sections:
        lines.append(f"{section.number}{section.heading}")
        for n, part in enumerate(section.parts):
            lines += [f"{numbering.write(2, n + 1)}{part.heading}"] if part.heading != section.heading else []
            lines += [f"  · {point}" for point in part.points]
            lines += [f"  ※ {fact}" for fact in part.facts]
    return "\n".join(lines) + "\n"


def from_lines(text: str) -> EditedOutline:
    """Read what `to_lines` wrote, as a user edited it: any number at the head of a line makes it a heading, right or wrong.

    Lines that begin with # are remarks. Raises BriefError with the line that is neither.
    """
    title: str | None = None
    sections: list[EditedSection] = []
    for at, line in enumerate(text.splitlines(), 1):
        bare = line.strip()
        if not bare or bare.startswith("#"):
            continue
        numbered = numbering.read(bare)
        if bare.startswith(("·", "•", "※")):
            if not sections:
                raise BriefError(f"提纲第 {at} 行的要点前面没有标题", "请把它放到“一、…”或“（一）…”下面")
            sections[-1] = _with_line(sections[-1], _LEADING.sub("", bare), fact=bare.startswith("※"))
        elif numbered and numbered[0].level == 1:
            sections.append(EditedSection(heading=numbered[1]))
        elif numbered and sections:
            below = (*sections[-1].parts, EditedPart(heading=numbered[1]))
            sections[-1] = sections[-1].model_copy(update={"parts": below})
        elif title is None and not sections:
            title = bare
        else:
            raise BriefError(f"提纲第 {at} 行看不懂：{bare[:30]}", "标题前写“一、”“（一）”，要点前写“·”，事实前写“※”")
    return EditedOutline(title=title, sections=tuple(sections))


def _with_line(section: EditedSection, line: str, fact: bool) -> EditedSection:
    """`section` with a point or a fact more, in its last part; one without parts gets one of its own heading."""
    *before, last = section.parts or (EditedPart(heading=section.heading),)
    field = "facts" if fact else "points"
    more = last.model_copy(update={field: (*getattr(last, field), line)})
    return section.model_copy(update={"parts": (*before, more)})


def _checked(edited: EditedOutline, brief: SpeechBrief) -> EditedOutline:
    """`edited` with bare headings and points, or a BriefError that says which will not do."""
    form = FORMS[brief.genre]
    count = len(edited.sections)
    if not form.sections and count:
        raise BriefError(f"{brief.genre}不分部分，提纲里不能有标题", "请只改题目")
    if form.sections and not 2 <= count <= MOST_SECTIONS:
        raise BriefError(f"提纲应有 2—{MOST_SECTIONS} 个部分，现有 {count} 个", "请增减一级标题")
    sections = []
    for section in edited.sections:
        heading = _heading(section.heading)
        parts = [_clean(part, heading if form.run_in else _heading(part.heading)) for part in section.parts]
        if form.run_in or len(parts) < 2:
            # a lone （一） divides nothing: what it is called is a point of its section
            own = [part.heading for part in parts if part.heading != heading]
            points, facts = (tuple(one for part in parts for one in getattr(part, kind)) for kind in ("points", "facts"))
            parts = [EditedPart(heading=heading, points=(*own, *points)[:MOST_POINTS], facts=facts)]
        elif len(parts) > MOST_PARTS:
            raise BriefError(f"“{heading}”下面最多 {MOST_PARTS} 个二级标题，现有 {len(parts)} 个", "请增减二级标题")
        sections.append(EditedSection(heading=heading, role=section.role, parts=tuple(parts)))
    headings = [one.heading for one in sections]
    headings += [part.heading for one in sections if len(one.parts) > 1 for part in one.parts]
    if twice := next((one for n, one in enumerate(headings) if one in headings[:n]), None):
        raise BriefError(f"提纲里有两个“{twice}”", "标题不能重复，请改一个")
    title = edited.title and _line(edited.title, 200, "题目")
    return EditedOutline(title=title or None, sections=tuple(sections))


def _clean(part: EditedPart, heading: str) -> EditedPart:
    points = tuple(_line(_LEADING.sub("", point), LONGEST_POINT, "要点").rstrip("。；") for point in part.points if point.strip())
    facts = tuple(_line(_LEADING.sub("", fact), 500, "事实") for fact in part.facts if fact.strip())
    if len(points) > MOST_POINTS:
        raise BriefError(f"“{heading}”的要点有 {len(points)} 个，最多 {MOST_POINTS} 个", "请合并或另立一个标题")
    return EditedPart(heading=heading, points=tuple(dict.fromkeys(points)), facts=tuple(dict.fromkeys(facts)))


def _heading(text: str) -> str:
    """A heading without the number that a hand may have put before it, and without the full stop that code puts after it."""
    line = _line(text, 200, "标题")
    while (numbered := numbering.read(line)) and not line.startswith("第"):
        line = numbered[1]
    bare = line.strip(" 。；：，、")
    if not re.search(r"[\u4e00-\u9fff]", bare):
        raise BriefError(f"提纲里有一个标题是空的：“{text.strip()[:20]}”", "每个标题都要有文字，不要的请整行删去")
    if len(bare) > LONGEST_HEADING:
        raise BriefError(f"标题过长（{len(bare)} 字）：{bare[:20]}…", f"请改到 {LONGEST_HEADING} 字以内")
    return bare


def _line(text: str, longest: int, what: str) -> str:
    line = " ".join(text.split())
    if not line.isprintable() or len(line) > longest:
        raise BriefError(f"{what}应是一行文字，{longest} 字以内：{line[:20]}…", "请改短")
    return line


def _told(edited: EditedOutline, brief: SpeechBrief) -> SpeechBrief:
    """The brief with what the user's own words in the outline tell."""
    words = [one for section in edited.sections for one in _words(section)]
    new = [one for one in words if any(not found.supported for found in specifics.check(one, brief))]
    new += [fact for section in edited.sections for part in section.parts for fact in part.facts]
    facts = dict.fromkeys((*brief.facts, *new))
    return brief_from(brief.model_dump() | {"facts": list(facts), "title": edited.title or brief.title})


def _words(section: EditedSection) -> Iterator[str]:
    yield section.heading
    for part in section.parts:
        yield part.heading
        yield from part.points


def _sections(planned: Outline, edited: EditedOutline, brief: SpeechBrief) -> Iterator[PlannedSection]:
    """The sections numbered anew, each part with what the planned one of its heading was to be written from."""
    form = FORMS[brief.genre]
    main = next((section.role for section in form.sections if section.takes_points), PartRole.TASK)
    old = [part for section in planned.sections for part in section.parts]
    usual = round(mean(part.length for part in old)) if old else 200
    for n, section in enumerate(edited.sections):
        number = numbering.write(1, n + 1)
        before = _like(section.heading, planned.sections)
        role = section.role or (before.role if before else main)
        parts = []
        for m, part in enumerate(section.parts):
            path = number.rstrip("、") + ("" if len(section.parts) == 1 else numbering.write(2, m + 1))
            parts.append(_part(part, path, role, _like(part.heading, old), usual, brief))
        yield PlannedSection(number=number, heading=section.heading, role=role, parts=tuple(parts))


def _part(edited: EditedPart, path: str, role: PartRole, before: Part | None, usual: int, brief: SpeechBrief) -> Part:
    # what a point states that was not told before stands in the brief now, and is said as a fact, word for word
    stated = tuple(point for point in edited.points if point in brief.facts)
    kept = before is not None and before.heading == edited.heading and before.role == role
    return Part(
        path=path,
        role=role,
        heading=edited.heading,
        length=before.length if before else usual,
        points=tuple(point for point in edited.points if point not in stated),
        facts=tuple(dict.fromkeys((*edited.facts, *stated))),
        statements=before.statements if before and kept else (),
    )


def _like(heading: str, among: Sequence[Headed]) -> Headed | None:
    """The one of the same heading, or of one much like it."""
    best = max(among, key=lambda one: SequenceMatcher(None, one.heading, heading).ratio(), default=None)
    return best if best and SequenceMatcher(None, best.heading, heading).ratio() >= _SAME else None


def _with_every_fact(sections: tuple[PlannedSection, ...], brief: SpeechBrief) -> tuple[PlannedSection, ...]:
    """Each fact of the brief in one part: where the user left it, else where the heading says most of it."""
    words = "".join(section.heading + "".join(part.heading for part in section.parts) for section in sections)
    placed: dict[str, str] = {}
    for section in sections:
        for part in section.parts:
            placed |= {fact: part.path for fact in part.facts if fact not in placed}
    every = [(part, section.heading) for section in sections for part in section.parts]
    asked = [(part, above) for part, above in every if part.role not in ARGUED] or every
    for fact in brief.facts:
        if fact not in placed and fact not in words:
            best, _ = max(asked, key=lambda one: shared(fact, one[0].heading) * 2 + shared(fact, one[1]))
            placed[fact] = best.path

    def having(part: Part) -> Part:
        return part.model_copy(update={"facts": tuple(fact for fact, path in placed.items() if path == part.path)})

    return tuple(section.model_copy(update={"parts": tuple(map(having, section.parts))}) for section in sections)
