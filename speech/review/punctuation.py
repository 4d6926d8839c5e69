"""Half-width marks between Chinese, doubled marks, quotation marks and brackets without a partner, a missing full stop."""

import re
from collections.abc import Iterator

from speech.document import characters
from speech.finding import Finding, Severity
from speech.review.reading import Checked, Reading, lines, note

_COST, _MEASURE = 3.0, 1000
_MOST_SINGLE = 3  # half-width marks of one line that are shown one by one; more are one remark
_MARKS_OF_A_REMARK = 6
_CJK = r"\u4e00-\u9fff"
_HALF = re.compile(
    rf"(?<=[{_CJK}”’》）×%])[,;:?!](?=[{_CJK}“‘《（×*\s\d]|$)"
    rf"|(?<=[{_CJK}”》）])\.(?=[{_CJK}]|$)|\((?=[{_CJK}])|(?<=[{_CJK}])\)"
)
_STRAIGHT = re.compile(rf"\"(?=[{_CJK}])|(?<=[{_CJK}。！？，])\"")
_WIDE = {",": "，", ";": "；", ":": "：", "?": "？", "!": "！", ".": "。", "(": "（", ")": "）"}
_DOUBLED = re.compile(
    r"[，、；：]{2,}|。{2}(?!。)|[，、；：。][，、；：。]+|！{2,}(?!！)|(?<=[。！？])[，、；]|[（《“][，、。；]|(?<![”’])[，、；](?=[）》])"
)
_PAIRS = {"“": "”", "‘": "’", "《": "》", "（": "）", "【": "】", "〔": "〕"}
_OPENERS = {right: left for left, right in _PAIRS.items()}
_FINAL, _CLOSERS = "。！？!?…；;：:.—", "”’」』）)》"
_LONGEST_HEADING = 28
_NUMBERED = re.compile(r"^\s*[0-9一二三四五六七八九十]{1,3}$")


def check(reading: Reading) -> Checked:
    """Score: 100 less 3 for a remark, per 1,000 characters in a longer text; many half-width marks of one line are one remark
    that counts once for every six of them."""
    text = reading.text
    found = [finding for start, line in lines(text) for finding in _line(text, start, line)]
    found += [*_unpaired(text), *_no_final(reading)]
    scale = _MEASURE / max(_MEASURE, characters(text))
    return Checked(
        round(max(0.0, 100 - _COST * sum(map(_weight, found)) * scale), 1), tuple(sorted(found, key=lambda f: f.start))
    )


def _weight(finding: Finding) -> float:
    return max(1.0, len(_HALF.findall(finding.text)) / _MARKS_OF_A_REMARK)


def _line(text: str, start: int, line: str) -> Iterator[Finding]:
    yield from _half_width(text, start, line)
    for match in _DOUBLED.finditer(line):
        span = (start + match.start(), start + match.end())
        yield note(text, "punctuation.doubled", Severity.WARNING, span, f"标点“{match.group()}”连用不当")


def _half_width(text: str, start: int, line: str) -> Iterator[Finding]:
    for rule, pattern, what in (("half-width", _HALF, "半角标点"), ("straight-quotes", _STRAIGHT, "直引号")):
        marks = list(pattern.finditer(line))
        if len(marks) > _MOST_SINGLE:
            span = (start + marks[0].start(), start + marks[-1].end())
            yield note(text, f"punctuation.{rule}", Severity.WARNING, span, f"这一段有{len(marks)}处{what}")
            continue
        for match in marks:
            span = (start + match.start(), start + match.end())
            yield note(text, f"punctuation.{rule}", Severity.WARNING, span, f"中文之间用了{what}", _WIDE.get(match.group()))


def _unpaired(text: str) -> Iterator[Finding]:
    """Marks without a partner in their paragraph. A line that ends in no final mark may go on in the next one."""
    waiting: list[tuple[int, str]] = []
    alone: list[tuple[int, str]] = []
    for start, line in lines(text):
        for at, sign in enumerate(line):
            if sign in _PAIRS:
                waiting.append((start + at, sign))
            elif sign in _OPENERS and not (sign == "）" and _NUMBERED.match(line[:at])):
                alone += _close(waiting, start + at, sign)
        if line.rstrip(_CLOSERS)[-1:] in _FINAL:
            alone += waiting
            waiting = []
    for at, sign in sorted(alone + waiting):
        yield note(text, "punctuation.unpaired", Severity.WARNING, (at, at + 1), f"标点{sign}没有配对")


def _close(waiting: list[tuple[int, str]], at: int, sign: str) -> list[tuple[int, str]]:
    """Take the partner of a closing mark out of `waiting`; what stood open inside it, or the mark itself, is alone."""
    if all(left != _OPENERS[sign] for _, left in waiting):
        return [(at, sign)]
    alone: list[tuple[int, str]] = []
    while waiting[-1][1] != _OPENERS[sign]:
        alone.append(waiting.pop())
    waiting.pop()
    return alone


def _no_final(reading: Reading) -> list[Finding]:
    """Paragraphs of the body that end in no final mark. Headings and the title end in none, rightly."""
    found: list[Finding] = []
    for paragraph in reading.speech.paragraphs():
        bare = paragraph.text.rstrip(_CLOSERS + " \u3000")
        looks_like_heading = len(bare) <= _LONGEST_HEADING and not any(mark in bare for mark in "。！？；")
        if looks_like_heading or not bare or bare[-1] in _FINAL:
            continue
        start = reading.text.find(paragraph.text)
        if start >= 0:
            end = start + len(paragraph.text)
            found.append(note(reading.text, "punctuation.final", Severity.WARNING, (end - 1, end), "段末缺少句号"))
    return found
