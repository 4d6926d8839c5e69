"""Dates, counts, amounts and percentages that a text states, and what each is worth."""

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from itertools import chain

from speech.claims import Claim, SpecificKind
from speech.lexicon import (
    ABSTRACT_NOUNS,
    COUNTED_NOUNS,
    GRADE_LETTERS,
    HANZI,
    HARMLESS_NUMBERS,
    LATIN_UNITS,
    MEASURE_PATTERNS,
    MEASURES,
    MONEY_UNITS,
    PERCENT_UNITS,
    either,
)
from speech.numerals import ARABIC, CHINESE, DIGIT, value
from speech.words import CutText

DateParts = tuple[int | None, int | None, int | None, int | None, int | None]
"""Year, month, day, hour, minute; None for what is not said."""

_D = f"[{DIGIT}]"
_TO = r"\s*[至到—–~～-]+\s*"
_CN_DIGIT = "[一二三四五六七八九〇零○]"
_CN_MONTH = "(?:十[一二]?|[正一二三四五六七八九])月"
_CN_DAY = "(?:三十一?|二十[一二三四五六七八九]?|十[一二三四五六七八九]?|[一二三四五六七八九])[日号]"
_MONTH = rf"(?<!{_D}){_D}{{1,2}}\s?月(?:份)?"
_DAY = rf"{_D}{{1,2}}\s?[日号](?![楼院栋线店报])"
_PART_OF_DAY = (
    "(?:" + "|".join(f"(?<={part})" for part in ("上午", "下午", "晚上", "凌晨", "中午", "早上", "清晨", "傍晚", "夜里")) + ")"
)
_DATE = re.compile(
    rf"(?<!{_D})[12１２]{_D}{{3}}\s?年?{_TO}(?:[12１２]{_D}{{3}}|{_D}{{2}})\s?年"
    rf"|(?<!{_D})(?:[12１２]{_D}{{3}}|{_D}{{2}}(?=\s?年\s?{_D}{{1,2}}\s?月))\s?年(?:\s?{_MONTH}(?:\s?{_DAY})?)?"
    rf"|{_MONTH}(?:\s?{_DAY})?"
    rf"|(?<!{_D})(?<!{_D}[.．]){_DAY}(?!内|游)"
    rf"|(?<!{_D})[12]{_D}{{3}}[-/.．]{_D}{{1,2}}[-/.．]{_D}{{1,2}}(?!{_D})"
    rf"|(?<!{_D}){_D}{{1,2}}[:：]{_D}{{2}}(?!{_D})"
    rf"|(?:(?<=上午)|(?<=下午)|(?<=晚上)|(?<=凌晨)|(?<=中午)|(?<=[日晚早])){_D}{{1,2}}[点时](?:{_D}{{1,2}}分|半)?|(?<!{_D}){_D}{{1,2}}时{_D}{{1,2}}分"
    rf"|{_PART_OF_DAY}(?:十[一二]?|[两二三四五六七八九])点(?:半|钟)?(?!建议|意见|要求|体会|想法)"
    rf"|(?<!{_D}){_D}{{1,2}}[·•]{_D}{{1,2}}(?!{_D})"
    rf"|(?<!{_CN_DIGIT})[一二]{_CN_DIGIT}{{3}}年(?:{_CN_MONTH}{_CN_DAY}?)?"
    rf"|(?<![个数每一二三四五六七八九十百几{DIGIT}])(?!一月一|三月三){_CN_MONTH}(?:{_CN_DAY})?(?!饼|革命)"
    rf"|(?<![个数每一二三四五六七八九十百几月{DIGIT}])(?:三十一?|二十[一二三四五六七八九]?|十[一二三四五六七八九]?)[日号](?!内|之内|以|楼|院|栋|线)"
)
_MEASURE = f"(?:{either(MEASURES)}|" + "|".join(sorted(MEASURE_PATTERNS, key=len, reverse=True)) + ")"
_PERCENT = f"{either(PERCENT_UNITS)}|成(?=以上|左右|的|[，。；、])"
_MONEY = either(MONEY_UNITS)
_LATIN = f"{either(LATIN_UNITS)}(?![A-Za-z])"
_COUNTING = f"{_MEASURE}|[年月日位号]|分(?!之)"
_UNIT = f"(?P<percent>{_PERCENT})|(?P<money>{_MONEY})|(?P<latin>{_LATIN})|(?P<measure>{_COUNTING})"
_SCALE = r"[十百千]?[万亿]|[百千](?=[余多]|个|名|户|家|人|元|亩|吨|米|公里|件|场)"
_ARABIC_FIGURE = re.compile(
    rf"(?P<ordinal>第)?(?P<low>{ARABIC})(?:(?P<sign>[％%]?)(?:万|亿)?{_TO}(?P<high>{ARABIC}))?"
    rf"(?:[ \u3000](?={_SCALE}|{_PERCENT}|{_MONEY}|{_LATIN}|{_COUNTING}))?(?P<more>[余多几来])?(?P<scale>{_SCALE})?[余多]?(?:{_UNIT})?"
)
_CHINESE_FIGURE = re.compile(
    rf"(?P<about>[上近数几]|十(?=几))?(?P<low>{CHINESE})(?P<more>[余多几])?(?P<scale>[万亿])?[余多]?(?:{_UNIT})"
)
_CHINESE_MILLIONS = re.compile(
    r"(?=[十百千]?[一二三四五六七八九两])[一二三四五六七八九十百千两零]{2,}[万亿][一二三四五六七八九十百千万]*"
)
_FRACTION = re.compile(rf"(?P<whole>{CHINESE})分之(?P<part>{CHINESE}(?:点{CHINESE})?|{ARABIC}|几)")
_TENTHS = re.compile(
    r"(?:(?<=近)|(?<=超)|(?<=超过)|(?<=达)|(?<=约)|(?<=逾))[两二三四五六七八九]成(?!效|果|功|为|立|员)|[两二三四五六七八九]成(?=以上|左右)"
)
_TERM = re.compile(
    r"(?<=[用花经])[一二两三四五六七八九十]{1,3}(?:年|个月)(?=左右|的?时间|的?努力)"
)  # 用三年时间: by when nobody said
_RANK = re.compile(r"(?:排名|位居|位列|排在|居)(?:全国|全省|全市|全区|全县)?(?P<rank>第[一二三四五六七八九十百]+)(?:位|名)?")
_CAPITAL = re.compile(r"[壹贰叁肆伍陆柒捌玖拾佰仟萬億][壹贰叁肆伍陆柒捌玖拾佰仟萬億万亿零]+(?:元整?|圆整?|个|名|户|家|件)?")
_CONTACT = re.compile(r"(?<![A-Za-z0-9])(?:1[3-9]\d{9}|0\d{2,3}-\d{7,8}|400-?\d{3}-?\d{4})(?!\d)")

# Measures that make a claim of any number from two up; the others need a number above ten or a concrete noun.
_TELLING = frozenset("名位户家所座起台辆栋幢套亩人例")
_IDIOM_TAGS = ("i", "l", "nz", "n", "nr", "a", "d", "v", "j")
_DURATIONS = frozenset(
    [
        "年",
        "岁",
        "周年",
        "天",
        "届",
        "次",
        "倍",
        "代",
        "级",
        "层",
        "步",
        "面",
        "片",
        "块",
        "口",
        "点",
        "根",
        "只",
        "头",
        "道",
        "班",
        "月",
        "日",
        "分",
        "位数",
        "号",
    ]
)
_ABSTRACT = re.compile(f"(?:大|重|类|项)?{either(ABSTRACT_NOUNS)}(?=[^{HANZI}]|$|工作|任务|[的是来上下要抓做着]|发力|入手)")
_COUNTED = re.compile(either(COUNTED_NOUNS) + "(?![以之]?[上下]?联动)")
_ABOUT_BEFORE = re.compile("(?:近|超|超过|约|达|达到|逾|累计|共|共有|计)$")


def figures(cut: CutText, lenient: bool = False) -> list[Claim]:
    """Every date, count, amount and percentage, in order, not overlapping; `lenient` takes rhetorical numbers too (for reading a brief)."""
    text = cut.text
    harmless = [] if lenient else [match.span() for match in HARMLESS_NUMBERS.finditer(text)]
    found: list[Claim] = []
    sources = (
        _contacts(text),
        _capitals(text),
        _dates(text),
        _percents(text),
        _arabic(text, lenient),
        _ranks(text),
        _terms(text),
        _chinese(cut, lenient),
    )
    for claim in chain.from_iterable(sources):
        taken = chain(harmless, ((one.start, one.end) for one in found))
        if not any(start < claim.end and claim.start < end for start, end in taken):
            found.append(claim)
    return sorted(found, key=lambda claim: claim.start)


def _contacts(text: str) -> Iterator[Claim]:
    return (Claim(SpecificKind.COUNT, *match.span()) for match in _CONTACT.finditer(text))


def _terms(text: str) -> Iterator[Claim]:
    return (Claim(SpecificKind.COUNT, *match.span()) for match in _TERM.finditer(text))


def _capitals(text: str) -> Iterator[Claim]:
    """叁仟伍佰元, as on a cheque."""
    for match in _CAPITAL.finditer(text):
        yield Claim(SpecificKind.AMOUNT if match[0][-1] in "元圆整" else SpecificKind.COUNT, *match.span())


def _dates(text: str) -> Iterator[Claim]:
    for match in _DATE.finditer(text):
        yield Claim(SpecificKind.DATE, *match.span())


def _percents(text: str) -> Iterator[Claim]:
    for match in _FRACTION.finditer(text):
        # 百分之百 and 万分之一 are figures of speech.
        if match["part"] not in ("百", "几") and match["whole"] != "万":
            yield Claim(SpecificKind.PERCENT, *match.span())
    for match in _TENTHS.finditer(text):
        yield Claim(SpecificKind.PERCENT, *match.span())


def _arabic(text: str, lenient: bool) -> Iterator[Claim]:
    for match in _ARABIC_FIGURE.finditer(text):
        before, after = text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]
        if before.isascii() and before.isalpha() and len(match["low"]) < 5:
            continue  # G20, PM2.5
        if match["percent"] is None and after in GRADE_LETTERS and after and not match["measure"]:
            continue  # 5G, 4A
        if not lenient and _is_rhetoric(match, text):
            continue
        yield Claim(_kind(match), *match.span())


def _kind(match: re.Match[str]) -> SpecificKind:
    if match["percent"]:
        return SpecificKind.PERCENT
    return SpecificKind.AMOUNT if match["money"] else SpecificKind.COUNT


def _is_rhetoric(match: re.Match[str], text: str) -> bool:
    """3个方面 and 4点意见 promise structure: a small whole number of something abstract."""
    worth = value(match["low"], match["scale"] or "")
    small = worth is not None and worth <= 10 and match["measure"] in ("个", "点", "项", "条", "种", "类", "大")
    return small and bool(_ABSTRACT.match(text, match.end()))


def _ranks(text: str) -> Iterator[Claim]:
    for match in _RANK.finditer(text):
        yield Claim(SpecificKind.COUNT, match.start("rank"), match.end())


def _chinese(cut: CutText, lenient: bool) -> Iterator[Claim]:
    text = cut.text
    for match in _CHINESE_FIGURE.finditer(text):
        ordinal = text[match.start() - 1 : match.start()] in tuple("第数几每")
        if not lenient and (ordinal or not _is_claim(match, text) or _is_idiom(cut, match.start("low"))):
            continue
        yield Claim(_kind(match), *match.span())
    for match in _CHINESE_MILLIONS.finditer(text):  # 常住人口六十八万
        yield Claim(SpecificKind.COUNT, *match.span())


def _is_idiom(cut: CutText, place: int) -> bool:
    """Whether the number is part of a longer word: 千家万户, 三心二意."""
    word = cut.word_at(place)
    return len(word.text) >= 3 and word.end >= place + 2 and word.tag in _IDIOM_TAGS


def _is_claim(match: re.Match[str], text: str) -> bool:
    """Whether a Chinese number states something: 三十五家, 两千余户, 五个社区; not 一个, 三个方面, 百年, 十分, 二元."""
    number, measure = match["low"], match["measure"]
    worth = value(number, match["scale"] or "")
    if worth is None or worth < 2 or number[0] in "亿零〇○":
        return False
    if match["money"]:
        return worth >= 10 and (len(number) > 1 or bool(match["scale"]))
    if match["percent"]:
        return number not in ("百", "千", "万") and not text.startswith("数", match.end())
    if match["latin"]:
        return True
    if measure in _DURATIONS and not match["more"]:
        return False
    if match["about"] or number in ("百", "千", "万"):
        about = match["about"] or match["more"] or _ABOUT_BEFORE.search(text[: match.start()][-3:])
        return bool(about) and measure not in _DURATIONS
    if worth >= 10:
        return not _ABSTRACT.match(text, match.end())
    if measure == "个":
        return bool(_COUNTED.match(text, match.end()))
    return measure in _TELLING or measure in ("小时", "分钟", "个月", "公里")


def date_parts(text: str) -> tuple[DateParts, ...]:
    """The dates that one date expression names: one, or the two ends of a range."""
    plain = text.translate(str.maketrans("０１２３４５６７８９号点：．/.", "0123456789日时:---")).replace(" ", "")
    plain = re.sub("[至到—–~～]+", "~", plain)
    if iso := re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", plain):
        return ((int(iso[1]), int(iso[2]), int(iso[3]), None, None),)
    if clock := re.fullmatch(r"(\d{1,2}):(\d{2})", plain):
        return ((None, None, None, int(clock[1]), int(clock[2])),)
    if years := re.fullmatch(r"(\d{4})年?[~-]+(\d{2,4})年", plain):
        second = int(years[2]) if len(years[2]) == 4 else int(years[1][:2] + years[2].zfill(2)[-2:])
        return ((int(years[1]), None, None, None, None), (second, None, None, None, None))
    if dot := re.fullmatch(r"(\d{1,2})[·•](\d{1,2})", plain):
        return ((None, int(dot[1]), int(dot[2]), None, None),)
    parts = [_part(plain, unit) for unit in "年月日时分"]
    if parts[0] is not None and parts[0] < 100:
        parts[0] += 2000
    if "半" in plain:
        parts[4] = 30
    return ((parts[0], parts[1], parts[2], parts[3], parts[4]),)


def _part(text: str, unit: str) -> int | None:
    found = re.search(rf"(\d+|{CHINESE}|正)(?:份)?{unit}", text)
    if found is None:
        return None
    worth = Decimal(1) if found[1] == "正" else value(found[1])
    return int(worth) if worth is not None else None


@lru_cache(maxsize=4096)  # every figure of a text is held against every text of a brief
def figure_key(text: str) -> str:
    """What a count, amount or percentage says: 1632个, 1,632个 and 一千六百三十二个 say the same."""
    if fraction := _FRACTION.fullmatch(text):
        part, whole = value(fraction["part"]), value(fraction["whole"])
        if part is None or not whole:
            return text
        return f"{(part / whole * 100).normalize()}:%" if whole in (100,) else f"{part}/{whole}"
    match = _ARABIC_FIGURE.fullmatch(text) or _CHINESE_FIGURE.fullmatch(text)
    if match is None:
        return text
    unit = match["percent"] or match["money"] or match["latin"] or match["measure"] or ""
    unit = {"％": "%", "个百分点": "百分点", "元人民币": "元"}.get(unit, unit)
    groups = match.groupdict()
    scale = match["scale"] or ""
    worths = [value(number, scale) for number in (match["low"], groups.get("high")) if number]
    said = "~".join(str(worth.normalize()) if worth is not None else "?" for worth in worths)
    vague = "余" if match["more"] or re.search("[余多]", text) else ""
    return f"{groups.get('ordinal') or ''}{groups.get('about') or ''}{said}{vague}:{unit}"
