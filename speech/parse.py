"""parse(text): clean text, as it is found, to a Speech.

Nothing is refused: a missing title, salutation or closing is None or empty, wrong numbers are kept as printed,
half-width punctuation reads like full-width. Lines are paragraphs; lines wrapped to a fixed width are joined first.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from speech.announced import promised_points
from speech.document import Section, Speech
from speech.genre_told import tell
from speech.head import date_of, read_head, speaker_of
from speech.lines import ADDRESS, DATE, MASK, POST, is_finished, paragraphs_of
from speech.numbering import Number, read

LONGEST_HEADING = 60
_SHORTEST_GLUED = 60


def parse(text: str) -> Speech:
    """The tree of a whole speech. White space round lines is dropped, so are blank lines; never raises."""
    head, rest = read_head(paragraphs_of(text))
    rest, signature = _split_signature(rest)
    opening, roots = _build(rest)
    closing = _split_closing(opening, roots)
    sections = tuple(part.frozen() for part in roots)
    body = [paragraph.text for paragraph in Speech(sections=sections).paragraphs()]
    told = tell(head.title, head.salutation, opening, body, closing)
    return Speech(
        title=head.title,
        byline=head.byline,
        speaker=speaker_of(head.byline, signature),
        date=date_of(head.byline, signature),
        genre=told.genre,
        genre_confidence=told.confidence,
        salutation=head.salutation,
        opening=tuple(opening),
        promised_points=promised_points(opening),
        sections=sections,
        closing=closing,
        signature=signature,
        truncated=bool(rest) and not is_finished(rest[-1]),
    )


_SIGNATURE_DATE = re.compile(rf"[（(]?{DATE}日?[）)]?")
_SIGNER = re.compile(
    rf"[^，。；：！？,;:!?]{{1,24}}(?:委员会|办公室|[市县区省州组织工党]委|[局厅院校]|(?<![干全内])部|人民政府|支部|党组|公司|中心)"
    rf"|(?:[^，。；：！？,;:!?\s]{{0,16}}{POST}[\s\u3000]*)?(?:[{MASK}]{{2,4}}|(?<=[\s\u3000])[\u4e00-\u9fff]{{2,3}}|[\u4e00-\u9fff][\s\u3000]+[\u4e00-\u9fff]{{1,2}})"
)


def _split_signature(lines: list[str]) -> tuple[list[str], str | None]:
    """Take the signature and the date off the end of the text: at most three short lines, joined by line breaks."""
    end = len(lines)
    while end > max(1, len(lines) - 3) and read(lines[end - 1]) is None and len(lines[end - 1]) <= 30:
        line = lines[end - 1]
        if not _SIGNATURE_DATE.fullmatch(line) and not (_SIGNER.fullmatch(line) and not is_finished(line)):
            break
        end -= 1
    # Without a finished text above it, a short last line is a text cut off, not a signature.
    if end == len(lines) or not is_finished(lines[end - 1]):
        return lines, None
    return lines[:end], "\n".join(lines[end:])


@dataclass
class _Part:
    """A section while it is being read. `inline` paragraphs stood in the line of the number."""

    level: int
    number: str
    heading: str
    run_in: bool = False
    inline: int = 0
    paragraphs: list[str] = field(default_factory=list)
    parts: list["_Part"] = field(default_factory=list)

    def frozen(self) -> Section:
        return Section(
            level=self.level,
            number=self.number,
            heading=self.heading,
            run_in=self.run_in,
            paragraphs=tuple(self.paragraphs),
            sections=tuple(part.frozen() for part in self.parts),
        )


def _build(lines: list[str]) -> tuple[list[str], list[_Part]]:
    """Opening paragraphs and the sections as a tree."""
    lines = [piece for line in lines for piece in _unglue(line)]
    opening: list[str] = []
    roots: list[_Part] = []
    stack: list[_Part] = []
    bare = _bare_headings(lines)
    numbers = _promoted([None if at in bare else _read_number(line) for at, line in enumerate(lines)])
    shift = 0
    for at, line in enumerate(lines):
        numbered = numbers[at]
        if at in bare:
            part, shift = _Part(1, "", line.rstrip("：:")), 0
        elif numbered:
            # Under a heading without number, 一、 is one level further down.
            shift = shift or int(bool(bare) and bool(stack) and stack[0].number == "" and numbered[0].level == 1)
            followed = at + 1 < len(lines)
            below = followed and ((number := numbers[at + 1]) is None or number[0].level > numbered[0].level)
            part = _part(*numbered, shift, below)
        else:
            (stack[-1].paragraphs if stack else opening).append(line)
            continue
        while stack and stack[-1].level >= part.level:
            stack.pop()
        (stack[-1].parts if stack else roots).append(part)
        stack.append(part)
    return opening, roots


_Numbered = tuple[Number, str]


def _promoted(numbers: list[_Numbered | None]) -> list[_Numbered | None]:
    """2、 in the place of 二、 or （二） raised to its level: after 一, with no 1、 before and no 3、 after it."""
    placed = [(at, found[0]) for at, found in enumerate(numbers) if found]
    raised = list(numbers)
    last: dict[int, int] = {}
    for index, (at, number) in enumerate(placed):
        if number.level == 3 and number.ordinal > 1 and number.style in ("1、", "1.", "1．"):
            before = placed[index - 1][1] if index else None
            after = placed[index + 1][1] if index + 1 < len(placed) else None
            level = _place_of(number, last, after)
            in_list = last.get(3) == number.ordinal - 1 or (after and (after.level, after.ordinal) == (3, number.ordinal + 1))
            if level and before and not in_list:
                number = replace(number, level=level)
                raised[at] = (number, (numbers[at] or (number, ""))[1])
        last = {known: ordinal for known, ordinal in last.items() if known <= number.level}
        last[number.level] = number.ordinal
    return raised


def _place_of(number: Number, last: Mapping[int, int], after: Number | None) -> int | None:
    """The level at which the number is the next one: the one that what follows goes on with, else the higher of two."""
    levels = [level for level in (1, 2) if last.get(level) == number.ordinal - 1]
    going_on = [level for level in levels if after and (after.level, after.ordinal) == (level, number.ordinal + 1)]
    return next(iter(going_on or levels), None)


# Of masks only a year's: others stand in names of sites and of people.
_BARE = re.compile(rf"(?:[{MASK}_〔〕]{{1,4}}(?=年)|[^，。；：！？,;:!?.…（）()|\s*×]){{4,24}}")


def _bare_headings(lines: list[str]) -> frozenset[int]:
    """Headings without number, as in city reports: short lines without punctuation, two in a text at least.

    Each stands alone between finished paragraphs; short lines in a row are verse or a list of names.
    """
    short = [bool(_BARE.fullmatch(line)) and read(line) is None for line in lines]
    found = frozenset(
        at
        for at in range(len(lines) - 1)
        if short[at] and not short[at + 1] and (at == 0 or is_finished(lines[at - 1]) or lines[at - 1][-1] in "：:")
    )
    # One alone is a heading where what stands below it begins with （一）, for which it is the only 一、.
    numbers = [number for line in lines if (number := _read_number(line))]
    if len(found) == 1 and numbers and numbers[0][0].level == 2 and all(number.level > 1 for number, _ in numbers):
        return found
    annex = frozenset(at for at, line in enumerate(lines[:-1]) if at and _ANNEX.fullmatch(line.rstrip("：:")))
    return annex | (found if len(found - annex) > 1 else frozenset())


_GLUE = re.compile(r"[。！!]\s*(?=[（(一二三四五六七八九十])")


def _unglue(line: str) -> list[str]:
    """Two sections that stand in one line, （四）…。（五）…。, each long enough to be more than an item of a list."""
    found = read(line)
    if found is None or found[0].level > 2:
        return [line]
    for end in _GLUE.finditer(line, _SHORTEST_GLUED, max(_SHORTEST_GLUED, len(line) - _SHORTEST_GLUED)):
        if _reads_next(found[0], line[end.end() : end.end() + 12]):
            return [line[: end.start() + 1], *_unglue(line[end.end() :])]
    return [line]


def _read_number(line: str) -> tuple[Number, str] | None:
    """The number that makes the line a section; an enumeration that runs on inside one paragraph makes none."""
    found = read(line)
    if found is None or not found[1]:
        return None
    number, rest = found
    runs_on = any(rest[at] in "。；;，," and _reads_next(number, rest[at + 1 : at + 12]) for at in range(len(rest)))
    return None if runs_on else found


def _reads_next(number: Number, text: str) -> bool:
    found = read(text)
    return found is not None and (found[0].level, found[0].ordinal) == (number.level, number.ordinal + 1)


def _part(number: Number, rest: str, shift: int, below: bool) -> _Part:
    """A section from the line of its number. `below`: the next line belongs to it."""
    level = number.level + shift
    first, after = _first_sentence(rest)
    if not 0 < len(first) <= LONGEST_HEADING or first[-1] in "；;，,":
        return _Part(level, number.text, "", inline=1, paragraphs=[rest])
    if after:
        return _Part(level, number.text, first, run_in=True, inline=1, paragraphs=[after])
    # A line that is one whole sentence is a heading only if something stands under it.
    if first != rest and not below and number.level > 1:
        return _Part(level, number.text, "", inline=1, paragraphs=[rest])
    return _Part(level, number.text, first.rstrip("：:") or rest)


def _first_sentence(rest: str) -> tuple[str, str]:
    """The first sentence without its full stop, and what follows. A full stop inside quotes does not end it."""
    depth = 0
    for at, mark in enumerate(rest):
        depth += (mark in "“‘「《（(") - (mark in "”’」》）)")
        if depth > 0:
            continue
        half = mark == "." and at > 0 and not rest[at - 1].isascii() and not rest[at + 1 : at + 2].isdigit()
        if mark == "。" or half:
            return rest[:at].strip(), rest[at + 1 :].strip()
        if mark in "！？!?":
            return rest[: at + 1].strip(), rest[at + 1 :].strip()
    return rest, ""


_CLOSING_FORM = re.compile(
    r"(?:谢谢|感谢(?:大家|各位)|以上(?:汇报|报告|发言|是我|就是|述职|体会|认识)|(?:我的|今天的)?(?:汇报|发言|讲话|报告|述职|党课)(?:完毕|完了|到此|就到|到这里)|"
    r"我就(?:讲|说|汇报|谈)(?:到)?(?:这里|这些|到这)|最后[，,]?(?:再次|预?祝|衷心)|(?:衷心)?(?:预)?祝[愿]?(?:本次|此次|大会|活动|各位|大家|论坛)|(?:现在)?散会|让我们)"
)
_CLOSING_INSIDE = re.compile(
    r"(?:不妥|不足|不当|不对)之处[，,]?.{0,6}(?:请|望).{0,8}指正|请.{0,10}(?:评议|审议|批评指正)[。！!]?$|圆满成功|共勉[。！!]?$|谢谢(?:大家|各位)?[！!。]?$|让我们[^！!]*[！!]$"
)
_ANNEX = re.compile(r"名\s*词\s*解\s*释|注\s*释|附件?\s*\d*")
_NEXT_STEP = re.compile(r"下一步|下步|今后|接下来|下一阶段")
_MOST_AFTERADDRESS = 4


def _split_closing(opening: list[str], roots: list[_Part]) -> tuple[str, ...]:
    """Take the paragraphs that close the speech out of the last section (or of a text without sections)."""
    last, parts = None, [part for part in roots if not _ANNEX.fullmatch(part.heading)]
    while parts:
        last, parts = parts[-1], parts[-1].parts
    paragraphs, fixed = (last.paragraphs, last.inline) if last else (opening, min(1, len(opening)))
    start = _closing_start(paragraphs, fixed)
    start = min(start, _after_uniform_sections(roots, fixed, start))
    closing = tuple(paragraphs[start:])
    del paragraphs[start:]
    return closing


def _after_uniform_sections(roots: Sequence[_Part], fixed: int, start: int) -> int:
    """After sections of one run-in paragraph each, the lines that follow the last are no part of it.

    Three such sections are proof enough; after two it must say that it looks ahead (下一步，……).
    """
    uniform = all(part.run_in and not part.parts for part in roots) and all(len(part.paragraphs) == 1 for part in roots[:-1])
    if not uniform or len(roots) < 2 or start <= fixed:
        return start
    return fixed if len(roots) > 2 or _NEXT_STEP.match(roots[-1].paragraphs[fixed]) else start


def _closing_start(paragraphs: Sequence[str], fixed: int) -> int:
    """Where the closing begins: with the last address (同志们，……), or with the run of closing forms at the end."""
    start = len(paragraphs)
    while start > fixed:
        if ADDRESS.match(paragraphs[start - 1]):
            return start - 1
        if not (_CLOSING_FORM.match(paragraphs[start - 1]) or _CLOSING_INSIDE.search(paragraphs[start - 1])):
            break
        start -= 1
    if start == len(paragraphs):
        lowest = max(fixed, start - _MOST_AFTERADDRESS)
        return next((at for at in range(start - 1, lowest - 1, -1) if ADDRESS.match(paragraphs[at])), start)
    return start
