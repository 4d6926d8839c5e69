"""How the sentences of a part begin, by code: the genre's forms, the facts of the brief, a lead for each point."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from agent.choose import shared
from agent.gather import Statement
from agent.outline import Part
from speech import numbering
from speech.brief import SpeechBrief
from speech.document import characters
from speech.genres import ARGUED, ARGUMENT_STARTS, FELT, FORMS, REALITY, PartRole
from speech.mandate import mandate

COUNTED = "#"  # in a lead: the number that it gets when it is written, so that one dropped leaves no gap
ENDS = (PartRole.OPENING, PartRole.CLOSING)
_STANCE = "把工作做到群众心坎上"  # what an opening goes on to when it has named its points
_FEW, _SAID = 5, 70  # beginnings that any opening has room for; characters that one comes to, written out
_ENUMERATED = 3  # points from which a part counts them: 一要 … 三要
# What tells its own time, or happened once: 学校创办于1926年 is not so 目前.
_DATED = re.compile(
    r"^(?:目前|今年|去年|近年|截至|上半年|下半年|一年来|[一二三四]季度|\d{1,2}月)|\d{4}年|创办|创立|成立于|始建|建成于|被评为|获评|荣获|荣膺|获得"
)


@dataclass(frozen=True)
class Lead:
    """How the next sentences begin, set by code, what they are about, and how long the part is to be when they end.

    One that is whole, ending in 。 with no points, is said as it is: a form of the genre, or the facts of the brief. What a model
    says after a fact is a claim about it that nobody told.
    """

    text: str
    until: int = 0
    points: tuple[str, ...] = ()
    material: tuple[Statement, ...] = ()

    @property
    def whole(self) -> bool:
        return self.text.endswith("。") and not self.points


def leads(part: Part, brief: SpeechBrief, per_call: int) -> list[Lead]:
    """The sentence openings of a part. With `per_call` 0 the model gets all points in one prompt, and one empty lead."""
    form = FORMS[brief.genre]
    facts = [Lead(stated(part.facts))] if part.facts else []
    if part.role in ENDS:
        starts = form.opening if part.role == PartRole.OPENING else form.closing
        said = worded(starts, brief)
        begun = _as_many_as_fit(said, part.length) if per_call else said[:2]
        first, *rest = [
            _said(start, points) for start, points in zip(begun, _dealt(part, len(begun), not form.sections), strict=True)
        ]
        return _spread([first, *facts, *rest], part.length)
    if per_call == 0:
        return _spread([*facts, Lead("", points=part.points, material=part.statements[: len(part.points) or 4])], part.length)
    return _spread([*facts, *_pointed(part)], part.length)


def worded(forms: Sequence[str], brief: SpeechBrief) -> list[str]:
    """Forms of a genre with what the brief tells in them. Whom the speaker speaks for leads on to those whom he speaks to."""
    told = {"topic": brief.topic, "occasion": brief.occasion or f"{brief.topic}活动"}
    body = mandate(brief.speaker)
    return [form.format(**told, mandate=f"{body}，向" if body else "") for form in forms]


def _as_many_as_fit(starts: Sequence[str], length: int) -> list[str]:
    """Of many beginnings as many as `length` holds, the first and the last among them, evenly chosen; a few are all taken."""
    count = max(_FEW, round(length / _SAID))
    if count >= len(starts):
        return list(starts)
    return [starts[round(n * (len(starts) - 1) / (count - 1))] for n in range(count)]


def _dealt(part: Part, count: int, body: bool) -> list[tuple[str, ...]]:
    """What each of `count` beginnings is about: the first of all the points, the others of one each where they are the `body` of
    the speech, else of what the points do not say. A closing has one thing to say."""
    if part.role == PartRole.CLOSING:
        return [part.points] * count
    one_each = [(part.points[n % len(part.points)],) for n in range(count - 1)] if body and part.points else []
    return [part.points, *(one_each or [(_STANCE,)] * (count - 1))]


def _said(start: str, points: tuple[str, ...]) -> Lead:
    """The beginning of an end; a form of the genre that is whole already is about nothing more."""
    return Lead(start) if start.endswith("。") else Lead(start, points=points)


def _spread(every: Sequence[Lead], length: int) -> list[Lead]:
    """`every` lead with its share of the length: its own where it is whole, else an even one of what is left."""
    own = [characters(lead.text) if lead.whole else 0 for lead in every]
    even = max(0, length - sum(own)) / max(1, own.count(0))
    ends = accumulate(one or even for one in own)
    return [replace(lead, until=round(end)) for lead, end in zip(every, ends, strict=True)]


def _pointed(part: Part) -> Iterator[Lead]:
    """一是建立台账。 for what was done, 要建立台账， for what is asked; an argument without points gets its beginning and its end set.

    A point has the statement that says most of it for its material, each statement once.
    """
    free = list(part.statements)
    if part.role in ARGUED and not part.points:
        order = numbering.arabic(part.path[-2]) - 1 if part.path.endswith("）") else 0
        for start, about in ARGUMENT_STARTS[order % len(ARGUMENT_STARTS)]:
            # what is so is told after the sources; what to think of it and to do is the model's own
            material = (free.pop(0),) if free and about in (REALITY, FELT) else ()
            yield Lead(start, points=(about,), material=material)
        return
    for point in part.points:
        fitting = max(free, key=lambda one: shared(point, one.text), default=None)
        material = (fitting,) if fitting and shared(point, fitting.text) else ()
        free = [one for one in free if one not in material]
        if part.role in ARGUED:
            yield Lead(f"{COUNTED}是{point}，", points=(point,), material=material)
        elif part.role == PartRole.PRACTICE:
            yield Lead(f"{COUNTED}是{point}。", points=(point,), material=material)
        else:
            count = COUNTED if len(part.points) >= _ENUMERATED else ""
            yield Lead(f"{count}要{point}，", points=(point,), material=material)


def gist(statement: Statement) -> str:
    """What a statement is about: its first clause."""
    return statement.text.rstrip("。").split("，")[0].removeprefix("要")


def stated(facts: Sequence[str]) -> str:
    """The facts as one sentence, each word for word."""
    first, *others = facts
    return "；".join((opened_with(first), *(fact.rstrip("。；，！ ") for fact in others))) + "。"


def opened_with(fact: str) -> str:
    """A fact as the beginning of a sentence."""
    stem = fact.rstrip("。；，！ ")
    return stem if _DATED.search(stem) else f"目前，{stem}"
