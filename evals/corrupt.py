"""corrupt(data, damage, seed): a clean file damaged in known ways, with what is true of it afterwards.

The damage is that of scraped speeches: noise lines and pieces, masks, half-width marks, text cut off, numbers and promises that
are wrong, several files joined into one. The same seed gives the same text. See wording.py for the noise.
"""

import random
import re
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import pairwise

from evals import wording
from evals.truth import Heading, Truth
from evals.wording import Half
from speech.numbering import arabic, chinese, read
from vectorstore.noise import Reason


class Cut(StrEnum):
    """How a text ends early: in the middle of a sentence, or anywhere with a notice that the rest is for those who pay."""

    NONE = "none"
    SILENT = "silent"
    NOTICE = "notice"


class Slip(StrEnum):
    """What is wrong with one number: one too high, the same as the one before, or printed in another form."""

    GAP = "gap"
    DUPLICATE = "duplicate"
    FORM = "form"


class Promise(StrEnum):
    """An announcement of points in the opening: kept, or one more or less than follow."""

    KEPT = "kept"
    BROKEN = "broken"


@dataclass(frozen=True)
class Damage:
    """What is done to a file: noise lines above, under and in the middle, pieces inside lines, the share of specifics masked.

    `lead`: the number that announces the parts of a section (抓好九个方面工作：) is put wrong.
    """

    above: int = 0
    under: int = 0
    middle: int = 0
    inline: int = 0
    masked: float = 0.0
    half_width: bool = False
    cut: Cut = Cut.NONE
    slip: Slip | None = None
    promise: Promise | None = None
    lead: bool = False


@dataclass(frozen=True)
class Planted:
    """Noise as it stands: text[start:end] of the line, from 1. `whole` where it is all of the line."""

    line: int
    start: int
    end: int
    reason: Reason
    text: str
    whole: bool


@dataclass(frozen=True)
class Corrupted:
    """The text and what is true of it. `slip` and `lead` are the lines of wrong numbers, `starts` the lines where speeches begin."""

    text: str
    headings: tuple[Heading, ...]
    noise: tuple[Planted, ...] = ()
    # Lines that were noise before, of which nothing is counted.
    left: frozenset[int] = frozenset()
    cut: bool = False
    slip: int | None = None
    promise: Promise | None = None
    lead: int | None = None
    starts: tuple[int, ...] = (1,)


@dataclass
class _Line:
    """A line while it is damaged. `pieces` are the noise in it, `headings` those of the truth that stand in it."""

    text: str
    headings: list[Heading] = field(default_factory=list)
    pieces: list[tuple[str, Reason, bool]] = field(default_factory=list)  # text, reason, at the head of the line
    noise: Reason | None = None
    left: bool = False
    slipped: bool = False
    misled: bool = False

    @property
    def body(self) -> bool:
        return self.noise is None and not self.left and bool(self.text.strip())


def draw(chance: random.Random) -> Damage:
    """A damage as it comes: every kind now and then, in any mixture."""
    return Damage(
        above=chance.choice((0, 2, 4, 6)),
        under=chance.choice((0, 2, 3, 6)),
        middle=chance.choice((0, 1, 2, 3)),
        inline=chance.choice((0, 1, 2)),
        masked=chance.choice((0.0, 0.3, 0.9)),
        half_width=chance.random() < 0.3,
        cut=chance.choice((Cut.NONE, Cut.NONE, Cut.SILENT, Cut.NOTICE)),
        slip=chance.choice((None, *Slip)),
        promise=chance.choice((None, *Promise)),
        lead=chance.random() < 0.3,
    )


def corrupt(data: bytes, known: Truth, damage: Damage, seed: int, half: Half) -> Corrupted:
    """The file of `data` (UTF-8) under `damage`. A slip or promise for which the file has no place is left out of the truth."""
    chance = random.Random(seed)
    lines = _lines(data, known)
    promise = _promise(lines, damage.promise, chance) if damage.promise else None
    if damage.lead:
        _lead(lines, chance)
    if damage.masked:
        _mask(lines, damage.masked, chance)
    if damage.cut is not Cut.NONE:
        _cut(lines, damage.cut, chance)
        # A text cut off keeps no promise, nor does it break one.
        promise = None
        for line in lines:
            line.misled = False
    if damage.slip:
        _slip(lines, damage.slip, chance)
    if damage.half_width:
        for line in lines:
            line.text = _narrow(line.text)
    _add_noise(lines, damage, half, chance)
    whole = _finished(lines)
    return replace(whole, cut=damage.cut is not Cut.NONE, promise=promise)


def join(parts: list[Corrupted], gap: int) -> Corrupted:
    """Several files as one, `gap` blank lines between."""
    text, at = "", 0
    headings: list[Heading] = []
    noise: list[Planted] = []
    left: set[int] = set()
    starts: list[int] = []
    for part in parts:
        starts.append(at + 1)
        headings += [replace(heading, line=heading.line + at) for heading in part.headings]
        noise += [replace(planted, line=planted.line + at) for planted in part.noise]
        left |= {line + at for line in part.left}
        body = part.text.rstrip("\n") + "\n" * (gap + 1)
        text += body
        at += body.count("\n")
    return Corrupted(text, tuple(headings), tuple(noise), frozenset(left), starts=tuple(starts), cut=parts[-1].cut)


def _lines(data: bytes, known: Truth) -> list[_Line]:
    lines = [_Line(text) for text in data.decode("utf-8-sig").splitlines()]
    for heading in known.headings:
        lines[heading.line - 1].headings.append(heading)
    for at in known.noise:
        lines[at - 1].left = True
    return lines


# --- masks and marks ---------------------------------------------------------------------------------------------------

_SPECIFIC = re.compile(r"(?<![\d.])\d+(?:\.\d+)?(?![\d.])|(?<=在)[\u4e00-\u9fff]{2}(?=市)")
_MASKS = ("×", "XX", "*", "**", "***", "〔〕", "__", "××", "X")
_NARROW = str.maketrans("，；：！？（）", ",;:!?()")


def _mask(lines: list[_Line], share: float, chance: random.Random) -> None:
    """Figures and place names hidden, in one or two forms for the whole file."""
    forms = chance.sample(_MASKS, 2)
    for line in lines:
        if not line.body:
            continue
        number = read(line.text)
        head = line.text.find(number[1]) if number else 0
        rest = line.text[head:]
        line.text = line.text[:head] + _SPECIFIC.sub(
            lambda found: chance.choice(forms) if chance.random() < share else found[0], rest
        )


def _narrow(text: str) -> str:
    return text.translate(_NARROW)


# --- cuts ---------------------------------------------------------------------------------------------------------------


def _cut(lines: list[_Line], cut: Cut, chance: random.Random) -> None:
    """Leave off the rest from a place between a fifth and nineteen twentieths of the text; a silent cut is in mid-sentence."""
    places = [at for at, line in enumerate(lines) if line.body and len(line.text.strip()) > 20]
    at = places[int(len(places) * chance.uniform(0.2, 0.95))]
    text = lines[at].text
    end = chance.randint(10, len(text) - 2)
    while cut is Cut.SILENT and end > 8 and text[end - 1] in "。！？!?.…”":
        end -= 1
    kept = text[:end].rstrip()
    lines[at].text = kept
    lines[at].headings = [heading for heading in lines[at].headings if heading.number in kept[:12] or not heading.number]
    del lines[at + 1 :]


# --- numbers and promises -------------------------------------------------------------------------------------------------


def _slip(lines: list[_Line], slip: Slip, chance: random.Random) -> None:
    """One number of level 1 or 2 put wrong, where the one before it is of the same run."""
    places: list[tuple[_Line, Heading]] = []
    for line in lines:
        for heading in line.headings:
            bare = line.text.strip()
            if heading.number and bare.startswith(heading.number) and _ordinal(heading) > 1:
                places.append((line, heading))
    if not places:
        return
    line, heading = chance.choice(places)
    ordinal = _ordinal(heading)
    old = heading.number
    match slip:
        case Slip.GAP:
            new = old.replace(chinese(ordinal), chinese(ordinal + 1))
        case Slip.DUPLICATE:
            new = old.replace(chinese(ordinal), chinese(ordinal - 1))
        case Slip.FORM if old.endswith("、"):
            new = chance.choice((f"{chinese(ordinal)}.", f"{chinese(ordinal)}．", f"{ordinal}、"))
        case Slip.FORM:
            new = chance.choice((old + "、", old + "．"))
    line.text = line.text.replace(old, new, 1)
    line.headings[line.headings.index(heading)] = replace(heading, number=new)
    line.slipped = True


def _ordinal(heading: Heading) -> int:
    number = read(heading.number + "某")
    return number[0].ordinal if number else 0


_ANNOUNCED = (
    "下面，我讲{}点意见。",
    "这里，我就做好工作强调{}个方面。",
    "接下来，我从{}个方面作个汇报：",
    "借此机会，我谈{}点体会。",
)


def _promise(lines: list[_Line], promise: Promise, chance: random.Random) -> Promise | None:
    """An announcement put at the end of the opening, where the file has an opening and numbered parts."""
    first = next((at for at, line in enumerate(lines) if line.headings), None)
    parts = [heading for line in lines for heading in line.headings if heading.level == 1]
    opening = [at for at, line in enumerate(lines[:first]) if line.body and len(line.text.strip()) > 15]
    if not opening or len(parts) < 2 or any(not heading.number for heading in parts):
        return None
    count = len(parts) if promise is Promise.KEPT else len(parts) + chance.choice((1, -1) if len(parts) > 2 else (1,))
    word = "两" if count == 2 else chinese(count)
    lines[opening[-1]].text += chance.choice(_ANNOUNCED).format(word)
    return promise


_LEAD = re.compile(r"([二三四五六七八九]|十[一二三四五六七八九]?)(?=个方面[^，。：:]{0,6}[。：:]$)")


def _lead(lines: list[_Line], chance: random.Random) -> None:
    """The number in the line that leads to （一） or, under a heading without number, to 一、 put one too high or too low."""
    full = [line for line in lines if line.body]
    places = [
        (line, found)
        for line, after in pairwise(full)
        if after.headings and _ordinal(after.headings[0]) == 1 and after.headings[0].level == 2
        for found in [_LEAD.search(line.text.rstrip())]
        if found
    ]
    if not places:
        return
    line, found = chance.choice(places)
    count = arabic(found[1]) + chance.choice((1, -1))
    line.text = line.text[: found.start()] + chinese(count) + line.text[found.end() :]
    line.misled = True


# --- noise ----------------------------------------------------------------------------------------------------------------


def _add_noise(lines: list[_Line], damage: Damage, half: Half, chance: random.Random) -> None:
    within = [line for line in lines[1:-1] if line.body and len(line.text) > 60 and line.text.rstrip()[-1] in "。！"]
    for line in chance.sample(within, min(damage.inline, len(within))):
        made = wording.piece(half, chance)
        line.pieces.append((made.text, made.reason, chance.random() < 0.3 and not line.headings))
    # Between whole paragraphs; in wrapped text, between any two lines.
    gaps = [at for at in range(2, len(lines) - 1) if lines[at].body]
    for at in sorted(chance.sample(gaps, min(damage.middle, len(gaps))), reverse=True):
        blank = chance.random() < 0.5
        among = wording.line(half, chance, paywall=chance.random() < 0.15)
        lines[at:at] = [_noise(among), *([_Line("")] if blank else [])]
    foot: list[_Line] = []
    if damage.cut is Cut.NOTICE:
        foot.append(_noise(wording.line(half, chance, paywall=True)))
    foot += [_noise(wording.line(half, chance)) for _ in range(damage.under)]
    lines += [_Line("")] * bool(foot and chance.random() < 0.7) + foot
    head = [_noise(wording.line(half, chance)) for _ in range(damage.above)]
    lines[:0] = head + [_Line("")] * bool(head and chance.random() < 0.7)


def _noise(made: wording.Made) -> _Line:
    return _Line(made.text, noise=made.reason)


def _finished(lines: list[_Line]) -> Corrupted:
    headings: list[Heading] = []
    noise: list[Planted] = []
    left: set[int] = set()
    slip = lead = None
    for at, line in enumerate(lines, 1):
        headings += [replace(heading, line=at) for heading in line.headings]
        if line.left:
            left.add(at)
        if line.slipped:
            slip = at
        if line.misled:
            lead = at
        if line.noise:
            noise.append(Planted(at, 0, len(line.text), line.noise, line.text, whole=True))
        for text, reason, first in line.pieces:
            start = 0 if first else len(line.text)
            line.text = text + line.text if first else line.text + text
            noise = [replace(p, start=p.start + len(text), end=p.end + len(text)) if first and p.line == at else p for p in noise]
            noise.append(Planted(at, start, start + len(text), reason, text, whole=False))
    return Corrupted(
        "\n".join(line.text for line in lines) + "\n", tuple(headings), tuple(noise), frozenset(left), slip=slip, lead=lead
    )
