"""What a specific says, and what its clause says besides, so that two clauses can be told to speak of one thing."""

import re
from collections.abc import Sequence

from speech.claim_figures import figure_key
from speech.specifics import Specific

_CLAUSE = re.compile(r"[^，。；：！？,;:!?\n]+")
_SENTENCE = re.compile(r"[^。！？；!?;\n]+")
_UNTELLING = re.compile(r"[^\u4e00-\u9fff]+")
_FIGURES = ("count", "amount", "percent")


def says(claim: Specific) -> str:
    """What two specifics have in common that say the same: the number without its unit, or the name without its marks."""
    if claim.kind.value in _FIGURES:
        return figure_key(claim.text).rpartition(":")[0]
    return claim.text.strip("“”‘’《》，。；！？,;.").replace(",", "，").replace(";", "；")


def clause_at(text: str, start: int, end: int) -> tuple[int, int]:
    """The clause of `text` that text[start:end] stands in, as (start, end)."""
    return _around(_CLAUSE, text, start, end)


def sentence_at(text: str, start: int, end: int) -> tuple[int, int]:
    """The sentence of `text` that text[start:end] stands in, as (start, end)."""
    return _around(_SENTENCE, text, start, end)


def _around(pieces: re.Pattern[str], text: str, start: int, end: int) -> tuple[int, int]:
    line = text.rfind("\n", 0, start) + 1
    stop = text.find("\n", end)
    for match in pieces.finditer(text, line, stop if stop >= 0 else len(text)):
        if match.start() <= start < match.end():
            return match.start(), max(end, match.end())
    return start, end


def pairs(text: str, without: Sequence[tuple[int, int]] = ()) -> frozenset[str]:
    """The pairs of Chinese characters that stand side by side in `text`, those of the spans `without` left out."""
    starts = sorted(without)
    kept: list[str] = []
    at = 0
    for start, end in starts:
        kept += [text[at:start], "\n"]
        at = max(at, end)
    kept.append(text[at:])
    runs = _UNTELLING.split("".join(kept))
    return frozenset(run[i : i + 2] for run in runs for i in range(len(run) - 1))


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """The share of the smaller set that the other has too, 0 to 1; 0 where one is empty."""
    smaller = min(len(one), len(other))
    return len(one & other) / smaller if smaller else 0.0
