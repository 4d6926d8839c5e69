"""A Speech as a Word file in the layout of GB/T 9704-2012 (a speech is no statutory document: the layout is by reference).

Figures: A4, margins that leave a type area of 156×225 mm (5.2.1), 22 lines of 28 characters (5.2.3), type 三号 (5.2.2),
numbers and heading fonts of 7.3.3, page number of 7.5, signature of 7.3.5.2.
"""

import contextlib
import math
import os
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import docx
from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_COLOR_INDEX, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.section import Section as Page
from docx.shared import Mm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from speech import placeholders
from speech.document import Section, Speech
from speech.errors import DraftError
from speech.lines import DATE, MASK
from speech.render import first_line
from speech.words import cut

TITLE, BODY, BYLINE = "方正小标宋简体", "仿宋_GB2312", "楷体_GB2312"
HEADINGS = {1: "黑体", 2: "楷体_GB2312", 3: "仿宋_GB2312", 4: "仿宋_GB2312"}
LATIN, PAGE_NUMBER = "Times New Roman", "宋体"
TITLE_SIZE, BODY_SIZE, PAGE_NUMBER_SIZE = Pt(22), Pt(16), Pt(14)

# 225 mm / 22 lines is 28.99 pt; 29 pt would leave room for 21 lines only.
LINE = Pt(28.95)
LINE_TWIPS = 579
# 28 characters of 16 pt are 448 pt, the type area is 442.2 pt wide: each gives up 848/4096 pt.
CHARACTER_SPACE = -848
# The dash of the page number stands 7 mm below the type area (7.5), in the middle of a line of 14 pt.
FOOTER_DISTANCE = Mm(35 - 7) - PAGE_NUMBER_SIZE // 2

# 28 characters of 三号 take the room of 20 of 二号.
_TITLE_CHARACTERS = 20
_KEEPS_TOGETHER = re.compile(rf"[{MASK}]|[“《（(]$|.[的地得之上”》）)，、。；：！？]")
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def to_docx(speech: Speech, path: Path, highlight: bool = True) -> None:
    """Write `speech` to `path`, the placeholders on yellow unless `highlight` is false.

    Written beside it first and moved into place: a file that stood there is whole or replaced.
    Raises DraftError where it cannot be written.
    """
    document = _document(speech, highlight)
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


def _document(speech: Speech, highlight: bool) -> Document:
    document = docx.Document()
    _set_styles(document)
    _set_page(document)
    _set_properties(document, speech.title or "")
    for line in _lines(speech):
        paragraph = document.add_paragraph(style=line.style)
        if line.right_characters is not None:
            _indent(paragraph, right=line.right_characters)
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        _write(paragraph, line, highlight)
    return document


# Names of built-in styles: Word builds its navigation pane and a table of contents from them.
_TITLE, _BODY, _BYLINE, _SALUTATION, _SIGNATURE = "Title", "Normal", "Subtitle", "Salutation", "Signature"


@dataclass(frozen=True)
class _Line:
    """A paragraph of the file: `lead` is set in the font `lead_font`, the rest in that of the style."""

    style: str
    text: str
    lead: str = ""
    lead_font: str = BODY
    right_characters: float | None = None


def _lines(speech: Speech) -> Iterator[_Line]:
    above = [_Line(_TITLE, _broken_title(speech.title))] if speech.title else []
    above += [_Line(_BYLINE, text) for text in speech.byline]
    yield from above
    if above:
        # 7.3.2: a blank line between the title and the address.
        yield _Line(_SALUTATION, "")
    if speech.salutation:
        yield _Line(_SALUTATION, speech.salutation.rstrip("：:，,。 ") + ("" if speech.salutation[-1] in "！!" else "："))
    yield from (_Line(_BODY, text) for text in speech.opening)
    for section in speech.sections:
        yield from _section_lines(section)
    yield from (_Line(_BODY, text) for text in speech.closing)
    if speech.signature:
        yield _Line(_BODY, "")
        yield from _signature_lines(speech.signature.splitlines())


def _broken_title(title: str) -> str:
    """7.3.1: a title longer than a line is broken into lines of nearly one length, and never inside a word or a mask."""
    lines = math.ceil(_width(title) / _TITLE_CHARACTERS)
    if lines < 2 or "\n" in title:
        return title
    between = [word.end for word in cut(title).words[:-1] if not _KEEPS_TOGETHER.search(title[word.end - 1 : word.end + 1])]
    cuts = [0]
    for n in range(1, lines):
        right = [at for at in between if at > cuts[-1] and _width(title[cuts[-1] : at]) <= _TITLE_CHARACTERS]
        if not right:
            return title
        cuts.append(min(right, key=lambda at: abs(_width(title[:at]) - _width(title) * n / lines)))
    broken = [title[start:end].strip() for start, end in pairwise([*cuts, len(title)])]
    return title if _width(broken[-1]) > _TITLE_CHARACTERS else "\n".join(broken)


def _section_lines(section: Section) -> Iterator[_Line]:
    level = min(max(section.level, 1), max(HEADINGS))
    heading, run_in, taken = first_line(section)
    if taken:
        # Only the first sentence of a run-in heading is set in the heading's font.
        yield _Line(_BODY, run_in, lead=heading, lead_font=HEADINGS[level] if section.run_in else BODY)
    elif heading:
        yield _Line(f"Heading {level}", heading)
    yield from (_Line(_BODY, text) for text in section.paragraphs[taken:])
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
    for text, right in zip(lines, rights, strict=True):
        yield _Line(_SIGNATURE, text, right_characters=right)


def _width(text: str) -> float:
    """In characters: figures and Latin letters take half of one."""
    return sum(0.5 if character.isascii() else 1.0 for character in text)


def _write(paragraph: Paragraph, line: _Line, highlight: bool) -> None:
    """The text of a line in runs: one for each change of font or of highlighting."""
    text = _UNPRINTABLE.sub("", line.lead + line.text)
    masked = [(found.start, found.end) for found in placeholders.find(text)] if highlight else []
    lead = len(_UNPRINTABLE.sub("", line.lead))
    edges = sorted({0, lead, len(text), *(edge for span in masked for edge in span)})
    for start, end in pairwise(edges):
        run = paragraph.add_run(text[start:end])
        _set_fonts(run, line.lead_font if start < lead else _FONTS[line.style])
        if any(a <= start and end <= b for a, b in masked):
            run.font.highlight_color = WD_COLOR_INDEX.YELLOW


_FONTS = {
    _TITLE: TITLE,
    _BODY: BODY,
    _BYLINE: BYLINE,
    _SALUTATION: BODY,
    _SIGNATURE: BODY,
    **{f"Heading {level}": font for level, font in HEADINGS.items()},
}


def _set_styles(document: Document) -> None:
    styles = document.styles
    _clear_theme_fonts(styles.element)
    _clear_theme_fonts(document.settings.element)
    for name, font in _FONTS.items():
        style = styles[name] if name in styles else styles.add_style(name, 1, builtin=True)
        assert isinstance(style, ParagraphStyle)
        style.base_style = None if name == _BODY else styles[_BODY]
        for leftover in (*style.element.findall(qn("w:pPr")), *style.element.findall(qn("w:rPr"))):
            style.element.remove(leftover)
        _set_style_fonts(style, font, TITLE_SIZE if name == _TITLE else BODY_SIZE)
        _set_style_paragraph(style, name)
    _set_fonts_of(styles.element.find(f".//{qn('w:rPrDefault')}/{qn('w:rPr')}"), BODY, LATIN)


def _set_style_fonts(style: ParagraphStyle, font: str, size: Pt) -> None:
    style.font.size = size
    style.font.bold = False
    style.font.italic = False
    style.font.color.rgb = RGBColor(0, 0, 0)
    _set_fonts_of(style.element.get_or_add_rPr(), font, LATIN)


def _set_style_paragraph(style: ParagraphStyle, name: str) -> None:
    layout = style.paragraph_format
    layout.space_before = layout.space_after = Pt(0)
    layout.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    layout.line_spacing = LINE
    layout.widow_control = False
    if name in (_TITLE, _BYLINE):
        layout.alignment = WD_ALIGN_PARAGRAPH.CENTER
    elif name != _SIGNATURE:
        layout.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    indented = name == _BODY or name.startswith("Heading")
    _indent(style, first=2 if indented else 0)
    if name.startswith("Heading"):
        layout.keep_with_next = True
        level = OxmlElement("w:outlineLvl")
        level.set(qn("w:val"), str(int(name[-1]) - 1))
        style.element.get_or_add_pPr().append(level)


def _indent(target: Paragraph | ParagraphStyle, first: float | None = None, left: float = 0, right: float = 0) -> None:
    """Indents in characters of the grid; those in twips stand beside them for readers that know no others."""
    properties = target._element.get_or_add_pPr()
    indent = properties.get_or_add_ind()
    for name, characters in (("firstLine", first), ("left", left or None), ("right", right or None)):
        if characters is not None:
            indent.set(qn(f"w:{name}Chars"), str(round(characters * 100)))
            indent.set(qn(f"w:{name}"), str(round(characters * BODY_SIZE.pt * 20)))


def _set_fonts(run: Run, font: str, latin: str = LATIN) -> None:
    _set_fonts_of(run._element.get_or_add_rPr(), font, latin)
    # “” … × are neither Chinese nor Latin to Word; without the hint it sets them in the Latin font.
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:hint"), "eastAsia")


def _set_fonts_of(properties: BaseOxmlElement, font: str, latin: str) -> None:
    fonts = properties.find(qn("w:rFonts"))
    if fonts is None:
        fonts = OxmlElement("w:rFonts")
        properties.insert(0, fonts)
    for name, value in (("ascii", latin), ("hAnsi", latin), ("eastAsia", font), ("cs", latin)):
        fonts.set(qn(f"w:{name}"), value)


def _clear_theme_fonts(element: BaseOxmlElement) -> None:
    """A theme font wins over a named one, so none may stay; the template's language is Japanese."""
    for fonts in element.iter(qn("w:rFonts")):
        for name in [name for name in fonts.attrib if name.lower().endswith("theme")]:
            del fonts.attrib[name]
    for language in element.iter(qn("w:lang"), qn("w:themeFontLang")):
        language.set(qn("w:eastAsia"), "zh-CN")


def _set_page(document: Document) -> None:
    page = document.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.top_margin, page.bottom_margin, page.left_margin, page.right_margin = Mm(37), Mm(35), Mm(28), Mm(26)
    page.footer_distance = FOOTER_DISTANCE
    grid = page._sectPr.find(qn("w:docGrid"))
    if grid is None:
        grid = OxmlElement("w:docGrid")
        page._sectPr.append(grid)
    grid.set(qn("w:type"), "linesAndChars")
    grid.set(qn("w:linePitch"), str(LINE_TWIPS))
    grid.set(qn("w:charSpace"), str(CHARACTER_SPACE))
    _set_page_number(document, page)


def _set_page_number(document: Document, page: Page) -> None:
    """7.5: — 1 — in 四号 宋体, one character from the right on odd pages and from the left on even ones."""
    document.settings.odd_and_even_pages_header_footer = True
    for footer, alignment, left, right in (
        (page.footer, WD_ALIGN_PARAGRAPH.RIGHT, 0, 1),
        (page.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT, 1, 0),
    ):
        footer.is_linked_to_previous = False
        paragraph = footer.paragraphs[0]
        paragraph.style = document.styles[_BODY]
        paragraph.alignment = alignment
        paragraph.paragraph_format.line_spacing = PAGE_NUMBER_SIZE
        _indent(paragraph, first=0, left=left, right=right)
        for part in ("— ", "PAGE", " —"):
            run = paragraph.add_run("" if part == "PAGE" else part)
            run.font.size = PAGE_NUMBER_SIZE
            _set_fonts(run, PAGE_NUMBER, PAGE_NUMBER)
            if part == "PAGE":
                _add_page_field(run)


def _add_page_field(run: Run) -> None:
    """A field that Word works out; 1 is what a reader that knows no fields shows."""
    for kind in ("begin", "instruction", "separate", "shown", "end"):
        if kind == "instruction":
            part = OxmlElement("w:instrText")
            part.set(qn("xml:space"), "preserve")
            part.text = " PAGE "
        elif kind == "shown":
            part = OxmlElement("w:t")
            part.text = "1"
        else:
            part = OxmlElement("w:fldChar")
            part.set(qn("w:fldCharType"), kind)
        run._element.append(part)


def _set_properties(document: Document, title: str) -> None:
    """The template's own author and remark would go out with every speech."""
    properties = document.core_properties
    properties.title = _UNPRINTABLE.sub("", title)[:255]
    properties.author = properties.last_modified_by = properties.comments = properties.keywords = properties.subject = ""
    properties.language = "zh-CN"
    properties.created = properties.modified = datetime.now(UTC).replace(tzinfo=None)
