"""Sibling headings that run parallel: clause by clause of one length, or with the same beginning or end."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from statistics import median_low

from evals.checks.subject import CheckScore, Subject
from speech.brief import Genre
from speech.document import Section
from speech.finding import Finding, Severity
from speech.review.reading import Placed, note, placed_sections

_SPREAD, _SHARED = 2, 2
_SPREAD_SHARE = 4  # of a long clause a quarter: 12 and 15 characters are heard as alike, 4 and 7 are not
_LOOSE = 0.5  # a group of which fewer headings agree is remarked on; of 250 groups in real reports half are not strictly even
_MARKS = re.compile(r"[，、；：,;:]")
_QUOTED = re.compile(r"[“”‘’\"']")


def check(subject: Subject) -> CheckScore:
    """Score: the percentage of headings that agree with their siblings, over all groups of two or more; None where there is none.

    The level-1 headings of a report to a congress (回顾, 任务, 自身建设) name its parts and are not looked at.
    """
    reading = subject.reading
    places = {id(place.section): place for place in placed_sections(reading)}
    groups = list(_groups(reading.speech.sections, reading.genre is Genre.GOVERNMENT_REPORT))
    if not groups:
        return CheckScore("parallel", None)
    agreeing, findings = 0, []
    for group in groups:
        agree = agreement([section.heading for section in group])
        agreeing += agree
        if agree < _LOOSE * len(group) and (place := places.get(id(group[0]))):
            findings.append(_remark(subject, place, len(group)))
    whole = sum(len(group) for group in groups)
    return CheckScore("parallel", round(100 * agreeing / whole, 1), tuple(findings))


def _remark(subject: Subject, place: Placed, count: int) -> Finding:
    message = f"从这里起的{count}个小标题句式不齐"
    return note(subject.text, "structure.parallel", Severity.INFO, (place.start, place.end), message)


def _groups(sections: Sequence[Section], pass_over: bool = False) -> Iterator[Sequence[Section]]:
    if len(sections) > 1 and not pass_over and all(section.heading for section in sections):
        yield sections
    for section in sections:
        yield from _groups(section.sections)


def agreement(headings: Sequence[str]) -> int:
    """How many of the headings agree, by the sign that most of them show: the lengths of their clauses, a beginning, an end.

    One heading agrees with nothing: fewer than two are none.
    """
    plain = [_QUOTED.sub("", heading) for heading in headings]
    clauses = [_MARKS.split(heading) for heading in plain]
    starts = Counter(start for one in clauses for start in {clause[:_SHARED] for clause in one if len(clause) > _SHARED})
    ends = Counter(heading[-_SHARED:] for heading in plain)
    most = max(_even(clauses), *(counted.most_common(1)[0][1] if counted else 0 for counted in (starts, ends)))
    return most if most > 1 else 0


def _even(clauses: Sequence[Sequence[str]]) -> int:
    """How many have the usual number of clauses, each of about its usual length."""
    usual = Counter(len(one) for one in clauses).most_common(1)[0][0]
    same = [[len(clause) for clause in one] for one in clauses if len(one) == usual]
    middles = [median_low(column) for column in zip(*same, strict=True)]
    return sum(
        all(abs(length - middle) <= max(_SPREAD, middle // _SPREAD_SHARE) for length, middle in zip(one, middles, strict=True))
        for one in same
    )
