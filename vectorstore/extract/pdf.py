"""pdf_text(data): the text layer of a PDF, a printed line a line, a blank line after each page.

Lines stay as they are printed: what wraps, page numbers and running heads is for the reader of the text to tell. A line
set in by two characters keeps that as two full-width spaces. PDFium reads the file (BSD and Apache licences).
"""

import ctypes
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median
from typing import Any

from vectorstore.extract import Refused

MOST_PAGES = 1_000
MOST_CHARACTERS = 300_000
MOST_OBJECTS = 2_000
# Points: what is smaller cannot be read.
SMALLEST = 2.5
_INVISIBLE = 3
_WHITE = 245
_HANZI = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef“”‘’]")
_PASSWORD = 4


@dataclass(frozen=True)
class _Glyph:
    """A character as printed: its box in points, from the page's lower left; `made`: a space or break of PDFium's own."""

    text: str
    made: bool
    left: float = 0.0
    bottom: float = 0.0
    right: float = 0.0
    top: float = 0.0
    # Drawn with no ink, and in white: whether it is seen then depends on the page.
    inkless: bool = False
    white: bool = False


def pdf_text(data: bytes) -> tuple[str, str]:
    """The text, and a remark on pages that gave none ("" where all did). Raises Refused."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
        count = len(document)
    except pypdfium2.PdfiumError as error:
        locked = getattr(error, "err_code", None) == _PASSWORD
        raise Refused("PDF 有密码，请先去掉密码" if locked else "PDF 已损坏，或不是真正的 PDF") from error
    if count > MOST_PAGES:
        raise Refused(f"PDF 有 {count} 页，超过 {MOST_PAGES} 页，不像一篇讲稿")
    pages: list[_Page] = []
    size = 0
    for at in range(count):
        pages.append(_page(document, at))
        size += len(pages[-1].text)
        if size > MOST_CHARACTERS:
            raise Refused(f"PDF 超过 {MOST_CHARACTERS // 10_000} 万字，不像一篇讲稿")
    _check_layer(pages)
    pictures = [str(number) for number, page in enumerate(pages, 1) if page.is_picture]
    named = "、".join(pictures[:5]) + (" 等" if len(pictures) > 5 else "")
    return "\n\n".join(page.text for page in pages), f"第 {named} 页是图像，没有文字可读" if pictures else ""


@dataclass(frozen=True)
class _Page:
    """`lost`: how many stretches of text PDFium passed over."""

    text: str
    is_picture: bool = False
    lost: int = 0


def _check_layer(pages: list[_Page]) -> None:
    bare = re.sub(r"\s", "", "".join(page.text for page in pages))
    pictures = sum(page.is_picture for page in pages)
    if pictures * 2 > len(pages) or (pictures and len(bare) < 20):
        raise Refused("PDF 是扫描件，没有文字层，请先用识别（OCR）软件转成文字")
    if sum(page.lost for page in pages) > len(bare) * 0.02:
        raise Refused("PDF 没有嵌入字体，有的字读不出来，请用原文件，或另存为 .docx")
    if not bare:
        raise Refused("PDF 里没有文字")
    broken = sum(1 for c in bare if c == "\ufffd" or "\ue000" <= c <= "\uf8ff" or c < " ")
    if broken > len(bare) * 0.2:
        raise Refused("PDF 的字体没有编码表，文字层是乱码，请用原文件或另存为 .docx")


def _page(document: Any, at: int) -> _Page:
    """One page as read; one that PDFium cannot open is empty."""
    import pypdfium2

    raw = pypdfium2.raw
    try:
        page = document[at]
    except pypdfium2.PdfiumError:
        return _Page("")
    try:
        looks: dict[int, tuple[bool, bool]] = {}
        text = "\n".join(_lines(_seen(page, list(_glyphs(page, looks)))))
        if not text.strip():
            return _Page("", is_picture=any(True for _ in page.get_objects([raw.FPDF_PAGEOBJ_IMAGE], max_depth=3)))
        return _Page(text, lost=_lost(page, looks))
    finally:
        page.close()


def _lost(page: Any, read: dict[int, tuple[bool, bool]]) -> int:
    """Stretches of text that are not among those read, in fonts that are neither in the file nor on this machine.

    PDFium takes a character without a form for one without a width, and passes over a stretch that has no other.
    """
    import pypdfium2.raw as raw

    lost = 0
    for drawn in page.get_objects([raw.FPDF_PAGEOBJ_TEXT], max_depth=3):
        if _address(drawn.raw) not in read:
            font = raw.FPDFTextObj_GetFont(drawn.raw)
            lost += not raw.FPDFFont_GetIsEmbedded(font)
    return lost


def _address(drawn: Any) -> int:
    return ctypes.cast(drawn, ctypes.c_void_p).value or 0


def _glyphs(page: Any, looks: dict[int, tuple[bool, bool]]) -> Iterator[_Glyph]:
    """The characters of a page; `looks` is filled with (inkless, white) by the address of the stretch of text."""
    import pypdfium2.raw as raw

    layer = page.get_textpage()
    box = raw.FS_RECTF()
    try:
        for at in range(min(raw.FPDFText_CountChars(layer), MOST_CHARACTERS + 1)):
            text = _character(raw.FPDFText_GetUnicode(layer, at))
            drawn = raw.FPDFText_GetTextObject(layer, at)
            key = _address(drawn)
            if key not in looks:
                looks[key] = (raw.FPDFTextObj_GetTextRenderMode(drawn) == _INVISIBLE, _is_white(raw, layer, at))
            if raw.FPDFText_IsGenerated(layer, at) == 1 or not text.strip():
                yield _Glyph(text, made=True)
                continue
            raw.FPDFText_GetLooseCharBox(layer, at, box)
            yield _Glyph(text, False, box.left, box.bottom, box.right, box.top, *looks[key])
    finally:
        layer.close()


def _character(code: int) -> str:
    """PDFium gives U+0002 and U+FFFE for a hyphen at the end of a line."""
    if code in (0x2, 0xFFFE):
        return "-"
    return "" if code == 0 or 0xD800 <= code < 0xE000 or code > 0x10FFFF else chr(code)


def _is_white(raw: Any, layer: Any, at: int) -> bool:
    r, g, b, a = (ctypes.c_uint() for _ in range(4))
    if not raw.FPDFText_GetFillColor(layer, at, r, g, b, a):
        return False
    return a.value < 16 or min(r.value, g.value, b.value) >= _WHITE


def _seen(page: Any, glyphs: list[_Glyph]) -> list[_Glyph]:
    """Without what a reader cannot see: outside the page, too small, in no ink, or white on white.

    A page whose text is all without ink is a picture with what was recognised in it: there it is what is read.
    """
    left, bottom, right, top = page.get_bbox()
    ink = any(not (one.made or one.inkless) for one in glyphs)
    grounds = _grounds(page) if any(one.white for one in glyphs) else []

    def is_seen(one: _Glyph) -> bool:
        if one.made:
            return True
        x, y = (one.left + one.right) / 2, (one.bottom + one.top) / 2
        if not (left <= x <= right and bottom <= y <= top) or one.top - one.bottom < SMALLEST or (one.inkless and ink):
            return False
        return not one.white or any(a <= x <= c and b <= y <= d for a, b, c, d in grounds)

    return [one for one in glyphs if is_seen(one)]


def _grounds(page: Any) -> list[tuple[float, float, float, float]]:
    """The boxes of pictures and of filled shapes that are not white: white text may stand on them."""
    import pypdfium2.raw as raw

    found: list[tuple[float, float, float, float]] = []
    for at, drawn in enumerate(page.get_objects(max_depth=3)):
        if at >= MOST_OBJECTS:
            break
        if drawn.type in (raw.FPDF_PAGEOBJ_IMAGE, raw.FPDF_PAGEOBJ_SHADING) or (
            drawn.type == raw.FPDF_PAGEOBJ_PATH and _is_dark(raw, drawn)
        ):
            found.append(drawn.get_bounds())
    return found


def _is_dark(raw: Any, path: Any) -> bool:
    mode, stroke = ctypes.c_int(), ctypes.c_int()
    r, g, b, a = (ctypes.c_uint() for _ in range(4))
    if not raw.FPDFPath_GetDrawMode(path, mode, stroke) or mode.value == 0:
        return False
    return bool(raw.FPDFPageObj_GetFillColor(path, r, g, b, a)) and a.value > 0 and min(r.value, g.value, b.value) < _WHITE


def _lines(glyphs: list[_Glyph]) -> Iterator[str]:
    """Printed lines, each with its indent. A space that PDFium put between two Chinese characters is their spacing."""
    rows: list[list[_Glyph]] = [[]]
    for one in glyphs:
        if one.text in ("\r", "\n"):
            if rows[-1]:
                rows.append([])
        elif one.text:
            rows[-1].append(one)
    drawn = [[one for one in row if not one.made] for row in rows]
    widths = [one.right - one.left for row in drawn for one in row if _HANZI.match(one.text)]
    width = median(widths) if widths else 0.0
    lefts = Counter(round(row[0].left) for row in drawn if row)
    # The margin: where lines begin most often, and further left than where paragraphs do.
    common = [left for left, times in lefts.items() if times >= max(lefts.values()) / 3] if lefts else [0]
    margin = min(common)
    for row, seen in zip(rows, drawn, strict=True):
        if not seen:
            continue
        set_in = width > 0 and 1.5 * width <= seen[0].left - margin <= 2.6 * width
        text = "".join(_spaced(row)).strip()
        yield ("\u3000\u3000" if set_in else "") + text


def _spaced(row: list[_Glyph]) -> Iterator[str]:
    for at, one in enumerate(row):
        between = 0 < at < len(row) - 1 and _HANZI.match(row[at - 1].text) and _HANZI.match(row[at + 1].text)
        if not (one.made and one.text == " " and between):
            yield one.text
