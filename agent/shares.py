"""What goes where in an outline: points to sections, each fact to the one place where it belongs, and the length by what each holds."""

import re
from collections.abc import Mapping, Sequence
from math import log

_HANZI = re.compile(r"[\u4e00-\u9fff]+")
_PER_COSINE = 25.0  # what a cosine higher by 1 is worth in matched words: they lie within 0.84–0.90, so 0.04 counts as one
_SENTENCE_ON = 1.5  # a fact with what is said about it, as a multiple of its own length
_PROSE = 120  # characters that a part has beside its facts, at least

Likeness = Mapping[str, Mapping[str, float]]


def chunks(points: Sequence[str], count: int) -> list[tuple[str, ...]]:
    """`points` in order, spread over `count` places: (A, B, C, D) over two is (A, B) and (C, D); with too few the last get none."""
    size, more = divmod(len(points), count)
    ends = [size * (n + 1) + min(n + 1, more) for n in range(count)]
    return [tuple(points[start:end]) for start, end in zip([0, *ends], ends, strict=False)]


def placed(facts: Sequence[str], places: Sequence[str], subjects: Sequence[str], likeness: Likeness) -> list[list[str]]:
    """Each fact once, at the place that it says most of: by words they share, the rarer among the places the heavier, and by meaning.

    `places` are headings and what is under them, `subjects` what `likeness` knows them by. Of equals, the place with the fewest.
    """
    shares: list[list[str]] = [[] for _ in places]
    for fact in facts:
        cosines = [likeness.get(subject, {}).get(fact, 0.0) for subject in subjects]
        known = [cosine for cosine in cosines if cosine]
        least = min(known, default=0.0)
        scores = [
            _shared(fact, place, places) + (_PER_COSINE * (cosine - least) if len(known) == len(cosines) else 0.0)
            for place, cosine in zip(places, cosines, strict=True)
        ]
        best = max(range(len(places)), key=lambda n: (round(scores[n], 3), -len(shares[n]), -n))
        shares[best].append(fact)
    return shares


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
