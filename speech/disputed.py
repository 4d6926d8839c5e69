"""Facts of a brief that contradict each other: the same thing told with two figures, of which a draft may state neither."""

from collections.abc import Sequence
from functools import lru_cache

from speech import specifics
from speech.brief import SpeechBrief
from speech.claims import SpecificKind
from speech.masking import mask
from speech.masks import PlaceholderKind

_FIGURES = (SpecificKind.COUNT, SpecificKind.AMOUNT, SpecificKind.PERCENT)
_SAID = 4  # characters beside its figures from which a fact says of what they are


def disputes(facts: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """What is told in several ways → the facts that tell it: {"划分网格×个": ("划分网格1632个", "划分网格1362个")}.

    Facts that differ in a date, a name or a word tell different things.
    """
    told: dict[str, list[str]] = {}
    for fact in dict.fromkeys(one.rstrip("。；，！ ") for one in facts):
        masked, figures = _masked(fact)
        if figures and len(fact) - figures >= _SAID:
            told.setdefault(masked, []).append(fact)
    return {masked: tuple(several) for masked, several in told.items() if len(several) > 1}


def agreed(brief: SpeechBrief) -> SpeechBrief:
    """`brief` with what its facts dispute left open: told once, its figures masked."""
    disputed = disputes(brief.facts)
    if not disputed:
        return brief
    facts = (_masked(fact)[0] if _masked(fact)[0] in disputed else fact for fact in brief.facts)
    return brief.model_copy(update={"facts": tuple(dict.fromkeys(facts))})


@lru_cache(maxsize=256)
def _masked(fact: str) -> tuple[str, int]:
    """A fact with its figures masked, and how many characters they were."""
    stem, gone = fact.rstrip("。；，！ "), 0
    for one in reversed(specifics.find(stem)):
        if one.kind in _FIGURES:
            stem, gone = (
                stem[: one.start] + mask(PlaceholderKind(one.kind.value), one.text) + stem[one.end :],
                gone + one.end - one.start,
            )
    return stem, gone
