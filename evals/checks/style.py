"""Style distance: the text's own style, counted as the house's is, held against the house."""

from collections.abc import Iterator
from dataclasses import dataclass

from evals.checks.subject import CheckScore, Subject
from speech.document import Speech
from speech.finding import Finding, Severity
from speech.review.reading import note
from vectorstore.passages import cut
from vectorstore.read import Parsed, Source
from vectorstore.style import HeadingStyle, HouseStyle, Spread, house_style

# A measure at this part of the house's, or at its inverse, is at home; at the other it is foreign throughout.
_AT_HOME, _FOREIGN = 0.7, 0.3
_REMARKED = 0.7
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
    found = list(traits(own_style(subject.reading.speech, subject.text), subject.style))
    whole = sum(trait.weight for trait in found)
    score = 100 * sum(trait.weight * trait.likeness for trait in found) / whole if whole else 0.0
    return CheckScore("style", round(score, 1), tuple(_remarks(subject.text, found)))


def own_style(speech: Speech, text: str) -> HouseStyle:
    """The style of one speech, counted as a house's is."""
    fields = {name: getattr(speech, name) for name in Speech.model_fields}
    return house_style(cut(Parsed(source=_OWN, text=text, **fields)))


def traits(own: HouseStyle, house: HouseStyle) -> Iterator[Trait]:
    """What can be compared: sentences, paragraphs, headings level by level, phrases of four characters."""
    yield from _spread("sentence", "句长", own.sentences, house.sentences, 3)
    yield from _spread("paragraph", "段长", own.paragraphs, house.paragraphs, 1)
    if house.four_character_rate:
        alike = _alike(own.four_character_rate, house.four_character_rate)
        yield Trait("phrases", "四字格", own.four_character_rate, house.four_character_rate, alike, 1)
    of_level = {headings.level: headings for headings in house.headings}
    for headings in own.headings:
        if headings.level in of_level:
            yield from _headings(headings, of_level[headings.level])


def _spread(rule: str, name: str, own: Spread, house: Spread, weight: float) -> Iterator[Trait]:
    if own.count and house.count:
        yield Trait(rule, name, own.middle, house.middle, _alike(own.middle, house.middle), weight)
        yield Trait(rule, f"{name}上限", own.high, house.high, _alike(own.high, house.high), weight)


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
