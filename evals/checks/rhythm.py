"""Spoken rhythm: clauses that can be said in one breath, and how many minutes the whole takes."""

import re
from collections.abc import Iterator

from evals.checks.subject import CheckScore, Subject
from speech.brief import Genre, SpeechBrief
from speech.document import characters
from speech.finding import Finding, Severity
from speech.numerals import value
from speech.review.reading import lines, note

PACE = 220  # characters a minute, read aloud (domain notes, B2: 200–250)
# Counted on 16 speeches and 38 real texts: nine clauses in ten have 19 characters at most, the longest of a speech 34; one report in
# three has a clause of more than that, one in nine of more than 40, which take ten seconds to say.
_BREATH = 40
_COST, _MEASURE = 4.0, 1000
_OVER = 1.15  # of the minutes that were given
_GIVEN = {Genre.PLEDGE: 10.0}  # minutes (domain notes, B2)
_CLAUSE = re.compile(r"[^，。；：！？、…“”‘’《》（）,.;:!?\"()—\n]+")
_MINUTES = re.compile(r"([0-9]{1,3}|[一二三四五六七八九十]{1,3})(?:[-—~至到]([0-9]{1,3}))?\s*分钟")


def check(subject: Subject) -> CheckScore:
    """Score: 100 less 4 for each clause of more than 40 characters, per 1,000 characters in a longer text; less 10 for a text that
    takes longer than it was given by 15 %. None for a text without words."""
    text = subject.text
    if not characters(text):
        return CheckScore("rhythm", None)
    breathless = list(_breathless(text))
    scale = _MEASURE / max(_MEASURE, characters(text))
    over = list(_over(subject))
    score = 100 - _COST * len(breathless) * scale - 10 * len(over)
    return CheckScore("rhythm", round(max(0.0, score), 1), (*breathless, *over))


def minutes(text: str) -> float:
    """How long `text` takes to be read aloud."""
    return round(characters(text) / PACE, 1)


def _breathless(text: str) -> Iterator[Finding]:
    for start, line in lines(text):
        for match in _CLAUSE.finditer(line):
            length = characters(match.group())
            if length > _BREATH:
                span = (start + match.start(), start + match.end())
                yield note(text, "rhythm.breath", Severity.WARNING, span, f"一口气{length}字，宜断句（不超过{_BREATH}字）")


def _over(subject: Subject) -> Iterator[Finding]:
    given = _minutes_given(subject.reading.brief) or _GIVEN.get(subject.reading.genre or Genre.SPEECH)
    taken = minutes(subject.text)
    if given and taken > _OVER * given:
        end = len(subject.text)
        message = f"照读约{taken:g}分钟，限{given:g}分钟"
        yield note(subject.text, "rhythm.minutes", Severity.WARNING, (end, end), message)


def _minutes_given(brief: SpeechBrief | None) -> float | None:
    """The minutes that the notes of a brief allow: 发言控制在8分钟以内; of 8—10分钟 the larger."""
    found = _MINUTES.search(brief.notes or "") if brief else None
    worth = value(found[2] or found[1]) if found else None
    return float(worth) if worth else None
