"""Patterns: how the sentences of many speeches begin or end alike, with facts taken out."""

import re
from collections import defaultdict
from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict

from speech import specifics, words
from speech.brief import SpeechBrief

GAP = "…"
_SHORTEST = 4
_LONGEST_ALONE = 24
_MOSTLY = 0.7
_FEW = 2  # documents; more that agree in nothing have no pattern
_COUNTED = re.compile(r"(?<=[讲谈提作从就])[一二两三四五六七八九十\d]+(?=[点个方条])")
_NOTHING_TOLD = SpeechBrief(topic="无")


class Pattern(BaseModel):
    """`text` with … where a sentence goes on (or, of an ending, comes from), and in how many documents it stands."""

    model_config = ConfigDict(frozen=True)

    text: str
    documents: int


def masked(text: str) -> str:
    """`text` with every specific, and every count of points, as a mask."""
    return _COUNTED.sub("×", specifics.mask_unsupported(text, _NOTHING_TOLD)[0])


def starts(speeches: Sequence[Sequence[str]], most: int) -> list[Pattern]:
    """How sentences begin in more than one document, the most common first: whole words, as far as they go together.

    Of one or two documents that do not agree, how the first sentence of each begins.
    """
    cut = [[_heads(masked(sentence)) for sentence in sentences] for sentences in speeches]
    return [
        Pattern(text=text + GAP if not text.endswith(("。", "！", "：")) else text, documents=count)
        for text, count in _shared(cut, most)
    ]


def endings(speeches: Sequence[Sequence[str]], most: int) -> list[Pattern]:
    """The same for how sentences end."""
    cut = [[_tails(masked(sentence)) for sentence in sentences] for sentences in speeches]
    return [Pattern(text=text if whole else GAP + text, documents=count) for text, count, whole in _with_whole(cut, most)]


def _with_whole(cut: Sequence[Sequence[Sequence[str]]], most: int) -> list[tuple[str, int, bool]]:
    wholes = {tails[-1] for sentences in cut for tails in sentences if tails}
    return [(text, count, text in wholes) for text, count in _shared(cut, most)]


def _heads(sentence: str) -> list[str]:
    """Every beginning of a sentence that ends with a word, the shortest first; the first two clauses at most."""
    ends = [word.end for word in words.cut(sentence).words]
    stop = _after_clauses(sentence, 2)
    return [sentence[:end] for end in ends if _SHORTEST <= end <= stop]


def _tails(sentence: str) -> list[str]:
    begins = [word.start for word in words.cut(sentence).words]
    return [sentence[begin:] for begin in reversed(begins) if len(sentence) - begin > _SHORTEST]


def _after_clauses(sentence: str, count: int) -> int:
    marks = [match.end() for match in re.finditer("[，：；。！？]", sentence)]
    return marks[count - 1] if len(marks) >= count else len(sentence)


def _shared(cut: Sequence[Sequence[Sequence[str]]], most: int) -> list[tuple[str, int]]:
    """The most common pieces, each as long as most of the documents that have it agree; none inside another."""
    held: dict[str, set[int]] = defaultdict(set)
    for document, sentences in enumerate(cut):
        for pieces in sentences:
            for piece in pieces:
                held[piece].add(document)
    common = {piece: len(documents) for piece, documents in held.items() if len(documents) > 1}
    if not common:
        if len(cut) > _FEW:
            return []
        alone = [next((p for p in reversed(pieces) if len(p) <= _LONGEST_ALONE), "") for one in cut for pieces in one[:1]]
        return [(piece, 1) for piece in dict.fromkeys(alone) if piece][:most]
    kept: list[tuple[str, int]] = []
    for piece in sorted(common, key=lambda piece: (-common[piece], -len(piece), piece)):
        longer = [other for other in common if piece in other and common[other] >= _MOSTLY * common[piece]]
        whole = max(longer, key=lambda other: (len(other), common[other]))
        if not any(whole in other or other in whole for other, _ in kept):
            kept.append((whole, common[whole]))
    return kept[:most]
