"""speeches(text): where one file holds several speeches, each by itself.

A speech begins with its title, or with its salutation where it has lost its title. Both stand inside speeches too, so the
text before must be whole in its way, and what follows must number its parts from the beginning.
"""

import re
from dataclasses import dataclass

from speech import numbering
from speech.lines import is_finished
from vectorstore import noise

_LEAST_BEFORE = 200  # characters of a speech before the next one begins
_HEAD_LINES = 4  # between a title and its salutation: speaker, date, place
_NEAR = 3
_PROSE = 25
_SALUTATION = re.compile(r"[^。；！!？?“”]{2,60}[：:]$")
_TITLE_INSIDE = re.compile(r"[：:|>]|^[（(\[【]")
# How a report to a congress opens, where title and salutation were left off.
_OPENING = re.compile(r"(?:现在|下面|今天)?[，,]?\s*我(?:代表|受)[^。]{2,40}(?:报告|汇报|述职)")
_RUNNING_ADDRESS = re.compile(r"(?:各位|同志们|代表们|朋友们|让我们|谢谢)")


@dataclass(frozen=True)
class Part:
    """One speech of a file. `line` is that of its first line in the file, from 1."""

    line: int
    text: str


@dataclass(frozen=True)
class _Line:
    number: int
    text: str


def speeches(text: str) -> list[Part]:
    """The speeches of a file in order; the whole text as one where it cannot be divided for sure."""
    raw = text.split("\n")
    lines = [_Line(at, bare) for at, line in enumerate(raw, 1) if (bare := line.strip())]
    starts = _starts(lines)
    firsts = [1, *(lines[at].number for at in starts)]
    ends = [*(first - 1 for first in firsts[1:]), len(raw)]
    return [Part(first, "\n".join(raw[first - 1 : end])) for first, end in zip(firsts, ends, strict=True)]


def _starts(lines: list[_Line]) -> list[int]:
    """Indices of the lines that begin a further speech."""
    starts: list[int] = []
    titles: set[str] = set()
    at = 0
    while at < len(lines):
        head = _head_at(lines, at)
        if head is None:
            at += 1
            continue
        title, after = head
        since = starts[-1] if starts else 0
        # A title seen before is the running title of a page.
        repeated = title is not None and title in titles
        if title:
            titles.add(title)
        if not repeated and at > since and _is_new(lines, since, at, after, titled=title is not None):
            starts.append(at)
        at = max(after, at + 1)
    return starts


def _head_at(lines: list[_Line], at: int) -> tuple[str | None, int] | None:
    """The title (None where there is only a salutation) that stands at `at`, and the index after the whole head."""
    line = lines[at].text
    if _is_salutation(line):
        return None, at + 1
    if _OPENING.match(line) and not (at and _is_salutation(lines[at - 1].text)):
        return None, at
    if not _is_title(line):
        return None
    for below in range(at + 1, min(at + 2 + _HEAD_LINES, len(lines))):
        under = lines[below].text
        if _is_salutation(under):
            return line, below + 1
        if not (noise.is_date(under) or noise.is_byline(under)):
            # Without a salutation the speech itself must follow at once.
            return (line, below) if len(under) >= _PROSE and noise.is_prose(under) else None
    return None


def _is_title(line: str) -> bool:
    return noise.is_title(line) and not _TITLE_INSIDE.search(line) and numbering.read(line) is None


def _is_salutation(line: str) -> bool:
    return noise.is_salutation(line) and bool(_SALUTATION.fullmatch(line)) and numbering.read(line) is None


def _is_new(lines: list[_Line], since: int, at: int, after: int, *, titled: bool) -> bool:
    """Does a new speech begin at `at`? Its head ends before `after`; the speech before began at `since`."""
    before = [line.text for line in lines[since:at]]
    if sum(map(len, before)) < _LEAST_BEFORE or not any(len(line.text) >= _PROSE for line in lines[after : after + _NEAR]):
        return False
    next_number = _first_number(lines, after)
    last_number = _first_number(lines[since:at][::-1], 0)
    if _OPENING.match(lines[after].text) and last_number is not None:
        return True
    if titled:
        # A heading that ends like a title goes on with the numbers that stand above it.
        return next_number is None or next_number.ordinal == 1 or last_number is None
    if last_number is None or next_number is None:
        return next_number is None and _has_ended(before)
    if next_number.ordinal != 1:
        return False
    return next_number.level == 1 or _has_ended(before)


def _first_number(lines: list[_Line], after: int) -> numbering.Number | None:
    for line in lines[after:]:
        found = numbering.read(line.text)
        if found is not None and found[0].level <= 2:
            return found[0]
    return None


def _has_ended(before: list[str]) -> bool:
    """Is there a last call on those who listen among the last lines?"""
    return any(is_finished(line) and _RUNNING_ADDRESS.search(line) for line in before[-_HEAD_LINES - _NEAR :])
