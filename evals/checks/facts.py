"""Fact use: the facts of the brief stand in the text, and each figure stands with the thing that it was told of."""

from evals.checks.clauses import likeness, pairs, says, sentence_at
from evals.checks.subject import CheckScore, Subject
from speech import specifics
from speech.disputed import agreed
from speech.finding import Finding, Severity
from speech.review.reading import note
from speech.specifics import Specific

_ALIKE = 0.4  # of what a fact says that its sentence must say too
_TOLD = 0.6  # the same, of a fact that tells no figure and no name
_COST = 2.0  # of a figure told of another thing, besides its share
_LONGEST_SHOWN = 24


def check(subject: Subject) -> CheckScore:
    """Score: the mean over the facts of the share of their specifics that the text states of the same thing, less 2 for each
    that it states of another.

    A fact without a specific counts where a sentence says most of it. None without a brief, or where it tells no fact.
    """
    brief = subject.reading.brief
    if brief is None or not brief.facts:
        return CheckScore("facts", None)
    findings: list[Finding] = []
    shares = []
    stated = _Stated(subject)
    for fact in agreed(brief).facts:
        share, wrong = stated.share(fact)
        shares.append(share)
        findings += wrong
        if share == 0 and not wrong:
            end = len(subject.text)
            shown = fact if len(fact) <= _LONGEST_SHOWN else fact[:_LONGEST_SHOWN] + "…"
            findings.append(note(subject.text, "facts.unused", Severity.WARNING, (end, end), f"写作任务中的“{shown}”没有用上"))
    misplaced = sum(finding.rule == "facts.misplaced" for finding in findings)
    score = round(max(0.0, 100 * sum(shares) / len(shares) - _COST * misplaced), 1)
    return CheckScore("facts", score, tuple(sorted(findings, key=lambda finding: finding.start)))


class _Stated:
    """The specifics of a text by what they say, and what the sentences say in which they stand."""

    def __init__(self, subject: Subject) -> None:
        self.text = subject.text
        self.by_key: dict[str, list[Specific]] = {}
        for claim in subject.claims:
            self.by_key.setdefault(says(claim), []).append(claim)
        self.said: dict[tuple[int, int], frozenset[str]] = {}
        self.lines = [pairs(line) for line in self.text.splitlines()]

    def share(self, fact: str) -> tuple[float, list[Finding]]:
        """The share of the specifics of `fact` that are stated of the same thing, and a remark on each told of another."""
        told = specifics.find(fact)
        spans = [(one.start, one.end) for one in told]
        if not told:
            return float(self._says(pairs(fact))), []
        right, wrong = 0, []
        for one in told:
            start, end = sentence_at(fact, one.start, one.end)
            about = pairs(fact[start:end], [(a - start, b - start) for a, b in spans if start <= a < end])
            places = self.by_key.get(says(one), [])
            if any(likeness(about, self._around(place)) >= _ALIKE for place in places) or (places and not about):
                right += 1
            elif places:
                place = places[0]
                message = f"“{place.text}”在写作任务中说的不是这件事"
                wrong.append(note(self.text, "facts.misplaced", Severity.ERROR, (place.start, place.end), message))
        return right / len(told), wrong

    def _around(self, place: Specific) -> frozenset[str]:
        span = sentence_at(self.text, place.start, place.end)
        if span not in self.said:
            self.said[span] = pairs(self.text[span[0] : span[1]])
        return self.said[span]

    def _says(self, about: frozenset[str]) -> bool:
        return any(len(about & line) >= _TOLD * len(about) for line in self.lines)
