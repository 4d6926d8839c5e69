"""Placeholders (待填项): recognise the masks of a text, type them, ask for them, fill them.

`**` is a mask wherever it stands, in Markdown too, and never bold.
"""

import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import pairwise

from pydantic import BaseModel, ConfigDict

from speech.errors import DraftError
from speech.filling import edit
from speech.lexicon import ADMIN_UNITS
from speech.mask_kinds import Reading, readings
from speech.masking import mask
from speech.masks import PlaceholderKind, runs
from speech.words import CutText, cut

__all__ = ["FillIn", "Placeholder", "PlaceholderKind", "fill", "fill_in_sheet", "find", "mask"]

CONTEXT = 24  # characters kept on either side
_NOUN_TAGS = ("n", "j", "vn", "an", "b", "l")
_LONGEST_NOUN = 10
_SENTENCE_END = re.compile(r"[。！？!?；;\n]")
_CLAUSE_END = re.compile(r"[，。！？；：、,;:!?（）()\n]")
_WHEN = {"年": "哪一年", "月": "哪个月", "日": "哪一天", "号": "哪一天"}
_SAME_CLAUSE = 8  # characters that make a clause telling enough to hold the same figure twice


class Placeholder(BaseModel):
    """A gap. `start`, `end` are offsets of `mask` in the text; `text` is the mask with its unit and neighbour words."""

    model_config = ConfigDict(frozen=True)

    kind: PlaceholderKind
    mask: str
    text: str
    start: int
    end: int
    context: str


class FillIn(BaseModel):
    """One line of the fill-in sheet: a gap, asked for once, and every span where its answer goes."""

    model_config = ConfigDict(frozen=True)

    id: str
    kind: PlaceholderKind
    mask: str
    context: str
    question: str
    spans: tuple[tuple[int, int], ...]


def find(text: str) -> list[Placeholder]:
    """Every mask of `text` in order, typed by what stands round it. A date of several parts (×月×日) is one."""
    return list(_found(text))


@lru_cache(maxsize=16)  # several checks of one text ask for them, and the sheet
def _found(text: str) -> tuple[Placeholder, ...]:
    found = readings(text, runs(text))
    if not found:
        return ()
    words = cut(text)
    return tuple(
        Placeholder(
            kind=reading.kind,
            mask=text[reading.run.start : reading.run.end],
            text=_label(words, reading),
            start=reading.run.start,
            end=reading.run.end,
            context=_context(text, reading.run.start, reading.run.end),
        )
        for reading in found
    )


def fill_in_sheet(text: str) -> list[FillIn]:
    """What has to be filled in, numbered p1, p2 … in order of first appearance.

    The same gap is asked for once: ×市 throughout; ×书记 or ×公司, masked alike, unless two stand in one sentence; a figure only where the
    whole clause is the same. The numbers belong to `text` as it stands: after a fill they are given anew.
    """
    found = find(text)
    read = {reading.run.start: reading for reading in readings(text, runs(text))}
    units = {start: text[reading.run.end : reading.unit_end] for start, reading in read.items()}
    groups = _grouped(text, found, units)
    return [
        FillIn(
            id=f"p{number}",
            kind=members[0].kind,
            mask=members[0].mask,
            context=members[0].context,
            question=_question(text, members[0], units[members[0].start]),
            spans=tuple((member.start, member.end) for member in members),
        )
        for number, members in enumerate(groups, 1)
    ]


def fill(text: str, answers: dict[str, str]) -> str:
    """`text` with every place of each answered gap filled; ids are those of `fill_in_sheet(text)`.

    Units are not doubled (3月5日 for ×月×日, 12个 for ×个). A blank answer leaves its gap open.
    DraftError for an unknown id, and for a bare number where a date of several parts is wanted.
    """
    sheet = {row.id: row for row in fill_in_sheet(text)}
    unknown = [name for name in answers if name not in sheet]
    if unknown:
        known = f"p1—p{len(sheet)}" if sheet else "没有待填项"
        raise DraftError(f"没有编号为 {'、'.join(unknown)} 的待填项", f"本稿待填项：{known}")
    by_start = {reading.run.start: reading for reading in readings(text, runs(text))}
    edits = [
        edit(text, by_start[start], answer)
        for name, answer in answers.items()
        if answer.strip()
        for start, _ in sheet[name].spans
    ]
    for change in sorted(edits, key=lambda one: one.start, reverse=True):
        text = text[: change.start] + change.text + text[change.end :]
    return text


def _label(words: CutText, reading: Reading) -> str:
    text, start, end = words.text, reading.run.start, reading.unit_end
    right = _nouns_after(words, end)
    match reading.kind:
        case PlaceholderKind.DATE | PlaceholderKind.PERSON:
            return text[start:end]
        case PlaceholderKind.DOCUMENT:
            opening, closing = text.rfind("《", 0, start), text.find("》", end)
            whole = text[opening : closing + 1] if opening >= 0 else ""
            return whole if end <= closing and re.fullmatch(r"《[^》\n]+》", whole) else text[start:end]
        case PlaceholderKind.NAME:
            quoted = text[start - 1 : start] in '“‘「『"' and start > 0
            after = _nouns_after(words, end + 1) if quoted else right
            return text[start - quoted : end + quoted + after]
        case PlaceholderKind.PLACE | PlaceholderKind.ORGANISATION:
            return text[start : end if end > reading.run.end else end + right]
    return text[start : end + right] if right else text[start - _nouns_before(words, start) : end]


def _nouns_after(words: CutText, end: int) -> int:
    """The length of the noun phrase that begins at `end`."""
    length = 0
    # By index: a slice for each of many masks would copy the rest of the text each time.
    for at in range(bisect_left(words.starts, end), len(words.words)):
        word = words.words[at]
        if word.start != end + length or not word.tag.startswith(_NOUN_TAGS) or length + len(word.text) > _LONGEST_NOUN:
            break
        length += len(word.text)
    return length


def _nouns_before(words: CutText, start: int) -> int:
    """The length of the noun phrase that ends at `start`."""
    length = 0
    for at in range(bisect_left(words.starts, start) - 1, -1, -1):
        word = words.words[at]
        if word.tag == "vn" or not word.tag.startswith(_NOUN_TAGS) or length + len(word.text) > _LONGEST_NOUN:
            break
        length += len(word.text)
    return length


def _context(text: str, start: int, end: int) -> str:
    """The sentence round a mask, `CONTEXT` characters of it on either side."""
    before, after = text[max(0, start - CONTEXT) : start], text[end : end + CONTEXT]
    breaks = list(_SENTENCE_END.finditer(before))
    head = before[breaks[-1].end() :] if breaks else ("…" if start > CONTEXT else "") + before
    stop = _SENTENCE_END.search(after)
    tail = after[: stop.start()] if stop else after + ("…" if end + CONTEXT < len(text) else "")
    return (head + text[start:end] + tail).strip()


def _grouped(text: str, found: Sequence[Placeholder], units: Mapping[int, str]) -> list[list[Placeholder]]:
    groups: dict[tuple[str, ...], list[Placeholder]] = {}
    for placeholder in found:
        key = _key(text, placeholder, units[placeholder.start])
        groups.setdefault(key or ("", str(placeholder.start)), []).append(placeholder)
    whole: list[list[Placeholder]] = []
    for key, members in groups.items():
        apart = key[0] != "admin" and any(_one_sentence(text, a, b) for a, b in pairwise(members))
        apart = apart or any(_coordinated(text, a, b) for a, b in pairwise(members))
        whole += [[member] for member in members] if apart else [members]
    return sorted(whole, key=lambda members: members[0].start)


def _key(text: str, placeholder: Placeholder, unit: str) -> tuple[str, ...] | None:
    """What two placeholders must share to be the same gap; None for one of its own."""
    match placeholder.kind:
        case PlaceholderKind.PLACE:
            return ("admin" if unit in ADMIN_UNITS else "named", placeholder.kind, unit) if unit else None
        case PlaceholderKind.PERSON | PlaceholderKind.ORGANISATION:
            # a name of two characters and one of three are two people's
            return ("named", placeholder.kind, unit, placeholder.mask) if unit else None
        case PlaceholderKind.DOCUMENT | PlaceholderKind.NAME:
            bare = placeholder.text.replace(placeholder.mask, "").strip('《》“”‘’「」『』"')
            return ("named", placeholder.kind, bare) if bare else None
    breaks = [match.end() for match in _CLAUSE_END.finditer(text, max(0, placeholder.start - 40), placeholder.start)]
    stop = _CLAUSE_END.search(text, placeholder.end)
    clause = text[breaks[-1] if breaks else max(0, placeholder.start - 40) : stop.start() if stop else len(text)]
    return ("figure", placeholder.kind, clause) if len(clause) - len(placeholder.mask) >= _SAME_CLAUSE else None


def _one_sentence(text: str, one: Placeholder, other: Placeholder) -> bool:
    return not _SENTENCE_END.search(text, one.end, other.start)


def _coordinated(text: str, one: Placeholder, other: Placeholder) -> bool:
    between = text[one.end : other.start]
    return len(between) <= 8 and bool(re.search(r"[、和与及至]$", between))


def _question(text: str, placeholder: Placeholder, unit: str) -> str:
    label, clause = placeholder.text, _clause_with(text, placeholder)
    noun = label.replace(placeholder.mask + unit, "", 1).strip('“”‘’「」『』《》"')
    measure = unit.lstrip("余多几来")
    match placeholder.kind:
        case PlaceholderKind.DATE:
            return f"“{clause}”是在{_WHEN.get(placeholder.mask[-1:], '什么时候')}？"
        case PlaceholderKind.PERSON:
            return f"“{label}”是谁？" if unit else f"“{clause}”中的人是谁？"
        case PlaceholderKind.PLACE:
            return f"“{label}”是什么地方？" if unit or noun else f"“{clause}”中的地方是哪里？"
        case PlaceholderKind.ORGANISATION:
            return f"“{label}”的名称是什么？" if unit or noun else f"“{clause}”中的单位是哪家？"
        case PlaceholderKind.DOCUMENT:
            return f"“{label}”的全称是什么？" if noun else f"“{clause}”中的文件全称是什么？"
        case PlaceholderKind.NAME:
            return f"“{clause}”中遮去的名称是什么？"
        case PlaceholderKind.PERCENT:
            return f"“{clause}”中的比例是多少？"
        case PlaceholderKind.COUNT | PlaceholderKind.AMOUNT:
            how_many = f"多少{measure}" if measure else "多少"
            linked = "有" if placeholder.kind is PlaceholderKind.COUNT else "是"
            return f"{noun}{linked}{how_many}？" if noun else f"“{clause}”中的数是{how_many}？"
    return f"“{clause}”中遮去的是什么？"


def _clause_with(text: str, placeholder: Placeholder) -> str:
    """The clause that a mask stands in; where the mask is nearly all of it, the one after it too."""
    breaks = [match.end() for match in _CLAUSE_END.finditer(text, max(0, placeholder.start - 16), placeholder.start)]
    start = breaks[-1] if breaks else max(0, placeholder.start - 16)
    at = placeholder.end if placeholder.start - start > 2 else placeholder.end + 1
    stop = _CLAUSE_END.search(text, min(at, len(text)), placeholder.end + 20)
    return text[start : stop.start() if stop else placeholder.end + 20].strip()
