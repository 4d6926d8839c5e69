"""A Speech as a Word file in the layout of GB/T 9704-2012: what stands in which line. The layout itself: docx_layout.py."""

import contextlib
import math
import os
import re
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from pathlib import Path

import docx
from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_COLOR_INDEX
from docx.text.paragraph import Paragraph

from speech import placeholders
from speech.document import Section, Speech
from speech.docx_layout import (
    BODY,
    BOLD,
    FONTS,
    HEADINGS,
    STYLE_BODY,
    STYLE_BYLINE,
    STYLE_LIST,
    STYLE_SALUTATION,
    STYLE_SIGNATURE,
    STYLE_TITLE,
    indent,
    printable,
    set_fonts,
    set_page,
    set_properties,
    set_styles,
)
from speech.errors import DraftError
from speech.formulations import public_spans
from speech.lines import DATE, MASK
from speech.render import first_line
from speech.words import cut

# 28 characters of 三号 take the room of 20 of 二号.
_TITLE_CHARACTERS = 20
_KEEPS_TOGETHER = re.compile(rf"[{MASK}]|^[“《（(—在于和与及]|.[的地得之上”》）)，、。；：！？]")
_GOOD_BREAK = re.compile(r"^[\s\u3000]\n|^.\n[\s\u3000]|\n暨")
_MOST_TITLE_LINES = 4
_WORTH_OF_A_GOOD_BREAK = 6  # characters that the lines may be less even for it


@dataclass(frozen=True)
class Reference:
    """A passage that the speech was written from: its document and heading, and the parts written from it (开头, 二（一）)."""

    document: str
    heading: str = ""
    used: tuple[str, ...] = ()


def to_docx(speech: Speech, path: Path, highlight: bool = True, sources: Sequence[Reference] = ()) -> None:
    """Write `speech` to `path`, the placeholders on yellow unless `highlight` is false, `sources` as an annex on a new page.

    Written beside it first and moved into place: a file that stood there is whole or replaced.
    Raises DraftError where it cannot be written.
    """
    document = _document(speech, highlight, sources)
    beside = path.with_name(f".{path.name}.{uuid.uuid4().hex}.tmp")
    try:
        with beside.open("xb") as file:
            document.save(file)
        os.replace(beside, path)
    except OSError as error:
        raise DraftError(f"写不成文件 {path}（{error.strerror or error}）", "请换一个可以写入的位置") from error
    finally:
        with contextlib.suppress(OSError):
            beside.unlink()


def _document(speech: Speech, highlight: bool, sources: Sequence[Reference]) -> Document:
    document = docx.Document()
    set_styles(document)
    set_page(document)
    set_properties(document, speech.title or "")
    for line in _lines(speech):
        _write(_paragraph(document, line), line, highlight)
    for line in _annex(sources):
        _write(_paragraph(document, line), line, highlight=False)
    return document


def _paragraph(document: Document, line: "_Line") -> Paragraph:
    paragraph = document.add_paragraph(style=line.style)
    if line.right_characters is not None:
        indent(paragraph, right=line.right_characters)
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    if line.keeps_next:
        paragraph.paragraph_format.keep_with_next = True
    if line.new_page:
        paragraph.paragraph_format.page_break_before = True
    return paragraph


@dataclass(frozen=True)
class _Line:
    """A paragraph of the file: `lead` is set in the font `lead_font`, `bold` or not, the rest in that of the style."""

    style: str
    text: str
    lead: str = ""
    lead_font: str = BODY
    bold: bool = False
    right_characters: float | None = None
    keeps_next: bool = False
    new_page: bool = False


def _lines(speech: Speech) -> Iterator[_Line]:
    above = [_Line(STYLE_TITLE, _broken_title(speech.title))] if speech.title else []
    above += [_Line(STYLE_BYLINE, text) for text in speech.byline]
    yield from above
    if above:
        # 7.3.2: a blank line between the title and the address.
        yield _Line(STYLE_SALUTATION, "")
    if speech.salutation:
        yield _Line(STYLE_SALUTATION, speech.salutation.rstrip("：:，,。 ") + ("" if speech.salutation[-1] in "！!" else "："))
    yield from (_Line(STYLE_BODY, text) for text in speech.opening)
    for section in speech.sections:
        yield from _section_lines(section)
    for text in speech.closing:
        # A signature that stands alone on a page could be put under anything.
        yield _Line(STYLE_BODY, text, keeps_next=bool(speech.signature) and text is speech.closing[-1])
    if speech.signature:
        yield _Line(STYLE_BODY, "", keeps_next=True)
        yield from _signature_lines(speech.signature.splitlines())


def _annex(sources: Sequence[Reference]) -> Iterator[_Line]:
    """附件 flush left on a page of its own, its title on the third line, the entries numbered with hanging indents."""
    if not sources:
        return
    yield _Line(STYLE_SALUTATION, "", lead="附件", lead_font=HEADINGS[1], new_page=True, keeps_next=True)
    yield _Line(STYLE_SALUTATION, "", keeps_next=True)
    yield _Line(STYLE_TITLE, "素材来源", keeps_next=True)
    yield _Line(STYLE_SALUTATION, "", keeps_next=True)
    for number, source in enumerate(sources, 1):
        document = source.document if source.document.startswith("《") else f"《{source.document}》"
        heading = f"“{source.heading}”部分" if source.heading else ""
        used = f"（用于{'、'.join(source.used)}）" if source.used else ""
        yield _Line(STYLE_LIST, f"{number}.\t{document}{heading}{used}")


def _broken_title(title: str) -> str:
    """7.3.1: a title longer than a line is broken into lines of nearly one length, never inside a word, a mask or a set phrase.

    A subtitle (——) begins a line; so do 暨 and what stands behind a blank, where the lines do not become too uneven by it.
    """
    if "\n" in title or _width(title) <= _TITLE_CHARACTERS:
        return title
    return "\n".join(_broken(part) for part in re.split("(?=——)", title) if part.strip())


def _broken(part: str) -> str:
    fewest = math.ceil(_width(part) / _TITLE_CHARACTERS)
    # One line more where there is no good place to break the fewest.
    return next((broken for lines in (fewest, fewest + 1) if (broken := _broken_into(part, lines))), part.strip())


def _broken_into(part: str, lines: int) -> str | None:
    if lines > _MOST_TITLE_LINES:
        return None
    ways = [
        [part[start:end] for start, end in pairwise([0, *cuts, len(part)])] for cuts in combinations(_breaks(part), lines - 1)
    ]
    fitting = [way for way in ways if max(_width(line.strip()) for line in way) <= _TITLE_CHARACTERS]
    return "\n".join(line.strip() for line in min(fitting, key=_unevenness)) if fitting else None


def _breaks(title: str) -> list[int]:
    """Where a line may end: between words, but in no mask and no set phrase (党建引领), and before no particle."""
    phrases = [(start, end) for start, end, _ in public_spans(title) if end - start <= _TITLE_CHARACTERS // 2]
    words = [word.end for word in cut(title).words[:-1] if not _KEEPS_TOGETHER.search(title[word.end - 1 : word.end + 1])]
    return [at for at in words if not any(start < at < end for start, end in phrases)]


def _unevenness(lines: list[str]) -> float:
    """Lines of one length are best; 梯形 and 菱形 are right (7.3.1), an hourglass is not."""
    widths = [_width(line.strip()) for line in lines]
    mean = sum(widths) / len(widths)
    good = sum(_GOOD_BREAK.search(f"{above[-1]}\n{below}") is not None for above, below in pairwise(lines))
    waists = sum(before > here < after for before, here, after in zip(widths, widths[1:], widths[2:], strict=False))
    return sum(abs(width - mean) for width in widths) + _WORTH_OF_A_GOOD_BREAK * (2 * waists - good)


def _section_lines(section: Section) -> Iterator[_Line]:
    level = min(max(section.level, 1), max(HEADINGS))
    heading, run_in, taken = first_line(section)
    if taken:
        # Only the first sentence of a run-in heading is set in the heading's font.
        yield _Line(
            STYLE_BODY,
            run_in,
            lead=heading,
            lead_font=HEADINGS[level] if section.run_in else BODY,
            bold=section.run_in and level in BOLD,
        )
    elif heading:
        yield _Line(f"Heading {level}", heading)
    yield from (_Line(STYLE_BODY, text) for text in section.paragraphs[taken:])
    for below in section.sections:
        yield from _section_lines(below)


def _signature_lines(lines: list[str]) -> Iterator[_Line]:
    """7.3.5.2: signer two characters from the right; the date starts two characters right of the signer's first one.

    A date too long for that stands two characters from the right itself, and the signer moves to the left.
    """
    rights = [2.0] * len(lines)
    if len(lines) > 1 and re.match(DATE, lines[-1]):
        signer, date = _width(lines[-2]), _width(lines[-1])
        rights[-2:] = [date - signer + 4, 2.0] if date > signer else [2.0, signer - date]
    for n, (text, right) in enumerate(zip(lines, rights, strict=True), 1):
        yield _Line(STYLE_SIGNATURE, text, right_characters=right, keeps_next=n < len(lines))


def _width(text: str) -> float:
    """In characters: figures and Latin letters take half of one."""
    return sum(0.5 if character.isascii() else 1.0 for character in text)


def _write(paragraph: Paragraph, line: _Line, highlight: bool) -> None:
    """The text of a line in runs: one for each change of font or of highlighting."""
    text = printable(line.lead + line.text)
    masked = [(found.start, found.end) for found in placeholders.find(text)] if highlight else []
    lead = len(printable(line.lead))
    edges = sorted({0, lead, len(text), *(edge for span in masked for edge in span)})
    for start, end in pairwise(edges):
        run = paragraph.add_run(text[start:end])
        set_fonts(run, line.lead_font if start < lead else FONTS[line.style])
        if line.bold and start < lead:
            run.bold = True
        if any(a <= start and end <= b for a, b in masked):
            run.font.highlight_color = WD_COLOR_INDEX.YELLOW
