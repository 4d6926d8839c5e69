"""Reading: what every check is given. Checked: what every check gives back."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from speech.brief import Genre, SpeechBrief
from speech.document import Section, Speech
from speech.finding import Finding, Severity


@dataclass(frozen=True)
class Reading:
    """A text under review. `speech` is the tree of `text`; offsets of findings are offsets in `text`.

    `brief` is None where nobody said what was asked, `sources` are the texts it may have been written from.
    """

    text: str
    speech: Speech
    brief: SpeechBrief | None
    sources: tuple[str, ...]
    today: date

    @property
    def genre(self) -> Genre | None:
        """The genre asked for, else the one read off the text."""
        return self.brief.genre if self.brief else self.speech.genre


@dataclass(frozen=True)
class Checked:
    """`score` runs 0–100, None where it cannot be computed (no brief, no sources)."""

    score: float | None
    findings: tuple[Finding, ...] = ()


def note(text: str, rule: str, severity: Severity, span: tuple[int, int], message: str, suggestion: str | None = None) -> Finding:
    """A finding on text[start:end]."""
    start, end = span
    return Finding(
        rule=rule,
        severity=severity,
        start=start,
        end=end,
        text=text[start:end],
        message=message,
        suggestion=suggestion,
    )


def lines(text: str) -> Iterator[tuple[int, str]]:
    """Every line that is not blank, with the offset of its first sign; white space round it dropped."""
    at = 0
    for raw in text.splitlines(keepends=True):
        line = raw.strip("\ufeff\u200b \t\r\n\xa0\u3000")
        if line:
            yield at + raw.index(line), line
        at += len(raw)


def find_from(text: str, piece: str, since: int) -> int:
    """Where `piece` begins in `text` at or after `since`; its first signs will do, for a parser may join lines. -1: nowhere."""
    for length in (len(piece), 16, 6):
        at = text.find(piece[:length], since) if piece else -1
        if at >= 0:
            return at
    return -1


@dataclass(frozen=True)
class Placed:
    """A section and the span of its first line as far as its heading goes."""

    section: Section
    start: int
    end: int


def placed_sections(reading: Reading) -> list[Placed]:
    """Every section of the speech in order of the text, where it stands. One that cannot be found is left out."""
    found: list[Placed] = []
    at = 0
    for section in _walk(reading.speech.sections):
        start = find_from(reading.text, section.number or section.heading, at)
        # A number alone may stand anywhere; it is this section's where its heading follows.
        while start >= 0 and section.number and not _heads(reading.text, start, section):
            start = reading.text.find(section.number, start + 1)
        if start >= 0:
            end = min(len(reading.text), reading.text.find(section.heading[:6], start) + len(section.heading))
            found.append(Placed(section, start, max(end, start + 1)))
            at = start + 1
    return found


def _heads(text: str, start: int, section: Section) -> bool:
    first = section.heading or (section.paragraphs[0] if section.paragraphs else "")
    after = text[start + len(section.number) : start + len(section.number) + 12].lstrip(" \t\u3000、.．，,")
    return not first or after.startswith(first[:4])


def _walk(sections: Sequence[Section]) -> Iterator[Section]:
    for section in sections:
        yield section
        yield from _walk(section.sections)
