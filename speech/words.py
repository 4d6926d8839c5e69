"""Chinese words of a text with their places: rjieba behind one class and one function."""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import rjieba

NAME_TAGS = ("nr", "nrt", "nrfg", "ns", "nz", "nt")
"""Tags that the dictionary gives to proper names, and to many a word that is none."""

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


class Word(NamedTuple):
    """text[start:end] and its part of speech, a tag of jieba's set (n, nr, ns, v, m …)."""

    text: str
    start: int
    end: int
    tag: str


@dataclass(frozen=True)
class CutText:
    """A text and its words in order; joined they are the text again (but for lone surrogates, each given as "?")."""

    text: str
    words: Sequence[Word]
    starts: Sequence[int]

    def index_at(self, place: int) -> int:
        """The index of the word that text[place] stands in."""
        return bisect_right(self.starts, place) - 1

    def word_at(self, place: int) -> Word:
        return self.words[self.index_at(place)]

    def is_boundary(self, place: int) -> bool:
        """Whether a word begins at `place`."""
        return place >= len(self.text) or self.word_at(place).start == place

    def between(self, start: int, end: int) -> Sequence[Word]:
        """The words that text[start:end] touches; `end` lies behind `start`."""
        return self.words[self.index_at(start) : self.index_at(end - 1) + 1]


def cut(text: str) -> CutText:
    """Cut `text` into words."""
    found: list[Word] = []
    at = 0
    for word, tag in rjieba.tag(_LONE_SURROGATE.sub("?", text)):
        found.append(Word(word, at, at + len(word), tag))
        at += len(word)
    return CutText(text, found, [word.start for word in found])


def is_listed(word: str) -> bool:
    """Whether the dictionary knows `word`."""
    return bool(rjieba.has_word(_LONE_SURROGATE.sub("?", word)))


@lru_cache(maxsize=4096)
def is_proper(word: str) -> bool:
    """Whether the dictionary holds `word` for a proper name (often wrongly; rule out common words first)."""
    tags = rjieba.tag(_LONE_SURROGATE.sub("?", word))
    return len(tags) == 1 and tags[0][1] in NAME_TAGS


def is_verb(word: str) -> bool:
    """Whether the dictionary knows `word`, and as a verb."""
    return _listed_as(word).startswith("v")


def is_noun(word: str) -> bool:
    """Whether the dictionary knows `word`, and as a noun or a name."""
    return _listed_as(word).startswith("n")


@lru_cache(maxsize=4096)
def _listed_as(word: str) -> str:
    tags = rjieba.tag(_LONE_SURROGATE.sub("?", word))
    return str(tags[0][1]) if is_listed(word) and len(tags) == 1 else ""


def makes_word(text: str, start: int, end: int) -> bool:
    """Whether a character of text[start:end] belongs to a dictionary word of two or more; what is only guessed is none."""
    at = 0
    for word in rjieba.cut(_LONE_SURROGATE.sub("?", text), False):
        if len(word) > 1 and at < end and start < at + len(word):
            return True
        at += len(word)
    return False
