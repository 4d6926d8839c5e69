"""Token counts: exact from a GGUF's own vocabulary, never too few otherwise, and never from the network."""

import socket
import struct
from collections.abc import Iterable
from pathlib import Path

import pytest
import tiktoken
from hypothesis import given
from hypothesis import strategies as st

from agent import tokens
from speech.errors import ModelError

LETTERS = {byte: letter for letter, byte in tokens._byte_letters().items()}


def spelled(token: bytes) -> str:
    return "".join(LETTERS[byte] for byte in token)


def string(text: str) -> bytes:
    raw = text.encode()
    return struct.pack("<Q", len(raw)) + raw


def entry(key: str, kind: int, value: bytes) -> bytes:
    return string(key) + struct.pack("<I", kind) + value


def array(kind: int, items: Iterable[bytes]) -> bytes:
    every = list(items)
    return struct.pack("<IQ", kind, len(every)) + b"".join(every)


def gguf(path: Path, pre: str, merges: Iterable[bytes] = (), special: Iterable[str] = ()) -> Path:
    """A GGUF header with a vocabulary: the 256 bytes, `merges`, and `special` ones."""
    ordinary = [bytes([byte]) for byte in range(256)] + list(merges)
    names = [*map(spelled, ordinary), *special]
    kinds = [1] * len(ordinary) + [3] * (len(names) - len(ordinary))
    entries = [
        entry("general.architecture", 8, string("qwen2")),
        entry("general.file_type", 4, struct.pack("<I", 15)),
        entry("qwen2.rope.freq_base", 6, struct.pack("<f", 1e6)),
        entry("qwen2.use", 7, b"\x01"),
        entry("some.numbers", 9, array(5, [struct.pack("<i", n) for n in range(3)])),
        entry("tokenizer.ggml.pre", 8, string(pre)),
        entry("tokenizer.ggml.tokens", 9, array(8, map(string, names))),
        entry("tokenizer.ggml.token_type", 9, array(5, [struct.pack("<i", kind) for kind in kinds])),
    ]
    path.write_bytes(b"GGUF" + struct.pack("<IQQ", 3, 0, len(entries)) + b"".join(entries))
    return path


def test_a_gguf_counts_with_its_own_vocabulary(tmp_path: Path) -> None:
    one, two = "基".encode(), "基层".encode()
    path = gguf(tmp_path / "m.gguf", "qwen2", [one[:2], one, two[3:5], two[3:], two], ["<|im_end|>"])
    count = tokens.gguf_counter(path)
    assert count("") == 0
    assert count("基") == 1
    assert count("基层") == 1
    assert count("基层基") == 2
    assert count("治") == 3  # a character that no merge makes is its bytes
    assert count("2026") == 4  # every digit is one of its own
    assert count("<|im_end|>") == len("<|im_end|>")  # in a text it is text, not a sign


def test_another_vocabulary_is_bounded(tmp_path: Path) -> None:
    assert tokens.gguf_counter(gguf(tmp_path / "m.gguf", "llama-bpe")) is tokens.upper_bound


@pytest.mark.parametrize(
    "content",
    [b"", b"PK\x03\x04", b"not a model at all", b"GGUF", b"GGUF" + b"\xff" * 60, b"GGUF" + struct.pack("<IQQ", 3, 0, 9)],
    ids=["empty", "zip", "text", "cut", "garbage", "short"],
)
def test_what_is_no_gguf_is_one_clear_line(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "坏.gguf"
    path.write_bytes(content)
    with pytest.raises(ModelError, match=r"坏\.gguf") as refused:
        tokens.gguf_counter(path)
    assert "JIANGGAO_GGUF" in str(refused.value)


def test_a_gguf_that_breaks_off_is_one_clear_line(tmp_path: Path) -> None:
    whole = gguf(tmp_path / "m.gguf", "qwen2").read_bytes()
    path = tmp_path / "cut.gguf"
    for length in range(4, len(whole), 97):
        path.write_bytes(whole[:length])
        with pytest.raises(ModelError):
            tokens.gguf_counter(path)


BYTES_ONLY = tiktoken.Encoding(
    "bytes", pat_str=tokens._QWEN2, mergeable_ranks={bytes([byte]): byte for byte in range(256)}, special_tokens={}
)


@given(st.text())
def test_the_bound_is_never_below_the_longest_spelling(text: str) -> None:
    assert tokens.upper_bound(text) >= len(BYTES_ONLY.encode(text, disallowed_special=())) >= 0


def test_the_openai_count_never_reaches_out(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(tmp_path))
    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    count = tokens.openai_counter()
    assert count("基层治理") == 12
