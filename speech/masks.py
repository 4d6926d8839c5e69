"""Masks (×, XX, **, 〔〕 …): where they stand in a text, and the printed form that replaces a specific."""

import re
from dataclasses import dataclass
from enum import StrEnum

from speech.numerals import CHINESE_SIGNS, DIGIT


class PlaceholderKind(StrEnum):
    """What a mask stands for."""

    DATE = "date"
    PERSON = "person"
    PLACE = "place"
    ORGANISATION = "organisation"
    COUNT = "count"
    AMOUNT = "amount"
    PERCENT = "percent"
    DOCUMENT = "document"
    NAME = "name"
    OTHER = "other"


@dataclass(frozen=True)
class Run:
    """One run of mask signs: text[start:end]. A date run (×月×日) is one, its units within."""

    start: int
    end: int
    date: bool = False


CROSSES = "×✕╳✖"
LETTERS = "XxＸｘ"
STARS = "*＊"
BLANKS = "_＿"
CIRCLES = "○◯〇"
MASK_SIGNS = CROSSES + STARS + BLANKS + "XxＸｘ○◯□△"

_LATIN = "A-Za-zＡ-Ｚａ-ｚ"
_SOME = (
    r"某(?=[省市县区州镇乡村局厅]|街道|社区|公司|集团|企业|单位|学校|医院|支部|党支部|同志|书记|部长|主任|局长|市长|县长|区长|年某?月|月某?日|日[，。至])"
    r"(?!市场|区域|区间|省级|市级|县级|区级|局面|局部|乡镇企业|市值|区别|县域|村民主)"
)
_SIGNS = re.compile(
    r"(?:"
    # Brackets that hold nothing but masks or blanks. "- [ ]" is a task list of Markdown.
    rf"〔[\s{STARS}{CROSSES}{LETTERS}{BLANKS}{CIRCLES}.…]{{0,12}}〕"
    rf"|(?<![-*+] )\[(?!\s*[xX ]\](?:\s|\())[ \u3000{STARS}{CROSSES}{LETTERS}{BLANKS}{CIRCLES}]{{1,12}}\](?!\()"
    rf"|［[\s{STARS}{CROSSES}{LETTERS}{BLANKS}{CIRCLES}]{{1,12}}］|【[\s{STARS}{CROSSES}{LETTERS}{BLANKS}{CIRCLES}]{{1,12}}】"
    # 3×5 and 7×24 are products.
    rf"|(?<![{DIGIT}{CROSSES}])[{CROSSES}]+|[{CROSSES}]+(?![{DIGIT}{CROSSES}])"
    rf"|(?<![{_LATIN}{DIGIT}+＋\-/'’.@&])(?<![{_LATIN}] )[{LETTERS}]+(?![{_LATIN}{DIGIT}+＋\-/'’.@&])(?!光|射线|轴|染色体|线)"
    rf"|(?<![{DIGIT}{STARS}])[{STARS}]+|[{STARS}]+(?![{DIGIT}{STARS}])"
    rf"|(?<![{_LATIN}{DIGIT}_])_{{2,}}(?![{_LATIN}{DIGIT}_])|＿+"
    rf"|(?<![{CHINESE_SIGNS}])[{CIRCLES}]{{2,}}(?![{CHINESE_SIGNS}])"
    rf"|(?<![{CHINESE_SIGNS}])[○◯](?=市|县|区|省|镇|村|街道|社区|局|公司|同志|书记|年|月|日|个|名|户|家|万)"
    rf"|[□△]{{2,}}|某某+|{_SOME}"
    r")+"
)
# In Markdown "* " opens a list item and "***", "___" alone on a line are a rule; neither hides anything.
_NOT_MASKS = re.compile(
    rf"^[ \t]*[{STARS}](?=[ \t]+\S)|^[ \t]*(?:[*＊][ \t]*){{3,}}$|^[ \t]*[_＿]{{3,}}[ \t]*$|数据要素[{CROSSES}]", re.MULTILINE
)
_MASKED_YEAR = re.compile(rf"(?:[12１２][{DIGIT}]{{1,2}}|二[〇○零]?)[{CROSSES}{LETTERS}{STARS}{BLANKS}]+(?=\s?年)")
_UNITS_OF_DATE = ("年", "月", "日", "时", "分")
_NEXT_PART = re.compile(
    r"[ \u3000]?(年(?![会级代味货])|月(?![饼季刊报])|[日号](?![报志常程益])|[时点分](?![钟别管]))[ \u3000]*(?:上午|下午|晚上?|凌晨)?[ \u3000]*"
)
_CLOCK_BEFORE = re.compile(r"(?:[日号]|上午|下午|晚上?|凌晨|中午)$")
# Numbers of years and days that run on, rather than a year or a day: 近×年来, ×年时间.
_DURATION_BEFORE = re.compile(
    r"(?:了|近|过去|未来|今后|连续|历时|长达|每|用|满|前|后|第|经过|通过|力争|约|超过|至少|不少于|为期|(?<!年)[至到—～~-])$"
)
_DURATION_AFTER = re.compile(r"(?:多|来(?!临)|内|间|期(?!间)|时间|左右|以上|一次|游|行动)")


def runs(text: str) -> list[Run]:
    """Every mask in `text`, in order, none overlapping; a date of several parts is one run."""
    spared = [match.span() for match in _NOT_MASKS.finditer(text)]
    years = {match.start(): match.end() for match in _MASKED_YEAR.finditer(text)}
    spans: list[tuple[int, int]] = []
    for match in _SIGNS.finditer(text):
        if not any(start < match.end() and match.start() < end for start, end in spared):
            spans.append(match.span())
    spans = _joined_decimals(text, spans)
    for start, end in years.items():
        spans = [span for span in spans if span[1] <= start or span[0] >= end] + [(start, end)]
    return _joined_dates(text, sorted(spans))


def _joined_decimals(text: str, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """××.× is one figure."""
    joined: list[tuple[int, int]] = []
    for start, end in spans:
        before = joined[-1] if joined else None
        if before and before[1] + 1 == start and text[before[1]] == "." and text[start] == text[before[1] - 1]:
            joined[-1] = (before[0], end)
        else:
            joined.append((start, end))
    return joined


def _joined_dates(text: str, spans: list[tuple[int, int]]) -> list[Run]:
    found: list[Run] = []
    at = 0
    while at < len(spans):
        start, end = spans[at]
        at += 1
        part = _date_part(text, start, end)
        if part is None:
            found.append(Run(start, end))
            continue
        end = part.end(1)
        while at < len(spans) and spans[at][0] == part.end() and (after := _later_part(text, spans[at][1], part[1])):
            part, end = after, after.end(1)
            at += 1
        found.append(Run(start, end, date=True))
    return found


def _date_part(text: str, start: int, end: int) -> re.Match[str] | None:
    """The unit of time after a mask, where the mask is a date and not a length of time or a score."""
    part = _NEXT_PART.match(text, end)
    if part is None:
        return None
    before = text[max(0, start - 4) : start]
    if part[1] in "点时" and not _CLOCK_BEFORE.search(before):
        return None
    if part[1] in "分号" or (part[1] == "月" and before.endswith("个")):
        return None
    if part[1] in "年日" and _DURATION_AFTER.match(text, part.end(1)):
        return None
    return None if part[1] == "年" and _DURATION_BEFORE.search(before) else part


def _later_part(text: str, end: int, unit: str) -> re.Match[str] | None:
    part = _NEXT_PART.match(text, end)
    if part is None:
        return None
    order = {"号": 2, "点": 3} | {sign: rank for rank, sign in enumerate(_UNITS_OF_DATE)}
    return part if order[part[1]] > order[unit] else None
