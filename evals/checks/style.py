"""Style distance: the text's own style, counted as the house's is, held against the house."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from evals.checks.subject import CheckScore, Subject
from speech.document import Speech, characters
from speech.finding import Finding, Severity
from speech.review.reading import note
from vectorstore.passages import cut
from vectorstore.read import Parsed, Source
from vectorstore.style import HeadingStyle, HouseStyle, Spread, house_style

# A measure at this part of the house's, or at its inverse, is at home; at the other it is foreign throughout.
_AT_HOME, _FOREIGN = 0.7, 0.3
# A tenth of the house's sentences are long. They hold up to 21 % of the text in 14 of the 15 samples, 37 % in one; where they hold
# 60 %, it consists of them. The middle and the upper tenth of the lengths do not see three endless sentences in a short text.
_LONG_AT_HOME, _LONG_FOREIGN = 0.3, 0.6
_REMARKED = 0.7
_SENTENCE = re.compile(r"[^。！？；!?;\n]+")  # a list parted by ； is not endless
_OWN = Source(name="", encoding="utf-8", sha256="0" * 64)


@dataclass(frozen=True)
class Trait:
    """One measure of the text (`own`) and of the house; `likeness` runs from 0 to 1, `weight` is its part of the whole."""

    rule: str
    name: str
    own: float | str
    house: float | str
    likeness: float
    weight: float


def check(subject: Subject) -> CheckScore:
    """Score: the weighted likeness of the traits, 0–100; None without a house style of a document or more."""
    if subject.style is None or not subject.style.documents or not subject.text.strip():
        return CheckScore("style", None)
    own = own_style(subject.reading.speech, subject.text)
    found = [*_long_sentences(subject.text, subject.style), *traits(own, subject.style)]
    whole = sum(trait.weight for trait in found)
    score = 100 * sum(trait.weight * trait.likeness for trait in found) / whole if whole else 0.0
    return CheckScore("style", round(score, 1), tuple(_remarks(subject.text, found)))


def own_style(speech: Speech, text: str) -> HouseStyle:
    """The style of one speech, counted as a house's is."""
    fields = {name: getattr(speech, name) for name in Speech.model_fields}
    return house_style(cut(Parsed(source=_OWN, text=text, **fields)))


def traits(own: HouseStyle, house: HouseStyle) -> Iterator[Trait]:
    """What can be compared: sentences, paragraphs, headings level by level, phrases of four characters."""
    if own.sentences.count and house.sentences.count:
        yield _middle("sentence", "句长", own.sentences, house.sentences, 3)
    if own.paragraphs.count and house.paragraphs.count:
        yield _middle("paragraph", "段长", own.paragraphs, house.paragraphs, 1)
        alike = _alike(own.paragraphs.high, house.paragraphs.high)
        yield Trait("paragraph", "段长上限", own.paragraphs.high, house.paragraphs.high, alike, 1)
    if house.four_character_rate:
        alike = _alike(own.four_character_rate, house.four_character_rate)
        yield Trait("phrases", "四字格", own.four_character_rate, house.four_character_rate, alike, 1)
    of_level = {headings.level: headings for headings in house.headings}
    for headings in own.headings:
        if headings.level in of_level:
            yield from _headings(headings, of_level[headings.level])


def _middle(rule: str, name: str, own: Spread, house: Spread, weight: float) -> Trait:
    return Trait(rule, name, own.middle, house.middle, _alike(own.middle, house.middle), weight)


def _long_sentences(text: str, house: HouseStyle) -> Iterator[Trait]:
    """How much of the text stands in sentences as long as the longest tenth of the house's."""
    sizes = [characters(sentence) for sentence in _SENTENCE.findall(text)]
    if house.sentences.count and sum(sizes):
        share = sum(size for size in sizes if size > house.sentences.high) / sum(sizes)
        likeness = min(1.0, max(0.0, (_LONG_FOREIGN - share) / (_LONG_FOREIGN - _LONG_AT_HOME)))
        name = f"超过{house.sentences.high}字的长句所占篇幅"
        yield Trait("sentence", name, f"{share:.0%}", f"不超过{_LONG_AT_HOME:.0%}", likeness, 3)


def _headings(own: HeadingStyle, house: HeadingStyle) -> Iterator[Trait]:
    name = f"{'一二三四'[own.level - 1]}级标题"
    yield Trait(
        "heading", f"{name}长度", own.length.middle, house.length.middle, _alike(own.length.middle, house.length.middle), 1
    )
    yield Trait("heading", f"{name}序号", own.number, house.number, float(own.number == house.number), 0.5)


def _alike(own: float, house: float) -> float:
    if own <= 0 or house <= 0:
        return float(own == house)
    share = min(own / house, house / own)
    return min(1.0, max(0.0, (share - _FOREIGN) / (_AT_HOME - _FOREIGN)))


def _remarks(text: str, found: list[Trait]) -> Iterator[Finding]:
    end = len(text)
    for trait in found:
        if trait.likeness < _REMARKED:
            message = f"{trait.name}与本单位文风不同：本稿{trait.own}，以往{trait.house}"
            yield note(text, f"style.{trait.rule}", Severity.INFO, (end, end), message)
