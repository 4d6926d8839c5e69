"""What Word shows is what is read."""

import io

import pytest
from docx import Document
from docx.oxml import parse_xml

from tests.vectorstore.documents import WORD_HEAD, WORD_TAIL, word, zipped
from vectorstore.extract import Refused
from vectorstore.extract.web import html_text
from vectorstore.extract.word import docx_text

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


def test_text_in_the_colour_of_its_ground_or_too_small_is_not_read() -> None:
    white, tiny = '<w:color w:val="FFFFFF"/>', '<w:sz w:val="2"/><w:szCs w:val="2"/>'
    black = '<w:color w:val="000000"/><w:shd w:val="clear" w:fill="000000"/>'
    unseen = "".join(_run("指令", look) for look in (white, tiny, black, '<w:color w:val="FDFDFD"/>'))
    assert docx_text(_saved(_run("留") + unseen + _run("下", '<w:color w:val="FF0000"/>'))) == "留下"


def test_white_on_a_dark_ground_is_read() -> None:
    white = '<w:color w:val="FFFFFF"/>'
    shaded = '<w:pPr><w:shd w:val="clear" w:fill="C00000"/></w:pPr>' + _run("段落", white)
    marked = _run("标记", white + '<w:highlight w:val="darkBlue"/>')
    assert docx_text(_saved(shaded, marked)) == "段落\n标记"


def test_text_hidden_by_a_style_is_not_read() -> None:
    document = Document()
    document.styles.add_style("Secret", 2).font.hidden = True
    based = document.styles.add_style("Secret2", 2)
    based.base_style = document.styles["Secret"]
    paragraph = document.add_paragraph("看得见")
    paragraph.add_run("看不见", "Secret")
    paragraph.add_run("也看不见", "Secret2")
    shown = paragraph.add_run("又看得见", "Secret")
    shown.font.hidden = False
    packed = io.BytesIO()
    document.save(packed)
    assert docx_text(packed.getvalue()) == "看得见又看得见"


def _cell(*paragraphs: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{''.join(f'<w:p>{_run(text)}</w:p>' for text in paragraphs)}</w:tc>"


def test_a_row_of_a_table_is_a_line_and_a_page_laid_out_as_one_is_not() -> None:
    row = f"<w:tr>{_cell('姓名')}{_cell('职务')}{_cell('')}</w:tr>"
    page = f"<w:tr>{_cell('同志们：', '今天开会。')}{_cell('旁注')}</w:tr>"
    assert docx_text(word(f"<w:tbl>{row}</w:tbl><w:tbl>{page}</w:tbl><w:p>{_run('完')}</w:p>")).split("\n") == [
        "姓名\t职务", "同志们：", "今天开会。", "旁注", "完",
    ]  # fmt: skip


def test_a_table_in_a_table_is_read_once() -> None:
    inner = f"<w:tbl><w:tr>{_cell('甲')}{_cell('乙')}</w:tr></w:tbl>"
    outer = f"<w:tbl><w:tr><w:tc><w:p>{_run('上')}</w:p>{inner}<w:p>{_run('下')}</w:p></w:tc></w:tr></w:tbl>"
    assert docx_text(word(outer)).split("\n") == ["上", "甲\t乙", "下"]


def test_headers_and_footers_are_no_part_of_the_text() -> None:
    document = Document()
    document.sections[0].header.paragraphs[0].text = "内部资料"
    document.sections[0].footer.paragraphs[0].text = "第 1 页"
    document.add_paragraph("正文。")
    packed = io.BytesIO()
    document.save(packed)
    assert docx_text(packed.getvalue()) == "正文。"


def test_a_main_part_of_another_name_and_the_strict_schema_are_read() -> None:
    body = f"{WORD_HEAD}<w:p>{_run('正文')}</w:p>{WORD_TAIL}"
    relation = '<Relationship Id="a" Type="http://x/officeDocument" Target="/word/document2.xml"/>'
    relations = f'<Relationships xmlns="http://y">{relation}</Relationships>'
    assert docx_text(zipped({"_rels/.rels": relations.encode(), "word/document2.xml": body.encode()})) == "正文"
    strict = body.replace(
        "http://schemas.openxmlformats.org/wordprocessingml/2006/main", "http://purl.oclc.org/ooxml/wordprocessingml/main"
    )
    assert docx_text(zipped({"word/document.xml": strict.encode()})) == "正文"


@pytest.mark.parametrize(
    "style",
    [
        "display: none", "visibility:hidden", "opacity:0", "font-size:0", "font-size: 1px", "font-size:0.1em", "color:#fff",
        "COLOR: white !important", "position:absolute;left:-9999px", "text-indent:-99999px", "color:#ffffff;background:#fff",
    ],
)  # fmt: skip
def test_text_that_a_page_hides_is_not_read(style: str) -> None:
    assert html_text(f'<p>看得见<span style="{style}">指令<b>指令</b></span></p>') == "看得见"


@pytest.mark.parametrize(
    "style", ["color:#ff0000", "font-size:16px", "font-size:1.2em", "color:#fff;background:#c00", "opacity:0.9"]
)
def test_text_that_a_page_shows_is_read(style: str) -> None:
    assert html_text(f'<p style="{style}">看得见</p>') == "看得见"


def test_text_hidden_by_a_style_sheet_is_not_read() -> None:
    page = """<style>.藏, p.x {display:none} #y{font-size:0} /* .z{display:none} */ div p {display:none}
    @media print {.w{display:none}}</style><p class="甲 藏">一</p><p class="x">二</p><b id="y">三</b><p class="z w">四</p>
    <!-- 五 --><p>六</p>"""
    assert html_text(page) == "四\n\n六"
