"""What does not belong in a speech: a model's own talk and marks, and the furniture of the websites that speeches are copied from."""

from evals.checks.subject import CheckScore, Subject
from speech.finding import Finding, Severity
from speech.review import noise
from speech.review.reading import lines, note
from vectorstore.clean import clean

_COST = 12.0  # of a line that the reader of the corpus would drop, as of an error in speech/review/noise.py


def check(subject: Subject) -> CheckScore:
    """Score: that of the review, less 12 for each line more that the cleaning of a corpus would drop."""
    text = subject.text
    reviewed = noise.check(subject.reading)
    starts = {number: (start, start + len(line)) for number, (start, line) in _numbered(text).items()}
    found: list[Finding] = []
    for dropped in clean(text).noise:
        span = starts.get(dropped.line)
        if span and not any(finding.start < span[1] and span[0] < finding.end for finding in reviewed.findings):
            found.append(note(text, f"noise.{dropped.reason.value}", Severity.ERROR, span, "广告或网站附言"))
    score = max(0.0, (reviewed.score or 0.0) - _COST * len(found))
    return CheckScore("noise", score, tuple(sorted((*reviewed.findings, *found), key=lambda finding: finding.start)))


def _numbered(text: str) -> dict[int, tuple[int, str]]:
    """The lines that are not blank, by their number from 1."""
    return {text.count("\n", 0, start) + 1: (start, line) for start, line in lines(text)}
