"""Over-masking: what the brief tells is not left open."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from evals.checks.clauses import clause_at, likeness, pairs, says, sentence_at
from evals.checks.subject import CheckScore, Subject
from speech import specifics
from speech.disputed import agreed
from speech.finding import Severity
from speech.masks import PlaceholderKind, runs
from speech.placeholders import Placeholder
from speech.review.reading import note
from speech.specifics import Specific

_ALIKE, _FEWEST_PAIRS = 0.6, 3
_COST = 2.0
_COUNTED = frozenset({PlaceholderKind.COUNT, PlaceholderKind.AMOUNT})
_NUMBER = re.compile("[0-9０-９.．一二三四五六七八九十百千万亿两余多约近]+")
_MARKS = "，。；：、！？\n"


@dataclass(frozen=True)
class _Said:
    """What is said round a specific or a mask: in its clause, in its sentence, and the two signs before it."""

    clause: frozenset[str]
    sentence: frozenset[str]
    before: str


@dataclass(frozen=True)
class _Given:
    """A specific that the brief tells: its unit is what follows the figure, 个 of 1632个."""

    kind: str
    text: str
    says: str
    unit: str
    said: _Said


def check(subject: Subject) -> CheckScore:
    """Score: the percentage of what was told and is used that is not masked, less 2 for each that is.

    A mask is one too many where a fact of the brief says the same of a specific of its kind: 网格×个 where 网格1632个 was told.
    What the text states of the same thing is not what a mask hides: where 增长8% was told and stands in what was done last year,
    the 增长×% of this year's aims asks for another figure.
    What its facts dispute is rightly left open. None without a brief that tells specifics, or where none of them is used.
    """
    brief = subject.reading.brief
    if brief is None:
        return CheckScore("masking", None)
    given = [one for fact in (*agreed(brief).facts, *brief.points) for one in _given(fact)]
    spans = [(mask.start, mask.end) for mask in subject.masks]
    stated = _Stated(subject)
    findings = []
    for mask in subject.masks:
        span = (mask.start, mask.end)
        said = _said(subject.text, span, spans)
        known = next((one for one in given if _same(one, mask, subject.text, said) and not stated.holds(one)), None)
        if known:
            message = f"写作任务已告知“{known.text}”，不应留空"
            findings.append(note(subject.text, "placeholder.given", Severity.WARNING, span, message, known.text))
    used = sum(claim.supported is True and not (claim.by or "").startswith("public:") for claim in subject.claims)
    whole = used + len(findings)
    if not whole:
        return CheckScore("masking", None)
    score = 100 * used / whole - _COST * len(findings)
    return CheckScore("masking", round(max(0.0, score), 1), tuple(findings))


class _Stated:
    """The specifics of a text by what they say."""

    def __init__(self, subject: Subject) -> None:
        self.text = subject.text
        self.places: dict[str, list[Specific]] = {}
        for claim in subject.claims:
            self.places.setdefault(says(claim), []).append(claim)

    def holds(self, given: _Given) -> bool:
        """Whether the text states `given` of the thing that it was told of."""
        for place in self.places.get(given.says, ()):
            if _alike(given, _said(self.text, (place.start, place.end), [(place.start, place.end)])):
                return True
        return False


def _given(fact: str) -> list[_Given]:
    """The specifics of a fact. A clause that leaves something open itself tells nothing that a mask could hide."""
    if runs(fact):
        return [one for piece in fact.split("；") if piece != fact and not runs(piece) for one in _given(piece)]
    found = specifics.find(fact)
    spans = [(one.start, one.end) for one in found]
    return [
        _Given(one.kind.value, one.text, says(one), _unit(one.text), _said(fact, (one.start, one.end), spans)) for one in found
    ]


def _unit(text: str) -> str:
    return _NUMBER.sub("", text)[:1] if _NUMBER.match(text) else ""


def _said(text: str, span: tuple[int, int], without: Sequence[tuple[int, int]]) -> _Said:
    around = []
    for start, end in (clause_at(text, *span), sentence_at(text, *span)):
        around.append(pairs(text[start:end], [(a - start, b - start) for a, b in without if start <= a < end]))
    return _Said(around[0], around[1], text[max(0, span[0] - 2) : span[0]])


def _same(given: _Given, mask: Placeholder, text: str, said: _Said) -> bool:
    counted = given.kind in _COUNTED and mask.kind in (*_COUNTED, PlaceholderKind.OTHER)
    if not (given.kind == mask.kind.value or counted):
        return False
    if counted and given.unit and not text[mask.end :].lstrip("余多百千万亿").startswith(given.unit):
        return False
    return _alike(given, said)


def _alike(given: _Given, said: _Said) -> bool:
    """Whether what is said round a place is said round `given` too."""
    if min(len(said.clause), len(given.said.clause)) >= _FEWEST_PAIRS:
        return likeness(said.clause, given.said.clause) >= _ALIKE
    # A clause that says too little (达到×个) is the same where its sentence is, and the words before it.
    led_in = said.before.endswith(given.said.before) and (given.said.before or said.before[-1:] in _MARKS)
    return bool(led_in) and likeness(said.sentence, given.said.sentence) >= _ALIKE
