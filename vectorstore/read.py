"""read(path): one file as it is understood, from its bytes to its tree and its placeholders."""

from datetime import date
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from speech.brief import Genre
from speech.document import Section, Speech
from speech.finding import Finding
from speech.parse import parse
from speech.placeholders import Placeholder, find
from speech.review import structure
from speech.review.reading import Reading
from vectorstore.clean import NoiseLine, clean, readable
from vectorstore.load import Loaded, load
from vectorstore.split import Part, speeches

_FAMILIES = frozenset({"numbering", "promise"})


class Source(BaseModel):
    """Where a text came from. `sha256` is of the file's bytes."""

    model_config = ConfigDict(frozen=True)

    name: str
    encoding: str
    sha256: str


class ParsedSpeech(BaseModel):
    """A speech as it is read: cleaned, structured, typed.

    `text` is the reading copy: without noise, half-width marks made full-width. Offsets in `placeholders` and
    `findings` count in it. `findings` are those of the families numbering and promise. `line` is where the speech begins in
    its file, and noise lines count in the file.
    """

    model_config = ConfigDict(frozen=True)

    source: Source
    line: int = 1
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
    noise: tuple[NoiseLine, ...] = ()
    placeholders: tuple[Placeholder, ...] = ()
    findings: tuple[Finding, ...] = ()
    text: str = ""

    def speech(self) -> Speech:
        """The tree alone."""
        return Speech(**{name: getattr(self, name) for name in Speech.model_fields})


class Parsed(ParsedSpeech):
    """A file as it is read: its speech, and where it holds several, the first of them with the others as `joined`."""

    joined: tuple[ParsedSpeech, ...] = ()


def read(path: Path) -> Parsed:
    """Load, clean, parse and type one file. Raises FileRefused where it cannot be read as text."""
    return read_loaded(load(path))


def read_loaded(loaded: Loaded) -> Parsed:
    """The same for a file whose text is at hand. Of several speeches in it the first one; the others are its `joined`."""
    first, *others = [_read_part(loaded, part) for part in speeches(loaded.text)]
    return Parsed(**dict(first), joined=tuple(others))


def _read_part(loaded: Loaded, part: Part) -> ParsedSpeech:
    cleaned = clean(part.text)
    text = readable(cleaned.text)
    speech = parse(text)
    structural = structure.check(Reading(text, speech, None, (), date.today())).findings
    return ParsedSpeech(
        source=Source(name=loaded.name, encoding=loaded.encoding, sha256=loaded.sha256),
        line=part.line,
        **{name: getattr(speech, name) for name in Speech.model_fields if name != "truncated"},
        truncated=cleaned.truncated,
        noise=tuple(noise.model_copy(update={"line": noise.line + part.line - 1}) for noise in cleaned.noise),
        placeholders=tuple(find(text)),
        findings=tuple(finding for finding in structural if finding.rule.split(".")[0] in _FAMILIES),
        text=text,
    )
