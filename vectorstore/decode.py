"""decode(name, data): bytes to text in the encodings found in offices.

Nothing is guessed: an encoding is taken only where the whole file decodes strictly and reads as Chinese.
"""

import codecs
import re
import unicodedata

from speech.errors import FileRefused

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


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


def declared(page: bytes) -> str | None:
    found = re.search(rb"charset\s*=\s*[\"']?\s*([\w-]+)", page[:4096], re.IGNORECASE)
    if found is None:
        return None
    said = found[1].decode("ascii", "ignore").lower()
    return {"gbk": "gb18030", "gb2312": "gb18030", "big5": "big5hkscs"}.get(said, said)
