"""Section numbers and enumerators: 一、 （一） 1. （1） 第一， and, inside a paragraph, 一是 一要 首先.

Read tolerantly, as they are found; write canonically, as GB/T 9704-2012 7.3.3 gives them.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from speech.finding import Finding, Severity

LARGEST = 99
LEVELS = (1, 2, 3, 4)

_DIGITS = "一二三四五六七八九"
_FULL_WIDTH = str.maketrans("０１２３４５６７８９", "0123456789")
_CHINESE = "[一二三四五六七八九十]{1,3}"
_ARABIC = "[0-9０-９]{1,2}"


@dataclass(frozen=True)
class Number:
    """A number at the head of a line.

    `level` 1–4 (一、 （一） 1. （1）; 第一， is of level 3), `text` as printed,
    `style` as printed with the ordinal put back to one: "（一）、" for "（三）、".
    """

    level: int
    ordinal: int
    style: str
    text: str


@dataclass(frozen=True)
class Item:
    """One item of an enumeration: `mark` as printed (二是), `start` and `end` offsets in the paragraph."""

    ordinal: int
    mark: str
    start: int
    end: int


@dataclass(frozen=True)
class Enumeration:
    """A run of enumerators inside one paragraph; `form` is its first mark (一是, 一要, 第一，, 首先)."""

    form: str
    items: tuple[Item, ...]


def chinese(n: int) -> str:
    """1 → 一, 12 → 十二, 20 → 二十, 99 → 九十九. ValueError outside 1..99."""
    if not 1 <= n <= LARGEST:
        raise ValueError(f"{n} is outside 1..{LARGEST}")
    tens, ones = divmod(n, 10)
    head = "" if tens == 0 else ("" if tens == 1 else _DIGITS[tens - 1]) + "十"
    return head + (_DIGITS[ones - 1] if ones else "")


_ORDINALS = {chinese(n): n for n in range(1, LARGEST + 1)}


def arabic(s: str) -> int:
    """十二 → 12, 3 → 3, １２ → 12. ValueError for what is not a number of 1..99."""
    if s in _ORDINALS:
        return _ORDINALS[s]
    plain = s.translate(_FULL_WIDTH)
    if not re.fullmatch("[0-9]{1,2}", plain) or int(plain) == 0:
        raise ValueError(f"{s!r} is not a number of 1..{LARGEST}")
    return int(plain)


def write(level: int, ordinal: int) -> str:
    """The canonical number of GB/T 9704-2012 7.3.3: 一、 （一） 1. （1）. ValueError for another level."""
    match level:
        case 1:
            return f"{chinese(ordinal)}、"
        case 2:
            return f"（{chinese(ordinal)}）"
        case 3 if 1 <= ordinal <= LARGEST:
            return f"{ordinal}."
        case 4 if 1 <= ordinal <= LARGEST:
            return f"（{ordinal}）"
    raise ValueError(f"no number of level {level} and ordinal {ordinal}")


# What the wild prints, each with the level it stands for. A mark of level 1 needs something after the numeral,
# or 一年来 and 三十而立 would be numbers; "31.3%" and "一、二产业" are sorted out by the look ahead.
_NUMERAL_LIST = r"(?![一二三四五六七八九十]+(?:[、,，产季期线]|类产))"
_FORMS = tuple(
    (level, re.compile(pattern))
    for level, pattern in (
        (1, rf"({_CHINESE})\s*[、.．](?:(?<=[、]){_NUMERAL_LIST}|(?<=[.．]))"),
        (1, rf"({_CHINESE})[ \u3000]+(?![是要])"),
        (1, rf"第({_CHINESE}|{_ARABIC})部分[、：:，,\s]*"),
        (2, rf"[（(]\s*({_CHINESE})\s*[）)][、.．，,]?"),
        (3, rf"第({_CHINESE})[，,、：:](?:(?<=[、]){_NUMERAL_LIST}|(?<=[，,：:]))"),
        (3, rf"({_ARABIC})\s*(?:[.．、](?![0-9０-９])|、(?=[0-9]{{4}}年))"),
        (4, rf"[（(]\s*({_ARABIC})\s*[）)][、.．，,]?"),
        (4, rf"({_ARABIC})[）)][、.．，,]?"),
        (4, "([①-⑳])"),
    )
)
_CANONICAL = frozenset({"一、", "（一）", "1.", "（1）", "第一，"})


def read(line: str) -> tuple[Number, str] | None:
    """The number at the head of `line` and the rest, both without outer white space; None where there is none.

    Tolerates what the wild prints: （一）、 ; 1、 ; 一. ; (一) ; 第一、 ; 1） ; ①.
    """
    line = line.strip()
    for level, form in _FORMS:
        found = form.match(line)
        if found is None:
            continue
        ordinal = _ordinal(found[1])
        if ordinal is None:
            continue
        text = found[0].strip()
        return Number(level, ordinal, text.replace(found[1], _one(found[1]), 1), text), line[found.end() :].strip()
    return None


def _ordinal(numeral: str) -> int | None:
    if "①" <= numeral <= "⑳":
        return ord(numeral) - ord("①") + 1
    try:
        return arabic(numeral)
    except ValueError:
        return None


def _one(numeral: str) -> str:
    if numeral[0] in _DIGITS + "十":
        return "一"
    return "①" if "①" <= numeral <= "⑳" else "1"


def check_sequence(numbers: Sequence[tuple[Number, int]]) -> list[Finding]:
    """Remarks on the numbers of a text, given in order, each with its offset in that text.

    Rules: numbering.gap, .duplicate, .order (goes back), .restart, .form (（一）、 for （一）), .mixed (siblings printed
    differently) and .jump (1. under 一、). At most one finding for one number; the graver one is kept.
    """
    findings: list[Finding] = []
    siblings: dict[int, list[Number]] = {}
    for number, start in numbers:
        above = [level for level in siblings if level < number.level]
        siblings = {level: seen for level, seen in siblings.items() if level <= number.level}
        seen = siblings.setdefault(number.level, [])
        remark = _sequence_remark(number, seen) or _form_remark(number, seen) or _jump_remark(number, seen, above)
        if seen and number.ordinal == 1:
            seen.clear()
        seen.append(number)
        if remark:
            rule, severity, message, suggestion = remark
            findings.append(
                Finding(
                    rule=f"numbering.{rule}",
                    severity=severity,
                    start=start,
                    end=start + len(number.text),
                    text=number.text,
                    message=message,
                    suggestion=suggestion,
                )
            )
    return findings


_Remark = tuple[str, Severity, str, str | None]


def _sequence_remark(number: Number, seen: list[Number]) -> _Remark | None:
    expected = seen[-1].ordinal + 1 if seen else 1
    # After 一 二 四 三 the next one is 五: the same slip is not remarked on twice.
    if number.ordinal in (expected, max((other.ordinal for other in seen), default=0) + 1):
        return None
    right = _like(number, expected)
    if not seen:
        return "gap", Severity.ERROR, f"序号从“{number.text}”开始，应从“{right}”开始", right
    last = seen[-1].text
    if number.ordinal > expected:
        return "gap", Severity.ERROR, f"“{last}”之后是“{number.text}”，缺“{right}”", right
    if number.ordinal == 1 and len(seen) > 1:
        return "restart", Severity.WARNING, f"“{last}”之后序号又从“{number.text}”起", right
    if any(number.ordinal == other.ordinal for other in seen):
        return "duplicate", Severity.ERROR, f"序号“{number.text}”重复", right
    return "order", Severity.ERROR, f"“{last}”之后是“{number.text}”，序号倒退", right


def _form_remark(number: Number, seen: list[Number]) -> _Remark | None:
    if number.style not in _CANONICAL:
        right = f"第{chinese(number.ordinal)}，" if number.text.startswith("第") and number.level == 3 else None
        right = right or write(number.level, number.ordinal)
        return "form", Severity.WARNING, f"序号“{number.text}”写法不规范，应为“{right}”", right
    other = next((other for other in reversed(seen) if other.style in _CANONICAL), number)
    if other.style != number.style:
        return "mixed", Severity.WARNING, f"同级序号“{other.text}”与“{number.text}”写法不一", _like(other, number.ordinal)
    return None


def _jump_remark(number: Number, seen: list[Number], above: list[int]) -> _Remark | None:
    # 第一， stands under any level in a spoken text; only the written order 一、（一）1.（1） can be jumped.
    if seen or number.style == "第一，" or not above or max(above) == number.level - 1:
        return None
    right = write(max(above) + 1, number.ordinal)
    message = f"“{write(max(above), 1)}”之下应先用“{right}”，不宜直接用“{number.text}”"
    return "jump", Severity.WARNING, message, right


def _like(number: Number, ordinal: int) -> str:
    if number.text.startswith("第") and number.level == 3:
        return f"第{chinese(ordinal)}，"
    return write(number.level, ordinal)


# A mark counts only at the head of a clause: of the paragraph, or after a mark of punctuation.
_CLAUSE = r"(?:^|(?<=[。！？；：，、,;:!?”）)—\s]))"
_MARK = re.compile(
    _CLAUSE
    + rf"(?:(?P<n1>{_CHINESE})(?P<verb>[是要靠抓有看])"
    + rf"|第(?P<n2>{_CHINESE})[，,、：:]"
    + r"|其(?P<n3>[一二三四五六七八九十])[，,、：:是]"
    + r"|(?P<word>首先|其次|再次|最后))"
)
_WORDS = {"首先": 1, "其次": 2, "再次": 3}


def enumerations(paragraph: str) -> list[Enumeration]:
    """The enumerations inside one paragraph, in order of their first marks; two items at least.

    An item ends where the next of its run begins, the last one at the end of the paragraph. Runs may stand
    one inside another (一是… 一要… 二要… 二是…). Gaps are kept: ordinals are as printed.
    """
    runs: list[tuple[str, list[tuple[int, re.Match[str]]]]] = []
    for found in _MARK.finditer(paragraph):
        mark = _read_mark(found)
        if mark is None:
            continue
        form, ordinal = mark
        run = next((run for known, run in reversed(runs) if known == form), None)
        if form == "首先" and ordinal == 0:
            ordinal = run[-1][0] + 1 if run else 0
        if run is None or ordinal == 1:
            run = []
            runs.append((form, run))
        run.append((ordinal, found))
    return [_enumeration(run, len(paragraph)) for _, run in runs if len(run) > 1]


def _read_mark(found: re.Match[str]) -> tuple[str, int] | None:
    """Form and ordinal of a mark; 最后 has the ordinal 0 until its place in a run is known."""
    if found["word"]:
        return "首先", _WORDS.get(found["word"], 0)
    numeral = found["n1"] or found["n2"] or found["n3"]
    ordinal = _ordinal(numeral)
    if ordinal is None:
        return None
    form = found["verb"] if found["n1"] else ("第" if found["n2"] else "其")
    return form, ordinal


def _enumeration(run: list[tuple[int, re.Match[str]]], end: int) -> Enumeration:
    ends = [found.start() for _, found in run[1:]] + [end]
    items = tuple(Item(ordinal, found[0], found.start(), stop) for (ordinal, found), stop in zip(run, ends, strict=True))
    return Enumeration(items[0].mark, items)


def counted_anew(paragraph: str) -> str:
    """`paragraph` with its 一是 二是, 一要 二要, 第一， 其一， counted from one on without a gap; one that stands alone loses its mark."""
    forms: dict[str, list[re.Match[str]]] = {}
    for found in _COUNTED.finditer(paragraph):
        forms.setdefault(found["verb"] or found[0][0], []).append(found)
    edits = {
        found.span(): _counted_mark(found, n if len(marks) > 1 else 0)
        for marks in forms.values()
        for n, found in enumerate(marks, 1)
    }
    for (start, end), mark in sorted(edits.items(), reverse=True):
        paragraph = paragraph[:start] + mark + paragraph[end:]
    return paragraph


_COUNTED = re.compile(
    r"(?:^|(?<=[。！？；，：、]))(?:(?P<numeral>[一二三四五六七八九十])(?P<verb>[是要])(?![求的点素件])|[第其][一二三四五六七八九十][，、])"
)


def _counted_mark(found: re.Match[str], ordinal: int) -> str:
    """The mark as the one of `ordinal`; without its number for 0 (要, and nothing for 一是 and 第一，)."""
    if found["verb"]:
        return f"{chinese(ordinal)}{found['verb']}" if ordinal else found["verb"] if found["verb"] == "要" else ""
    return f"{found[0][0]}{chinese(ordinal)}，" if ordinal else ""
