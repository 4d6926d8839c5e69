"""to_docx: opened again and read as XML, against the figures of GB/T 9704-2012 in the domain notes."""

import re
import zipfile
from itertools import pairwise
from pathlib import Path

import docx
import pytest
from docx.document import Document
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.text.paragraph import Paragraph

from speech.document import Section, Speech
from speech.docx import Reference, to_docx
from speech.errors import DraftError
from speech.parse import parse
from speech.render import to_text

SPEECH = Speech(
    title="在全市养老服务工作推进会上的讲话",
    byline=("（2026年3月5日）", "市委书记　×××"),
    salutation="同志们:",
    opening=("今天开会，2025年建成食堂×个。",),
    sections=(
        Section(
            level=1,
            number="一、",
            heading="提高认识",
            sections=(
                Section(level=2, number="（一）", heading="选点", paragraphs=("要近。",)),
                Section(level=2, number="（二）", heading="到**村算账", run_in=True, paragraphs=("×月×日前要清。", "要细。")),
            ),
        ),
        Section(
            level=1,
            number="二、",
            heading="抓好落实",
            run_in=True,
            paragraphs=("要快。",),
            sections=(
                Section(level=3, number="1.", heading="管院子", paragraphs=("要严。",)),
                Section(level=4, number="（1）", heading="", paragraphs=("看好门。",)),
            ),
        ),
    ),
    closing=("同志们，干！",),
    signature="×市委\n2026年3月5日",
)


def _write(speech: Speech, folder: Path, highlight: bool = True) -> Document:
    to_docx(speech, folder / "a.docx", highlight)
    return docx.Document(str(folder / "a.docx"))


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Document:
    return _write(SPEECH, tmp_path_factory.mktemp("written"))


def _paragraph(document: Document, start: str) -> Paragraph:
    return next(paragraph for paragraph in document.paragraphs if paragraph.text.startswith(start))


def _fonts(element: BaseOxmlElement) -> dict[str, str]:
    found = element.find(f".//{qn('w:rFonts')}")
    assert found is not None
    return {name.split("}")[1]: value for name, value in found.attrib.items()}


def _runs(paragraph: Paragraph) -> list[tuple[str, str]]:
    """Text and East Asian font of each stretch of one font."""
    joined: list[tuple[str, str]] = []
    for run in paragraph.runs:
        font = _fonts(run._element)["eastAsia"]
        if joined and joined[-1][1] == font:
            joined[-1] = (joined[-1][0] + run.text, font)
        else:
            joined.append((run.text, font))
    return joined


def test_page_holds_22_lines_of_28_characters(written: Document) -> None:
    page = written.sections[0]._sectPr
    size, margin, grid = (page.find(qn(f"w:{name}")) for name in ("pgSz", "pgMar", "docGrid"))
    assert size is not None and margin is not None and grid is not None
    millimetres = {name: round(int(margin.get(qn(f"w:{name}"))) / 1440 * 25.4) for name in ("top", "bottom", "left", "right")}
    assert millimetres == {"top": 37, "bottom": 35, "left": 28, "right": 26}
    assert [round(int(size.get(qn(f"w:{side}"))) / 1440 * 25.4) for side in ("w", "h")] == [210, 297]
    assert grid.get(qn("w:type")) == "linesAndChars"
    height = int(size.get(qn("w:h"))) - int(margin.get(qn("w:top"))) - int(margin.get(qn("w:bottom")))
    width = int(size.get(qn("w:w"))) - int(margin.get(qn("w:left"))) - int(margin.get(qn("w:right")))
    assert height // int(grid.get(qn("w:linePitch"))) == 22
    # charSpace is in 1/4096 of a point, added to each character of 16 pt.
    assert round(width / 20 / (16 + int(grid.get(qn("w:charSpace"))) / 4096), 1) == 28.0


def test_styles(written: Document) -> None:
    expected = {
        "Title": ("方正小标宋简体", 22, "center", "0"),
        "Subtitle": ("楷体_GB2312", 16, "center", "0"),
        "Salutation": ("仿宋_GB2312", 16, "both", "0"),
        "Normal": ("仿宋_GB2312", 16, "both", "200"),
        "Heading 1": ("黑体", 16, "both", "200"),
        "Heading 2": ("楷体_GB2312", 16, "both", "200"),
        "Heading 3": ("仿宋_GB2312", 16, "both", "200"),
        "Heading 4": ("仿宋_GB2312", 16, "both", "200"),
    }
    for name, (font, size, alignment, first) in expected.items():
        style = written.styles[name].element
        fonts = _fonts(style)
        assert (fonts["eastAsia"], fonts["ascii"], fonts["hAnsi"]) == (font, "Times New Roman", "Times New Roman"), name
        assert style.find(f".//{qn('w:sz')}").get(qn("w:val")) == str(size * 2)
        assert style.find(f".//{qn('w:jc')}").get(qn("w:val")) == alignment
        assert style.find(f".//{qn('w:ind')}").get(qn("w:firstLineChars")) == first
        spacing = style.find(f".//{qn('w:spacing')}")
        assert [spacing.get(qn(f"w:{key}")) for key in ("line", "lineRule", "before", "after")] == ["579", "exact", "0", "0"]
        # Bold is practice and not the standard: the third level alone, which the standard sets in the type of the body.
        assert (style.find(f".//{qn('w:b')}").get(qn("w:val")) is None) == (name == "Heading 3")
        assert style.find(f".//{qn('w:color')}").get(qn("w:val")) == "000000"


def test_text_is_set_closer_and_not_snapped_to_cells_that_are_narrower_than_a_character(written: Document) -> None:
    """LibreOffice gives two cells to a character wider than one; then a line held 14 characters and a page half its text."""
    for name in ("Normal", "Heading 1", "Heading 2", "Heading 3", "Subtitle", "Salutation", "Signature", "List Number"):
        style = written.styles[name].element
        assert style.pPr.find(qn("w:snapToGrid")).get(qn("w:val")) == "0"
        assert style.rPr.find(qn("w:snapToGrid")).get(qn("w:val")) == "0"
        assert style.pPr.find(qn("w:autoSpaceDN")).get(qn("w:val")) == "0"
        closer = int(style.rPr.find(qn("w:spacing")).get(qn("w:val"))) / 20
        # 2 pt to spare: LibreOffice works in tenths of a point.
        assert 28 * (16 + closer) <= 156 / 25.4 * 72 - 2 < 29 * (16 + closer)


_ORDER = {
    "pPr": "pStyle keepNext keepLines pageBreakBefore widowControl numPr tabs kinsoku wordWrap overflowPunct autoSpaceDE autoSpaceDN "
    "bidi adjustRightInd snapToGrid spacing ind contextualSpacing jc outlineLvl",
    "rPr": "rStyle rFonts b bCs i iCs snapToGrid color spacing w kern position sz szCs highlight",
}


def test_properties_stand_in_the_order_of_the_schema(tmp_path: Path) -> None:
    """Word calls a file damaged where they do not."""
    to_docx(SPEECH, tmp_path / "a.docx", sources=(Reference("甲"),))
    document = docx.Document(str(tmp_path / "a.docx"))
    for root in (document.styles.element, document.element, document.sections[0].footer._element):
        for kind, names in _ORDER.items():
            order = names.split()
            for properties in root.iter(qn(f"w:{kind}")):
                if kind == "rPr" and properties.getparent().tag == qn("w:style"):
                    name = properties.getparent().find(qn("w:name")).get(qn("w:val"))
                    if name not in ("Normal", "heading 1", "Title", "List Number"):
                        continue  # the template's own
                children = [child.tag.split("}")[1] for child in properties]
                known = [order.index(child) for child in children if child in order]
                assert known == sorted(known), children


def test_fonts_that_may_be_missing_have_others_in_their_stead(written: Document) -> None:
    [part] = [rel.target_part for rel in written.part.rels.values() if rel.reltype.endswith("/fontTable")]
    table = {
        name: others.split(",")
        for name, others in re.findall('<w:font w:name="([^"]+)"><w:altName w:val="([^"]+)"', part.blob.decode())
    }
    assert set(table) == {"方正小标宋简体", "仿宋_GB2312", "楷体_GB2312", "黑体", "宋体", "Times New Roman"}
    assert (table["仿宋_GB2312"][0], table["楷体_GB2312"][0]) == ("仿宋", "楷体")


def test_a_signature_stays_with_the_text_above_it(written: Document) -> None:
    kept = [paragraph.paragraph_format.keep_with_next for paragraph in written.paragraphs[-4:]]
    assert kept == [True, True, True, None]


def test_the_third_level_is_bold_where_it_runs_in_too(tmp_path: Path) -> None:
    section = Section(level=3, number="1.", heading="管院子", run_in=True, paragraphs=("要严。",))
    document = _write(Speech(sections=(section,)), tmp_path)
    assert [(run.text, run.bold) for run in document.paragraphs[0].runs] == [("1.管院子。", True), ("要严。", None)]


def test_sources_are_an_annex_on_a_page_of_its_own(tmp_path: Path) -> None:
    sources = [
        Reference("在全市推进会上的讲话", "（一）选点", ("开头", "一（一）")),
        Reference("《方案》"),
        *[Reference("乙")] * 9,
    ]
    to_docx(SPEECH, tmp_path / "a.docx", sources=sources)
    document = docx.Document(str(tmp_path / "a.docx"))
    start = [paragraph.text for paragraph in document.paragraphs].index("附件")
    annex = document.paragraphs[start:]
    assert annex[0].paragraph_format.page_break_before
    assert _runs(annex[0]) == [("附件", "黑体")]
    assert [paragraph.text for paragraph in annex[1:6]] == [
        "",
        "素材来源",
        "",
        "1.\t《在全市推进会上的讲话》“（一）选点”部分（用于开头、一（一））",
        "2.\t《方案》",
    ]
    assert annex[-1].text == "11.\t《乙》"
    indent = annex[4].style.element.pPr.find(qn("w:ind"))
    assert [indent.get(qn(f"w:{name}")) for name in ("leftChars", "hangingChars", "firstLineChars")] == ["350", "150", None]
    assert len(_write(SPEECH, tmp_path).paragraphs) == start


def test_no_theme_font_is_left_to_win_over_ours(tmp_path: Path) -> None:
    _write(SPEECH, tmp_path)
    with zipfile.ZipFile(tmp_path / "a.docx") as file:
        for part in ("word/styles.xml", "word/document.xml", "word/settings.xml"):
            xml = file.read(part).decode()
            assert not re.search(r"<w:rFonts [^>]*[tT]heme=", xml), part
            assert "ja-JP" not in xml, part


def test_every_paragraph_in_its_style(written: Document) -> None:
    assert [(paragraph.style.name, paragraph.text) for paragraph in written.paragraphs if paragraph.style] == [
        ("Title", "在全市养老服务工作推进会上的讲话"),
        ("Subtitle", "（2026年3月5日）"),
        ("Subtitle", "市委书记　×××"),
        ("Salutation", ""),
        ("Salutation", "同志们："),
        ("Normal", "今天开会，2025年建成食堂×个。"),
        ("Heading 1", "一、提高认识"),
        ("Heading 2", "（一）选点"),
        ("Normal", "要近。"),
        ("Normal", "（二）到**村算账。×月×日前要清。"),
        ("Normal", "要细。"),
        ("Normal", "二、抓好落实。要快。"),
        ("Heading 3", "1.管院子"),
        ("Normal", "要严。"),
        ("Normal", "（1）看好门。"),
        ("Normal", "同志们，干！"),
        ("Normal", ""),
        ("Signature", "×市委"),
        ("Signature", "2026年3月5日"),
    ]


def test_only_the_first_sentence_of_a_run_in_heading_has_its_font(written: Document) -> None:
    assert _runs(_paragraph(written, "二、")) == [("二、抓好落实。", "黑体"), ("要快。", "仿宋_GB2312")]
    assert _runs(_paragraph(written, "（二）")) == [("（二）到**村算账。", "楷体_GB2312"), ("×月×日前要清。", "仿宋_GB2312")]
    assert _runs(_paragraph(written, "一、")) == [("一、提高认识", "黑体")]
    assert _runs(_paragraph(written, "（1）")) == [("（1）看好门。", "仿宋_GB2312")]


def test_runs_name_their_fonts_and_take_marks_for_chinese(written: Document) -> None:
    for paragraph in written.paragraphs:
        for run in paragraph.runs:
            fonts = _fonts(run._element)
            assert (fonts["ascii"], fonts["hAnsi"], fonts["hint"]) == ("Times New Roman", "Times New Roman", "eastAsia")


def test_placeholders_are_yellow(tmp_path: Path) -> None:
    def yellow(document: Document) -> list[str]:
        return [run.text for paragraph in document.paragraphs for run in paragraph.runs if run.font.highlight_color]

    assert yellow(_write(SPEECH, tmp_path)) == ["×××", "×", "**", "×月×日", "×"]
    assert yellow(_write(SPEECH, tmp_path, highlight=False)) == []


def test_page_numbers(tmp_path: Path) -> None:
    document = _write(SPEECH, tmp_path)
    assert document.settings.odd_and_even_pages_header_footer
    page = document.sections[0]
    for footer, alignment, side in ((page.footer, "right", "rightChars"), (page.even_page_footer, "left", "leftChars")):
        [paragraph] = footer.paragraphs
        assert paragraph.text == "— 1 —"
        assert [part.text for part in paragraph._element.iter(qn("w:instrText"))] == [" PAGE "]
        kinds = [part.get(qn("w:fldCharType")) for part in paragraph._element.iter(qn("w:fldChar"))]
        assert kinds == ["begin", "separate", "end"]
        layout = paragraph._element.pPr
        assert layout.find(qn("w:jc")).get(qn("w:val")) == alignment
        assert layout.find(qn("w:ind")).get(qn(f"w:{side}")) == "100"
        assert layout.find(qn("w:ind")).get(qn("w:firstLineChars")) == "0"
        for run in paragraph.runs:
            fonts = _fonts(run._element)
            assert (fonts["ascii"], fonts["eastAsia"], run.font.size and run.font.size.pt) == ("宋体", "宋体", 14)
    # The middle of the line, where the dash is, stands 7 mm below the type area.
    assert page.footer_distance is not None and page.bottom_margin is not None
    assert round((page.bottom_margin - page.footer_distance) / 36000 - 14 / 72 * 25.4 / 2, 1) == 7.0


@pytest.mark.parametrize(
    ("signature", "rights"),
    [
        # 7.3.5.2: ×市委 takes 3 characters, 2026年3月5日 takes 6: the longer date decides.
        ("×市委\n2026年3月5日", ["700", "200"]),
        ("云溪市民政事务服务中心\n2026年3月5日", ["200", "500"]),
        ("2026年3月5日", ["200"]),
    ],
)
def test_signature_and_date(tmp_path: Path, signature: str, rights: list[str]) -> None:
    document = _write(SPEECH.model_copy(update={"signature": signature}), tmp_path)
    lines = [paragraph for paragraph in document.paragraphs if paragraph.style and paragraph.style.name == "Signature"]
    layouts = [line._element.get_or_add_pPr() for line in lines]
    assert [layout.find(qn("w:ind")).get(qn("w:rightChars")) for layout in layouts] == rights
    assert {layout.find(qn("w:jc")).get(qn("w:val")) for layout in layouts} == {"right"}


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        ("在全市养老服务工作推进会上的讲话", 1),
        ("在全市城市基层治理重点工作暨养老服务工作推进会上的讲话", 2),
        ("办好老年食堂 建强社区院子——在全省城市基层治理重点工作暨养老服务工作推进会上的交流发言", 3),
        ("在全市基层治理工作推进会暨党建引领网格化管理三年行动动员大会上的讲话", 2),
        ("在××市×××区城市基层治理重点工作推进会上的讲话", 2),
        ("×" * 45, 1),
        ("A" * 200, 1),
    ],
)
def test_a_long_title_is_broken_between_words(tmp_path: Path, title: str, lines: int) -> None:
    broken = _write(Speech(title=title), tmp_path).paragraphs[0].text.split("\n")
    assert ("".join(broken).replace(" ", ""), len(broken)) == (title.replace(" ", ""), lines)
    if lines > 1:
        assert max(map(len, broken)) <= 20
        assert max(map(len, broken)) - min(map(len, broken)) <= 6
        assert not any(line[0] in "的上”》，、" for line in broken)
        assert not any(one[-1] == other[0] == "×" for one, other in pairwise(broken))


def test_a_title_is_not_broken_in_a_set_phrase_and_rather_before_暨(tmp_path: Path) -> None:
    title = "在全市城市基层治理工作推进会暨党建引领网格化管理行动动员大会上的讲话"
    assert _write(Speech(title=title), tmp_path).paragraphs[0].text.split("\n") == [
        "在全市城市基层治理工作推进会",
        "暨党建引领网格化管理行动动员大会上的讲话",
    ]


def test_a_subtitle_begins_a_line_and_a_blank_is_a_good_place(tmp_path: Path) -> None:
    title = "深入学习贯彻党的二十届四中全会精神 奋力谱写云溪发展新篇章——在中心组专题研讨会上的发言"
    assert _write(Speech(title=title), tmp_path).paragraphs[0].text.split("\n") == [
        "深入学习贯彻党的二十届四中全会精神",
        "奋力谱写云溪发展新篇章",
        "——在中心组专题研讨会上的发言",
    ]


def test_three_lines_of_a_title_have_no_waist(tmp_path: Path) -> None:
    title = "在全市城市基层治理现代化工作推进会暨党建引领网格化管理三年行动动员大会上的讲话"
    lines = _write(Speech(title=title), tmp_path).paragraphs[0].text.split("\n")
    assert ("".join(lines), len(lines)) == (title, 3)
    assert len(lines[1]) >= min(len(lines[0]), len(lines[2]))


@pytest.mark.parametrize(
    ("salutation", "printed"),
    [("同志们：", "同志们："), ("同志们:", "同志们："), ("各位领导，同志们", "各位领导，同志们："), ("各位代表！", "各位代表！")],
)
def test_salutation_ends_in_a_full_width_colon(tmp_path: Path, salutation: str, printed: str) -> None:
    document = _write(Speech(salutation=salutation, opening=("开会。",)), tmp_path)
    assert [paragraph.text for paragraph in document.paragraphs] == [printed, "开会。"]


def test_text_of_the_file_reads_back_as_the_speech(tmp_path: Path) -> None:
    speech = parse(to_text(SPEECH).replace("同志们:", "同志们："))
    document = _write(speech, tmp_path)
    assert parse("\n".join(paragraph.text for paragraph in document.paragraphs)) == speech


def test_no_author_and_no_remark_of_the_template_goes_out(written: Document) -> None:
    properties = written.core_properties
    assert (properties.author, properties.comments, properties.last_modified_by) == ("", "", "")
    assert properties.title == SPEECH.title


def test_characters_that_word_cannot_hold_are_left_out(tmp_path: Path) -> None:
    document = _write(Speech(title="讲\x00话\ud800", opening=("开\x0b会\ufffe。",)), tmp_path)
    assert [paragraph.text for paragraph in document.paragraphs if paragraph.text] == ["讲话", "开会。"]


def test_an_empty_speech_is_an_empty_page(tmp_path: Path) -> None:
    assert [paragraph.text for paragraph in _write(Speech(), tmp_path).paragraphs] == []


def test_an_existing_file_is_replaced_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    (tmp_path / "a.docx").write_bytes(b"old")
    _write(SPEECH, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["a.docx"]


def test_a_place_that_cannot_be_written_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(DraftError, match="写不成文件"):
        to_docx(SPEECH, tmp_path / "none" / "a.docx")
    (tmp_path / "folder.docx").mkdir()
    with pytest.raises(DraftError):
        to_docx(SPEECH, tmp_path / "folder.docx")
    assert [path.name for path in tmp_path.iterdir()] == ["folder.docx"]
