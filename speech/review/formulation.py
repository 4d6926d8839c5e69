"""Canonical formulations, their era, and words written wrong."""

from speech.document import characters
from speech.finding import Severity
from speech.formulations import find_errors
from speech.review.reading import Checked, Reading

_COST = {Severity.ERROR: 10.0, Severity.WARNING: 4.0, Severity.INFO: 1.0}
_MEASURE = 3000


def check(reading: Reading) -> Checked:
    """Score: 100 less 10 for an error, 4 for a warning, 1 for an info; in a text over 3,000 characters, per 3,000 characters."""
    findings = find_errors(reading.text, reading.today)
    cost = sum(_COST[finding.severity] for finding in findings)
    scale = _MEASURE / max(_MEASURE, characters(reading.text))
    return Checked(round(max(0.0, 100 - cost * scale), 1), tuple(findings))
