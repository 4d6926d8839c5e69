"""Of several answers to one prompt: which says most of what is asked and repeats least of what is written."""

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from functools import lru_cache

from speech.document import characters

_HANZI = re.compile(r"[\u4e00-\u9fff]+")
_TURN = 4  # characters: as long as the turns that a model falls back on, 提高效率, 更加高效
_COPY = 8  # characters of the material in a run: more is no wording of one's own


def worth(answer: str, about: str, written: str, length: int) -> float:
    """How good `answer` is beside others, the higher the better.

    New turns and words of its own count most, then what it says of `about` (its point and material), then how near it
    comes to `length` characters. `written` is what the draft has already, headings and all.
    """
    turns = _runs(answer, _TURN)
    if not turns:
        return 0.0
    known, copies = _runs(written, _TURN), _runs(answer, _COPY)
    fresh = sum(turn not in known for turn in turns) / len(turns)
    own = 1 - sum(copy in about for copy in copies) / max(1, len(copies))
    pairs = _pairs(answer)
    varied = len(set(pairs)) / max(1, len(pairs))
    return 3 * fresh + 2 * own + varied + min(1.0, shared(answer, about) / 8) + min(1.0, characters(answer) / length)


def shared(a: str, b: str) -> int:
    """How many character pairs two texts have in common."""
    return len(set(_pairs(a)) & set(_pairs(b)))


def alike(a: str, b: str, from_: float) -> bool:
    """Whether two texts are as similar as `from_`, 0 to 1, by difflib's measure."""
    # the characters in common, in whatever order, set a bound; most pairs stay below it, at a tenth of the time
    common = sum(min(a.count(sign), b.count(sign)) for sign in set(a))
    if 2 * common < from_ * (len(a) + len(b)):
        return False
    return SequenceMatcher(None, a, b).ratio() >= from_


def _pairs(text: str) -> Sequence[str]:
    return [run[i : i + 2] for run in _HANZI.findall(text) for i in range(len(run) - 1)]


@lru_cache(maxsize=64)  # what is written is the same for every answer
def _runs(text: str, size: int) -> frozenset[str]:
    return frozenset(run[i : i + size] for run in _HANZI.findall(text) for i in range(len(run) - size + 1))
