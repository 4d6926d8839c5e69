"""The text of a .docx or .html file. Run as a program of its own, so that a hostile file can only hurt itself.

    python extract.py docx|html MEGABYTES SECONDS   < bytes   > text in UTF-8

Only the standard library is imported: a fresh interpreter starts in some 30 ms and is held to the given memory
(address space) and processor time. Exit 3: the file is refused, standard error holds one line that says why.
"""

import io
import re
import sys
import zipfile
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import IO
from xml.etree import ElementTree as ET

REFUSED = 3
MOST_ENTRIES = 2_000
MOST_UNPACKED = 100 * 2**20
MOST_DOCUMENT = 40 * 2**20
# Word's own XML packs some tenfold; the files that took gigabytes to open were packed several hundredfold.
MOST_RATIO = 150
SMALL = 2**20


class Refused(Exception):
    """The file will not be read; `str(error)` says why, in Chinese."""


# --- Word ---------------------------------------------------------------------------------------------------------

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
# Deleted and moved-away text of tracked changes, pronunciation guides, and the duplicate drawn for older readers.
_UNSEEN = frozenset({_W + "del", _W + "moveFrom", _W + "rt", _W + "pPr", _W + "rPr", _FALLBACK})


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
        if entry.file_size > SMALL and entry.file_size > MOST_RATIO * max(1, entry.compress_size):
            raise Refused("压缩比异常，疑似压缩炸弹")


def docx_text(data: bytes) -> str:
    """The visible text of a Word file, one paragraph a line, automatic numbers written out. Raises Refused."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        check_zip(archive)
        if "word/document.xml" not in archive.namelist():
            raise Refused("不是 Word 文档（缺少正文部件）")
        if archive.getinfo("word/document.xml").file_size > MOST_DOCUMENT:
            raise Refused(f"正文解压后超过 {MOST_DOCUMENT // 2**20} MB")
        styles = Styles(_part(archive, "word/styles.xml"))
        numbers = Numbers(_part(archive, "word/numbering.xml"))
        with archive.open("word/document.xml") as part:
            return "\n".join(_paragraphs(part, styles, numbers))
    except (zipfile.BadZipFile, ET.ParseError, NotImplementedError, EOFError, KeyError) as error:
        raise Refused("Word 文档已损坏") from error


def _part(archive: zipfile.ZipFile, name: str) -> ET.Element | None:
    if name not in archive.namelist() or archive.getinfo(name).file_size > MOST_DOCUMENT // 4:
        return None
    return ET.fromstring(_no_doctype(archive.read(name)))


def _no_doctype(xml: bytes) -> bytes:
    # Word never writes one; entity bombs need one.
    if b"<!DOCTYPE" in xml[:4096] or "<!DOCTYPE".encode("utf-16-le") in xml[:4096]:
        raise Refused("文档内含 DOCTYPE，不予读取")
    return xml


def _paragraphs(part: IO[bytes], styles: "Styles", numbers: "Numbers") -> Iterator[str]:
    _no_doctype(part.read(4096))
    part.seek(0)
    hidden = 0
    for event, element in ET.iterparse(part, events=("start", "end")):
        if element.tag == _FALLBACK:
            hidden += 1 if event == "start" else -1
        if event == "start" or element.tag != _W + "p":
            continue
        if not hidden:
            style = element.find(f"{_W}pPr/{_W}pStyle")
            name = "" if style is None else style.get(_W + "val", "")
            if name not in styles.contents:
                yield numbers.label(_numbered(element) or styles.numbered.get(name)) + _text(element)
        # A text box's paragraph stands inside another one: emptied here, it is not read twice.
        element.clear()


def _text(element: ET.Element) -> str:
    if element.tag == _W + "t":
        return element.text or ""
    if element.tag in (_W + "br", _W + "cr"):
        return "\n"
    if element.tag == _W + "tab":
        return "\t"
    if element.tag == _W + "noBreakHyphen":
        return "-"
    if element.tag == _W + "r" and _on(element.find(f"{_W}rPr/{_W}vanish")):
        return ""
    return "".join(_text(child) for child in element if child.tag not in _UNSEEN)


def _on(flag: ET.Element | None) -> bool:
    return flag is not None and flag.get(_W + "val", "1") not in ("0", "false", "off")


def _numbered(element: ET.Element) -> tuple[str, int] | None:
    """(list, level) of a paragraph or style that Word numbers by itself; list "0" switches numbering off."""
    number = element.find(f"{_W}pPr/{_W}numPr")
    if number is None:
        return None
    identity, level = number.find(_W + "numId"), number.find(_W + "ilvl")
    if identity is None:
        return None
    return identity.get(_W + "val", "0"), int(level.get(_W + "val", "0")) if level is not None else 0


class Styles:
    """What the styles say: which carry a number, and which are lines of a table of contents."""

    def __init__(self, part: ET.Element | None) -> None:
        self.numbered: dict[str, tuple[str, int]] = {}
        self.contents: set[str] = set()
        for style in part.iter(_W + "style") if part is not None else ():
            identity = style.get(_W + "styleId", "")
            name = style.find(_W + "name")
            if name is not None and name.get(_W + "val", "").lower().startswith("toc "):
                self.contents.add(identity)
            if numbered := _numbered(style):
                self.numbered[identity] = numbered


_CHINESE_FORMATS = frozenset(
    {"chineseCounting", "chineseCountingThousand", "japaneseCounting", "taiwaneseCounting", "taiwaneseCountingThousand"}
)


class Numbers:
    """Word's automatic numbers: the text of 一、 is not in the paragraph but counted from numbering.xml."""

    def __init__(self, part: ET.Element | None) -> None:
        self._levels: dict[str, dict[int, tuple[str, str, int]]] = {}
        self._counts: dict[str, dict[int, int]] = {}
        if part is None:
            return
        abstract = {a.get(_W + "abstractNumId", ""): self._read_levels(a) for a in part.iter(_W + "abstractNum")}
        for number in part.iter(_W + "num"):
            base = number.find(_W + "abstractNumId")
            levels = abstract.get(base.get(_W + "val", ""), {}) if base is not None else {}
            self._levels[number.get(_W + "numId", "")] = levels

    @staticmethod
    def _read_levels(abstract: ET.Element) -> dict[int, tuple[str, str, int]]:
        def value(level: ET.Element, tag: str, default: str) -> str:
            found = level.find(_W + tag)
            return default if found is None else found.get(_W + "val", default)

        return {
            int(level.get(_W + "ilvl", "0")): (
                value(level, "numFmt", "decimal"),
                value(level, "lvlText", ""),
                int(value(level, "start", "1")),
            )
            for level in abstract.iter(_W + "lvl")
        }

    def label(self, at: tuple[str, int] | None) -> str:
        """The number that Word would print before the next paragraph of this list and level; bullets are left out."""
        if at is None or at[1] not in self._levels.get(at[0], {}):
            return ""
        identity, level = at
        levels, counts = self._levels[identity], self._counts.setdefault(identity, {})
        counts[level] = counts.get(level, levels[level][2] - 1) + 1
        for deeper in [other for other in counts if other > level]:
            del counts[deeper]
        shape, pattern, _ = levels[level]
        if shape in ("bullet", "none"):
            return ""

        def printed(found: re.Match[str]) -> str:
            other = int(found[1]) - 1
            form, _, start = levels.get(other, ("decimal", "", 1))
            return _counted(counts.get(other, start), form)

        return re.sub(r"%([1-9])", printed, pattern)


def _counted(n: int, shape: str) -> str:
    if shape in _CHINESE_FORMATS and 1 <= n <= 99:
        tens, ones = divmod(n, 10)
        digits = " 一二三四五六七八九"
        return (digits[tens] if tens > 1 else "") + ("十" if tens else "") + (digits[ones] if ones else "")
    if shape.startswith("decimalEnclosedCircle") and 1 <= n <= 20:
        return chr(ord("①") + n - 1)
    return str(n)


# --- HTML ---------------------------------------------------------------------------------------------------------


def _names(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


_SKIPPED = _names("script style noscript template svg button select nav footer aside iframe textarea title")
_VOID = _names("area base br col embed hr img input link meta param source track wbr")
_INLINE = _names(
    "a abbr b bdi bdo big cite code del dfn em font i ins kbd label mark q s samp small span strike strong sub sup time tt u var wbr"
)
_CJK = "\u3000-\u303f\u4e00-\u9fff\uff00-\uffef"
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?!\.?\d)", re.IGNORECASE)


class _Reader(HTMLParser):
    """Collects what a browser would show; every block element ends a line."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._unseen: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._unseen:
            if tag == self._unseen[0]:
                self._unseen.append(tag)
            return
        given = dict(attrs)
        if tag not in _VOID and (tag in _SKIPPED or "hidden" in given or _HIDDEN_STYLE.search(given.get("style") or "")):
            self._unseen.append(tag)
        elif tag not in _INLINE:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if self._unseen:
            if tag == self._unseen[0]:
                self._unseen.pop()
        elif tag not in _INLINE:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            # A line break in the source is white space, and between two Chinese characters not even that.
            folded = re.sub(rf"(?<=[{_CJK}])[ \t]*[\r\n]+[ \t]*(?=[{_CJK}])", "", data)
            self.parts.append(re.sub(r"[ \t\r\n\f]+", " ", folded))


def html_text(text: str) -> str:
    """The visible text of a page, a block a line."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    lines = (line.strip() for line in "".join(reader.parts).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


# --- the program --------------------------------------------------------------------------------------------------


def _hold_to(megabytes: int, seconds: int) -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limits; the caller's clock still stands
        return
    resource.setrlimit(resource.RLIMIT_AS, (megabytes * 2**20, megabytes * 2**20))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main(shape: str, megabytes: str, seconds: str) -> int:
    """Read standard input, write standard output; the exit status."""
    _hold_to(int(megabytes), int(seconds))
    try:
        data = sys.stdin.buffer.read()
        text = docx_text(data) if shape == "docx" else html_text(data.decode("utf-8"))
        sys.stdout.buffer.write(text.encode("utf-8", "ignore"))
        return 0
    except Refused as error:
        reason = str(error)
    except MemoryError:
        reason = "读取时内存超限"
    except RecursionError:
        reason = "嵌套层数过多"
    sys.stderr.buffer.write(reason.encode("utf-8"))
    return REFUSED


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:4]))
