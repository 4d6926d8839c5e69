"""Bytes to text: txt, md, docx, html and pdf; a hostile file is refused in one clear line, text that hides is taken out."""

import hashlib
import re
import stat
import subprocess
import sys
import unicodedata
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from speech.errors import FileRefused
from vectorstore.decode import declared, decode
from vectorstore.extract.__main__ import REFUSED, REMARK

MOST_BYTES = 20 * 2**20
LONGEST_LINE = 50_000
# A speech has some 20,000 at most, a collection of them more; a book is none.
MOST_CHARACTERS = 300_000
# Address space and processor time of the program that reads a file; on a busy machine the clock runs faster.
PARSE_MEGABYTES, PARSE_SECONDS = 768, 20
PATIENCE = 4

_MARKDOWN = frozenset({".md", ".markdown"})
_TEXT = frozenset({".txt", ".text"}) | _MARKDOWN
_HTML = frozenset({".html", ".htm"})
READABLE = ".txt .md .docx .html .pdf"
_ELSEWHERE = {
    ".zip": "压缩包，请用 jianggao ingest 装入，或先解压",
    ".rar": "RAR 压缩包，请先解压",
    ".7z": "7z 压缩包，请先解压",
    ".doc": "旧版 Word 文档，请另存为 .docx",
    ".wps": "WPS 文档，请另存为 .docx",
    ".rtf": "RTF 文档，请另存为 .docx",
}


class Loaded(BaseModel):
    """A file's text. Lines end in \\n; `encoding` is a Python codec name; `sha256` is of the bytes as they came.

    `remark`: what of it could not be read, such as pages that are pictures; "" where all was.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    encoding: str
    sha256: str
    text: str
    remark: str = ""


def load(path: Path) -> Loaded:
    """Read one file. Raises FileRefused with a line that says why."""
    name = shown(path.name)
    return load_bytes(name, read_file(path, name))


def read_file(path: Path, name: str) -> bytes:
    """The bytes of a file; one that is too large is not read. Raises FileRefused, where the file is called `name`."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise FileRefused(f"《{name}》不是普通文件" if not path.is_dir() else f"《{name}》是文件夹")
        check_size(name, status.st_size)
        with path.open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except FileNotFoundError as error:
        raise FileRefused(f"找不到文件 {name}") from error
    except (OSError, ValueError) as error:
        raise FileRefused(f"无法读取《{name}》（{why(error)}）") from error


def load_bytes(name: str, data: bytes) -> Loaded:
    """Read an upload. The suffix of `name` decides how. Raises FileRefused with a line that says why."""
    check_size(name, len(data))
    suffix = Path(name).suffix.lower()
    if suffix in _ELSEWHERE:
        raise FileRefused(f"《{name}》是{_ELSEWHERE[suffix]}")
    encoding, text, remark = "utf-8", "", ""
    if suffix == ".docx":
        if not data.startswith(b"PK"):
            raise FileRefused(f"《{name}》不是真正的 .docx 文件（可能有密码，或是旧版 .doc 改名）", "请在 Word 中另存为 .docx")
        text, remark = _extracted(name, "docx", data)
    elif suffix == ".pdf":
        if b"%PDF-" not in data[:1024]:
            raise FileRefused(f"《{name}》不是真正的 PDF 文件")
        text, remark = _extracted(name, "pdf", data)
    elif suffix in _HTML:
        encoding, page = decode(name, data, declared(data))
        text, remark = _extracted(name, "html", page.encode("utf-8"))
    elif suffix in _TEXT:
        encoding, text = decode(name, data)
        text = _unmarked(text) if suffix in _MARKDOWN else text
    else:
        raise FileRefused(f"不认识《{name}》的格式", f"可读 {READABLE}")
    sha256 = hashlib.sha256(data).hexdigest()
    return Loaded(name=name, encoding=encoding, sha256=sha256, text=_tidy(name, text), remark=remark)


def shown(name: str) -> str:
    """A file's name as it may be printed: nothing invisible, and what Linux made of a name in GBK read as GBK."""
    raw = name.encode("utf-8", "surrogateescape")
    for codec in ("utf-8", "gb18030"):
        try:
            name = raw.decode(codec)
            break
        except UnicodeDecodeError:
            continue
    else:
        name = raw.decode("utf-8", "replace")
    return "".join(c for c in name if c.isprintable()) or "无名文件"


# What a module may find beside itself, whether the program is installed or run from a checkout.
_ROOT = str(Path(__file__).parents[1])
_PROGRAM = (
    "import sys; sys.path.insert(0, sys.argv[1]); from vectorstore.extract.__main__ import main; sys.exit(main(*sys.argv[2:]))"
)


def _extracted(name: str, shape: str, data: bytes) -> tuple[str, str]:
    """The text of `data` and a remark, from the program in extract/ with a memory and a time limit."""
    program = [sys.executable, "-I", "-c", _PROGRAM, _ROOT, shape, str(PARSE_MEGABYTES), str(PARSE_SECONDS)]
    try:
        done = subprocess.run(program, input=data, capture_output=True, timeout=PATIENCE * PARSE_SECONDS, check=False)
    except subprocess.TimeoutExpired as error:
        raise FileRefused(f"《{name}》读取超过 {PATIENCE * PARSE_SECONDS} 秒，已放弃") from error
    if done.returncode == REFUSED:
        raise FileRefused(f"《{name}》不予读取：{done.stderr.decode('utf-8', 'replace')}")
    if done.returncode != 0:
        raise FileRefused(f"《{name}》无法读取：文件已损坏，或读取时超出内存、时间限制")
    return done.stdout.decode("utf-8"), done.stderr.decode("utf-8", "replace").partition(REMARK)[2]


def _unmarked(text: str) -> str:
    """Markdown's marks at the head of a line and its escapes taken off. ** stays: in this field it is a mask, never bold."""
    text = re.sub(r"^[ \t]*(?:#{1,6}[ \t]+|>[ \t]?|[-+][ \t]+)|^[ \t]*[-_]{3,}[ \t]*\r?$", "", text, flags=re.MULTILINE)
    text = re.sub(r"\\(?=\r?$)", "", text, flags=re.MULTILINE)
    return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", text)


_LINE_ENDS = re.compile("\r\n?|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")


# Drawn as nothing though no control characters (Unicode's Default_Ignorable_Code_Point): joiners, fillers, variation selectors.
_BLANK = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0000-\U000e0fff]")


def _seen_as(character: str) -> str:
    """What a reader sees of a character: nothing of those that only steer or hide, such as zero-width, bidi and tag characters.

    A private character has no form that all fonts share: Word's bullets (U+F0xx) go, others become 〓, the printer's blank.
    """
    if character in "\n\t":
        return character
    kind = unicodedata.category(character)
    if kind in ("Cc", "Cf", "Cs") or _BLANK.match(character) or (kind == "Co" and "\uf000" <= character <= "\uf0ff"):
        return ""
    return " " if kind == "Zs" and character != "\u3000" else ("〓" if kind == "Co" else character)


def _tidy(name: str, text: str) -> str:
    """Line ends unified, invisible characters dropped, odd spaces made plain; then the checks on the text itself."""
    text = _LINE_ENDS.sub("\n", text)
    text = text.translate({ord(c): _seen_as(c) for c in set(text)})
    text = re.sub(r"[ \t\u3000]{65,}", " " * 64, text)
    if not text.strip():
        raise FileRefused(f"《{name}》里没有文字")
    if len(text) > MOST_CHARACTERS:
        raise FileRefused(f"《{name}》超过 {MOST_CHARACTERS // 10_000} 万字，不像一篇讲稿", "请拆成单篇再装入")
    longest = max(map(len, text.split("\n")))
    if longest > LONGEST_LINE:
        raise FileRefused(f"《{name}》有一行长达 {longest} 字，不像一篇讲稿")
    return text


def check_size(name: str, size: int) -> None:
    if size > MOST_BYTES:
        raise FileRefused(f"《{name}》超过 {MOST_BYTES // 2**20} MB，不予读取")
    if size == 0:
        raise FileRefused(f"《{name}》是空文件")


def why(error: OSError | ValueError) -> str:
    match error:
        case PermissionError():
            return "没有权限"
        case OSError(strerror=str(reason)):
            return reason
        case _:
            return "文件名无效"
