"""What a conversation answers, in plain words: the speech, an outline, what changed, where a paragraph comes from."""

import re
from collections.abc import Sequence

from agent.conversation.intent import Aspect
from agent.drafter import Event, PartBegun, PartWritten, Planned, Step
from agent.drafts import Draft, Revision
from agent.outline import Outline
from agent.revision.compare import Change, compare
from agent.understand import Question
from speech.document import characters
from speech.finding import Finding, Severity

# How questions begin, and how an answer about a draft ends: a client that keeps nothing sends both back.
ASKED = "动笔前想确认"
NUMBERED = re.compile(r"（稿号：(?P<id>[0-9a-z]+-[0-9a-z]+)）")
_MARKS = {Severity.ERROR: "错误", Severity.WARNING: "注意", Severity.INFO: "提示"}
_MOST_SHOWN = 12  # findings, or rows of a sheet, in one answer


def questions_text(asked: Sequence[Question]) -> str:
    rows = "\n".join(f"{n}. {one.text}" for n, one in enumerate(asked, 1))
    return f"{ASKED}{len(asked)}点（不清楚的可以不答，回“直接写”就动笔）：\n{rows}"


def progress_text(event: Event) -> str:
    match event:
        case Step(name):
            return f"· {name}\n"
        case Planned(outline):
            return f"{outline_text(outline)}\n"
        case PartBegun(part, number, count):
            return f"· 写第 {number}/{count} 部分 {part.path}\n"
        case PartWritten(part, text):
            return f"{part.heading}\n{text}\n" if part.heading else f"{text}\n"
    return ""


def finished_text(draft: Draft) -> str:
    """The speech, what is to be filled in, and what can be done next."""
    length = f"全文 {characters(draft.text)} 字"
    ways = "可以接着说：第二部分再充实一些；时间定在×月×日；补充：……；这段出自哪里；导出Word。"
    return signed(f"{draft.text.rstrip()}\n\n{length}。{_sheet_line(draft)}\n{ways}", draft)


def waiting_text(draft: Draft) -> str:
    assert draft.outline is not None
    return signed(f"{outline_text(draft.outline)}\n\n提纲合适就说“可以，开始写”；要改标题就说：第二部分的标题改成“……”。", draft)


def changed_text(before: Draft, after: Draft) -> str:
    """What a change changed, and what is still to be filled in."""
    changes = compare(before, after)
    told = "\n\n".join(_change_text(one) for one in changes) or "没有需要改的地方。"
    return signed(f"{told}\n\n{_sheet_line(after)}不合适就说：撤销。", after)


def outline_text(outline: Outline) -> str:
    """The outline a heading a line."""
    lines = [outline.title]
    for section in outline.sections:
        lines.append(f"{section.number}{section.heading}")
        lines += [
            f"  {part.path.removeprefix(section.number.rstrip('、'))}{part.heading}"
            for part in section.parts
            if part.heading != section.heading
        ]
    return "\n".join(lines)


def sources_text(draft: Draft, path: str | None, quoted: str | None) -> str:
    """Where the paragraphs meant come from."""
    meant = [
        one
        for one in draft.paragraphs
        if (quoted and quoted in one.text) or (path and (one.path == path or one.path.startswith(f"{path}（")))
    ]
    if not meant:
        return f"稿子里没有找到“{quoted}”。" if quoted else "请说明是哪一段，例如：第二部分第一点出自哪里。"
    rows = []
    for one in meant:
        named = "；".join(f"《{source.document}》{source.heading}" for source in one.sources)
        rows.append(f"{one.path}：{named or '没有参考语料，依写作任务写成'}")
    return "\n".join(dict.fromkeys(rows))


def aspect_text(draft: Draft, aspect: Aspect) -> str:
    match aspect:
        case Aspect.TEXT:
            return draft.text.rstrip()
        case Aspect.OUTLINE:
            return outline_text(draft.outline) if draft.outline else "还没有提纲。"
        case Aspect.SHEET:
            rows = [f"{item.id}　{item.question}（{item.context}）" for item in draft.placeholders]
            return "\n".join(rows) + "\n填空就说：p1=……，或：时间定在3月5日。" if rows else "没有待填项。"
        case Aspect.SOURCES:
            return "\n".join(
                dict.fromkeys(row for one in draft.paragraphs if one.sources for row in [sources_text(draft, one.path, None)])
            )
        case Aspect.REVIEW:
            return _review_text(draft)


def _review_text(draft: Draft) -> str:
    if draft.review is None:
        return "还没有审核。"
    found = sorted(draft.review.findings, key=lambda one: (list(_MARKS).index(one.severity), one.start))
    rows = [f"{_MARKS[one.severity]}　{one.message}：“{one.text[:40]}”{_instead(one)}" for one in found[:_MOST_SHOWN]]
    more = f"\n另有 {len(found) - _MOST_SHOWN} 条。" if len(found) > _MOST_SHOWN else ""
    return f"总分 {draft.review.scores.overall}。\n" + ("\n".join(rows) or "没有发现问题。") + more


def _instead(found: Finding) -> str:
    return f"→“{found.suggestion}”" if found.suggestion else ""


def last_change(revisions: Sequence[Revision]) -> str:
    if len(revisions) < 2:
        return "这是第一稿，还没有改过。"
    told = "\n\n".join(_change_text(one) for one in compare(revisions[-2], revisions[-1]))
    return f"{revisions[-1].why}：{revisions[-1].note}\n\n{told}"


def _change_text(change: Change) -> str:
    if not change.after:
        return f"{change.path}　删去：{change.before}"
    return f"{change.path}　{change.after}"


def _sheet_line(draft: Draft) -> str:
    count = len(draft.placeholders)
    if not count:
        return "没有待填项。"
    first = "；".join(f"{item.id} {item.question}" for item in draft.placeholders[:3])
    return f"待填 {count} 项：{first}{'……' if count > 3 else ''}。"


def signed(text: str, draft: Draft) -> str:
    """`text` with the draft's number, by which a later message finds it."""
    return numbered(text, draft.id)


def numbered(text: str, draft_id: str) -> str:
    return f"{text}\n（稿号：{draft_id}）"
