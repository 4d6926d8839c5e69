"""Token counts for the model in use: exact where its vocabulary is at hand, else a stated upper bound."""

import hashlib
import os
import struct
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import tiktoken

from speech.errors import ModelError

Counter = Callable[[str], int]

# Qwen2's pre-tokeniser, as llama.cpp gives it under the name "qwen2" (src/llama-vocab.cpp).
_QWEN2 = (
    r"(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}|"
    r" ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
_SCALARS = {0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", 7: "<?", 10: "<Q", 11: "<q", 12: "<d"}
_STRING, _ARRAY = 8, 9
_NORMAL = 1  # a token type of GGUF: an ordinary vocabulary entry
_O200K = "https://openaipublic.blob.core.windows.net/encodings/o200k_base.tiktoken"


def gguf_counter(path: Path) -> Counter:
    """Exact counts for a GGUF with a Qwen2 vocabulary (the embedded model); an upper bound for any other.

    Raises ModelError for a file that is no GGUF, or breaks off.
    """
    try:
        vocabulary = _vocabulary(path)
        return _counter(vocabulary) if vocabulary.get("tokenizer.ggml.pre") == "qwen2" else upper_bound
    except (struct.error, KeyError, OverflowError, MemoryError, ValueError) as error:
        raise ModelError(f"{path.name} 不是完整的 GGUF 模型文件", "请检查 JIANGGAO_GGUF，或重新拷贝该文件") from error


def _counter(vocabulary: dict[str, object]) -> Counter:
    letters = _byte_letters()
    ranks: dict[bytes, int] = {}
    special: dict[str, int] = {}
    pairs = zip(vocabulary["tokenizer.ggml.tokens"], vocabulary["tokenizer.ggml.token_type"], strict=True)  # type: ignore[call-overload]
    for rank, (token, kind) in enumerate(pairs):
        if kind == _NORMAL:
            ranks[bytes(letters[letter] for letter in token)] = rank
        else:
            special[token] = rank
    encoding = tiktoken.Encoding("gguf", pat_str=_QWEN2, mergeable_ranks=ranks, special_tokens=special)
    return lambda text: len(encoding.encode(text, disallowed_special=()))


def openai_counter() -> Counter:
    """Counts by o200k_base where tiktoken has it cached (it would fetch it otherwise, and an intranet cannot)."""
    default = Path(tempfile.gettempdir()) / "data-gym-cache"
    folder = Path(os.environ.get("TIKTOKEN_CACHE_DIR") or os.environ.get("DATA_GYM_CACHE_DIR") or default)
    if not (folder / hashlib.sha1(_O200K.encode()).hexdigest()).is_file():
        return upper_bound
    encoding = tiktoken.get_encoding("o200k_base")
    return lambda text: len(encoding.encode(text, disallowed_special=()))


def upper_bound(text: str) -> int:
    """Never less than the true count of a byte-level BPE: a token holds at least one byte of UTF-8."""
    return len(text.encode())


def _byte_letters() -> dict[str, int]:
    """GPT-2's spelling of bytes as printable letters, reversed: letter → byte."""
    printable = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    letters = {chr(byte): byte for byte in printable}
    others = (byte for byte in range(256) if byte not in set(printable))
    return letters | {chr(256 + n): byte for n, byte in enumerate(others)}


def _vocabulary(path: Path) -> dict[str, object]:
    """The tokenizer's keys from a GGUF header (ggml's docs/gguf.md), read only as far as they stand.

    The `gguf` package reads the same in ten seconds (every string an array of its own); this takes a fifth of one.
    """
    wanted = {"tokenizer.ggml.pre", "tokenizer.ggml.tokens", "tokenizer.ggml.token_type"}
    found: dict[str, object] = {}
    with path.open("rb") as file:
        if file.read(4) != b"GGUF":
            raise ModelError(f"{path.name} 不是 GGUF 模型文件", "请检查 JIANGGAO_GGUF")
        _version, _tensors, entries = struct.unpack("<IQQ", file.read(20))
        for _ in range(entries):
            key = _string(file)
            value = _value(file, struct.unpack("<I", file.read(4))[0])
            if key in wanted:
                found[key] = value
            if found.keys() == wanted:
                break
    return found


def _value(file: BinaryIO, kind: int) -> object:
    if kind == _STRING:
        return _string(file)
    if kind != _ARRAY:
        form = _SCALARS[kind]
        return struct.unpack(form, file.read(struct.calcsize(form)))[0]
    item, length = struct.unpack("<IQ", file.read(12))
    if item in _SCALARS:
        form = f"<{length}{_SCALARS[item][1]}"
        return struct.unpack(form, file.read(struct.calcsize(form)))
    return [_value(file, item) for _ in range(length)]


def _string(file: BinaryIO) -> str:
    return file.read(struct.unpack("<Q", file.read(8))[0]).decode(errors="replace")
