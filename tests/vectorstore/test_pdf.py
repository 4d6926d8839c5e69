"""What is printed in a PDF is what is read, line by line."""

import zlib

import pytest

from speech.errors import FileRefused
from tests.vectorstore.documents import Line, assembled, pdf
from vectorstore import load as loading
from vectorstore.extract import Refused
from vectorstore.extract.pdf import MOST_PAGES, pdf_text
from vectorstore.load import load_bytes
from vectorstore.read import read_loaded

HEAD = Line("在全市工作会议上的讲话", y=780)


def test_lines_pages_and_indents() -> None:
    first = [
        HEAD,
        Line("同志们：", y=740),
        Line("今天召开这次会议，主要任务是", x=112, y=710),
        Line("总结经验、部署任务。", y=680),
    ]
    text, remark = pdf_text(pdf([first, [Line("第二页的文字。")]]))
    assert (
        text
        == "在全市工作会议上的讲话\n同志们：\n\u3000\u3000今天召开这次会议，主要任务是\n总结经验、部署任务。\n\n第二页的文字。"
    )
    assert remark == ""


def test_what_a_reader_cannot_see_is_not_read() -> None:
    unseen = [
        Line("白色的指令", y=600, operators="1 g 0 Tr"),
        Line("极小的指令", y=560, size=1),
        Line("页外的指令", y=900),
        Line("无墨的指令", y=520, operators="0 g 3 Tr"),
    ]
    assert pdf_text(pdf([[HEAD, *unseen]]))[0] == HEAD.text


def test_white_on_a_dark_ground_is_read() -> None:
    banner = b"0.8 0 0 rg 0 760 595 60 re f\n"
    assert pdf_text(pdf([[Line(HEAD.text, y=780, operators="1 g 0 Tr")]], extra=banner))[0] == HEAD.text


def test_the_recognised_text_of_a_scan_is_read() -> None:
    lines = [
        Line("同志们：这是识别出来的文字，没有墨色", operators="3 Tr"),
        Line("但是盖在整页的图像上面。", y=600, operators="3 Tr"),
    ]
    assert "识别出来" in pdf_text(pdf([lines], picture=True))[0]


def test_a_scan_is_refused_and_a_page_of_pictures_is_said() -> None:
    with pytest.raises(Refused, match=r"扫描件.*OCR"):
        pdf_text(pdf([[], []], picture=True))
    whole = load_bytes("a.pdf", pdf([[Line("这一页有二十个以上的字，所以读得出来，不是扫描件。")], []], picture=True))
    assert "二十个" in whole.text and whole.remark == "第 2 页是图像，没有文字可读"


def test_a_blank_file_is_refused() -> None:
    with pytest.raises(Refused, match="没有文字"):
        pdf_text(pdf([[]]))


def test_text_that_the_library_passes_over_is_noticed() -> None:
    """PDFium leaves out a stretch of one character whose font is neither in the file nor on the machine."""
    read = [HEAD, *(Line(c, x=80 + 16 * at, y=700) for at, c in enumerate("一字一段的文件"))]
    try:
        assert pdf_text(pdf([read]))[0].split("\n")[1] == "一字一段的文件"
    except Refused as error:
        assert "嵌入字体" in str(error)


def test_thousands_of_pages_are_refused() -> None:
    kid = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>"
    tree = b"<</Type/Pages/Count %d/Kids[%s]>>" % (MOST_PAGES + 1, b"3 0 R " * (MOST_PAGES + 1))
    with pytest.raises(Refused, match="1001 页"):
        pdf_text(assembled([b"<</Type/Catalog/Pages 2 0 R>>", tree, kid]))


def test_a_locked_file_is_said_to_be() -> None:
    lock = b"<</Filter/Standard/V 1/R 2/Length 40/P -4/O<%s>/U<%s>>>" % (b"ab" * 32, b"cd" * 32)
    catalogue = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count 0/Kids[]>>", lock]
    with pytest.raises(Refused, match="密码"):
        pdf_text(assembled(catalogue, trailer=b"/Encrypt 3 0 R/ID[<00><00>]"))


@pytest.mark.parametrize("data", [b"%PDF-1.7 nothing", b"%PDF-1.7\n" + b"\0" * 5_000, pdf([[HEAD]])[:400]])
def test_a_broken_file_is_refused(data: bytes) -> None:
    with pytest.raises(FileRefused, match="PDF") as refused:
        load_bytes("a.pdf", data)
    assert "\n" not in str(refused.value)


def test_a_stream_that_unpacks_to_gigabytes_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(b"q Q " * 2**18) for _ in range(600)) + packer.flush()
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R>>"
    bomb = b"<</Filter/FlateDecode/Length %d>>stream\n%s\nendstream" % (len(packed), packed)
    data = assembled([b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count 1/Kids[3 0 R]>>", page, bomb])
    assert len(data) < 2_000_000
    monkeypatch.setattr(loading, "PARSE_SECONDS", 5)
    with pytest.raises(FileRefused, match=r"内存|秒|没有文字"):
        load_bytes("a.pdf", data)


def test_a_printed_speech_reads_as_it_was_written() -> None:
    """Lines wrapped at 28 characters, 22 a page, with page numbers: the reader joins them to the paragraphs that they were."""
    paragraphs = [
        "在全市网格化管理工作推进会上的讲话", "同志们：",
        "这次会议的主要任务，是总结前一阶段网格化管理的做法，安排下一阶段的工作。刚才，三个街道介绍了经验，讲得都很实在。下面，我讲两点意见。",
        "一、看清形势，把网格化管理摆到突出位置",
        *(f"第{n}个方面，各街道把人员、事项、资源放进网格，群众反映问题有了固定的人，解决问题有了固定的路，这项工作要继续抓下去。" for n in "一二三四五六"),
        "二、突出重点，把网格做实做细",
        *(f"第{n}项任务，要按照便于管理、便于服务的原则合理划分网格，每个网格配备专职网格员，明确走访、登记、上报三项具体职责。" for n in "一二三四五六"),
        "同志们，网格虽小，连着民心。让我们从一件件小事做起！",
    ]  # fmt: skip
    printed: list[tuple[str, float]] = []
    for paragraph in paragraphs[:2]:
        printed.append((paragraph, 80))
    for paragraph in paragraphs[2:]:
        rest, x = paragraph[26:], 112.0
        printed.append((paragraph[:26], x))
        printed += [(rest[at : at + 28], 80.0) for at in range(0, len(rest), 28)]
    pages = []
    for number, at in enumerate(range(0, len(printed), 22), 1):
        lines = [Line(text, x, 760 - 29 * row) for row, (text, x) in enumerate(printed[at : at + 22])]
        pages.append([*lines, Line(f"— {number} —", 280, 60, 14)])
    parsed = read_loaded(load_bytes("讲话.pdf", pdf(pages)))
    plain = read_loaded(load_bytes("讲话.txt", "\n".join(paragraphs).encode()))
    assert [section.number for section in plain.sections] == ["一、", "二、"]
    assert parsed.speech() == plain.speech()
    assert [line.text for line in parsed.noise] == [f"— {n} —" for n in range(1, len(pages) + 1)]
