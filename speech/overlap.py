"""What a text shares with its sources, letter for letter.

Texts are compared without white space, with every punctuation mark taken for one sign, and with every mask (×, XX, **, 〔〕)
and every run of digits taken for one sign: the same speech goes round masked in several ways, or with its figures filled in.
Positions are offsets in the text as given; the length of a run is the number of its characters that are not white space.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

_MASK, _MARK = "×", "，"
_ONE_SIGN = r"[×✕╳*＊_＿○□■]+|(?<![A-Za-z])[XxＸｘ]+(?![A-Za-z])|〔[^〔〕\n]{0,4}〕|[0-9０-９]+(?:[.．][0-9０-９]+)?"
_TOKEN = re.compile(rf"(?P<mask>{_ONE_SIGN})|(?P<space>\s+)|(?P<mark>[^\w\s])|(?P<sign>\w)", re.DOTALL)
_LONG_SEED = 12
_MOST_PLACES = 64  # of one seed in a text; more is a text of one sign over and over, which would take quadratic time


class _Folded(NamedTuple):
    signs: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]


def longest_shared_run(text: str, source: str) -> tuple[int, int]:
    """The longest run of `text` that stands in `source` too, as (start, end) in `text`; (0, 0) where there is none."""
    folded, other = _fold(text), _fold(source).signs
    for seed in (24, 12, 6, 3, 1):
        best = max(_matches(folded.signs, other, seed), key=lambda run: _length(text, folded, run), default=None)
        if best:
            return folded.starts[best[0]], folded.ends[best[1] - 1]
    return 0, 0


def shared_runs(text: str, sources: Sequence[str], at_least: int = 8) -> list[tuple[int, int]]:
    """Every run of `text`, `at_least` characters long or longer, that stands in one of `sources`: (start, end), merged, in order.

    Runs that meet or overlap are given as one.
    """
    # A mask or a figure is one sign here however long it is printed, so that a run may be fewer signs than characters.
    # One seed for every long run, so that the grams of a source are made once.
    seed = min(at_least, _LONG_SEED)
    grams = _grams(signs_of(text), seed)
    if grams.isdisjoint(_grams_of_all(tuple(sources), seed)):
        return []  # as most texts are: where each sign stands need not be told
    folded = _fold(text)
    spans: list[tuple[int, int]] = []
    for source in sources:
        if grams.isdisjoint(_grams_of(source, seed)):
            continue
        runs = _matches(folded.signs, _fold(source).signs, seed)
        spans += [(folded.starts[a], folded.ends[b - 1]) for a, b in runs if _length(text, folded, (a, b)) >= at_least]
    return merged(spans)


@lru_cache(maxsize=64)  # a sentence is held against what was shown, and against the whole corpus
def signs_of(text: str) -> str:
    """`text` as it is compared, one sign for each mark, mask and figure: for many texts at once, where no place in them is asked for."""
    masked = "".join(re.sub(_ONE_SIGN, _MASK, text).split())
    return masked.translate({ord(sign): _MARK for sign in set(masked) if sign != _MASK and not (sign == "_" or sign.isalnum())})


def ngram_overlap(a: str, b: str, n: int) -> float:
    """The share of the n-grams of `a` that stand in `b` too, 0 to 1; 0 where `a` is shorter than n."""
    signs, others = _fold(a).signs, _fold(b).signs
    grams = [signs[i : i + n] for i in range(len(signs) - n + 1)]
    known = {others[i : i + n] for i in range(len(others) - n + 1)}
    return sum(gram in known for gram in grams) / len(grams) if grams else 0.0


def merged(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """`spans` in order, those that meet or overlap made one."""
    whole: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if whole and start <= whole[-1][1]:
            whole[-1] = (whole[-1][0], max(end, whole[-1][1]))
        else:
            whole.append((start, end))
    return whole


def _grams(signs: str, size: int) -> frozenset[str]:
    return frozenset(signs[i : i + size] for i in range(len(signs) - size + 1))


@lru_cache(maxsize=512)  # a draft is held against the same sources sentence after sentence
def _grams_of(source: str, size: int) -> frozenset[str]:
    return _grams(_fold(source).signs, size)


@lru_cache(maxsize=8)  # the sources of a draft, held against one seed for runs and some for sentences
def _grams_of_all(sources: tuple[str, ...], size: int) -> frozenset[str]:
    return frozenset().union(*(_grams_of(source, size) for source in sources))


@lru_cache(maxsize=512)
def _fold(text: str) -> _Folded:
    tokens = [match for match in _TOKEN.finditer(text) if match.lastgroup != "space"]
    signs = "".join({"mask": _MASK, "mark": _MARK}.get(t.lastgroup or "", t.group()) for t in tokens)
    return _Folded(signs, tuple(t.start() for t in tokens), tuple(t.end() for t in tokens))


@lru_cache(maxsize=8)  # one text is held against many others
def _places(signs: str, size: int) -> Mapping[str, Sequence[int]]:
    places: dict[str, list[int]] = {}
    for i in range(len(signs) - size + 1):
        known = places.setdefault(signs[i : i + size], [])
        if len(known) < _MOST_PLACES:
            known.append(i)
    return places


def _matches(a: str, b: str, seed: int) -> Iterator[tuple[int, int]]:
    """Runs of `a`, as spans in `a`, that stand in `b`, `seed` signs long or longer, none of which can be widened."""
    places = _places(a, seed)
    for j in range(len(b) - seed + 1):
        for i in places.get(b[j : j + seed], ()):
            if i and j and a[i - 1] == b[j - 1]:
                continue  # part of a run that began further left
            yield i, i + _common(a, i, b, j, seed)


def _common(a: str, i: int, b: str, j: int, known: int) -> int:
    """How far a[i:] and b[j:] are the same, `known` signs at least. Slices, growing and then halved: a run may be long."""
    length, step = known, known
    while step:
        next_a, next_b = a[i + length : i + length + step], b[j + length : j + length + step]
        if len(next_a) == step and next_a == next_b:
            length += step
            step *= 2
        else:
            step //= 2
    return length


def _length(text: str, folded: _Folded, run: tuple[int, int]) -> int:
    return len("".join(text[folded.starts[run[0]] : folded.ends[run[1] - 1]].split()))
