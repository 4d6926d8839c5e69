"""review(text): the checks on any speech, whoever wrote it. Each check is a pure function of a Reading, one a file."""

import re
from collections.abc import Iterable, Sequence
from datetime import date

from pydantic import BaseModel, ConfigDict

from speech import placeholders as masks
from speech import specifics as claims
from speech.brief import SpeechBrief
from speech.finding import Finding, Severity
from speech.parse import parse
from speech.placeholders import Placeholder
from speech.review import (
    formulation,
    grounding,
    leakage,
    length,
    noise,
    originality,
    placeholders,
    punctuation,
    repetition,
    structure,
)
from speech.review.reading import Checked, Reading
from speech.specifics import Specific


class Scores(BaseModel):
    """0–100 each; None where it cannot be computed. `language` is the mean of noise, punctuation and repetition."""

    model_config = ConfigDict(frozen=True)

    structure: float | None = None
    placeholders: float | None = None
    grounding: float | None = None
    leakage: float | None = None
    originality: float | None = None
    formulations: float | None = None
    length: float | None = None
    style: float | None = None
    language: float | None = None
    overall: float | None = None


class Review(BaseModel):
    """What the checks say of a text. Findings stand in the order of the text, one for a defect."""

    model_config = ConfigDict(frozen=True)

    scores: Scores
    findings: tuple[Finding, ...] = ()
    placeholders: tuple[Placeholder, ...] = ()
    specifics: tuple[Specific, ...] = ()


# What a draft must never do weighs most: invent, leak, lose its form.
WEIGHTS = {
    "structure": 20,
    "grounding": 20,
    "leakage": 15,
    "originality": 10,
    "formulations": 10,
    "length": 10,
    "placeholders": 5,
    "style": 5,
    "language": 10,
}
_RANK = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}
# Of two findings on one place, by family or by rule, the left one says more.
_SAYS_MORE = (
    ("leakage", "grounding"),
    ("noise", "punctuation"),
    ("noise", "placeholder"),
    ("noise", "grounding"),
    ("placeholder", "punctuation"),
    ("placeholder", "grounding"),
    ("noise", "repetition"),
    ("typo", "repetition"),
    ("structure.truncated", "punctuation.final"),
    ("numbering.form", "punctuation.half-width"),
)
_YEAR_MONTH_DAY = re.compile(r"(20[0-9]{2})年(?:([0-9]{1,2})月)?(?:([0-9]{1,2})日)?")


def review(text: str, brief: SpeechBrief | None = None, sources: Sequence[str] = (), today: date | None = None) -> Review:
    """Check `text`. Without a brief grounding and length are None, without sources leakage and originality.

    `today` is the day the speech is for: where it is not given the date of the brief, else this day.
    """
    day = today or day_of(brief) or date.today()
    reading = Reading(text, parse(noise.blanked(text)), brief, tuple(sources), day)
    checked = {
        "structure": structure.check(reading),
        "placeholders": placeholders.check(reading),
        "grounding": grounding.check(reading),
        "leakage": leakage.check(reading),
        "originality": originality.check(reading),
        "formulations": formulation.check(reading),
        "length": length.check(reading),
    }
    language = [check(reading) for check in (noise.check, punctuation.check, repetition.check)]
    scores = {name: result.score for name, result in checked.items()} | {"language": _mean(language), "style": None}
    return Review(
        scores=Scores(**scores, overall=_overall(scores)),
        findings=tuple(_one_for_a_defect(f for result in (*checked.values(), *language) for f in result.findings)),
        placeholders=tuple(masks.find(text)),
        specifics=tuple(claims.check(text, brief) if brief else claims.find(text)),
    )


def _mean(results: Sequence[Checked]) -> float:
    known = [result.score for result in results if result.score is not None]
    return round(sum(known) / len(known), 1) if known else 0.0


def _overall(scores: dict[str, float | None]) -> float | None:
    known = [(WEIGHTS[name], score) for name, score in scores.items() if score is not None]
    return round(sum(weight * score for weight, score in known) / sum(weight for weight, _ in known), 1) if known else None


def _one_for_a_defect(findings: Iterable[Finding]) -> list[Finding]:
    """The gravest of those of one rule that overlap; of two families the one that says more."""
    kept: list[Finding] = []
    for finding in sorted(findings, key=lambda f: (_RANK[f.severity], f.start - f.end, f.start)):
        if not any(finding.rule == other.rule and _overlap(finding, other) for other in kept):
            kept.append(finding)
    kept = [f for f in kept if not any(_says_more(other, f) for other in kept)]
    return sorted(kept, key=lambda f: (f.start, f.end))


def _says_more(a: Finding, b: Finding) -> bool:
    return _overlap(a, b) and any(a.rule.startswith(left) and b.rule.startswith(right) for left, right in _SAYS_MORE)


def _overlap(a: Finding, b: Finding) -> bool:
    return a.start < b.end and b.start < a.end


def day_of(brief: SpeechBrief | None) -> date | None:
    """The day that a brief names: of a month or a year alone its first day; None where it names none."""
    found = _YEAR_MONTH_DAY.search(brief.date) if brief and brief.date else None
    if found is None:
        return None
    try:
        return date(int(found[1]), int(found[2] or 1), int(found[3] or 1))
    except ValueError:
        return None
