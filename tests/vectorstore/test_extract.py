"""What Word shows is what is read."""

import io

import pytest
from docx import Document
from docx.oxml import parse_xml

from vectorstore.extract import Refused, docx_text, html_text

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def _saved(*paragraphs: str, numbering: str | None = None) -> bytes:
    """A document of raw paragraphs (inner XML), with python-docx's own parts round it."""
    document = Document()
    body = document.element.body
    for inner in paragraphs:
        body.insert(len(body) - 1, parse_xml(f"<w:p {W}>{inner}</w:p>"))
    if numbering is not None:
        root = document.part.numbering_part.element
        for child in list(root):
            root.remove(child)
        for child in parse_xml(f"<w:numbering {W}>{numbering}</w:numbering>"):
            root.append(child)
    packed = io.BytesIO()
    document.save(packed)
    return packed.getvalue()


def _run(text: str, properties: str = "") -> str:
    return f"<w:r><w:rPr>{properties}</w:rPr><w:t>{text}</w:t></w:r>"


def test_runs_breaks_and_tabs() -> None:
    data = _saved(_run("同志") + _run("们："), "<w:r><w:t>甲</w:t><w:br/><w:t>乙</w:t><w:tab/><w:t>丙</w:t></w:r>")
    assert docx_text(data) == "同志们：\n甲\n乙\t丙"


def test_deleted_moved_and_hidden_text_is_not_read() -> None:
    deleted = "<w:del><w:r><w:delText>删</w:delText></w:r></w:del>"
    moved = f"<w:moveFrom>{_run('走')}</w:moveFrom>"
    inserted = f"<w:ins>{_run('加')}</w:ins>"
    assert docx_text(_saved(_run("留") + deleted + moved + inserted + _run("藏", "<w:vanish/>"))) == "留加"


def test_a_text_box_is_read_once() -> None:
    box = f"<w:r><w:pict><w:txbxContent><w:p>{_run('框内')}</w:p></w:txbxContent></w:pict></w:r>"
    assert docx_text(_saved(_run("前") + box + _run("后"))) == "框内\n前后"


LEVELS = """<w:abstractNum w:abstractNumId="0">
<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCountingThousand"/><w:lvlText w:val="%1、"/></w:lvl>
<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/><w:lvlText w:val="（%2）"/></w:lvl>
<w:lvl w:ilvl="2"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%3."/></w:lvl>
</w:abstractNum><w:num w:numId="5"><w:abstractNumId w:val="0"/></w:num>"""


def _numbered(level: int, text: str) -> str:
    return f'<w:pPr><w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="5"/></w:numPr></w:pPr>{_run(text)}'


def test_numbers_that_word_counts_are_written_out() -> None:
    lines = [(0, "认识"), (1, "甲"), (1, "乙"), (2, "细"), (0, "任务"), (1, "丙")]
    data = _saved(*(_numbered(level, text) for level, text in lines), numbering=LEVELS)
    assert docx_text(data).split("\n") == ["一、认识", "（一）甲", "（二）乙", "1.细", "二、任务", "（一）丙"]


def test_the_lines_of_a_table_of_contents_are_left_out() -> None:
    document = Document()
    style = document.styles.add_style("toc 1", 1)
    document.add_paragraph("一、认识……1", style)
    document.add_paragraph("一、认识")
    packed = io.BytesIO()
    document.save(packed)
    assert docx_text(packed.getvalue()) == "一、认识"


def test_what_is_no_word_file_is_refused() -> None:
    with pytest.raises(Refused, match="已损坏"):
        docx_text(b"PK\x03\x04")


def test_unclosed_and_crossed_tags_lose_nothing() -> None:
    assert html_text("<div><p>一<p>二</div></b>三<li>四") == "一\n二\n三\n四"
    assert html_text("<form><p>表单里的正文</p>") == "表单里的正文"
