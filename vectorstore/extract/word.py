"""docx_text(data): what Word shows of the body of a document, a paragraph a line.

Left out: headers, footers, notes and comments, deleted text, the lines of a table of contents, and what a reader cannot
see (hidden, in the colour of its ground, of three points or less).
"""

import io
import posixpath
import zipfile
from collections.abc import Iterator
from xml.etree import ElementTree as ET

from vectorstore.extract import Refused
from vectorstore.extract.looks import PLAIN, Look, Styles, W, look_of
from vectorstore.extract.numbers import Numbers, numbered

MOST_ENTRIES = 2_000
MOST_UNPACKED = 100 * 2**20
MOST_DOCUMENT = 40 * 2**20
# Word's own XML packs some tenfold; the files that took gigabytes to open were packed several hundredfold.
MOST_RATIO = 150
SMALL = 2**20

_STRICT = b"http://purl.oclc.org/ooxml/wordprocessingml/main"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
# Deleted and moved-away text of tracked changes, pronunciation guides, and the duplicate drawn for older readers.
_UNSEEN = frozenset({W + "del", W + "moveFrom", W + "rt", W + "pPr", W + "rPr", _FALLBACK})
_BODY = "word/document.xml"


def check_zip(archive: zipfile.ZipFile) -> None:
    """Raise Refused for an archive that unpacks to too much: entries, bytes, ratio, as its directory declares them.

    A directory that lies does not help: zipfile stops reading an entry at its declared size.
    """
    entries = archive.infolist()
    if len(entries) > MOST_ENTRIES:
        raise Refused(f"压缩包内有 {len(entries)} 个部件，超过 {MOST_ENTRIES} 个")
    if sum(entry.file_size for entry in entries) > MOST_UNPACKED:
        raise Refused(f"解压后超过 {MOST_UNPACKED // 2**20} MB")
    for entry in entries:
        if entry.flag_bits & 1:
            raise Refused("文件有密码")
        if is_bomb(entry):
            raise Refused("压缩比异常，疑似压缩炸弹")


def is_bomb(entry: zipfile.ZipInfo) -> bool:
    """Does the entry unpack to far more than any text does?"""
    return entry.file_size > SMALL and entry.file_size > MOST_RATIO * max(1, entry.compress_size)


def docx_text(data: bytes) -> str:
    """The visible text of a Word file, one paragraph a line, automatic numbers written out. Raises Refused."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        check_zip(archive)
        body = _body_of(archive)
        if body not in archive.namelist():
            raise Refused("不是 Word 文档（缺少正文部件）")
        if archive.getinfo(body).file_size > MOST_DOCUMENT:
            raise Refused(f"正文解压后超过 {MOST_DOCUMENT // 2**20} MB")
        styles = Styles(_part(archive, "word/styles.xml"))
        numbers = Numbers(_part(archive, "word/numbering.xml"))
        return "\n".join(_Body(styles, numbers).lines(_plain(archive.read(body))))
    except (zipfile.BadZipFile, ET.ParseError, NotImplementedError, EOFError, KeyError, ValueError) as error:
        raise Refused("Word 文档已损坏") from error


def _body_of(archive: zipfile.ZipFile) -> str:
    """The name of the main part; some programs write word/document2.xml."""
    relations = _part(archive, "_rels/.rels")
    for relation in relations if relations is not None else ():
        if relation.get("Type", "").endswith("/officeDocument"):
            return posixpath.normpath(relation.get("Target", _BODY).lstrip("/"))
    return _BODY


def _part(archive: zipfile.ZipFile, name: str) -> ET.Element | None:
    if name not in archive.namelist() or archive.getinfo(name).file_size > MOST_DOCUMENT // 4:
        return None
    return ET.fromstring(_plain(archive.read(name)))


def _plain(xml: bytes) -> bytes:
    """`xml` in the namespace of the transitional schema. Word never writes a DOCTYPE; entity bombs need one."""
    if any("<!DOCTYPE".encode(codec) in xml for codec in ("ascii", "utf-16-le", "utf-16-be")):
        raise Refused("文档内含 DOCTYPE，不予读取")
    return xml.replace(_STRICT, W[1:-1].encode())


class _Body:
    """The lines of a document's body, read as a stream. A table's row is one line where each of its cells is one."""

    def __init__(self, styles: Styles, numbers: Numbers) -> None:
        self._styles = styles
        self._numbers = numbers
        self._hidden = 0
        # Open tables, rows and cells, the innermost last.
        self._tables: list[ET.Element] = []
        self._rows: list[list[list[str]]] = []
        self._cells: list[ET.Element] = []

    def lines(self, xml: bytes) -> Iterator[str]:
        for event, element in ET.iterparse(io.BytesIO(xml), events=("start", "end")):
            found = self._begin(element) if event == "start" else self._end(element)
            if self._rows and self._rows[-1]:
                self._rows[-1][-1].extend(found)
            else:
                yield from found

    def _begin(self, element: ET.Element) -> list[str]:
        if element.tag == _FALLBACK:
            self._hidden += 1
        elif element.tag == W + "tbl":
            self._tables.append(element)
        elif element.tag == W + "tr":
            self._rows.append([])
        elif element.tag == W + "tc" and self._rows:
            self._rows[-1].append([])
            self._cells.append(element)
        return []

    def _end(self, element: ET.Element) -> list[str]:
        found: list[str] = []
        if element.tag == _FALLBACK:
            self._hidden -= 1
        elif element.tag == W + "tbl" and self._tables:
            self._tables.pop()
            element.clear()
        elif element.tag == W + "tr" and self._rows:
            found = _row(self._rows.pop())
            element.clear()
        elif element.tag == W + "tc" and self._cells:
            self._cells.pop()
        elif element.tag == W + "p":
            found = self._paragraph(element)
            # A text box's paragraph stands inside another one: emptied here, it is not read twice.
            element.clear()
        return found

    def _paragraph(self, element: ET.Element) -> list[str]:
        style = element.find(f"{W}pPr/{W}pStyle")
        name = "" if style is None else style.get(W + "val", "")
        if self._hidden or name in self._styles.contents:
            return []
        look = self._ground().over(self._styles.look(name)).over(look_of(element.find(f"{W}pPr"), paragraph=True))
        label = self._numbers.label(numbered(element) or self._styles.numbered.get(name))
        text = _text(element, self._styles, look)
        return [label + text if text.strip() else ""]

    def _ground(self) -> Look:
        """The shading on which a paragraph stands; where a table's style shades, which cells is not worked out."""
        if not self._cells:
            return PLAIN
        style = self._tables[-1].find(f"{W}tblPr/{W}tblStyle") if self._tables else None
        if style is not None and style.get(W + "val", "") in self._styles.shaded:
            return Look(ground="?")
        return look_of(self._cells[-1].find(W + "tcPr"), paragraph=True)


def _row(cells: list[list[str]]) -> list[str]:
    filled = [[line for line in cell if line.strip()] for cell in cells]
    # A page laid out as a table holds its paragraphs in cells: they stay lines.
    if len(filled) > 1 and all(len(cell) <= 1 for cell in filled):
        return ["\t".join(line for cell in filled for line in cell)]
    return [line for cell in filled for line in cell]


def _text(element: ET.Element, styles: Styles, look: Look) -> str:
    if element.tag == W + "t":
        return element.text or ""
    if element.tag in (W + "br", W + "cr"):
        return "\n"
    if element.tag == W + "tab":
        return "\t"
    if element.tag == W + "noBreakHyphen":
        return "-"
    if element.tag == W + "r":
        properties = element.find(W + "rPr")
        style = properties.find(W + "rStyle") if properties is not None else None
        if style is not None:
            look = look.over(styles.look(style.get(W + "val", "")))
        if look.over(look_of(properties)).is_unseen:
            return ""
    return "".join(_text(child, styles, look) for child in element if child.tag not in _UNSEEN)
