"""Speech, Section, Paragraph: the tree that every other room talks in."""

from collections.abc import Iterator, Sequence

from pydantic import BaseModel, ConfigDict

from speech.brief import Genre

OPENING, CLOSING = "开头", "结尾"


class Paragraph(BaseModel):
    """One paragraph and where it stands: `path` is 开头, 结尾, 二, 二（一） or 二（一）1."""

    model_config = ConfigDict(frozen=True)

    path: str
    text: str


class Section(BaseModel):
    """A numbered part. `number` is as printed (一、 （一） 1. 第一，), `heading` has no final full stop.

    `run_in`: the heading ends in 。 and the text goes on in the same line (domain notes, seeds 002 and 003).
    """

    model_config = ConfigDict(frozen=True)

    level: int
    number: str
    heading: str
    run_in: bool = False
    paragraphs: tuple[str, ...] = ()
    sections: tuple["Section", ...] = ()


class Speech(BaseModel):
    """A whole speech. What is not there is None or empty; nothing is guessed.

    `byline` are the lines under the title: speaker, or date in （）; `speaker` and `date` are what they or the signature say,
    as printed. `genre_confidence` runs from 0 to 1. `promised_points` is the number in 讲三点意见.
    """

    model_config = ConfigDict(frozen=True)

    title: str | None = None
    byline: tuple[str, ...] = ()
    speaker: str | None = None
    date: str | None = None
    genre: Genre | None = None
    genre_confidence: float = 0.0
    salutation: str | None = None
    opening: tuple[str, ...] = ()
    promised_points: int | None = None
    sections: tuple[Section, ...] = ()
    closing: tuple[str, ...] = ()
    signature: str | None = None
    truncated: bool = False

    def paragraphs(self) -> Iterator[Paragraph]:
        """Every paragraph of the body in order, headings left out."""
        yield from (Paragraph(path=OPENING, text=text) for text in self.opening)
        for section in self.sections:
            yield from _walk(section, "")
        yield from (Paragraph(path=CLOSING, text=text) for text in self.closing)

    def with_paragraphs(self, texts: Sequence[str]) -> "Speech":
        """The same speech with `texts` for its paragraphs, in the order of `paragraphs()`: headings and numbers stay."""
        rest = iter(texts)
        opening = tuple(next(rest) for _ in self.opening)
        sections = tuple(_with(section, rest) for section in self.sections)
        closing = tuple(next(rest) for _ in self.closing)
        if next(rest, None) is not None:
            raise ValueError("more texts than paragraphs")
        return self.model_copy(update={"opening": opening, "sections": sections, "closing": closing})

    def headings(self) -> dict[str, str]:
        """Every heading by the path of its section."""
        return dict(_headings(self.sections, ""))


def _walk(section: Section, above: str) -> Iterator[Paragraph]:
    path = above + section.number.rstrip("、，")
    yield from (Paragraph(path=path, text=text) for text in section.paragraphs)
    for below in section.sections:
        yield from _walk(below, path)


def _with(section: Section, rest: Iterator[str]) -> Section:
    paragraphs = tuple(next(rest) for _ in section.paragraphs)
    return section.model_copy(update={"paragraphs": paragraphs, "sections": tuple(_with(one, rest) for one in section.sections)})


def _headings(sections: Sequence[Section], above: str) -> Iterator[tuple[str, str]]:
    for section in sections:
        path = above + section.number.rstrip("、，")
        yield path, section.heading
        yield from _headings(section.sections, path)


def characters(text: str) -> int:
    """Length as this field counts it: characters without white space."""
    return len("".join(text.split()))
