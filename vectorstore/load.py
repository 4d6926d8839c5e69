"""Bytes to text: txt, md, docx and html in the encodings found in offices; a hostile file is refused in one clear line.

Nothing is guessed: an encoding is taken only where the whole file decodes strictly and reads as Chinese.
"""

import codecs
import hashlib
import os
import re
import stat
import subprocess
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from speech.errors import FileRefused
from vectorstore import extract

MOST_BYTES = 20 * 2**20
LONGEST_LINE = 100_000
MOST_CHARACTERS = 1_000_000
PARSE_MEGABYTES, PARSE_SECONDS = 768, 20

_MARKDOWN = frozenset({".md", ".markdown"})
_TEXT = frozenset({".txt", ".text"}) | _MARKDOWN
_HTML = frozenset({".html", ".htm"})
_ELSEWHERE = {
    ".doc": "旧版 Word 文档，请另存为 .docx",
    ".wps": "WPS 文档，请另存为 .docx",
    ".rtf": "RTF 文档，请另存为 .docx",
    ".pdf": "暂不能读取 PDF，请转为 .docx 或 .txt",
}


class Loaded(BaseModel):
    """A file's text. Lines end in \\n; `encoding` is a Python codec name; `sha256` is of the bytes as they came."""

    model_config = ConfigDict(frozen=True)

    name: str
    encoding: str
    sha256: str
    text: str


def load(path: Path, name: str | None = None) -> Loaded:
    """Read one file, called `name` from here on (its own name by default). Raises FileRefused with a line that says why."""
    name = name or path.name
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise FileRefused(f"《{name}》不是普通文件" if not path.is_dir() else f"《{name}》是文件夹")
        _check_size(name, status.st_size)
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except FileNotFoundError as error:
        raise FileRefused(f"找不到文件 {name}") from error
    except (OSError, ValueError) as error:
        raise FileRefused(f"无法读取《{name}》（{_why(error)}）") from error
    return load_bytes(name, data)


def load_bytes(name: str, data: bytes) -> Loaded:
    """Read an upload. The suffix of `name` decides how. Raises FileRefused with a line that says why."""
    _check_size(name, len(data))
    suffix = Path(name).suffix.lower()
    if suffix in _ELSEWHERE:
        raise FileRefused(f"《{name}》是{_ELSEWHERE[suffix]}" if suffix != ".pdf" else f"《{name}》{_ELSEWHERE[suffix]}")
    if suffix == ".docx":
        if not data.startswith(b"PK"):
            raise FileRefused(f"《{name}》不是真正的 .docx 文件（可能有密码，或是旧版 .doc 改名）", "请在 Word 中另存为 .docx")
        encoding, text = "utf-8", _extracted(name, "docx", data)
    elif suffix in _HTML:
        encoding, page = decode(name, data, _declared(data))
        text = _extracted(name, "html", page.encode("utf-8"))
    elif suffix in _TEXT:
        encoding, text = decode(name, data)
        text = _unmarked(text) if suffix in _MARKDOWN else text
    else:
        raise FileRefused(f"不认识《{name}》的格式", "可读 .txt .md .docx .html")
    return Loaded(name=name, encoding=encoding, sha256=hashlib.sha256(data).hexdigest(), text=_tidy(name, text))


def loads(root: Path) -> Iterator[Path]:
    """`root` itself where it is a file, else every file under it in a fixed order.

    Hidden files, Word's lock files (~$…) and every symlink inside the folder are left out: a link to something inside
    is read where that thing stands, and one to something outside is not followed.
    """
    if not root.is_dir():
        yield root
        return
    for folder, below, files in os.walk(root, followlinks=False):
        below[:] = sorted(name for name in below if not name.startswith("."))
        for name in sorted(files):
            path = Path(folder, name)
            if not name.startswith((".", "~$")) and not path.is_symlink():
                yield path


def decode(name: str, data: bytes, declared: str | None = None) -> tuple[str, str]:
    """The codec's name and the text. Strict decoding decides: marks first, then UTF-8, GB18030, UTF-16, Big5.

    A last character cut in half is forgiven. Raises FileRefused where nothing fits.
    """
    for mark, codec in _MARKS:
        if data.startswith(mark):
            text = _strict(data, codec)
            if text is None or "\0" in text:
                raise FileRefused(f"《{name}》开头标明是 {codec}，内容却不是")
            return codec, text.removeprefix("\ufeff")
    if b"\0" in data:
        wide = _reads_as_chinese(data, ("utf-16-le", "utf-16-be"))
        if wide is None or "\0" in wide[1]:
            raise FileRefused(f"《{name}》不是文本文件（含空字节）")
        return wide
    if (text := _strict(data, "utf-8")) is not None:
        return "utf-8", text
    candidates: tuple[str, ...] = ("gb18030", "utf-16-le", "utf-16-be", "big5hkscs")
    if declared in candidates:
        candidates = (declared, *(codec for codec in candidates if codec != declared))
    if found := _reads_as_chinese(data, candidates):
        return found
    raise FileRefused(f"认不出《{name}》的编码，或内容已损坏", "请另存为 UTF-8 文本")


_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def _strict(data: bytes, codec: str) -> str | None:
    try:
        return codecs.getincrementaldecoder(codec)("strict").decode(data, final=False)
    except UnicodeDecodeError:
        return None


def _reads_as_chinese(data: bytes, candidates: tuple[str, ...]) -> tuple[str, str] | None:
    for codec in candidates:
        text = _strict(data, codec)
        if text and _common_share(text, "big5" if codec == "big5hkscs" else "gb2312") > 0.7:
            return codec, text
    return None


def _common_share(text: str, charset: str) -> float:
    """Share of the first 20,000 letters beyond ASCII that are everyday Hanzi: the first level of GB 2312 or of Big5.

    A wrong codec still gives Hanzi, but rare ones, since the everyday ones fill a fifth of the code space.
    """
    first, last = (0xB0, 0xD7) if charset == "gb2312" else (0xA4, 0xC6)
    letters = [
        c for c in text[:20_000] if ord(c) > 127 and unicodedata.category(c) not in ("Po", "Ps", "Pe", "Pi", "Pf", "Zs", "Sm")
    ]
    lead = (c.encode(charset, "ignore")[:1] for c in letters)
    common = sum(1 for byte in lead if byte and first <= byte[0] <= last)
    if letters:
        return common / len(letters)
    return float(all(c.isprintable() or c.isspace() for c in text[:20_000]))


def _declared(page: bytes) -> str | None:
    found = re.search(rb"charset\s*=\s*[\"']?\s*([\w-]+)", page[:4096], re.IGNORECASE)
    if found is None:
        return None
    said = found[1].decode("ascii", "ignore").lower()
    return {"gbk": "gb18030", "gb2312": "gb18030", "big5": "big5hkscs"}.get(said, said)


def _extracted(name: str, shape: str, data: bytes) -> str:
    """Run extract.py on `data` with a memory and a time limit."""
    program = [sys.executable, "-I", extract.__file__, shape, str(PARSE_MEGABYTES), str(PARSE_SECONDS)]
    try:
        done = subprocess.run(program, input=data, capture_output=True, timeout=PARSE_SECONDS, check=False)
    except subprocess.TimeoutExpired as error:
        raise FileRefused(f"《{name}》读取超过 {PARSE_SECONDS} 秒，已放弃") from error
    if done.returncode == extract.REFUSED:
        raise FileRefused(f"《{name}》不予读取：{done.stderr.decode('utf-8', 'replace')}")
    if done.returncode != 0:
        raise FileRefused(f"《{name}》无法读取：文件已损坏，或读取时超出内存、时间限制")
    return done.stdout.decode("utf-8")


def _unmarked(text: str) -> str:
    """Markdown's marks at the head of a line and its escapes taken off. ** stays: in this field it is a mask, never bold."""
    text = re.sub(r"^[ \t]*(?:#{1,6}[ \t]+|>[ \t]?|[-+][ \t]+)|^[ \t]*[-_]{3,}[ \t]*\r?$", "", text, flags=re.MULTILINE)
    text = re.sub(r"\\(?=\r?$)", "", text, flags=re.MULTILINE)
    return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", text)


_LINE_ENDS = re.compile("\r\n?|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")


def _tidy(name: str, text: str) -> str:
    """Line ends unified, invisible characters dropped, odd spaces made plain; then the checks on the text itself."""
    text = _LINE_ENDS.sub("\n", text)
    unseen = {ord(c): None for c in set(text) if c not in "\n\t" and unicodedata.category(c) in ("Cc", "Cf", "Cs")}
    text = text.translate(unseen | dict.fromkeys(map(ord, "\u00a0\u2002\u2003\u2009\u202f"), " "))
    text = re.sub(r"[ \t\u3000]{65,}", " " * 64, text)
    if not text.strip():
        raise FileRefused(f"《{name}》里没有文字")
    if len(text) > MOST_CHARACTERS:
        raise FileRefused(f"《{name}》超过 {MOST_CHARACTERS // 10_000} 万字，不像一篇讲稿")
    longest = max(map(len, text.split("\n")))
    if longest > LONGEST_LINE:
        raise FileRefused(f"《{name}》有一行长达 {longest} 字，不像一篇讲稿")
    return text


def _check_size(name: str, size: int) -> None:
    if size > MOST_BYTES:
        raise FileRefused(f"《{name}》超过 {MOST_BYTES // 2**20} MB，不予读取")
    if size == 0:
        raise FileRefused(f"《{name}》是空文件")


def _why(error: OSError | ValueError) -> str:
    match error:
        case PermissionError():
            return "没有权限"
        case OSError(strerror=str(reason)):
            return reason
        case _:
            return "文件名无效"
