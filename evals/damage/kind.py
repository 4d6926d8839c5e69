"""Kind: one way to damage a good text with known truth. Anatomy: where the parts of a text stand, so that they can be cut out."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict

from evals.good import GoodText
from speech.document import Section, Speech
from speech.finding import Severity
from speech.numbering import read
from speech.parse import parse
from speech.placeholders import FillIn
from speech.review.reading import Placed, Reading, lines, placed_sections


class Words(BaseModel):
    """The words of damage, from words.yaml: our own, none of them in a good text."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    places: tuple[str, ...]
    of_place: tuple[str, ...]
    people: tuple[str, ...]
    of_person: tuple[str, ...]
    documents: tuple[str, ...]
    of_document: tuple[str, ...]
    of_figure: tuple[str, ...]
    of_leak: tuple[str, ...]
    stale: tuple[str, ...]
    wrong_pairs: tuple[str, ...]
    headings: tuple[str, ...]
    fillers: tuple[str, ...]
    clauses: tuple[str, ...]
    talk: tuple[str, ...]
    instructions: tuple[str, ...]


WORDS = Words.model_validate(yaml.safe_load(Path(__file__).with_name("words.yaml").read_text(encoding="utf-8")))


@dataclass(frozen=True)
class Damaged:
    """A damaged text. `fill_in` is the sheet handed over with it where that is what was damaged, else None: made anew."""

    text: str
    fill_in: tuple[FillIn, ...] | None = None


@dataclass(frozen=True)
class Kind:
    """`damage` gives None where the text has nothing of the kind. The check `aims` must fall by `margin` points or more.

    `rules` are what the check says of such damage, with `least` severity or more: a finding of one of them is new in the damaged
    text, and none stands in an undamaged one. `also` are checks that may fall with it, for the damage is of their business too.
    """

    name: str
    title: str
    aims: str
    margin: float
    rules: tuple[str, ...]
    damage: Callable[["Anatomy", random.Random], Damaged | None]
    also: frozenset[str] = field(default_factory=frozenset)
    least: Severity = Severity.INFO


@dataclass(frozen=True)
class Anatomy:
    """A good text and its parts."""

    good: GoodText

    @property
    def text(self) -> str:
        return self.good.text

    @cached_property
    def reading(self) -> Reading:
        return Reading(self.text, parse(self.text), self.good.brief, self.good.sources, self.good.today)

    @property
    def speech(self) -> Speech:
        return self.reading.speech

    @cached_property
    def told(self) -> str:
        """All that the brief tells, and the text itself: what is in neither is foreign to it."""
        return "\n".join([*self.good.brief.told().values(), self.text])

    @cached_property
    def placed(self) -> list[Placed]:
        return placed_sections(self.reading)

    @cached_property
    def roots(self) -> list[Placed]:
        """The level-1 sections that could be found."""
        return [place for place in self.placed if any(place.section is root for root in self.speech.sections)]

    @cached_property
    def body(self) -> list[tuple[int, int]]:
        """The lines that hold paragraphs of the sections, as spans."""
        start = self.roots[0].start if self.roots else 0
        end = self.closing_start
        spans = [(at, at + len(line)) for at, line in lines(self.text)]
        return [span for span in spans if start <= span[0] < end and "。" in self.text[span[0] : span[1]]]

    @cached_property
    def closing_start(self) -> int:
        """Where the closing begins; the end of the text where it has none."""
        first = self.speech.closing[0] if self.speech.closing else ""
        at = self.text.rfind(first[:16]) if first else -1
        return at if at >= 0 else len(self.text.rstrip())

    def groups(self) -> list[Sequence[Section]]:
        """The groups of sibling sections, two or more."""
        found: list[Sequence[Section]] = []
        waiting: list[Sequence[Section]] = [self.speech.sections]
        while waiting:
            siblings = waiting.pop(0)
            if len(siblings) > 1:
                found.append(siblings)
            waiting += [section.sections for section in siblings]
        return found

    def with_sentences(self, sentences: Sequence[str], chance: random.Random) -> str | None:
        """The text with each of `sentences` put at the end of a paragraph of the body, one to each; None where there are too few."""
        ends = [end for start, end in self.body if self.text[end - 1] in "。！" and end - start > 40]
        if len(ends) < len(sentences):
            return None
        text = self.text
        for end, sentence in zip(sorted(chance.sample(ends, len(sentences)), reverse=True), sentences, strict=True):
            text = text[:end] + sentence + text[end:]
        return text

    def replaced(self, start: int, end: int, by: str) -> str:
        """The text with text[start:end] given way to `by`."""
        return self.text[:start] + by + self.text[end:]

    def heading_span(self, place: Placed) -> tuple[int, int]:
        """The heading's own words, its number left out."""
        after = self.text[place.start : place.end]
        numbered = read(after)
        start = place.start + (after.find(place.section.heading[:4]) if place.section.heading else 0)
        return (start, start + len(place.section.heading)) if numbered else (place.start, place.end)


def per(characters: int, every: int) -> int:
    """How many times damage is done so that a long text is damaged as much as a short one: once in `every` characters, at least once."""
    return max(1, round(characters / every))
