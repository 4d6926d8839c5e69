"""score(text): the checks of the suite on any text, whoever wrote it.

from evals import score
for check in score(open("讲话.txt", encoding="utf-8").read()).values():
    print(check.check, check.score, [finding.message for finding in check.findings])
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from evals.checks import coverage, facts, masking, parallel, rhythm, sheet, style
from evals.checks import noise as suite_noise
from evals.checks.subject import Check, CheckScore, Subject
from speech.brief import SpeechBrief
from speech.parse import parse
from speech.placeholders import FillIn
from speech.review import (
    balance,
    day_of,
    formulation,
    grounding,
    leakage,
    length,
    noise,
    originality,
    parts,
    placeholders,
    promises,
    punctuation,
    repetition,
    sequence,
)
from speech.review.reading import Checked, Reading
from vectorstore.style import HouseStyle

__all__ = ["CHECKS", "FAMILIES", "CheckScore", "Subject", "by_family", "score"]


def _reviewed(name: str, check: Callable[[Reading], Checked]) -> Check:
    """A check of speech/review, as one of the suite."""

    def checked(subject: Subject) -> CheckScore:
        result = check(subject.reading)
        return CheckScore(name, result.score, result.findings)

    return checked


CHECKS: dict[str, Check] = {
    "parts": _reviewed("parts", parts.check),
    "numbering": _reviewed("numbering", sequence.check),
    "promise": _reviewed("promise", promises.check),
    "parallel": parallel.check,
    "balance": _reviewed("balance", balance.check),
    "coverage": coverage.check,
    "masking": masking.check,
    "placeholders": _reviewed("placeholders", placeholders.check),
    "sheet": sheet.check,
    "grounding": _reviewed("grounding", grounding.check),
    "facts": facts.check,
    "leakage": _reviewed("leakage", leakage.check),
    "originality": _reviewed("originality", originality.check),
    "formulations": _reviewed("formulations", formulation.check),
    "length": _reviewed("length", length.check),
    "repetition": _reviewed("repetition", repetition.check),
    "style": style.check,
    "noise": suite_noise.check,
    "punctuation": _reviewed("punctuation", punctuation.check),
    "rhythm": rhythm.check,
}
# What a reader of a report looks for first; the weights are those of the checks within their family.
FAMILIES: dict[str, dict[str, float]] = {
    "structure": {"parts": 40, "numbering": 15, "promise": 15, "parallel": 15, "balance": 15},
    "coverage": {"coverage": 50, "masking": 25, "placeholders": 15, "sheet": 10},
    "grounding": {"grounding": 1},
    "facts": {"facts": 1},
    "leakage": {"leakage": 1},
    "originality": {"originality": 1},
    "formulations": {"formulations": 1},
    "length": {"length": 1},
    "repetition": {"repetition": 1},
    "style": {"style": 1},
    "language": {"noise": 60, "punctuation": 40},
    "rhythm": {"rhythm": 1},
}


def score(
    text: str,
    *,
    brief: SpeechBrief | None = None,
    sources: Sequence[str] = (),
    style: HouseStyle | None = None,
    fill_in: Sequence[FillIn] | None = None,
    today: date | None = None,
) -> dict[str, CheckScore]:
    """Every check of `CHECKS` on `text`, by name, in that order. Pure: the same arguments give the same scores.

    What a check needs and was not given makes its score None: the brief (coverage, masking, grounding, facts, length), the
    sources (leakage, originality), the house style (style), the fill-in sheet (sheet). `today` is the day the speech is for:
    where it is not given the date of the brief, else this day.
    """
    reading = Reading(text, parse(noise.blanked(text)), brief, tuple(sources), today or day_of(brief) or date.today())
    subject = Subject(reading, style, None if fill_in is None else tuple(fill_in))
    return {name: check(subject) for name, check in CHECKS.items()}


def by_family(scores: Mapping[str, CheckScore]) -> dict[str, float | None]:
    """The weighted mean of the checks of each family, those that could be computed; None where none could."""
    return {family: _mean(scores, weights) for family, weights in FAMILIES.items()}


def _mean(scores: Mapping[str, CheckScore], weights: Mapping[str, float]) -> float | None:
    known = [(weight, scores[name].score or 0.0) for name, weight in weights.items() if scores[name].score is not None]
    whole = sum(weight for weight, _ in known)
    return round(sum(weight * value for weight, value in known) / whole, 1) if known else None
