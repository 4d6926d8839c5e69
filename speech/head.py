"""The head of a speech: title, byline and salutation, as they stand over the first paragraph."""

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from speech.lines import DATE, MASK, POST
from speech.numbering import read

_LONGEST_SALUTATION = 60
_LONGEST_LINE = 60
_HEAD_LINES = 12

_WHO = (
    "同志们|同志|代表们?|委员|领导|来宾|嘉宾|朋友们?|女士们?|先生们?|老师们?|同学们?|乡亲们|父老乡亲|同仁|同事们?|评委|媒体|记者|"
    "企业家|专家|院士|学者|家长|校友|战友们|伙伴们|青年们|党员|干部|职工|书记|部长|省长|市长|县长|区长|州长|主席|主任|局长|"
    "厅长|校长|院长|处长|组长|常委|大家"
)
# 位代表 is 各位代表 with its first character lost.
_OPENS = "尊敬的|敬爱的|亲爱的|各|在座的|同志们|女士们|先生们|老师们|同学们|朋友们|大家|父老|位代表"
# An address and its colon, whether text follows in the line or not; or a whole line that is an address.
_SALUTATION = re.compile(
    rf"(?=[^：:！!]{{2,{_LONGEST_SALUTATION}}}[：:！!])(?:{_OPENS})(?:[^。！？；：:!?;]*(?:{_WHO}))?[ \u3000]*[：:！!]"
    r"|(?:尊敬的|各位)[^。！？；：:!?;]{1,50}[：:]$"
    rf"|[^。！？；：:!?;“”]{{0,40}}(?:{_WHO})[ \u3000]*[：:]$"
    rf"|(?:{_OPENS})(?:[^。！？；：:!?;]{{0,40}}(?:{_WHO}))?[，,。]?$"
)
_BROKEN_SALUTATION = re.compile(rf"(?:{_OPENS}).*[，,、]")
_TITLE_END = re.compile(
    r"(?:讲话|发言|[致贺祝]辞|[致贺祝]词|[开闭]幕[辞词]|报告|述职|党课|总结|主持[辞词]|讲稿|体会|演讲|提纲|材料|汇报|讲义|宣讲)"
    r"(?:稿|材料|提纲|摘要|全文)?(?:[（(][^）)]*[）)]|[》”])*$"
)
_BYLINE = re.compile(
    rf"[（(].*[）)]|——.*|{DATE}|中共.*委(?:员会)?|(?:报告人|主讲人|发言人|讲话人|作者|单位)[：:].*"
    rf"|.*{POST}[\s\u3000]*[\u4e00-\u9fff{MASK}]{{0,4}}(?:[\s\u3000][\u4e00-\u9fff{MASK}]{{1,2}})?"
    rf"|[\u4e00-\u9fff]{{1,2}}[\s\u3000]+[\u4e00-\u9fff]{{1,2}}|[{MASK}]{{2,4}}"
)


@dataclass(frozen=True)
class Head:
    """What stands over the first paragraph. All of it may be missing."""

    title: str | None = None
    byline: tuple[str, ...] = ()
    salutation: str | None = None


def read_head(lines: Sequence[str]) -> tuple[Head, list[str]]:
    """The head, and the other lines. Text that follows the salutation in its own line is the first of them.

    A title that names its kind of speech is found under a stray line or two as well; those are left to the text.
    """
    head, rest = _read_at_top(lines)
    if head == Head():
        for at in range(1, min(_HEAD_LINES, len(lines))):
            if _may_be_title(lines[at]) and _TITLE_END.search(lines[at]):
                head, rest = _read_at_top(lines[at:])
                return head, [*lines[:at], *rest]
    return head, rest


def _read_at_top(lines: Sequence[str]) -> tuple[Head, list[str]]:
    above: list[str] = []
    for at, line in enumerate(lines[:_HEAD_LINES]):
        goes_on = _BROKEN_SALUTATION.fullmatch(line) and at + 1 < len(lines) and _SALUTATION.match(lines[at + 1])
        if not goes_on and read(line) is None and (salutation := _SALUTATION.match(line)):
            broken = above.pop() if above and _BROKEN_SALUTATION.fullmatch(above[-1]) else ""
            title, before, after = _split_at_title(above)
            rest = [tail] if (tail := line[salutation.end() :].strip()) else []
            return Head(title, (*before, *after), broken + salutation[0]), [*rest, *lines[at + 1 :]]
        if not (_may_be_title(line) or _BYLINE.fullmatch(line) or _BROKEN_SALUTATION.fullmatch(line)):
            break
        above.append(line)
    return _head_without_salutation(above, lines)


def _may_be_title(line: str) -> bool:
    return len(line) <= _LONGEST_LINE and line[-1] not in "。；;，,！!？?：:" and read(line) is None


def _head_without_salutation(above: list[str], lines: Sequence[str]) -> tuple[Head, list[str]]:
    """Only what looks like a title or a byline belongs to the head: there is no salutation to end it."""
    named = any(_TITLE_END.search(_close_up(line)) for line in above)
    title, before, after = _split_at_title(above if named else above[:1])
    if title is None or (not named and len(lines) == 1):
        return Head(), list(lines)
    below = tuple(itertools.takewhile(_is_byline, after if named else above[1:]))
    taken = len(above) - len(after) if named else 1
    return Head(title, (*before, *below)), list(lines[taken + len(below) :])


def _split_at_title(above: Sequence[str]) -> tuple[str | None, tuple[str, ...], tuple[str, ...]]:
    """The title, joined where it is split over lines, with the lines before and after it."""
    first = next((at for at, line in enumerate(above) if not _is_byline(line)), None)
    if first is None:
        return None, tuple(above), ()
    end = next((at for at in range(first + 1, len(above)) if _is_byline(above[at])), len(above))
    lines = [_close_up(line) for line in above[first:end]]
    whole = next((n for n in range(1, len(lines) + 1) if _TITLE_END.search("".join(lines[:n]))), None)
    last = first + (whole or len(lines)) - 1
    # Lines of equal length that name no kind of speech are a couplet, not one line broken.
    couplet = whole is None and len({len(line) for line in lines}) == 1
    title = (" " if couplet else "").join(lines[:whole])
    # 副题: “——在…会上的讲话” belongs to the title.
    if last + 1 < len(above) and above[last + 1].startswith("——") and _TITLE_END.search(above[last + 1]):
        last += 1
        title += above[last]
    return title, tuple(above[:first]), tuple(above[last + 1 :])


def _is_byline(line: str) -> bool:
    return bool(_BYLINE.fullmatch(line)) and not _TITLE_END.search(_close_up(line))


def _close_up(line: str) -> str:
    """政 府 工 作 报 告 → 政府工作报告; other spaces stay."""
    return "".join(line.split()) if re.fullmatch(r"\S(?:\s+\S)+", line) else line


_LABELLED = re.compile(r"(?:报告人|主讲人|发言人|讲话人|宣讲人|述职人|主持人|汇报人)[：:]\s*(.+)")
_NAMED_WITH_POST = re.compile(
    rf".*{POST}[\s\u3000]*(?:[\u4e00-\u9fff]{{2,4}}|[{MASK}]{{1,4}}|[\u4e00-\u9fff][\s\u3000]+[\u4e00-\u9fff]{{1,2}})?"
)
_NAME = re.compile(rf"[\u4e00-\u9fff]{{1,2}}[\s\u3000]+[\u4e00-\u9fff]{{1,2}}|[\u4e00-\u9fff]{{2,3}}|[{MASK}]{{2,4}}")
_DATE_LINE = re.compile(rf"{DATE}日?")
_DATE_FIRST = re.compile(rf"({DATE}日?)[\s\u3000]+(?=\S)")


def speaker_of(byline: Sequence[str], signature: str | None) -> str | None:
    """Who speaks, with the post as printed, by the lines under the title, else by the signature; None where neither says."""
    for line in _said(byline, signature):
        if labelled := _LABELLED.fullmatch(line):
            return labelled[1].strip()
        if not _DATE_LINE.fullmatch(line) and (_NAMED_WITH_POST.fullmatch(line) or _NAME.fullmatch(line)):
            return line
    return None


def date_of(byline: Sequence[str], signature: str | None) -> str | None:
    """The date of the speech as printed, masks and all."""
    return next((line for line in _said(byline, signature) if _DATE_LINE.fullmatch(line)), None)


def _said(byline: Sequence[str], signature: str | None) -> list[str]:
    """What the lines say, without brackets; a date and a name in one line are two."""
    said: list[str] = []
    for raw in (*byline, *(signature or "").split("\n")):
        line = raw.strip("（()） \u3000")
        dated = _DATE_FIRST.match(line)
        said += [dated[1], line[dated.end() :]] if dated else [line]
    return [line for line in said if line]
