"""Lines and pieces of lines that the speech itself would not say: signs of the web, in words that it uses nowhere else.

The two kinds of evidence make up for each other. A heading about platforms has signs of the web, but the speech speaks of them
all along; an odd line of verse is foreign to the text, but has no sign. Only lines that have both go.
"""

import re
from collections.abc import Iterable
from enum import StrEnum

from speech import numbering
from vectorstore import noise
from vectorstore.noise import Reason
from vectorstore.signs import Sign, Vocabulary, Weighed, weigh

_LONGEST = 300
_SHORT = 60
_LEAST_FOREIGN, _FOR_EACH = 0.2, 0.15
_CHARACTERS_PER_SIGN = 25
_FEW = 4

_NOTHING = Weighed(0, frozenset())

Piece = tuple[int, int, Reason]


class Place(StrEnum):
    """Where a line stands: over the title or under the text, where sites put their own, or within."""

    END = "end"
    WITHIN = "within"


_ENDED = re.compile(r"[。！？!?][”’）)]?$")
# Who speaks of the copy rather than of the matter, or to the one who reads it on a screen.
_ABOUT_THE_COPY = re.compile(
    r"本[站网号店](?!化|络|点|职|码)|本(?:公众号|平台|资料|文档|内容|篇|文(?!化|明|件))|(?<!工)作者|网友|网民|用户(?:自行|自发|上传|投稿)|版权方|权利人|站长|您|所购|虚拟商品"
    r"|如(?:有|若|果)?[^，。]{0,8}(?:侵|异议|转载)|请(?:[您与]|及时)?(?:联系|来信|来函|留言|告知|发函|注明)|(?:提示|声明|说明|提醒)[:：】]"
)
_SQUARE = "【[［"
_NAME_LIKE = re.compile(r"[^，。；：、！？,;:!?]{2,20}")
_SQUARE_PIECE = re.compile(r"[【\[［][^【】\[\]［］]{2,80}[】\]］]")
_BRACKET = re.compile(r"[【（(\[［][^【】（）()\[\]［］]{2,80}[】）)\]］]")
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_LETTER_OR_MARK = re.compile(r"(?![Xx])[A-Za-z/\\|@#$%&^~{}+=<>;]")
_ONLY_FIGURES = re.compile(r"[\d\s,，.、×xX*_〇○〔〕-]*")
_SENTENCE = re.compile(r"[^。！？!?]+[。！？!?]*[”’）)]*")
# What a sentence that sells or warns can hardly do without; looked for first, because it is cheap.
_HINT = re.compile(
    r"[a-zA-Z]{2}|\d{6}|会员|用户|账号|下载|登[录陆]|公众号|关注|资料|文档|范文|课件|版权|侵权|转载|电话|[微薇威扣群]|扫码|免费|购买|付费"
)


def vocabulary(lines: Iterable[str]) -> Vocabulary:
    """The words of a speech, from those of its lines that have no sign, or are too long for noise."""
    return Vocabulary(_SQUARE_PIECE.sub("", line) for line in dict.fromkeys(lines) if len(line) > _LONGEST or not _suspect(line))


def _suspect(line: str) -> bool:
    if len(line) > _SHORT:
        return bool(_ABOUT_THE_COPY.search(line)) and weigh(line).weight >= 3
    return weigh(line).weight >= 2


def judge(line: str, words: Vocabulary, place: Place) -> Reason | None:
    """The reason to drop a line that stands at `place`, or None. `line` has no white space round it."""
    if len(line) > _LONGEST or noise.is_head(line):
        return None
    if _is_foreign_script(line):
        return Reason.PAGE_FURNITURE
    if len(line) > _SHORT and not _ABOUT_THE_COPY.search(line):
        return None
    weighed = weigh(line)
    if weighed.weight == 0 or (len(line) > _SHORT and weighed.weight < len(line) / _CHARACTERS_PER_SIGN):
        return None
    wanted, strange = _wanted(line, place)
    if not words.rich:
        wanted += 2
    if line.endswith("。") and not (_ABOUT_THE_COPY.search(line) or Sign.ADDRESS in weighed.kinds):
        return None
    # Each sign more than it takes makes up for words that happen to be the text's too.
    strange = max(_LEAST_FOREIGN, strange - _FOR_EACH * (weighed.weight - wanted))
    if weighed.weight < wanted or weighed.kinds == {Sign.SHAPE} or words.foreign(line, own=not _suspect(line)) < strange:
        return None
    if wanted == 1 and weighed.weight == 1 and (noise.is_date(line) or noise.is_byline(line)) and Sign.SITE not in weighed.kinds:
        return None
    return reason_of(line, weighed)


def is_stray(line: str, words: Vocabulary) -> bool:
    """A short line without any punctuation, of words that the text has nowhere: nothing of the speech, if it stands under it."""
    apart = bool(_NAME_LIKE.fullmatch(line)) and numbering.read(line) is None
    return (
        apart
        and words.rich
        and not (noise.is_byline(line) or noise.is_date(line))
        and words.foreign(line, own=not _suspect(line)) >= 0.7
    )


def is_doubtful(line: str, words: Vocabulary) -> bool:
    """A short last line that may or may not be of the speech: it is kept, but it does not make the text one that breaks off."""
    if len(line) > _SHORT or "。" in line or numbering.read(line) is not None:
        return False
    return words.rich and words.foreign(line, own=not _suspect(line)) >= (0.5 if weigh(line).weight else 0.7)


def _is_foreign_script(line: str) -> bool:
    """No Chinese in it, and no mask or figure alone: a menu's letters, a mark of the screen, what a forum adds against copying."""
    return not _CHINESE.search(line) and len(set(_LETTER_OR_MARK.findall(line))) >= 2 and not noise.is_date(line)


def _wanted(line: str, place: Place) -> tuple[int, float]:
    """How much weight, and what share of foreign words, it takes to drop the line."""
    if numbering.read(line) is not None:
        return 4, 0.7
    ended = bool(_ENDED.search(line))
    if ended and (len(line) >= 40 or line.endswith("。")):
        return (2, 0.6) if _ABOUT_THE_COPY.search(line) and place is Place.END else (3, 0.6)
    if place is Place.END:
        return 1, 0.6
    # One sign is enough for a short line that the text has no word of; with two, some of its words may be the text's.
    return (2, 0.5) if ended or not _NAME_LIKE.fullmatch(line) else (1, 0.8)


def pieces(line: str, words: Vocabulary) -> list[Piece]:
    """Spans of noise inside a line of the speech, in order: brackets anywhere, sentences at its ends."""
    found = noise.pieces(line)
    for bracket in _BRACKET.finditer(line):
        taken = any(start < bracket.end() and bracket.start() < end for start, end, _ in found)
        if not taken and (reason := _judge_bracket(line, bracket, words)):
            found.append((bracket.start(), bracket.end(), reason))
    return sorted([*found, *_end_sentences(line, sorted(found), words)])


def _judge_bracket(line: str, bracket: re.Match[str], words: Vocabulary) -> Reason | None:
    inner = bracket[0][1:-1].strip()
    if _ONLY_FIGURES.fullmatch(inner):
        return None
    square = bracket[0][0] in _SQUARE
    weighed, strange = weigh(inner), words.foreign(inner, own=not square)
    if len(_CHINESE.findall(inner)) < _FEW:
        strange = 1.0  # too few words to tell by
    elif not words.rich:
        strange = min(strange, 0.5)
    # What stands before a sentence or behind its full stop belongs to no sentence.
    apart = bracket.start() == 0 or bool(_ENDED.search(line[: bracket.start()]))
    wanted = 0.5 + _FOR_EACH * (2 - weighed.weight) - (0.2 if square or apart else 0)
    if weighed.weight > (0 if square or apart else 1) and strange >= max(_LEAST_FOREIGN, wanted):
        return reason_of(inner, weighed)
    return reason_of(inner, weighed) if square and apart and strange >= 0.8 else None


def _end_sentences(line: str, taken: list[Piece], words: Vocabulary) -> list[Piece]:
    blanked = line
    for start, end, _ in taken:
        blanked = blanked[:start] + " " * (end - start) + blanked[end:]
    sentences = [found for found in _SENTENCE.finditer(blanked) if found[0].strip()]
    found: list[Piece] = []
    for side in (sentences, sentences[::-1]):
        for sentence in side:
            said = sentence[0].strip()
            weighed = weigh(said) if len(said) <= 2 * _SHORT and _HINT.search(said) else _NOTHING
            telling = Sign.ADDRESS in weighed.kinds or _ABOUT_THE_COPY.search(said)
            dense = weighed.weight >= max(3, len(said) / _CHARACTERS_PER_SIGN)
            if len(sentences) - len(found) < 2 or not (telling and dense and words.rich):
                break
            if words.foreign(said, own=True) < 0.6:
                break
            found.append((sentence.start(), sentence.end(), reason_of(said, weighed)))
    return found


_PERSON_TO_ASK = re.compile(
    r"[qQ扣][qQ扣]|微信|[薇威]|[vV][xX]?\s*[:：]|群|电话|手机|致电|tel|客服|联系|私聊|私信|合作", re.IGNORECASE
)
_FROM = re.compile(r"来源|出处|稿源|[摘选转]自|原载|转载|原文|网址|链接|地址")
_HANDS = re.compile(r"编辑|审核|校对|监制|责编|作者")


def reason_of(line: str, weighed: Weighed) -> Reason:
    """What kind of noise a line is that is known to be noise."""
    kinds = weighed.kinds
    if noise.is_paywall(line) or (Sign.REST in kinds and kinds & {Sign.MEMBER, Sign.TRADE, Sign.SCREEN}):
        return Reason.PAYWALL
    if _ABOUT_THE_COPY.search(line) and Sign.RIGHTS in kinds and len(line) > 25:
        return Reason.DISCLAIMER
    if _PERSON_TO_ASK.search(line) and kinds & {Sign.CONTACT, Sign.ADDRESS}:
        return Reason.CONTACT
    if Sign.ADDRESS in kinds or (Sign.CREDIT in kinds and _FROM.search(line)):
        return Reason.SOURCE_URL
    if Sign.CREDIT in kinds and _HANDS.search(line):
        return Reason.PAGE_FURNITURE
    if Sign.RIGHTS in kinds:
        return Reason.WATERMARK
    if kinds & {Sign.TRADE, Sign.MEMBER, Sign.CONTACT, Sign.GOODS} and Sign.CREDIT not in kinds:
        return Reason.WATERMARK if Sign.SITE in kinds and len(line) <= 12 else Reason.ADVERT
    if kinds & {Sign.SCREEN, Sign.SHAPE}:
        return Reason.PAGE_FURNITURE
    return Reason.WATERMARK
