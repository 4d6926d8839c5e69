"""Over-masking: what the brief tells is not left open."""

from dataclasses import dataclass

from evals.checks.clauses import clause_at, likeness, pairs
from evals.checks.subject import CheckScore, Subject
from speech import specifics
from speech.finding import Severity
from speech.masks import PlaceholderKind
from speech.review.reading import note

_ALIKE, _FEWEST_PAIRS = 0.6, 3
_COST = 2.0
_COUNTED = frozenset({PlaceholderKind.COUNT, PlaceholderKind.AMOUNT, PlaceholderKind.PERCENT})


@dataclass(frozen=True)
class _Given:
    """A specific that the brief tells, and what its clause says besides."""

    kind: str
    text: str
    said: frozenset[str]


def check(subject: Subject) -> CheckScore:
    """Score: the percentage of what was told and is used that is not masked, less 2 for each that is.

    A mask is one too many where a fact of the brief says the same of a specific of its kind: 网格×个 where 网格1632个 was told.
    None without a brief that tells specifics, or where none of them is used.
    """
    brief = subject.reading.brief
    if brief is None:
        return CheckScore("masking", None)
    given = [one for fact in (*brief.facts, *brief.points) for one in _given(fact)]
    masked = [(start, end) for start, end in ((mask.start, mask.end) for mask in subject.masks)]
    findings = []
    for mask in subject.masks:
        start, end = clause_at(subject.text, mask.start, mask.end)
        inside = [(a - start, b - start) for a, b in masked if start <= a < end]
        said = pairs(subject.text[start:end], inside)
        known = next((one for one in given if _same(one, mask.kind, said)), None)
        if known:
            message = f"写作任务已告知“{known.text}”，不应留空"
            span = (mask.start, mask.end)
            findings.append(note(subject.text, "placeholder.given", Severity.WARNING, span, message, known.text))
    used = sum(claim.supported is True and not (claim.by or "").startswith("public:") for claim in subject.claims)
    whole = used + len(findings)
    if not whole:
        return CheckScore("masking", None)
    score = 100 * used / whole - _COST * len(findings)
    return CheckScore("masking", round(max(0.0, score), 1), tuple(findings))


def _given(fact: str) -> list[_Given]:
    found = specifics.find(fact)
    spans = [(one.start, one.end) for one in found]
    given = []
    for one in found:
        start, end = clause_at(fact, one.start, one.end)
        inside = [(a - start, b - start) for a, b in spans if start <= a < end]
        given.append(_Given(one.kind.value, one.text, pairs(fact[start:end], inside)))
    return given


def _same(given: _Given, kind: PlaceholderKind, said: frozenset[str]) -> bool:
    counted = kind in _COUNTED and given.kind in _COUNTED
    alike = given.kind == kind.value or counted
    return alike and min(len(said), len(given.said)) >= _FEWEST_PAIRS and likeness(said, given.said) >= _ALIKE
