"""Put an answer in the place of a mask so that the two agree in form: no 3月5日月×日, no 12个个, no 张书记书记."""

import re
from dataclasses import dataclass

from speech.errors import DraftError
from speech.lexicon import (
    HANZI,
    MEASURE_PATTERNS,
    MEASURES,
    MONEY_UNITS,
    ORGANISATION_UNITS,
    PERCENT_UNITS,
    PLACE_UNITS,
    TITLES,
    either,
)
from speech.mask_kinds import Reading
from speech.masks import PlaceholderKind
from speech.numerals import ARABIC, CHINESE


@dataclass(frozen=True)
class Edit:
    """text[start:end] gives way to `text`."""

    start: int
    end: int
    text: str


_K = PlaceholderKind
_DATE_PART = re.compile(r"[年月日时分]")
_NUMERIC_DATE = re.compile(r"(?:(\d{4})[-/.])?(\d{1,2})[-/.](\d{1,2})")
_BARE_NUMBER = re.compile(rf"(?:{ARABIC}|{CHINESE})")
_FIGURE = re.compile(
    rf"(?P<number>[约近超]*(?:{ARABIC}|{CHINESE})(?:\s*[至到—–~～-]\s*{ARABIC})?)(?P<more>[余多]?)(?P<scale>[十百千]?[万亿]?)[余多]?(?P<unit>.*)",
    re.DOTALL,
)
_UNIT = re.compile(r"(?P<more>[余多几来]?)(?P<scale>[十百千]?[万亿]|[百千])?(?P<more2>[余多]?)(?P<unit>.*)", re.DOTALL)
_MEASURE_HEAD = re.compile(
    "(?:"
    + either((*MEASURES, *PERCENT_UNITS, *MONEY_UNITS, "年", "月", "日", "分", "成"))
    + "|"
    + "|".join(pattern.split("(?!")[0] for pattern in MEASURE_PATTERNS)
    + ")"
)
_ENDS = {
    _K.PLACE: re.compile(f"(?:{either((*PLACE_UNITS, '地区', '州', '路', '街'))})$"),
    _K.PERSON: re.compile(f"{either(TITLES)}$"),
    _K.ORGANISATION: re.compile("(?:" + "|".join(sorted(ORGANISATION_UNITS, key=len, reverse=True)) + ")$"),
}
_QUOTES = "“”‘’「」『』\"'"


def edit(text: str, reading: Reading, answer: str) -> Edit:
    """The change of `text` that fills one mask with `answer`. DraftError where a date is answered by a bare number."""
    answer = " ".join(answer.split())
    match reading.kind:
        case _K.DATE:
            return _date(text, reading, answer)
        case _K.COUNT | _K.AMOUNT | _K.PERCENT:
            return _figure(text, reading, answer)
        case _K.PERSON | _K.PLACE | _K.ORGANISATION:
            return _named(text, reading, answer)
        case _K.DOCUMENT:
            return _document(text, reading, answer)
        case _K.NAME:
            return _name(text, reading, answer)
    return Edit(reading.run.start, reading.run.end, answer)


def _date(text: str, reading: Reading, answer: str) -> Edit:
    start, end = reading.run.start, reading.run.end
    parts = _DATE_PART.findall(text[start:end].replace("号", "日").replace("点", "时"))
    if numeric := _NUMERIC_DATE.fullmatch(answer):
        year, month, day = numeric.groups()
        answer = (f"{int(year)}年" if year else "") + f"{int(month)}月{int(day)}日"
    elif _BARE_NUMBER.fullmatch(answer):
        if len(parts) != 1:
            raise DraftError(f"“{answer}”填不进“{text[start:end]}”", "请写成“3月5日”的样子")
        answer += parts[0]
    # 2026年×月×日 answered with the year again; ×月5日 answered with the day again.
    before = re.search(r"(?:\d+年)?(?:\d+月)?$", text[:start])
    if before and before[0]:
        answer = answer.removeprefix(before[0])
    after = re.match(r"份|(?:\d+月)?(?:\d+日)?", text[end:])
    if after and after[0] and answer.endswith(after[0]) and answer != after[0]:
        answer = answer.removesuffix(after[0])
    return Edit(start, end, answer)


def _figure(text: str, reading: Reading, answer: str) -> Edit:
    start, end = reading.run.start, reading.run.end
    figure, unit = _FIGURE.fullmatch(answer), _UNIT.fullmatch(text, end, reading.unit_end)
    if figure is None or unit is None:
        return Edit(start, end, answer)
    if answer.startswith(("百分之", "千分之")) or figure["unit"].startswith(tuple(PERCENT_UNITS)):
        start -= 3 if text[:start].endswith(("百分之", "千分之")) else 0
    if answer.startswith(("百分之", "千分之")):
        return Edit(start, reading.unit_end if unit["unit"] in ("%", "％", "‰") else end, answer)
    if measure := _MEASURE_HEAD.match(figure["unit"]):
        rest = figure["unit"][measure.end() :]
        following = text[reading.unit_end : reading.unit_end + len(rest)]
        return Edit(start, reading.unit_end, answer[: len(answer) - len(rest)] if rest == following else answer)
    if figure["scale"] or figure["more"]:
        return Edit(start, unit.start("unit"), answer)
    # 余 says that there is more than a round number; after 1632 it says nothing.
    swallowed = unit.end("more") if unit["more"] and not answer.endswith(("0", "十", "百", "千", "万")) else end
    return Edit(start, swallowed, answer)


def _named(text: str, reading: Reading, answer: str) -> Edit:
    start, end, unit = reading.run.start, reading.run.end, text[reading.run.end : reading.unit_end]
    ending = _ENDS[reading.kind].search(answer)
    if unit and answer.endswith(unit) and answer != unit:
        return Edit(start, reading.unit_end, answer)
    if ending and ending.start() and _ENDS[reading.kind].fullmatch(unit):
        return Edit(start, reading.unit_end, answer)
    return Edit(start, end, answer)


def _document(text: str, reading: Reading, answer: str) -> Edit:
    start, end = reading.run.start, reading.run.end
    opening, closing = text.rfind("《", 0, start), text.find("》", end)
    inside = (
        opening >= 0
        and closing >= 0
        and not re.search("[》\n]", text[opening:start])
        and not re.search("[《\n]", text[end:closing])
    )
    if not inside:
        unit = text[end : reading.unit_end]
        return Edit(start, reading.unit_end if unit and answer.endswith((unit, "》")) else end, answer)
    head, tail = text[opening + 1 : start], text[end:closing]
    bare = answer.removeprefix("《").removesuffix("》")
    if head and len(bare) > len(head) + len(tail) and bare.startswith(head):
        bare = bare.removeprefix(head)
    if tail and len(bare) > len(tail) and bare.endswith(tail):
        bare = bare.removesuffix(tail)
    return Edit(start, end, bare)


def _name(text: str, reading: Reading, answer: str) -> Edit:
    start, end = reading.run.start, reading.run.end
    if text[start - 1 : start] in _QUOTES and start:
        noun = re.match(f"[{HANZI}]*", text[end + 1 : end + 9])
        bare = answer.strip(_QUOTES)
        # “三定一包”工作法 answered to “×”工作法
        for length in range(len(noun[0]) if noun else 0, 1, -1):
            if noun and bare.endswith(noun[0][:length]) and len(bare) > length:
                bare = bare.removesuffix(noun[0][:length]).strip(_QUOTES)
                break
        return Edit(start, end, bare or answer)
    unit = text[end : reading.unit_end]
    return Edit(start, reading.unit_end if unit and answer.endswith(unit) else end, answer)
