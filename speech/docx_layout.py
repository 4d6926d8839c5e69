"""The layout of GB/T 9704-2012 in a Word file: page, grid, styles, fonts, page numbers.

A speech is no statutory document, so all of it is by reference: A4, margins that leave a type area of 156×225 mm (5.2.1),
22 lines of 28 characters (5.2.3), type 三号 (5.2.2), heading fonts of 7.3.3, page number of 7.5.
"""

import re
from datetime import UTC, datetime
from xml.sax.saxutils import quoteattr

from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import nsdecls, qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.section import Section as Page
from docx.shared import Mm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.text.paragraph import Paragraph
from docx.text.run import Run

TITLE, BODY, BYLINE = "方正小标宋简体", "仿宋_GB2312", "楷体_GB2312"
HEADINGS = {1: "黑体", 2: "楷体_GB2312", 3: "仿宋_GB2312", 4: "仿宋_GB2312"}
LATIN, PAGE_NUMBER = "Times New Roman", "宋体"
TITLE_SIZE, BODY_SIZE, PAGE_NUMBER_SIZE = Pt(22), Pt(16), Pt(14)

# 225 mm / 22 lines is 28.99 pt; 29 pt would leave room for 21 lines only.
LINE = Pt(28.95)
LINE_TWIPS = 579
# 28 characters of 16 pt are 448 pt, the type area is 442.2 pt wide: each gives up 848/4096 pt in the grid that Word shows in
# its page setup. The text is not snapped to that grid, for LibreOffice would give a character wider than its cell two cells: it
# is set closer by 6/20 pt instead. 5/20 would do, but LibreOffice rounds it, to 27 characters a line.
CHARACTER_SPACE = -848
CLOSER_TWIPS = -6
# The dash of the page number stands 7 mm below the type area (7.5), in the middle of a line of 14 pt.
FOOTER_DISTANCE = Mm(35 - 7) - PAGE_NUMBER_SIZE // 2

# Names of built-in styles: Word builds its navigation pane and a table of contents from them.
STYLE_TITLE, STYLE_BODY, STYLE_BYLINE, STYLE_SALUTATION, STYLE_SIGNATURE = (
    "Title",
    "Normal",
    "Subtitle",
    "Salutation",
    "Signature",
)
STYLE_LIST = "List Number"
# By 7.3.3 the third level is set in the type of the body, from which only weight can tell it: that is practice, not the standard.
BOLD = {3}
_NUMBER_WIDTH = 1.5  # characters: 10. in half-width figures

_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def printable(text: str) -> str:
    """`text` without the characters that XML cannot hold."""
    return _UNPRINTABLE.sub("", text)


FONTS = {
    STYLE_TITLE: TITLE,
    STYLE_BODY: BODY,
    STYLE_BYLINE: BYLINE,
    STYLE_SALUTATION: BODY,
    STYLE_SIGNATURE: BODY,
    STYLE_LIST: BODY,
    **{f"Heading {level}": font for level, font in HEADINGS.items()},
}


def set_styles(document: Document) -> None:
    styles = document.styles
    _clear_theme_fonts(styles.element)
    _clear_theme_fonts(document.settings.element)
    # As Word does in Chinese: two marks side by side give up their blank halves rather than push a character over the line.
    document.settings.element.find(qn("w:characterSpacingControl")).set(qn("w:val"), "compressPunctuation")
    _set_font_table(document)
    for name, font in FONTS.items():
        style = styles[name] if name in styles else styles.add_style(name, 1, builtin=True)
        assert isinstance(style, ParagraphStyle)
        style.base_style = None if name == STYLE_BODY else styles[STYLE_BODY]
        for leftover in (*style.element.findall(qn("w:pPr")), *style.element.findall(qn("w:rPr"))):
            style.element.remove(leftover)
        _set_style_fonts(style, font, TITLE_SIZE if name == STYLE_TITLE else BODY_SIZE)
        style.font.bold = name.startswith("Heading") and int(name[-1]) in BOLD
        _set_style_paragraph(style, name)
    _set_fonts_of(styles.element.find(f".//{qn('w:rPrDefault')}/{qn('w:rPr')}"), BODY, LATIN)


def _set_style_fonts(style: ParagraphStyle, font: str, size: Pt) -> None:
    style.font.size = size
    style.font.italic = False
    style.font.color.rgb = RGBColor(0, 0, 0)
    properties = style.element.get_or_add_rPr()
    _set_fonts_of(properties, font, LATIN)
    _put(properties, "snapToGrid", 0, before=("color", "sz"))
    if size == BODY_SIZE:
        _put(properties, "spacing", CLOSER_TWIPS, before=("sz",))


def _put(properties: BaseOxmlElement, name: str, value: int, before: tuple[str, ...]) -> None:
    """Put w:name in its place: Word refuses a file whose properties are out of order."""
    child = OxmlElement(f"w:{name}")
    child.set(qn("w:val"), str(value))
    properties.insert_element_before(child, *(f"w:{follower}" for follower in before))


def _set_style_paragraph(style: ParagraphStyle, name: str) -> None:
    layout = style.paragraph_format
    layout.space_before = layout.space_after = Pt(0)
    layout.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    layout.line_spacing = LINE
    layout.widow_control = False
    properties = style.element.get_or_add_pPr()
    for switch in ("autoSpaceDE", "autoSpaceDN", "adjustRightInd", "snapToGrid"):
        _put(properties, switch, 0, before=("spacing", "ind", "jc"))
    if name in (STYLE_TITLE, STYLE_BYLINE):
        layout.alignment = WD_ALIGN_PARAGRAPH.CENTER
    elif name != STYLE_SIGNATURE:
        layout.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    if name == STYLE_LIST:
        # The number stands where a paragraph begins; what does not fit in the line goes on under the text, not under the number.
        indent(style, left=2 + _NUMBER_WIDTH, first=-_NUMBER_WIDTH)
    else:
        indent(style, first=2 if name == STYLE_BODY or name.startswith("Heading") else 0)
    if name.startswith("Heading"):
        layout.keep_with_next = True
        level = OxmlElement("w:outlineLvl")
        level.set(qn("w:val"), str(int(name[-1]) - 1))
        style.element.get_or_add_pPr().append(level)


def indent(target: Paragraph | ParagraphStyle, first: float | None = None, left: float = 0, right: float = 0) -> None:
    """Indents in characters of the grid; those in twips stand beside them for readers that know no others.

    A negative `first` hangs.
    """
    properties = target._element.get_or_add_pPr()
    indent = properties.get_or_add_ind()
    hanging = -first if first and first < 0 else None
    first = None if hanging else first
    for name, characters in (("firstLine", first), ("hanging", hanging), ("left", left or None), ("right", right or None)):
        if characters is not None:
            indent.set(qn(f"w:{name}Chars"), str(round(characters * 100)))
            indent.set(qn(f"w:{name}"), str(round(characters * BODY_SIZE.pt * 20)))


def set_fonts(run: Run, font: str, latin: str = LATIN) -> None:
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


# What to use where a font is missing, the nearest first: (names, PANOSE, family, pitch). 仿宋_GB2312 and 楷体_GB2312 are no
# longer part of Windows, 方正小标宋简体 never was.
_INSTEAD = {
    TITLE: ("FZXiaoBiaoSong-B05S,小标宋体,华文中宋,STZhongsong,宋体", "02010601030101010101", "auto", "variable"),
    BODY: ("仿宋,FangSong,华文仿宋,STFangsong", "02010609030101010101", "modern", "fixed"),
    BYLINE: ("楷体,KaiTi,华文楷体,STKaiti", "02010609030101010101", "modern", "fixed"),
    HEADINGS[1]: ("SimHei,华文黑体,STHeiti,等线", "02010609060101010101", "modern", "fixed"),
    PAGE_NUMBER: ("SimSun,华文宋体,STSong", "02010600030101010101", "auto", "variable"),
    LATIN: ("Liberation Serif", "02020603050405020304", "roman", "variable"),
}


def _set_font_table(document: Document) -> None:
    """The template's table lists Cambria and ＭＳ 明朝; ours says what stands in for each Chinese font."""
    rows = []
    for name, (others, panose, family, pitch) in _INSTEAD.items():
        charset = "00" if name == LATIN else "86"
        rows.append(
            f"<w:font w:name={quoteattr(name)}><w:altName w:val={quoteattr(others)}/><w:panose1 w:val={quoteattr(panose)}/>"
            f"<w:charset w:val={quoteattr(charset)}/><w:family w:val={quoteattr(family)}/><w:pitch w:val={quoteattr(pitch)}/></w:font>"
        )
    [part] = [rel.target_part for rel in document.part.rels.values() if rel.reltype == RELATIONSHIP_TYPE.FONT_TABLE]
    xml = f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:fonts {nsdecls("w")}>{"".join(rows)}</w:fonts>'
    part._blob = xml.encode()


def _clear_theme_fonts(element: BaseOxmlElement) -> None:
    """A theme font wins over a named one, so none may stay; the template's language is Japanese."""
    for fonts in element.iter(qn("w:rFonts")):
        for name in [name for name in fonts.attrib if name.lower().endswith("theme")]:
            del fonts.attrib[name]
    for language in element.iter(qn("w:lang"), qn("w:themeFontLang")):
        language.set(qn("w:eastAsia"), "zh-CN")


def set_page(document: Document) -> None:
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
        paragraph.style = document.styles[STYLE_BODY]
        paragraph.alignment = alignment
        paragraph.paragraph_format.line_spacing = PAGE_NUMBER_SIZE
        indent(paragraph, first=0, left=left, right=right)
        for part in ("— ", "PAGE", " —"):
            run = paragraph.add_run("" if part == "PAGE" else part)
            run.font.size = PAGE_NUMBER_SIZE
            set_fonts(run, PAGE_NUMBER, PAGE_NUMBER)
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


def set_properties(document: Document, title: str) -> None:
    """The template's own author and remark would go out with every speech."""
    properties = document.core_properties
    properties.title = printable(title)[:255]
    properties.author = properties.last_modified_by = properties.comments = properties.keywords = properties.subject = ""
    properties.language = "zh-CN"
    properties.created = properties.modified = datetime.now(UTC).replace(tzinfo=None)
