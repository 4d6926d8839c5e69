"""Near misses: a listed formulation with one place of one or two characters wrong, dropped, put in or swapped.

Punctuation, quotation marks and blanks count for nothing on either side, so that a list may be set with 、 or with ，.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import NamedTuple

from speech.finding import Severity
from speech.formulation_rules import Remark, remark
from speech.formulation_table import table
from speech.words import makes_word

_SHORTEST = 7  # characters; in a shorter term one character other is another term
_LONG = 12  # characters; from here on a second character may be wrong, and the last one be that of another word
_HEAD = 3  # characters; half of the shortest
_ROUND = 8  # characters on either side in which words are looked for
_IDENTICAL = 4  # characters: a listed term this long stands for itself wherever it stands
# (characters of the formulation, characters of the text in their place); a swap of two neighbours is a case of (2, 2).
_ONE, _TWO = ((1, 1), (1, 0), (0, 1)), ((2, 2), (2, 0), (2, 1), (1, 2))
_COUNTED = re.compile(r"[\u4e00-\u9fffA-Za-z0-9]")
_BARRIER = re.compile(r"[。！？!?；;\n×*＊〇○]|[xX]{2}")
_DIGIT = re.compile("[0-9]")
# A particle or a conjunction more or less, or in the place of another, is style.
_STYLE = frozenset("的地得和与同及并了着过在把将")
# 十九届三中全会 beside 十九届四中全会, 全省 beside 全市, 乡村 beside 基层: not one of them is the other written wrong.
_NUMBER = re.compile(r"[一二三四五六七八九十百千两0-9]")
_PLACE = re.compile(r"[省市县区乡镇村]")


class _Bare(NamedTuple):
    """The characters of a text that count, and where each stood; a barrier is kept as a line break."""

    text: str
    places: list[int]


class _Form(NamedTuple):
    """A formulation as it is listed, and the day from which a text can know it."""

    listed: str
    first: date | None = None


@dataclass(frozen=True)
class _Near:
    """bare[start:end] is `form` but for bare[at:at + len(wrong)], where `right` should stand."""

    form: str
    start: int
    end: int
    at: int
    wrong: str
    right: str

    @property
    def is_of_one(self) -> bool:
        """One character, or two that changed places."""
        return max(len(self.wrong), len(self.right)) == 1 or (len(self.right) == 2 and self.wrong == self.right[::-1])


def near_remarks(text: str, today: date) -> Iterator[Remark]:
    """Every near miss in `text`. What makes no word is an error and put right; what makes another word is only reported."""
    bare = _bare(text)
    found = list(_nearest(bare.text))
    known = _known(bare.text) if found else []
    for near in found:
        form = _forms()[near.form]
        if form.first and today < form.first:
            continue
        if any(start <= near.at and near.at + len(near.wrong) <= end for start, end in known):
            continue
        span = bare.places[near.start], bare.places[near.end - 1] + 1
        slip = _is_slip(near, bare.text)
        severity = Severity.ERROR if slip else Severity.WARNING
        message = f"规范表述为“{form.listed}”"
        yield remark("formulation.near", severity, text, span, message, _mended(text, bare, near), slip)


def _is_slip(near: _Near, bare: str) -> bool:
    """发扬 for 发展 may be meant; 发长 is nothing but a slip. So is a character said twice, and one that is missing."""
    if not near.is_of_one:
        return False
    if not near.wrong:
        return True
    if not near.right:
        return near.wrong in (bare[near.at - 1 : near.at], bare[near.at + 1 : near.at + 2])
    left, right = max(0, near.at - _ROUND), near.at + len(near.wrong) + _ROUND
    return not makes_word(bare[left:right], near.at - left, near.at + len(near.wrong) - left)


def _nearest(bare: str) -> Iterator[_Near]:
    """Of near misses of several formulations in one place that of the longest."""
    begun = {form for at in range(len(bare) - _HEAD + 1) for form in _by_head().get(bare[at : at + _HEAD], ())}
    found = sorted(
        {near for form in begun for near in _near(bare, form)}, key=lambda near: (-len(near.form), near.start, near.form, near.at)
    )
    taken: list[tuple[int, int]] = []
    for near in found:
        if not any(start < near.end and near.start < end for start, end in taken):
            taken.append((near.start, near.end))
            yield near


@cache
def _by_head() -> dict[str, tuple[str, ...]]:
    """How each half of a form begins → the forms: most stand nowhere near most texts."""
    heads: dict[str, list[str]] = {}
    for form in _forms():
        half = (len(form) - 1) // 2
        for head in {form[:_HEAD], form[-half:][:_HEAD]}:
            heads.setdefault(head, []).append(form)
    return {head: tuple(forms) for head, forms in heads.items()}


def _near(bare: str, form: str) -> Iterator[_Near]:
    """The wrong place lies in one half of `form`, so that the other half stands in the text as it is."""
    half = (len(form) - 1) // 2
    for start in _all(bare, form[:half]):
        same = half
        while same < len(form) and bare[start + same : start + same + 1] == form[same]:
            same += 1
        for right, wrong in _kinds(form) if same < len(form) else ():
            rest = form[same + right :]
            if bare.startswith(rest, start + same + wrong) and (rest or right == wrong == 1):
                yield from _meant(bare, form, start, same, right, wrong)
    for end in (at + half for at in _all(bare, form[-half:])):
        same = half
        while same < len(form) and end > same and bare[end - same - 1] == form[-same - 1]:
            same += 1
        for right, wrong in _kinds(form) if same < len(form) else ():
            head = form[: len(form) - same - right]
            start = end - same - wrong - len(head)
            if len(head) > 1 and start >= 0 and bare.startswith(head, start):
                yield from _meant(bare, form, start, len(head), right, wrong)


def _kinds(form: str) -> tuple[tuple[int, int], ...]:
    return (*_ONE, *_TWO) if len(form) >= _LONG else (*_ONE, (2, 2))


def _meant(bare: str, form: str, start: int, same: int, right: int, wrong: int) -> Iterator[_Near]:
    """The near miss, unless what differs is style or makes another thing of it."""
    at = start + same
    said, listed = bare[at : at + wrong], form[same : same + right]
    near = _Near(form, start, at + wrong + len(form) - same - right, at, said, listed)
    if "\n" in said or len(said) < wrong or (said and listed and (said[0] == listed[0] or said[-1] == listed[-1])):
        return
    if set(said + listed) <= _STYLE or _PLACE.search(said):
        return
    if all(_NUMBER.search(piece) for piece in (said, listed) if piece):
        return
    is_last = at + wrong == near.end
    if len(form) < _LONG and (not near.is_of_one or (is_last and not _is_slip(near, bare))):
        return
    yield near


def _all(text: str, part: str) -> Iterator[int]:
    at = text.find(part)
    while at >= 0:
        yield at
        at = text.find(part, at + 1)


def _mended(text: str, bare: _Bare, near: _Near) -> str:
    """The piece of `text` with the wrong characters put right, its own punctuation kept."""
    first, last = bare.places[near.start], bare.places[near.end - 1] + 1
    if near.wrong:
        cut, resume = bare.places[near.at], bare.places[near.at + len(near.wrong) - 1] + 1
    else:
        # What was dropped stood behind the comma before it, if there is one in the formulation.
        listed = _forms()[near.form].listed
        there = [i for i, sign in enumerate(listed) if _COUNTED.match(sign)][near.at - near.start]
        opens = not _COUNTED.match(listed[there - 1])
        cut = resume = bare.places[near.at] if opens else bare.places[near.at - 1] + 1
    return text[first:cut] + near.right + text[resume:last]


def _bare(text: str) -> _Bare:
    hidden = _BARRIER.sub(lambda found: "\n" * len(found.group()), text)
    places = [i for i, sign in enumerate(hidden) if sign == "\n" or _COUNTED.match(sign)]
    return _Bare("".join(hidden[i] for i in places), places)


def _known(bare: str) -> list[tuple[int, int]]:
    """Where a listed term stands as it should."""
    spans: list[tuple[int, int]] = []
    for at in range(len(bare)):
        for term in _terms_by_head().get(bare[at : at + 2], ()):
            if bare.startswith(term, at):
                spans.append((at, at + len(term)))
                break
    return spans


def _counted(form: str) -> str:
    return "".join(_COUNTED.findall(form))


@cache
def _forms() -> dict[str, _Form]:
    """What is fixed to the character, by its bare form."""
    rows = [_Form(term) for kind in table().near_kinds for term in table().public[kind]]
    rows += [_Form(order.whole, order.first) for order in table().orders]
    rows += [_Form(form, formulation.first) for formulation in table().formulations for form in formulation.forms]
    forms = {_counted(row.listed): _Form(row.listed.strip("“”《》"), row.first) for row in rows}
    return {bare: row for bare, row in forms.items() if len(bare) >= _SHORTEST and not _DIGIT.search(bare)}


@cache
def _terms_by_head() -> dict[str, tuple[str, ...]]:
    rows = {*_forms(), *table().near_right}
    for kind in table().public.values():
        rows |= {_counted(term) for term in kind}
    for formulation in table().formulations:
        rows |= {_counted(form) for form in formulation.forms}
    heads: dict[str, list[str]] = {}
    for term in sorted((row for row in rows if len(row) >= _IDENTICAL), key=len, reverse=True):
        heads.setdefault(term[:2], []).append(term)
    return {head: tuple(terms) for head, terms in heads.items()}
