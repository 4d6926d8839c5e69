"""Damage to what a speech states: figures, names, masks, facts, and the sheet of what is to be filled in."""

import random
import re
from collections.abc import Sequence
from functools import partial

from evals.damage.kind import WORDS, Anatomy, Damaged, Kind, per
from speech import masking, placeholders, specifics
from speech.finding import Severity
from speech.masks import PlaceholderKind
from speech.specifics import Specific, SpecificKind

_FIGURES = (SpecificKind.COUNT, SpecificKind.AMOUNT, SpecificKind.PERCENT)
_TELLING = re.compile(r"[1-9][0-9]{1,5}(?:\.[0-9]+)?")
_PLAIN_FIGURE = re.compile(r"(?<![0-9.])([1-9][0-9]{1,4})(?![0-9.])([^0-9.，。]{1,4}|%)")
_SOURCE_FIGURE = re.compile(r"(?<![0-9.])[1-9][0-9]*[1-9][0-9]*(?:\.[0-9])?(?:个|件|户|人|名|家|公里|万元|亿元|%)")
_SENTENCE_END = re.compile("[。！？\n]")
_SHARE_OF_FACTS = 10  # one in so many
_INVENTED = frozenset({"grounding", "coverage"})


def _told_figures(anatomy: Anatomy) -> list[Specific]:
    """The figures of the text that a fact of the brief tells, written in digits, and that stand once."""
    found = [one for one in specifics.check(anatomy.text, anatomy.good.brief) if one.kind in _FIGURES]
    told = [one for one in found if (one.by or "").startswith("facts") and _TELLING.search(one.text)]
    return [one for one in told if anatomy.text.count(one.text) == 1]


def _another_figure(anatomy: Anatomy, chance: random.Random) -> Damaged | None:
    figures = _told_figures(anatomy)
    if not figures:
        return None
    one = chance.choice(figures)
    number = _TELLING.search(one.text)
    assert number is not None
    changed = one.text[: number.start()] + _foreign_number(anatomy, chance, len(number[0])) + one.text[number.end() :]
    return Damaged(anatomy.replaced(one.start, one.end, changed))


def _foreign_number(anatomy: Anatomy, chance: random.Random, digits: int) -> str:
    """A whole number that nobody told and that the text does not state."""
    while True:
        number = str(chance.randrange(10 ** min(5, max(1, digits - 1)), 10 ** min(6, max(2, digits))))
        if not re.search(rf"(?<![0-9]){number}(?![0-9])", anatomy.told) and not number.startswith("20"):
            return number


def _planted(of: Sequence[str], templates: Sequence[str], anatomy: Anatomy, chance: random.Random) -> Damaged | None:
    """One foreign name put into the text in a sentence of its own."""
    foreign = [name for name in of if name.strip("《》")[:2] not in anatomy.told]
    if not foreign:
        return None
    text = anatomy.with_sentences([chance.choice(templates).format(chance.choice(foreign))], chance)
    return Damaged(text) if text else None


def _planted_figure(anatomy: Anatomy, chance: random.Random) -> Damaged | None:
    number = _foreign_number(anatomy, chance, chance.choice((2, 3, 4)))
    template = chance.choice(WORDS.of_figure)
    if "%" in template:
        number = f"{number[:2]}.{number[-1]}"
    text = anatomy.with_sentences([template.format(number)], chance)
    return Damaged(text) if text else None


def _leaked(anatomy: Anatomy, chance: random.Random) -> Damaged | None:
    figures = {found[0] for source in anatomy.good.sources for found in _SOURCE_FIGURE.finditer(source)}
    foreign = sorted(one for one in figures if _TELLING.match(one) and _digits(one) not in anatomy.told)
    if not foreign:
        return None
    text = anatomy.with_sentences([chance.choice(WORDS.of_leak).format(chance.choice(foreign))], chance)
    return Damaged(text) if text else None


def _digits(figure: str) -> str:
    found = re.match(r"[0-9.]+", figure)
    return found[0] if found else figure


def _unmasked(anatomy: Anatomy, chance: random.Random) -> Damaged | None:
    """A mask of a count or a percentage gives way to a figure that nobody told."""
    kinds = (PlaceholderKind.COUNT, PlaceholderKind.PERCENT, PlaceholderKind.AMOUNT)
    open_ones = [mask for mask in placeholders.find(anatomy.text) if mask.kind in kinds]
    if not open_ones:
        return None
    one = chance.choice(open_ones)
    return Damaged(anatomy.replaced(one.start, one.end, _foreign_number(anatomy, chance, 2)))


def _overmasked(anatomy: Anatomy, chance: random.Random) -> Damaged | None:
    figures = _told_figures(anatomy)
    if not figures:
        return None
    one = chance.choice(figures)
    return Damaged(anatomy.replaced(one.start, one.end, masking.mask(PlaceholderKind(one.kind.value), one.text)))


def _exchanged(anatomy: Anatomy, chance: random.Random) -> Damaged | None:
    """The numbers of two facts exchanged, of the same unit where there are such, each unit left where it was."""
    found = [(one, _PLAIN_FIGURE.fullmatch(one.text)) for one in _told_figures(anatomy)]
    figures = [(one, match) for one, match in found if match]
    pairs = [
        (a, b)
        for a in figures
        for b in figures
        if a[0].start < b[0].start and a[1][1] != b[1][1] and _SENTENCE_END.search(anatomy.text, a[0].end, b[0].start)
    ]
    same = [(a, b) for a, b in pairs if a[1][2] == b[1][2]]
    if not pairs:
        return None
    (a, first), (b, second) = chance.choice(same or pairs)
    text = anatomy.replaced(b.start, b.end, first[1] + second[2])
    return Damaged(text[: a.start] + second[1] + first[2] + text[a.end :])


def _unused(anatomy: Anatomy, chance: random.Random) -> Damaged | None:
    """One in ten facts of the brief is not said: an empty clause stands in its place."""
    said = [fact for fact in anatomy.good.brief.facts if anatomy.text.count(fact) == 1 and "；" not in fact]
    said = [fact for fact in said if not _is_heading(anatomy, fact)]
    count = -(-len(anatomy.good.brief.facts) // _SHARE_OF_FACTS)
    if not count or len(said) < count:
        return None
    text = anatomy.text
    for number, fact in enumerate(chance.sample(said, count)):
        text = text.replace(fact, WORDS.clauses[number % len(WORDS.clauses)])
    return Damaged(text)


def _is_heading(anatomy: Anatomy, words: str) -> bool:
    at = anatomy.text.find(words)
    return any(place.start <= at < place.end for place in anatomy.placed) or not any(a <= at < b for a, b in anatomy.body)


def _gap_in_the_sheet(anatomy: Anatomy, chance: random.Random) -> Damaged | None:
    sheet = placeholders.fill_in_sheet(anatomy.text)
    if not sheet:
        return None
    left_out = set(chance.sample(range(len(sheet)), per(len(sheet), 10)))
    return Damaged(anatomy.text, tuple(line for number, line in enumerate(sheet) if number not in left_out))


# What is nowhere told is an error; what two facts tell differently (grounding.disputed) is a warning, and another matter.
CLAIMS = (
    Kind(
        "figure",
        "改动一个数字",
        "coverage",
        2,
        ("grounding.",),
        _another_figure,
        frozenset({"grounding", "facts", "leakage"}),
        Severity.ERROR,
    ),
    Kind(
        "planted-figure",
        "凭空添一个数字",
        "coverage",
        2,
        ("grounding.",),
        _planted_figure,
        frozenset({"grounding", "leakage", "facts"}),
        Severity.ERROR,
    ),
    Kind(
        "planted-place",
        "写进别处地名",
        "coverage",
        2,
        ("grounding.",),
        partial(_planted, WORDS.places, WORDS.of_place),
        frozenset({"grounding", "leakage"}),
        Severity.ERROR,
    ),
    Kind(
        "planted-person",
        "写进无依据的人名",
        "coverage",
        2,
        ("grounding.",),
        partial(_planted, WORDS.people, WORDS.of_person),
        frozenset({"grounding", "leakage"}),
        Severity.ERROR,
    ),
    Kind(
        "planted-document",
        "写进无依据的文件",
        "coverage",
        2,
        ("grounding.",),
        partial(_planted, WORDS.documents, WORDS.of_document),
        frozenset({"grounding", "leakage"}),
        Severity.ERROR,
    ),
    Kind("leak", "带出参考材料的数字", "leakage", 10, ("leakage.",), _leaked, _INVENTED | {"facts"}),
    Kind(
        "unmasked",
        "待填项被填上假数",
        "coverage",
        2,
        ("grounding.",),
        _unmasked,
        frozenset({"grounding", "leakage", "facts", "placeholders"}),
        Severity.ERROR,
    ),
    Kind(
        "overmasked",
        "已告知的事实被留空",
        "masking",
        2,
        ("placeholder.given",),
        _overmasked,
        frozenset({"facts", "placeholders"}),
    ),
    Kind("exchanged", "两个事实的数字对调", "facts", 2, ("facts.",), _exchanged, _INVENTED | {"leakage"}),
    Kind("unused", "十分之一的事实没写", "facts", 5, ("facts.",), _unused, frozenset({"masking", "style", "balance"})),
    Kind("sheet", "待填单漏项", "sheet", 3, ("placeholder.sheet-missing",), _gap_in_the_sheet),
)
