"""Documents, quotations and named programmes that a text claims."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from speech.claims import Claim, SpecificKind
from speech.lexicon import DOCUMENT_NOUNS, HANZI, PROGRAMME_TAILS, RHETORICAL_QUOTES, either
from speech.masks import MASK_SIGNS
from speech.numerals import value
from speech.words import CutText, is_listed

SHORTEST_QUOTATION = 8
LONG = 16  # characters; what is quoted at such length is somebody's words
LONGEST_PROGRAMME = 14

_N = "[一二三四五六七八九十两双百千万]"
_BETWEEN = r"[^，。；：、“”《》\s]"
_TITLE = re.compile(r"《[^《》\n]{1,80}(?:《[^《》\n]{1,40}》[^《》\n]{0,40})?》")
_SHORT_TITLE = re.compile(f"《{either(DOCUMENT_NOUNS)}》")  # 《意见》 points back to a title given before
_FILE_NUMBER = re.compile(rf"[{HANZI}]{{1,6}}(?:发|办|字|函|规|令)?〔\d{{4}}〕\d{{1,4}}号")
_QUOTED = re.compile(
    r"“(?P<a>[^“”\n]{1,300})”|「(?P<b>[^「」\n]{1,300})」|『(?P<c>[^『』\n]{1,300})』|\"(?P<d>[^\"\n]{1,300})\"|‘(?P<e>[^‘’\n]{1,300})’"
)
_SAYING = re.compile(
    rf"(?:强调|指出|要求|说道?|讲过?|提出|明确|表示|告诫|嘱托|号召|批示|写道|所言|认为|常言道|坦言|感慨|告诉{_BETWEEN}{{0,4}}|回答|称|评价|勉励|寄语|讲话中|报告中|名言|古语|俗话|诗云|谚语|曾言)[^，。；“”]{{0,6}}[，,：:]?\s*$"
)
_STRONG_SAYING = re.compile(r"(?:强调|指出|要求|说道?|坦言|感慨|告诫|嘱托|写道|常言道|俗话说|勉励)[，,：:]?\s*$")
_GROUPS = re.compile(f"(?:{_N}+[^{_N[1:-1]}，。、]{{1,3}}){{2,}}")
_ONE_GROUP = re.compile(f"(?:{_N}+)(?P<what>[{HANZI}]{{1,6}})")
_DIGITS = re.compile(r"[0-9０-９]")
_PLUS = re.compile(r"(?:[0-9０-９NnXx]+|[一二三四五六七八九十])(?:[+＋](?:[0-9０-９]+|[NnXx]))+")
_TAIL = re.compile(f"{either(PROGRAMME_TAILS)}$")
_TAIL_AFTER = re.compile(rf"[{HANZI}]{{0,2}}?{either(PROGRAMME_TAILS)}")
# 常态化机制, 点对点服务: what is quoted only describes.
_DESCRIBES = re.compile(r"(?:化|式|型|性|对点|对一|距离|全|全程|全天候|们)$")
_COINED_BEFORE = re.compile(
    r"(?:推出|创建|开设|推行|开展|实施|启动|首创|创设|设立|成立|擦亮|打响|做响|叫响|打造|命名为?|评选)(?:了|一批|系列)?$"
)
_HONOUR_BEFORE = re.compile(r"(?:获评|荣获|获得|授予|入选|评为|命名为|评选为|获|创成|荣膺)(?:了|为|全国|全省|全市)?$")
_HONOUR_AFTER = re.compile(r"(?:等)?(?:荣誉)?(?:称号|荣誉|奖[项牌杯]?)")
_METHOD = re.compile(rf"(?!一线){_N}{{1,3}}[{HANZI}]{{1,4}}?(?=工作法|管理法|服务法|治理法)")
_ADDRESS = re.compile(r"(?:https?://|www\.)[A-Za-z0-9./?=&_%#~:-]+|[A-Za-z0-9_.+-]+@[A-Za-z0-9-]+\.[A-Za-z0-9.]+")
_BARE_GROUPS = re.compile(
    rf"(?<!第)(?:[二三四五六七八九两][{HANZI}][一二三四五六七八九两双][{HANZI}]"
    rf"|[一二三四五六七八九两][{HANZI}](?:[二三四五六七八九两双][{HANZI}]{{1,2}}){{2,}})"
)
_NOT_GROUPED = frozenset(
    "个年月日次是要级点类种条项大期方名家户人位件处座届天周十百千万亿分成倍产线城面层口市区县镇村乡街片块轮批号楼单者则把为在的了和与及来去上下一二三四五六七八九两"
)
_ITEMS = {"两": 2, "双": 2}


@dataclass(frozen=True)
class _Quote:
    start: int
    end: int
    inside: str


def quotes(cut: CutText) -> list[Claim]:
    """Every document, quotation and programme; quotation marks are part of the span, figures of speech are left out."""
    text, found = cut.text, list[Claim]()
    addresses = (Claim(SpecificKind.NAME, *match.span()) for match in _ADDRESS.finditer(text))
    for claim in (*addresses, *_documents(text), *_quoted(text), *_bare_programmes(cut)):
        if not any(one.start < claim.end and claim.start < one.end for one in found):
            found.append(claim)
    return sorted(found, key=lambda claim: claim.start)


def _documents(text: str) -> Iterator[Claim]:
    for match in _TITLE.finditer(text):
        if not _SHORT_TITLE.fullmatch(match[0]):
            yield Claim(SpecificKind.DOCUMENT, *match.span())
    for match in _FILE_NUMBER.finditer(text):
        yield Claim(SpecificKind.DOCUMENT, *match.span())


def _quoted(text: str) -> Iterator[Claim]:
    before_that: Claim | None = None
    for match in _QUOTED.finditer(text):
        quote = _Quote(match.start(), match.end(), next(group for group in match.groups() if group is not None))
        claim = _read(text, quote, before_that)
        before_that = claim
        if claim is not None:
            yield claim


def _read(text: str, quote: _Quote, last: Claim | None) -> Claim | None:
    if not re.search(rf"[{HANZI}0-9A-Za-z]", re.sub(rf"[{re.escape(MASK_SIGNS)}]", "", quote.inside)):
        return None
    before = text[max(0, quote.start - 16) : quote.start]
    length = len(quote.inside)
    goes_on = (
        last is not None
        and last.kind is SpecificKind.QUOTATION
        and quote.start - last.end <= 1
        and length >= SHORTEST_QUOTATION - 2
    )
    said = _SAYING.search(before) and length >= SHORTEST_QUOTATION
    said_outright = _STRONG_SAYING.search(before) and length >= SHORTEST_QUOTATION - 3
    if goes_on or said or said_outright or length >= LONG:
        return Claim(SpecificKind.QUOTATION, quote.start, quote.end)
    if length <= LONGEST_PROGRAMME and _is_programme(text, quote):
        return Claim(SpecificKind.PROGRAMME, quote.start, quote.end)
    return None


def _is_programme(text: str, quote: _Quote) -> bool:
    """Whether a quoted term is the name of something: “三定一包”, “1+3+N”, “红色堡垒”工程; not “温度”, “一盘棋”."""
    inside = quote.inside.strip()
    if inside in RHETORICAL_QUOTES:
        return False
    if _HONOUR_BEFORE.search(text[max(0, quote.start - 8) : quote.start]) or _HONOUR_AFTER.match(text, quote.end):
        return True
    if _DIGITS.search(inside) or _PLUS.search(inside):
        return True
    listed = is_listed(inside)
    followed = bool(_TAIL_AFTER.match(text, quote.end))
    if _GROUPS.fullmatch(inside) and len(inside) >= 4:
        return followed or not (listed or re.fullmatch("一.一.", inside))
    if _TAIL.search(inside) and len(inside) >= (3 if inside.endswith("码") else 4) and not listed:
        return not _sums_up(text, quote, _ONE_GROUP.fullmatch(inside))
    if one := _ONE_GROUP.fullmatch(inside):
        return not listed and (followed or inside[0] not in "一万千百") and not _sums_up(text, quote, one)
    coined = followed or bool(_COINED_BEFORE.search(text[max(0, quote.start - 6) : quote.start]))
    return coined and not listed and 3 <= len(inside) <= 10 and not _DESCRIBES.search(inside)


def _sums_up(text: str, quote: _Quote, group: re.Match[str] | None) -> bool:
    """抓好学习、管理、考核“三个环节”: the items stand right before, so nothing is named."""
    if group is None:
        return False
    number = group[0][: group.start("what")]
    worth = _ITEMS.get(number) or value(number) or 0
    sentence = re.split("[。；\n]", text[max(0, quote.start - 80) : quote.start])[-1]
    return 2 <= worth <= 9 and sentence.count("、") >= worth - 1


def _bare_programmes(cut: CutText) -> Iterator[Claim]:
    """Programmes without quotation marks: 三定一包, 1+3+N, 四步工作法. What is quoted has been judged already."""
    text = cut.text
    spared = [match.span() for match in _QUOTED.finditer(text)]
    spared += [(word.start, word.end) for word in cut.words if len(word.text) >= 3]
    grouped = (m for m in _BARE_GROUPS.finditer(text) if not _NOT_GROUPED & set(re.sub("[一二三四五六七八九两双]", "", m[0])))
    for match in (*_PLUS.finditer(text), *_METHOD.finditer(text), *grouped):
        if match[0] in ("5+2", "5＋2", "1+1", "四梁八柱", "七站八所", "四邻八舍"):
            continue
        if not any(start < match.end() and match.start() < end for start, end in spared):
            yield Claim(SpecificKind.PROGRAMME, *match.span())
