"""What is known of one finished draft, in plain values: all that the checks of promises.py go by. Imports nothing of ours."""

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Told:
    """The brief, as it was given."""

    genre: str
    topic: str
    title: str = ""
    occasion: str = ""
    length: int = 0
    facts: tuple[str, ...] = ()
    others: tuple[str, ...] = ()

    def words(self) -> list[str]:
        """Every text that may be stated, the longest first."""
        every = (self.title, self.occasion, self.topic, *self.facts, *self.others)
        return sorted((text.rstrip("。；") for text in every if text), key=len, reverse=True)


@dataclass(frozen=True)
class Row:
    """A line of the fill-in sheet: a mask and the spans where it stands."""

    mask: str
    spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Written:
    """A paragraph with the passages it names as its sources, by id and by document."""

    path: str
    text: str
    sources: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Kept:
    """A passage of the corpus: its document's title and its text."""

    document: str
    text: str


@dataclass(frozen=True)
class Exhibit:
    """`said`: all that the model sent; `planted`: what it made up; `reported`: spans of the review's findings; `filled`: the text
    when every gap is answered with `ANSWER`; `markdown` and `word`: the text as those files show it; `planned`: characters by path."""

    told: Told
    text: str
    paragraphs: Sequence[Written]
    sheet: Sequence[Row]
    reported: Sequence[tuple[int, int]]
    corpus: dict[str, Kept]
    said: Sequence[str]
    planted: frozenset[str] = frozenset()
    examples: Sequence[str] = ()
    planned: dict[str, int] = field(default_factory=dict)
    filled: str = ""
    markdown: str = ""
    word: str = ""
    repaid: tuple[str, ...] = ()
