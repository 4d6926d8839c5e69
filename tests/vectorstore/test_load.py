"""Bytes to text, and the files that are refused."""

import io
import os
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speech.errors import FileRefused
from vectorstore import load as loading
from vectorstore.load import load, load_bytes

TEXT = "同志们：\n今天召开全市工作会议，部署重点任务。\n"
REPORTS = Path(__file__).parents[2] / "../shared/corpus"


@pytest.mark.parametrize(
    ("codec", "said"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("gb18030", "gb18030"),
        ("gbk", "gb18030"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
    ],
)
def test_encodings_of_offices_are_read(codec: str, said: str) -> None:
    loaded = load_bytes("a.txt", TEXT.encode(codec))
    assert (loaded.encoding, loaded.text) == (said, TEXT)


def test_traditional_text_in_big5_is_read() -> None:
    text = "各位代表：現在我向大會報告工作，請予審議。"
    assert load_bytes("a.txt", text.encode("big5")).text == text


def test_a_last_character_cut_in_half_is_forgiven() -> None:
    assert load_bytes("a.txt", TEXT.rstrip().encode()[:-1]).text == TEXT.rstrip()[:-1]


@given(st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1, max_size=60))
def test_utf8_is_never_taken_for_something_else(text: str) -> None:
    assert load_bytes("a.txt", text.encode()).text == text


def test_line_ends_are_unified_and_the_invisible_is_dropped() -> None:
    data = "\ufeff同\u200b志们：\r\n一\rA\u00a0B\u2028二\x07\u00ad三\t四"
    assert load_bytes("a.txt", data.encode()).text == "同志们：\n一\nA B\n二三\t四"


def test_full_width_marks_and_spaces_stay() -> None:
    text = "\u3000\u3000（一）抓落实：要快、要实。"
    assert load_bytes("a.txt", text.encode()).text == text


def test_markdown_marks_go_and_masks_stay() -> None:
    data = "# 讲话\n\n## 一、抓落实\n\\*\\*市 **区 1\\.加强\n\n---\n> 引文\n"
    assert load_bytes("a.md", data.encode()).text == "讲话\n\n一、抓落实\n**市 **区 1.加强\n\n\n引文\n"


def test_a_page_shows_what_a_browser_shows() -> None:
    page = """<html><head><meta charset="gb2312"><title>站名</title><style>p{}</style></head><body><nav>首页</nav>
    <h1>在会上的讲话</h1><p>同志<b>们</b>：</p><p>今天
    开会&nbsp;。</p><div style="display:none">藏<div>里</div>的</div><script>x()</script><p>第二段<br>第三段</p></body></html>"""
    loaded = load_bytes("a.html", page.encode("gb18030"))
    assert loaded.encoding == "gb18030"
    assert [line for line in loaded.text.split("\n") if line] == ["在会上的讲话", "同志们：", "今天开会 。", "第二段", "第三段"]


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("a.txt", b"", "空文件"),
        ("a.txt", b" \n\t", "没有文字"),
        ("a.txt", b"abc\0def\x01\x00", "空字节"),
        ("a.txt", bytes(range(1, 256)) * 20, "认不出"),
        ("a.txt", "é".encode("latin-1") * 50, "认不出"),
        ("a.txt", ("党" * (loading.LONGEST_LINE + 1)).encode(), "一行"),
        ("a.pdf", b"%PDF-1.7", "已损坏"),
        ("a.doc", b"\xd0\xcf\x11\xe0", "另存为 .docx"),
        ("a.xlsx", b"PK", "格式"),
        ("a.docx", b"\xd0\xcf\x11\xe0", "不是真正的"),
        ("a.docx", b"PK\x03\x04 broken", "已损坏"),
        ("a.txt", b"\xff\xfe\x00\xd8\x00\xd8", "utf-16"),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_line(name: str, data: bytes, says: str) -> None:
    with pytest.raises(FileRefused, match=says) as refused:
        load_bytes(name, data)
    assert "\n" not in str(refused.value)


def test_a_file_too_large_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "大.txt"
    with path.open("wb") as file:
        file.truncate(loading.MOST_BYTES + 1)
    with pytest.raises(FileRefused, match="20 MB"):
        load(path)


def test_no_file_a_folder_and_a_pipe_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match="找不到"):
        load(tmp_path / "没有.txt")
    with pytest.raises(FileRefused, match="文件夹"):
        load(tmp_path)
    os.mkfifo(tmp_path / "管道.txt")
    with pytest.raises(FileRefused, match="不是普通文件"):
        load(tmp_path / "管道.txt")


def _docx(parts: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return packed.getvalue()


_HEAD = '<?xml version="1.0"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>'
_TAIL = "</w:body></w:document>"


def test_a_zip_that_unpacks_to_too_much_is_refused_before_it_is_opened() -> None:
    bomb = _docx({"word/document.xml": b" " * (30 * 2**20)})
    assert len(bomb) < 100_000
    with pytest.raises(FileRefused, match="压缩"):
        load_bytes("a.docx", bomb)


def test_a_zip_of_very_many_parts_is_refused() -> None:
    many = _docx({f"p{number}": b"" for number in range(2_001)})
    with pytest.raises(FileRefused, match="部件"):
        load_bytes("a.docx", many)


def test_entities_are_not_expanded() -> None:
    xml = '<!DOCTYPE a [<!ENTITY b "党">]>' + _HEAD[21:] + "<w:p><w:r><w:t>&b;</w:t></w:r></w:p>" + _TAIL
    with pytest.raises(FileRefused, match="DOCTYPE"):
        load_bytes("a.docx", _docx({"word/document.xml": xml.encode()}))


def test_a_file_that_takes_too_much_memory_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    runs = "".join(f"<w:r><w:t>{number * 7919:x}</w:t></w:r>" for number in range(10_000))
    data = _docx({"word/document.xml": f"{_HEAD}<w:p>{runs * 9}</w:p>{_TAIL}".encode()})
    monkeypatch.setattr(loading, "LONGEST_LINE", 10**7)
    monkeypatch.setattr(loading, "MOST_CHARACTERS", 10**7)
    assert len(load_bytes("a.docx", data).text) > 500_000
    monkeypatch.setattr(loading, "PARSE_MEGABYTES", 40)
    with pytest.raises(FileRefused, match=r"内存"):
        load_bytes("a.docx", data)


def test_a_file_that_takes_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "PARSE_SECONDS", 0)
    with pytest.raises(FileRefused, match=r"秒|时间"):
        load_bytes("a.html", b"<p>" + TEXT.encode() * 10)


@pytest.mark.skipif(not (REPORTS / "reports-docx").is_dir(), reason="the corpus is not here")
@pytest.mark.parametrize("path", sorted((REPORTS / "reports-docx").glob("*.docx")), ids=lambda path: path.stem)
def test_word_and_text_of_one_report_read_alike(path: Path) -> None:
    plain = load(REPORTS / "reports" / f"{path.stem}.txt")
    assert "".join(load(path).text.split()) == "".join(plain.text.split())
