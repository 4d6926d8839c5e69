"""What goes where in an outline: points to sections, each fact to the one place where it belongs, and the length by what each holds."""

import re
from collections.abc import Mapping, Sequence
from math import log

from speech import specifics

_BEGINS = re.compile(
    r"^(?:目前|截至|今年以来|今年|去年|近年来|全[省市县区镇乡村街道]+|我[省市县区镇乡村们]|共|已经?|累计|先后|总共|其中|有)+"
)
_ENDS = re.compile(r"(?:达到?|为|到|至|了|是|占|个|共|约|近|超过?|有|分别|提高|增长|下降|完成)+$")
_SUBJECT = re.compile("[\u4e00-\u9fff]{4,12}")
_MOST_SUBJECTS = 6
_HANZI = re.compile(r"[\u4e00-\u9fff]+")
# Chosen by evals.bench.placing: words alone place 49 % of its facts, with cosines 69 %, with each point's cosines centred 75 %.
_PER_COSINE = 50.0  # what a cosine higher by 1 is worth in matched words: they lie within 0.84–0.90, so 0.02 counts as one
_CENTRED_FROM = 3  # facts from which a subject's mean cosine tells how near it lies to anything
_CROWDED = 0.1  # what each fact that a place has already takes off, so that near ties spread
_IN_ORDER = 0.6  # in matched words: what standing in the same order is worth
_SENTENCE_ON = 1.5  # a fact with what is said about it, as a multiple of its own length
_PROSE = 120  # characters that a part has beside its facts, at least

Likeness = Mapping[str, Mapping[str, float]]


def chunks(points: Sequence[str], count: int) -> list[tuple[str, ...]]:
    """`points` in order, spread over `count` places: (A, B, C, D) over two is (A, B) and (C, D); with too few the last get none."""
    size, more = divmod(len(points), count)
    ends = [size * (n + 1) + min(n + 1, more) for n in range(count)]
    return [tuple(points[start:end]) for start, end in zip([0, *ends], ends, strict=False)]


def subjects(facts: Sequence[str]) -> tuple[str, ...]:
    """What facts are about, without their figures: 村集体增收 of 村集体增收12万元. Those of which nothing short is left tell none."""
    found = []
    for fact in facts:
        spans = [(one.start, one.end) for one in specifics.find(fact)]
        bare = "".join(sign for at, sign in enumerate(fact) if not any(start <= at < end for start, end in spans))
        said = _ENDS.sub("", _BEGINS.sub("", re.split("[，；。]", bare)[0]))
        if _SUBJECT.fullmatch(said):
            found.append(said)
    return tuple(dict.fromkeys(found))[:_MOST_SUBJECTS]


def placed(facts: Sequence[str], places: Sequence[str], subjects: Sequence[str], likeness: Likeness) -> list[list[str]]:
    """Each fact once, at the place that it says most of: by words they share, the rarer among the places the heavier, and by meaning.

    `places` are headings and what is under them, `subjects` what `likeness` knows them by. As many facts as places are mostly told
    in the order of the points, which speaks where words and meaning hardly do. Of equals, the place with the fewest.
    """
    shares: list[list[str]] = [[] for _ in places]
    rows = [[likeness.get(subject, {}).get(fact) for fact in facts] for subject in subjects]
    means = _means(rows)
    for at, fact in enumerate(facts):
        scores = [_shared(fact, place, places) - _CROWDED * len(share) for place, share in zip(places, shares, strict=True)]
        if means is not None:
            scores = [
                score + _PER_COSINE * ((row[at] or 0.0) - mean) for score, row, mean in zip(scores, rows, means, strict=True)
            ]
        if len(facts) == len(places):
            scores[at] += _IN_ORDER
        best = max(range(len(places)), key=lambda n: (round(scores[n], 3), -n))
        shares[best].append(fact)
    return shares


def _means(rows: Sequence[Sequence[float | None]]) -> list[float] | None:
    """What to take off the cosines of each subject: some lie near everything. None where a cosine is not known."""
    known = [[cosine for cosine in row if cosine is not None] for row in rows]
    if any(len(some) < len(row) or not some for some, row in zip(known, rows, strict=True)):
        return None
    return [sum(some) / len(some) if len(some) >= _CENTRED_FROM else 0.0 for some in known]


def budgets(total: int, shares: Sequence[float], facts: Sequence[Sequence[str]]) -> list[int]:
    """`total` characters by `shares`, but no place gets less than its facts and some prose take; the others make room for it."""
    whole = sum(shares)
    even = [total * share / whole for share in shares]
    needs = [_SENTENCE_ON * sum(map(len, one)) + _PROSE if one else 0.0 for one in facts]
    short = [n for n, need in enumerate(needs) if need > even[n]]
    if not short or len(short) == len(shares):
        return [round(one) for one in even]
    asked = sum(needs[n] for n in short)
    free = sum(even[n] for n in range(len(shares)) if n not in short)
    # the others keep half of theirs at least
    given = min(asked, total - free / 2)
    return [round(given * needs[n] / asked if n in short else (total - given) * even[n] / free) for n in range(len(shares))]


def _shared(fact: str, place: str, places: Sequence[str]) -> float:
    """Character pairs that both have, one that few places have counting more."""
    pairs = {run[i : i + 2] for run in _HANZI.findall(fact) for i in range(len(run) - 1)}
    return sum(log(1 + len(places) / sum(pair in other for other in places)) for pair in pairs if pair in place)
