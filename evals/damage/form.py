"""Damage to the form of a speech: its parts, their numbers, what was promised, how they stand to one another."""

import random

from evals.checks.parallel import agreement
from evals.damage.kind import WORDS, Anatomy, Damaged, Kind
from speech.brief import Genre
from speech.document import characters
from speech.numbering import arabic, chinese, enumerations
from speech.review.genre_demands import demands

# A piece that is cut out takes with it what it said: facts, figures, length.
_CONTENT = frozenset({"length", "facts", "masking", "balance", "style", "sheet", "coverage", "grounding"})
_LEAST_SIBLINGS = 3


def _without_closing(anatomy: Anatomy, chance: random.Random) -> Damaged | None:
    if not anatomy.speech.closing or not demands(anatomy.reading.genre).closing:
        return None
    return Damaged(anatomy.text[: anatomy.closing_start].rstrip() + "\n")


def _without_opening(anatomy: Anatomy, chance: random.Random) -> Damaged | None:
    opening = anatomy.speech.opening
    if not opening or not anatomy.roots:
        return None
    start = anatomy.text.find(opening[0][:16])
    return Damaged(anatomy.replaced(start, anatomy.roots[0].start, "")) if 0 <= start < anatomy.roots[0].start else None


def _without_salutation(anatomy: Anatomy, chance: random.Random) -> Damaged | None:
    said = anatomy.speech.salutation
    start = anatomy.text.find(said) if said else -1
    if not said or start < 0 or not demands(anatomy.reading.genre).salutation:
        return None
    return Damaged(anatomy.replaced(start, start + len(said), ""))


def _number_jumps(anatomy: Anatomy, chance: random.Random) -> Damaged | None:
    """二、 becomes 四、: one section that has a sibling before it."""
    later = {id(section) for group in anatomy.groups() for section in group[1:]}
    places = [place for place in anatomy.placed if id(place.section) in later and _ordinal(place.section.number)]
    if not places:
        return None
    place = chance.choice(places)
    number = place.section.number
    ordinal = _ordinal(number)
    jumped = number.replace(ordinal, _as(ordinal, arabic(ordinal) + 2))
    return Damaged(anatomy.replaced(place.start, place.start + len(number), jumped))


def _ordinal(number: str) -> str:
    return "".join(sign for sign in number if sign in "一二三四五六七八九十0123456789")


def _as(like: str, ordinal: int) -> str:
    return str(ordinal) if like.isdigit() else chinese(ordinal)


def _list_jumps(anatomy: Anatomy, chance: random.Random) -> Damaged | None:
    """一是…二是…三是… becomes 一是…四是…三是…: the second item of one list."""
    found = []
    for start, end in anatomy.body:
        for run in enumerations(anatomy.text[start:end]):
            if len(run.items) > 1 and run.items[1].mark.startswith("二"):
                found.append(start + run.items[1].start)
    if not found:
        return None
    at = chance.choice(found)
    return Damaged(anatomy.replaced(at, at + 1, "五"))


def _one_more(anatomy: Anatomy, chance: random.Random) -> Damaged | None:
    """A fourth point after 讲三点意见."""
    roots = [section for section in anatomy.speech.sections if section.number]
    promised = anatomy.speech.promised_points
    if not roots or promised != len(roots) or not roots[-1].number.endswith("、"):
        return None
    heading, *_ = chance.sample(WORDS.headings, 1)
    body = "".join(chance.sample(WORDS.fillers, 4))
    point = f"{chinese(len(roots) + 1)}、{heading}\n{body}\n"
    before = anatomy.text[: anatomy.closing_start].rstrip() + "\n"
    return Damaged(before + point + anatomy.text[anatomy.closing_start :])


def _stub(anatomy: Anatomy, chance: random.Random) -> Damaged | None:
    """One level-1 section keeps its heading and one sentence."""
    if len(anatomy.roots) < 2 or anatomy.reading.genre is Genre.GOVERNMENT_REPORT:
        return None
    at = chance.randrange(len(anatomy.roots))
    place = anatomy.roots[at]
    end = anatomy.roots[at + 1].start if at + 1 < len(anatomy.roots) else anatomy.closing_start
    heading = anatomy.text[place.start : place.end]
    between = "。" if place.section.run_in else "\n"
    return Damaged(anatomy.replaced(place.start, end, f"{heading}{between}{chance.choice(WORDS.clauses)}，要继续抓好。\n"))


def _uneven_headings(anatomy: Anatomy, chance: random.Random) -> Damaged | None:
    """The headings of one group of siblings lose their likeness; the largest group that runs parallel."""
    if anatomy.reading.genre is Genre.GOVERNMENT_REPORT:
        groups = [group for group in anatomy.groups() if group[0].level > 1]
    else:
        groups = anatomy.groups()
    even = [g for g in groups if len(g) >= _LEAST_SIBLINGS and agreement([s.heading for s in g]) == len(g) <= len(WORDS.headings)]
    if not even:
        return None
    group = max(even, key=len)
    places = {id(place.section): place for place in anatomy.placed}
    if any(id(section) not in places for section in group):
        return None
    text = anatomy.text
    headings = chance.sample(WORDS.headings, len(group))
    for section, heading in zip(reversed(group), headings, strict=True):
        start, end = anatomy.heading_span(places[id(section)])
        text = text[:start] + heading + text[end:]
    return Damaged(text)


def _cut_off(anatomy: Anatomy, chance: random.Random) -> Damaged | None:
    """The text breaks off in the middle of a clause, somewhere in its second half."""
    text = anatomy.text
    inside = [at for at in range(len(text) * 6 // 10, len(text) * 9 // 10) if text[at - 3 : at + 3].isalpha()]
    return Damaged(text[: chance.choice(inside)]) if inside else None


def _thinned(anatomy: Anatomy, chance: random.Random) -> Damaged | None:
    """Every paragraph of the body loses the second half of its sentences."""
    text = anatomy.text
    for start, end in reversed(anatomy.body):
        stops = [at for at in range(start, end) if text[at] in "。！？"]
        if len(stops) > 2:
            text = text[: stops[len(stops) // 2 - 1] + 1] + text[end:]
    return Damaged(text) if characters(text) < 0.75 * characters(anatomy.text) else None


FORM = (
    Kind(
        "closing",
        "删去结尾",
        "parts",
        8,
        ("structure.closing", "structure.truncated"),
        _without_closing,
        _CONTENT | {"repetition", "formulations"},
    ),
    Kind("opening", "删去开头", "parts", 8, ("structure.opening",), _without_opening, _CONTENT | {"promise"}),
    Kind("salutation", "删去称谓", "parts", 8, ("structure.salutation",), _without_salutation, frozenset({"promise"})),
    Kind("number", "序号跳号", "numbering", 15, ("numbering.",), _number_jumps, frozenset({"promise"})),
    Kind("list", "一是二是跳号", "numbering", 15, ("numbering.enumeration",), _list_jumps, frozenset({"promise"})),
    Kind(
        "fourth-point",
        "讲三点意见却列四点",
        "promise",
        50,
        ("promise.count",),
        _one_more,
        frozenset({"parts", "length", "parallel", "style", "balance"}),
    ),
    Kind(
        "unbalanced",
        "一个部分只剩一句",
        "balance",
        25,
        ("structure.balance",),
        _stub,
        (_CONTENT | {"promise", "parallel", "numbering", "parts", "formulations", "placeholders"}) - {"balance"},
    ),
    Kind(
        "headings",
        "小标题不再对仗",
        "parallel",
        15,
        ("structure.parallel",),
        _uneven_headings,
        frozenset({"style", "facts", "masking"}),
    ),
    Kind(
        "cut",
        "文稿被截断",
        "parts",
        8,
        ("structure.truncated", "structure.closing"),
        _cut_off,
        _CONTENT | {"promise", "numbering", "punctuation", "parallel", "placeholders", "formulations"},
    ),
    Kind(
        "thin",
        "内容抽掉一半",
        "length",
        10,
        ("length.short",),
        _thinned,
        (_CONTENT | {"numbering", "promise", "parallel", "placeholders", "parts"}) - {"length"},
    ),
)
