"""Placeholder coverage: every specific of the text is told by the brief, or is a mask."""

from evals.checks.subject import CheckScore, Subject
from speech.review import grounding

_COST = 2.0  # of an unsupported specific, besides its share: one invented figure is grave in a text of any length


def check(subject: Subject) -> CheckScore:
    """Score: 100 × (supported + masked) ÷ (all specifics + masks), less 2 for each unsupported one; 100 where there is none.

    None without a brief. Its findings are those of grounding.
    """
    if subject.reading.brief is None:
        return CheckScore("coverage", None)
    supported = sum(claim.supported is True for claim in subject.claims)
    whole = len(subject.claims) + len(subject.masks)
    missing = len(subject.claims) - supported
    share = (supported + len(subject.masks)) / whole if whole else 1.0
    found = grounding.check(subject.reading).findings
    return CheckScore("coverage", round(max(0.0, 100 * share - _COST * missing), 1), found)
