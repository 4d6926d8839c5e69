"""to_text and to_markdown: what is rendered reads back as the same speech, and masks survive Markdown."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from speech.brief import Genre
from speech.document import Section, Speech
from speech.numbering import chinese, write
from speech.parse import parse
from speech.render import escape_markdown, to_markdown, to_text, with_lines

# ── canonical speeches: the form in which a speech is drafted ────────────────────────────────────────────────────────

_WORDS = [
    "办好食堂", "服务老人", "建强院子", "×个社区", "**余件", "×月×日", "12.5%", "“三治”并进", "《××办法》", "×××同志", "___区", "XX市",
    "`试点`", "<先行区>", "[1]", "#1号", "2026年", "1.2万户", "一是选点", "a|b", "~~旧~~", "$5", "&lt", "\\n",
]  # fmt: skip
_clauses = st.lists(st.sampled_from(_WORDS), min_size=1, max_size=3).map("".join)
_paragraphs = st.lists(_clauses, min_size=1, max_size=3).map(lambda parts: "要" + "。".join(parts) + "。")
_headings = st.lists(_clauses, min_size=1, max_size=2).map(lambda parts: "抓" + "，".join(parts))
_titles = {
    Genre.SPEECH: "在×市推进会上的讲话",
    Genre.EXCHANGE: "在全省推进会上的交流发言",
    Genre.REPORT: "在**会上的汇报发言",
    Genre.SEMINAR: "学习_全会_精神研讨发言",
    Genre.PLEDGE: "在推进会上的表态发言",
    Genre.MOBILISATION: "在作风建设动员会上的讲话",
    Genre.ADDRESS: "在开幕式上的致辞",
    Genre.DUTY_REPORT: "2025年度述职报告",
    Genre.PARTY_LESSON: "专题党课讲稿",
    Genre.SUMMARY: "2025年度工作总结",
}


@st.composite
def _sections(draw: st.DrawFn, level: int, fewest: int) -> tuple[Section, ...]:
    """Numbered siblings of one level; each has text, run in or below its heading, and may have sections under it."""
    spoken = level == 3 and draw(st.booleans())
    return tuple(
        Section(
            level=level,
            number=f"第{chinese(ordinal)}，" if spoken else write(level, ordinal),
            heading=draw(_headings),
            run_in=draw(st.booleans()),
            paragraphs=tuple(draw(st.lists(_paragraphs, min_size=1, max_size=2))),
            sections=draw(_sections(level + 1, 1)) if level < 4 and draw(st.integers(0, 3)) == 0 else (),
        )
        for ordinal in range(1, draw(st.integers(fewest, 3)) + 1)
    )


@st.composite
def canonical_speeches(draw: st.DrawFn) -> Speech:
    """A speech as it is drafted: everything there is in its place, numbers in order, every paragraph finished."""
    genre, title = draw(st.sampled_from(sorted(_titles.items())))
    sections = draw(_sections(1, 2))
    if all(section.run_in and not section.sections for section in sections):
        # Where every section is one line, a second line under the last one would be the closing.
        sections = tuple(section.model_copy(update={"paragraphs": section.paragraphs[:1]}) for section in sections)
    promised = draw(st.sampled_from([None, len(sections)]))
    opening = [*draw(st.lists(_paragraphs, min_size=1, max_size=2))]
    if promised:
        opening[-1] += f"下面，我讲{chinese(promised)}点意见。"
    salutation = draw(st.sampled_from([None, "同志们：", "各位领导，同志们：", "尊敬的**部长，各位领导，同志们："]))
    closing = draw(
        st.sampled_from([(), ("同志们，要把×件事办成！",), ("同志们，使命在肩！", "谢谢大家！"), ("以上发言，请批评指正。",)])
    )
    return Speech(
        title=title,
        byline=draw(st.sampled_from([(), ("（2026年3月5日）",), ("市委书记　×××",), ("（×年×月×日）", "×市委书记 张三")])),
        genre=genre,
        salutation=salutation,
        opening=tuple(opening),
        promised_points=promised,
        sections=sections,
        closing=closing,
        signature=draw(st.sampled_from([None, "×市委\n×年×月×日", "云溪市民政局\n2026年3月5日"])),
    )


@settings(max_examples=40, deadline=None)
@given(
    canonical_speeches(), st.sampled_from(["。", "要", "抓", "×个", "办好食堂"]), st.sampled_from(["16", "又好又快", "。抓实"])
)
def test_other_words_in_the_lines_are_other_words_in_the_tree(speech: Speech, old: str, new: str) -> None:
    text = to_text(speech)
    assert with_lines(speech, text) == speech
    changed = "\n".join(line if number else line.replace(old, new) for line, number in _lines_with_numbers(text, speech))
    reworded = with_lines(speech, changed)
    assert to_text(reworded) == changed
    assert [one.path for one in reworded.paragraphs()] == [one.path for one in speech.paragraphs()]


def _lines_with_numbers(text: str, speech: Speech) -> list[tuple[str, bool]]:
    """The lines, and whether a heading stands in one: of those the words after the heading are left as they are here."""
    headings = [one for one in speech.headings().values() if one]
    return [(line, any(one in line for one in headings)) for line in text.split("\n")]


def test_a_heading_and_the_text_in_its_line_are_told_apart() -> None:
    text = "在推进会上的讲话\n同志们：\n一、办好×件实事\n（一）开好×个食堂。共有×家。都要开好。\n（二）用好院子。要管好。\n同志们，任务已定。\n"
    speech = parse(text)
    for mask, filled in (("×件", "16件"), ("×个", "21个"), ("×家", "3家"), ("×", "16")):
        reworded = with_lines(speech, text.replace(mask, filled))
        assert reworded == parse(text.replace(mask, filled))


@given(canonical_speeches())
@settings(max_examples=60, deadline=None)
def test_what_is_rendered_reads_back_as_the_same_speech(speech: Speech) -> None:
    read = parse(to_text(speech))
    told = {"genre_confidence": read.genre_confidence, "speaker": read.speaker, "date": read.date}
    assert read == speech.model_copy(update=told)


# ── Markdown ─────────────────────────────────────────────────────────────────────────────────────────────────────────

_READER = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def _shown(markdown: str) -> list[tuple[str, str]]:
    """What a Markdown reader shows: the tag and the text of each block. Anything but text inside a block is a fault."""
    tokens = _READER.parse(markdown)
    shown = []
    for opened, inside in pairwise(tokens):
        if inside.type == "inline":
            children = inside.children or []
            assert {child.type for child in children} <= {"text", "text_special", "hardbreak", "softbreak"}, inside.content
            shown.append((opened.tag, "".join("\n" if child.type == "hardbreak" else child.content for child in children)))
    assert {token.type for token in tokens} <= {"inline", "paragraph_open", "paragraph_close", "heading_open", "heading_close"}
    return shown


@given(canonical_speeches())
@settings(max_examples=40, deadline=None)
def test_a_markdown_reader_shows_the_plain_text(speech: Speech) -> None:
    shown = _shown(to_markdown(speech))
    assert "".join(f"{text}\n" for _, text in shown) == to_text(speech)
    assert shown[0][0] == "h1"


@given(st.text(alphabet="*_`#>+-=~|[]()<>!&;:\\$.1２×一 字a", min_size=1, max_size=24).map(str.strip).filter(bool))
@settings(max_examples=300, deadline=None)
def test_any_line_survives_markdown(line: str) -> None:
    assert _shown(escape_markdown(line) + "\n") == [("p", line)]


def test_markdown_headings_by_level() -> None:
    inner = Section(level=2, number="（一）", heading="选点", paragraphs=("要近。",))
    run_in = Section(level=2, number="（二）", heading="算账", run_in=True, paragraphs=("**元要清。", "要细。"))
    outer = Section(level=1, number="一、", heading="抓食堂", sections=(inner, run_in))
    speech = Speech(
        title="在**会上的讲话", salutation="同志们：", opening=("1.这不是列表。",), sections=(outer,), closing=("同志们，干！",)
    )
    assert to_markdown(speech) == (
        "# 在\\*\\*会上的讲话\n\n同志们：\n\n1\\.这不是列表。\n\n## 一、抓食堂\n\n### （一）选点\n\n要近。\n\n"
        "（二）算账。\\*\\*元要清。\n\n要细。\n\n同志们，干！\n"
    )


def test_plain_text() -> None:
    section = Section(level=1, number="一、", heading="要快！", run_in=True, paragraphs=("抓紧。",))
    item = Section(level=3, number="1.", heading="", paragraphs=("新建食堂×个。",))
    speech = Speech(title="讲话", byline=("（2026年3月5日）",), sections=(section, item), signature="×市委\n×年×月×日")
    assert to_text(speech) == "讲话\n（2026年3月5日）\n一、要快！抓紧。\n1.新建食堂×个。\n×市委\n×年×月×日\n"


def test_an_empty_speech_renders_to_nothing() -> None:
    assert to_text(Speech()) == ""
    assert to_markdown(Speech()) == ""
