"""What a mask stands for, told by what stands round it.

Rules are data: an ordered table of patterns on the text after a mask, then one on the text before it.
"""

import re
from bisect import bisect_left
from dataclasses import dataclass

from speech.lexicon import (
    DOCUMENT_NOUNS,
    HANZI,
    MEASURE_PATTERNS,
    MEASURES,
    MONEY_UNITS,
    NAME_NOUNS,
    ORGANISATION_UNITS,
    PERCENT_UNITS,
    PERSON_VERBS,
    PLACE_UNIT_PATTERNS,
    TITLES,
    either,
)
from speech.masks import LETTERS, MASK_SIGNS, PlaceholderKind, Run

REACH = 24  # characters looked at on either side


@dataclass(frozen=True)
class Reading:
    """The kind of one mask; text[run.end:unit_end] is the unit, title or noun that told it (empty where none did)."""

    run: Run
    kind: PlaceholderKind
    unit_end: int


def _patterns(words: tuple[str, ...]) -> str:
    return "(?:" + "|".join(sorted(words, key=len, reverse=True)) + ")"


_K = PlaceholderKind
_MORE = "[余多几来]?"
_SCALE = r"(?:[十百千]?[万亿]|[百千])"
_PLAIN = "[^的了在是和与对为以着，。；、]"  # part of a name, by and large
_LEADER = r"(?:新时代中国特色社会主义思想|(?:经济|法治|生态文明|强军|外交|文化)思想|同志为核心)"
_CENSORED_PARTY = r"(?:建(?![设议成立筑档])|员(?![工会额])|性|风(?!险)|纪(?!委|检|念)|章|课|史|旗|群|龄|费(?!用)|徽|中央|内|政机关|的(?:二十|十[八九]|领导|建设|旗帜|路线|初心|宗旨|百年|创新理论))"
_CENSORED_LETTER = r"(?:委(?!员)|组织(?!部)|组(?!长|织部)|校)"

# (kind, pattern on what follows the mask, first that matches counts; group "unit" is the unit, else the whole match)
_AFTER: tuple[tuple[PlaceholderKind, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        (_K.NAME, _LEADER),
        (_K.NAME, _CENSORED_PARTY),
        (_K.DOCUMENT, r"(?:发|办|字|函|政)?〔|〕(?:第)?[^，。]{0,4}号|号(?:文件?|令)|号〕"),
        (_K.PERCENT, rf"{_MORE}(?:{either(PERCENT_UNITS)}|成(?=以上|左右|的|[，。；、]))"),
        (_K.AMOUNT, rf"{_MORE}{_SCALE}?{_MORE}{either(MONEY_UNITS)}"),
        (_K.AMOUNT, r"角(?=[^，。；、]{1,4}分|[钱，。；、])"),
        (_K.PERSON, rf"{either(TITLES)}"),
        (_K.PERSON, r"(?P<unit>人)(?=干事|精神|特有|的(?:精神|性格|品格|智慧|奋斗)|敢|历来|素|自古)"),
        (_K.COUNT, rf"{_MORE}{_SCALE}?{_MORE}(?:{either(MEASURES)}|{_patterns(MEASURE_PATTERNS)})"),
        (_K.COUNT, rf"{_MORE}{_SCALE}?(?:[年日](?![报志常程])|分(?![管类工别]|之))"),
        (_K.PLACE, _patterns(PLACE_UNIT_PATTERNS)),
        (_K.ORGANISATION, rf"{_PLAIN}{{0,4}}?{_patterns(ORGANISATION_UNITS)}|{_PLAIN}{{0,6}}局(?![面部势])"),
        (_K.COUNT, rf"[余多]?{_SCALE}{_MORE}|余"),
        (_K.PERSON, rf"(?P<unit>)(?:{either(PERSON_VERBS)})"),
        (_K.NAME, rf"{_PLAIN}{{0,3}}?{either(NAME_NOUNS)}"),
        (_K.DOCUMENT, either(DOCUMENT_NOUNS)),
    )
)
_STRONGER = 3  # rows of _BEFORE that what follows does not overrule
_TITLE_BEFORE = rf"(?:{either(TITLES)}|党员|居民|村民|志愿者|劳模|教师|民警|负责人|我叫|我是|主持人[:：])"
_BEFORE: tuple[tuple[PlaceholderKind, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(f"(?:{pattern})$"))
    for kind, pattern in (
        (_K.PERCENT, "[百千万]分之"),
        (_K.COUNT, "第|编号"),
        (_K.AMOUNT, "[\\d×xX*_]角"),
        (_K.DOCUMENT, "〔[^〔〕]*〕"),
        (_K.PERSON, _TITLE_BEFORE),
        (_K.PLACE, r"(?:结合|来到|走进|位于|落户|扎根|赴|前往|坐落于|地处|中国|建设美丽|美丽|家乡|回到|立足|具有)"),
        (_K.AMOUNT, r"(?:经费|资金|投入|投资|金额|产值|收入|税收|补助|拨款)(?:共|约|达|达到|为|近|超|超过|累计)?"),
        (_K.PERCENT, r"(?:比例|占比|率|比重)(?:达|达到|为|近|超|超过|提高到|提升至)?"),
        (_K.COUNT, r"(?:共有|共计|共|达到|达|约|近|超过|累计|总计|合计|总数|数量|人数|人数为|户数|余|不少于|不低于)"),
        (_K.PLACE, r"(?:在|到|从)"),
    )
)
_GROUPED = (
    (_K.PERSON, re.compile(r"等?(?:[^，。；]{0,6})?(?:同志|领导|人|名)")),
    (_K.ORGANISATION, re.compile(r"等?[^，。；]{0,6}?(?:单位|企业|公司|部门|局|学校|机构|组织)")),
    (_K.PLACE, re.compile(r"等?[^，。；]{0,6}?(?:办事处|街道|社区|村|乡镇|镇|县|市|区|地)")),
)
_LIST_SIGN = re.compile(r"[ \u3000]*[、和与及或至到—–～~-]+[ \u3000]*")
_QUOTED = {"“": "”", "‘": "’", "「": "」", "『": "』", '"': '"'}
_ONLY_MASKS = re.compile(rf"[{re.escape(MASK_SIGNS)}\s、·]*")
_TITLE_IN_MARKS = re.compile(r"《[^《》\n]*》")
_AMOUNT_ROUND = re.compile(r"经费|资金|投入|投资|金额|产值|收入|税|补助|款")


def readings(text: str, runs: list[Run]) -> list[Reading]:
    """The kind of every mask of `text`, in order; items of a list take the kind of what ends it."""
    titles = [match.span() for match in _TITLE_IN_MARKS.finditer(text)]
    found: list[Reading] = []
    for run in reversed(runs):
        following = found[-1] if found else None
        found.append(_reading(text, run, titles, following))
    return found[::-1]


def _reading(text: str, run: Run, titles: list[tuple[int, int]], following: Reading | None) -> Reading:
    if run.date:
        return Reading(run, _K.DATE, run.end)
    if kind := _enclosed(text, run, titles):
        return Reading(run, kind, run.end)
    after, before = text[run.end : run.end + REACH], text[max(0, run.start - REACH) : run.start]
    unit_end = run.end
    kind = _K.OTHER
    if listed := _listed(text, run, following):
        return Reading(run, listed, run.end)
    if text[run.start] in LETTERS and re.match(_CENSORED_LETTER, after):
        return Reading(run, _K.NAME, run.end)
    for rule, pattern in _AFTER:
        if match := pattern.match(after):
            kind, unit_end = rule, run.end + (match.end("unit") if "unit" in pattern.groupindex else match.end())
            break
    stronger = next((rule for rule, pattern in _BEFORE[:_STRONGER] if pattern.search(before)), None)
    if stronger:
        return Reading(run, stronger, unit_end if kind in (_K.COUNT, _K.PERCENT) else run.end)
    if kind is _K.OTHER:
        kind = _told_by_before(text, run, before, after)
    if (
        kind is _K.COUNT
        and re.fullmatch(r"[余多]?[十百千]?[万亿]", text[run.end : unit_end])
        and _is_money(text, unit_end, before, following)
    ):
        kind = _K.AMOUNT
    return Reading(run, kind, unit_end)


def _enclosed(text: str, run: Run, titles: list[tuple[int, int]]) -> PlaceholderKind | None:
    """Document for 《××》 and 《关于×的意见》, name for “×”; None where the mask only stands inside a longer quotation."""
    # They stand in order and never overlap.
    before = bisect_left(titles, run.start, key=lambda span: span[0]) - 1
    title = titles[before] if before >= 0 and run.end < titles[before][1] else None
    if title:
        after = text[run.end : title[1]]
        placed = any(kind in (_K.PLACE, _K.COUNT) and pattern.match(after) for kind, pattern in _AFTER)
        return None if placed else _K.DOCUMENT
    left = text[run.start - 1 : run.start]
    if left in _QUOTED and left:
        close = text.find(_QUOTED[left], run.end)
        if close >= 0 and _ONLY_MASKS.fullmatch(text, run.end, close):
            return _K.NAME
    return None


def _listed(text: str, run: Run, following: Reading | None) -> PlaceholderKind | None:
    """The kind of an item of a list (×、×、×等×个办事处; ×至×个), told by what ends the list."""
    if following is not None:
        joined = _LIST_SIGN.fullmatch(text, run.end, following.run.start)
        if joined and following.kind is not _K.NAME:
            return following.kind
        if re.fullmatch(r"等[\s]*", text[run.end : following.run.start]) and following.kind is _K.COUNT:
            noun = text[following.run.end : following.run.end + 10]
            return next((kind for kind, pattern in _GROUPED if pattern.match("等" + noun)), None)
    if text.startswith("等", run.end):
        return next((kind for kind, pattern in _GROUPED if pattern.match(text, run.end)), None)
    if text[run.start - 1 : run.start] in "（(" and text[run.end : run.end + 1] in "）)" and run.start:
        before = text[max(0, run.start - 4) : run.start - 1]
        return next((kind for kind, pattern in _GROUPED if pattern.search(before)), None)
    return None


def _told_by_before(text: str, run: Run, before: str, after: str) -> PlaceholderKind:
    kind = next((rule for rule, pattern in _BEFORE if pattern.search(before)), None)
    if kind:
        return kind
    if before.endswith("为") and re.match("打造|加快|建设|推动|推进|实现|全面|高质量|经济", after):
        return _K.PLACE
    if after.startswith("的") and re.search(r"(?:如|、|，)$", before):
        return _K.PLACE
    if text[run.start : run.end] in ("×××", "XXX", "某某某", "xxx", "***") and not re.match(f"[{HANZI}]", after):
        return _K.PERSON
    return _K.OTHER


def _is_money(text: str, unit_end: int, before: str, following: Reading | None) -> bool:
    if following and following.kind is _K.AMOUNT and _LIST_SIGN.fullmatch(text, unit_end, following.run.start):
        return True
    clause = re.split("[，。；：]", before)[-1]
    return bool(_AMOUNT_ROUND.search(clause))
