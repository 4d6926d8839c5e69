"""What a terminal shows of the corpus: passages found, why they were found, and the style that was counted."""

from collections.abc import Iterable, Sequence

from api.filters import ROLES
from vectorstore.patterns import Pattern
from vectorstore.search import Decision, Explained, PassageHit, SearchReport
from vectorstore.style import HeadingStyle, HouseStyle, Spread

_DECISIONS = {
    Decision.TAKEN: "入选", Decision.FILLED: "本篇已满，因别篇不足补入", Decision.SAME_TEXT: "与另一片段文字相同，不重复给出",
    Decision.DOCUMENT_FULL: "本篇已给出足够条数，让给别篇", Decision.BEYOND_K: "排在要的条数之后",
}  # fmt: skip
_MOST_PASSED_OVER = 8
_MOST_TERMS = 8


def hits_text(hits: Sequence[PassageHit]) -> str:
    """Hits with score, place and text."""
    return "".join(f"{hit.score:.2f}  {_place(hit)}\n      {hit.passage.text}\n\n" for hit in hits)


def report_text(report: SearchReport) -> str:
    """A search with its reasons, and the best of what was passed over."""
    lines = [
        f"查“{report.query}”，按字词查 {len(report.tokens)} 个；语料库共 {report.passages} 个片段。",
        f"得分 = 意思（最多 0.80）+ 字词（最多 0.20），各以最好的一条为满分；每篇先给 {report.per_document} 条。",
    ]
    for at, one in enumerate(report.hits, 1):
        lines += [
            "",
            f"{at}. {one.hit.score:.2f}  {_place(one.hit)}",
            *(f"   {line}" for line in _reasons(one)),
            f"   {one.hit.passage.text}",
        ]
    if report.passed_over:
        lines += ["", "没有给出的（前几条）："]
        for one in report.passed_over[:_MOST_PASSED_OVER]:
            lines.append(f"  {one.hit.score:.2f}  {_place(one.hit)}：{_DECISIONS[one.decision]}")
    return "\n".join(lines)


def _place(hit: PassageHit) -> str:
    passage = hit.passage
    about = "，".join(filter(None, (passage.genre, ROLES[passage.role], str(passage.era))))
    return f"《{passage.title}》{passage.path} {passage.heading}".rstrip() + f"（{about}）"


def _reasons(one: Explained) -> Iterable[str]:
    hit = one.hit
    shared = "、".join(f"{term.text} {term.weight:.1f}" for term in one.terms[:_MOST_TERMS])
    more = f" 等 {len(one.terms)} 个" if len(one.terms) > _MOST_TERMS else ""
    yield f"意思：{_rank(hit.dense_rank)}，相似度 {hit.similarity:.3f}，得 {one.dense_share:.2f}"
    words = f"字词：{_rank(hit.lexical_rank)}，BM25 {hit.lexical_score:.1f}，得 {one.lexical_share:.2f}"
    words += f"；同一部分的其他片段带来 {one.from_section:.1f}" if one.from_section >= 0.05 else ""
    yield words + (f"；共有 {shared}{more}" if shared else "")
    yield f"取舍：{_DECISIONS[one.decision]}"


def _rank(rank: int | None) -> str:
    return f"第 {rank} 名" if rank else "不在前列"


def style_text(style: HouseStyle) -> str:
    """The counted style, a line a habit."""
    lines = [
        f"文种：{'、'.join(style.genres) or '全部'}；{style.documents} 篇，{style.characters} 字",
        f"全篇：{_spread(style.length)} 字",
        f"句长：{_spread(style.sentences)} 字；段长：{_spread(style.paragraphs)} 字",
        "篇幅：" + "、".join(f"{ROLES[role]} {share:.0%}" for role, share in style.shares),
    ]
    lines += [line for heading in style.headings for line in _heading_lines(heading)]
    lines.append(f"列举：{_counted(style.enumerators)}；每组 {_spread(style.items)} 项")
    for name, patterns in (
        ("开头", style.openings), ("过渡", style.transitions), ("结尾", style.closings), ("末句", style.last_words),
    ):  # fmt: skip
        lines.append(f"{name}：{_patterns(patterns)}")
    lines.append(f"句首连接：{_counted(style.connectives)}")
    lines.append(f"四字词：每千字 {style.four_character_rate:.1f} 个；{_counted(style.four_character)}")
    return "\n".join(lines)


def _heading_lines(heading: HeadingStyle) -> Iterable[str]:
    yield (
        f"{heading.level} 级标题：“{heading.number}”，{heading.headings} 个，长 {_spread(heading.length)} 字，"
        f"每组 {_spread(heading.siblings)} 个，接排 {heading.run_in:.0%}，排比 {heading.parallel:.0%}"
    )
    yield f"   句式（各分句字数）：{_counted(heading.shapes)}；起首：{_counted(heading.verbs)}"


def _spread(spread: Spread) -> str:
    return f"{spread.middle}（{spread.low}—{spread.high}）" if spread.count else "无"


def _counted(rows: Sequence[tuple[str, int]]) -> str:
    return "、".join(f"{text}×{count}" for text, count in rows) or "无"


def _patterns(patterns: Sequence[Pattern]) -> str:
    return "；".join(f"{pattern.text}（{pattern.documents} 篇）" for pattern in patterns) or "无"
