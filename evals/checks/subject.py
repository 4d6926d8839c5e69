"""Subject: what every check of the suite is given. CheckScore: what it gives back."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from speech import placeholders, specifics
from speech.finding import Finding
from speech.placeholders import FillIn, Placeholder
from speech.review.reading import Reading
from speech.specifics import Specific
from vectorstore.style import HouseStyle


@dataclass(frozen=True)
class CheckScore:
    """`score` runs 0–100; None where it cannot be computed (no brief, no sources, nothing to look at). Findings in order."""

    check: str
    score: float | None
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class Subject:
    """A text under test, read once. `style` is the house it is held against, `fill_in` the sheet handed over with it."""

    reading: Reading
    style: HouseStyle | None = None
    fill_in: tuple[FillIn, ...] | None = None

    @property
    def text(self) -> str:
        """The text as it was given: offsets of findings count in it."""
        return self.reading.text

    @cached_property
    def claims(self) -> tuple[Specific, ...]:
        """The specifics of the text; checked against the brief where there is one."""
        brief = self.reading.brief
        return tuple(specifics.check(self.text, brief) if brief else specifics.find(self.text))

    @cached_property
    def masks(self) -> tuple[Placeholder, ...]:
        """The placeholders of the text."""
        return tuple(placeholders.find(self.text))


Check = Callable[[Subject], CheckScore]
