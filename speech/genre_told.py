"""Which 文种 a speech is, and how sure that is: told from title, salutation and build (domain notes, B2).

Every sign speaks for one genre with a weight, the natural logarithm of how much likelier it makes it; the weights are judged,
not learned. A genre that the title names is the genre, however the rest is built; the rest tells how sure that is.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from speech.announced import promised_points
from speech.brief import Genre
from speech.document import characters

_TITLE_WEIGHT = 4.0
_LEAST = 1.0  # a weaker sum tells nothing
_NOTHING_TOLD = 0.5  # what "none of these" weighs against the sums
_ENOUGH_TEXT = 300
_DEMANDS_IN_THOUSAND, _OURS_IN_THOUSAND = 6.0, 5.0


class _Where(StrEnum):
    TITLE = "title"
    SALUTATION = "salutation"
    OPENING = "opening"
    CLOSING = "closing"


@dataclass(frozen=True)
class Told:
    """A genre with the confidence in it, 0–1. None, with 0, where nothing tells."""

    genre: Genre | None = None
    confidence: float = 0.0


# The first that matches is what the title says.
_BY_TITLE: tuple[tuple[str, Genre], ...] = (
    ("政府工作报告", Genre.GOVERNMENT_REPORT),
    ("交流发言|发言交流|经验交流材料|(?:典型|经验)发言", Genre.EXCHANGE),
    ("汇报发言|工作汇报|情况汇报|汇报材料|情况的?汇报", Genre.REPORT),
    ("研讨发言|研讨交流|学习研讨|心得体会|学习体会|研讨材料", Genre.SEMINAR),
    ("表态发言|表态", Genre.PLEDGE),
    ("动员讲话|动员.{0,12}会.{0,8}讲话|动员部署", Genre.MOBILISATION),
    ("致[辞词]|贺[辞词]|祝[辞词]|开幕[辞词]|闭幕[辞词]", Genre.ADDRESS),
    ("述职|述责述廉|述廉", Genre.DUTY_REPORT),
    ("党课", Genre.PARTY_LESSON),
    ("主持[辞词]|主持讲话", Genre.HOSTING),
    ("讲话", Genre.SPEECH),
    ("总结", Genre.SUMMARY),
)
_SIGNS: tuple[tuple[_Where, str, Genre, float], ...] = (
    (_Where.SALUTATION, r"各?位代表[：:]$", Genre.GOVERNMENT_REPORT, 1.5),
    (_Where.SALUTATION, r"^同志们[：:，,]", Genre.SPEECH, 0.7),
    (_Where.SALUTATION, r"^同志们[：:，,]", Genre.PARTY_LESSON, 0.3),
    (_Where.SALUTATION, r"来宾|女士|先生|朋友|客商|嘉宾", Genre.ADDRESS, 1.5),
    (_Where.SALUTATION, r"尊敬的.{0,10}(?:[部省市县区组局]长|书记|主任)", Genre.REPORT, 0.8),
    (_Where.SALUTATION, r"各位领导", Genre.EXCHANGE, 0.3),
    (_Where.SALUTATION, r"评委|考核组", Genre.DUTY_REPORT, 1.5),
    (_Where.OPENING, r"代表.{0,16}政府[，,]?.{0,4}(?:大会|会议).{0,8}(?:报告|工作报告)", Genre.GOVERNMENT_REPORT, 4.0),
    (_Where.OPENING, r"(?:动员|部署)(?:大会|会议|会)", Genre.MOBILISATION, 0.8),
    (_Where.OPENING, r"会议的?(?:主要)?(?:任务|目的)(?:就)?是|刚才", Genre.SPEECH, 0.8),
    (_Where.OPENING, r"现在(?:开会|会议开始)|会议(?:共|有).{0,4}项议程|受.{0,12}委托.{0,6}主持", Genre.HOSTING, 3.0),
    (_Where.OPENING, r"现.{0,10}述职|现将.{0,20}履职|任职以来", Genre.DUTY_REPORT, 3.0),
    (_Where.OPENING, r"(?:现|下面).{0,24}(?:汇报如下|作(?:个|一)?(?:简要)?汇报|汇报[：:。])", Genre.REPORT, 2.0),
    (
        _Where.OPENING,
        r"(?:作|做)(?:个|一)?交流(?:发言)?|与大家(?:分享|交流)|(?:交流|介绍|分享)(?:一下)?.{0,16}(?:做法|经验)",
        Genre.EXCHANGE,
        2.0,
    ),
    (_Where.OPENING, r"(?:通过|认真|深入|经过|参加).{0,20}学习|谈.{0,10}(?:体会|认识)|学习体会|读书班|研讨", Genre.SEMINAR, 1.6),
    (_Where.OPENING, r"党课|这[一堂]课|今天.{0,8}(?:和|与|同)大家.{0,20}(?:交流|探讨|学习)", Genre.PARTY_LESSON, 1.2),
    (_Where.OPENING, r"党课", Genre.PARTY_LESSON, 1.5),
    (_Where.OPENING, r"(?:热烈|诚挚|衷心)的?(?:欢迎|祝贺|问候|感谢)|值此|欢聚", Genre.ADDRESS, 2.0),
    (_Where.OPENING, r"表(?:个|明)?态|完全拥护|坚决服从", Genre.PLEDGE, 2.0),
    (_Where.OPENING, r"(?:一年来|今年以来|\d{4}年|.年).{0,40}(?:现|将).{0,20}总结", Genre.SUMMARY, 2.0),
    (_Where.CLOSING, r"^各位代表", Genre.GOVERNMENT_REPORT, 1.0),
    (_Where.CLOSING, r"^同志们", Genre.SPEECH, 1.0),
    (_Where.CLOSING, r"散会|会议到此结束", Genre.HOSTING, 2.5),
    (_Where.CLOSING, r"评议|审议(?:述职)?|以上.{0,4}述职", Genre.DUTY_REPORT, 2.0),
    (_Where.CLOSING, r"(?:以上|我的)汇报|汇报(?:完毕|到此)", Genre.REPORT, 2.0),
    (_Where.CLOSING, r"批评指正", Genre.REPORT, 0.4),
    (_Where.CLOSING, r"(?:以上|我的)(?:是|就是)?.{0,8}(?:体会|认识)|不足之处", Genre.SEMINAR, 1.0),
    (_Where.CLOSING, r"预?祝.{0,24}(?:圆满成功|胜利召开|身体健康)", Genre.ADDRESS, 2.0),
    (_Where.CLOSING, r"请.{0,12}(?:监督|放心)|(?:坚决|一定)(?:完成|做到|扛起)", Genre.PLEDGE, 1.0),
    (_Where.CLOSING, r"共勉", Genre.PARTY_LESSON, 1.0),
    (_Where.CLOSING, r"谢谢大家", Genre.EXCHANGE, 0.3),
)
# Telling others what to do, and telling what we ourselves have done.
_DEMAND = re.compile(r"(?:^|[。；，])(?:各[级地单部]|要|必须|务必|决不能|一要|二要|三要)", re.MULTILINE)
_OURS = re.compile(
    r"我(?:们)?[区县市镇乡村局院校街社公单](?!们)|我们(?:村|镇|街道|社区|县|区|市|局|公司|单位)|(?:近年来|今年以来|截至目前|目前)"
)
_MINE = re.compile(r"我(?:深刻|深切|体会|认识|感到|将|在工作|个人|分管|负责)|自己")


def tell(title: str | None, salutation: str | None, opening: Sequence[str], body: Sequence[str], closing: Sequence[str]) -> Told:
    """The genre of a speech in these parts, `body` being the paragraphs between opening and closing."""
    scores: dict[Genre, float] = {}

    def add(genre: Genre, weight: float) -> None:
        scores[genre] = scores.get(genre, 0.0) + weight

    said = next((genre for words, genre in _BY_TITLE if re.search(words, title or "")), None)
    if said:
        add(said, _TITLE_WEIGHT)
    places = {
        _Where.TITLE: title or "",
        _Where.SALUTATION: salutation or "",
        _Where.OPENING: "\n".join((*opening[:2], *opening[-1:])),
        _Where.CLOSING: "\n".join(closing or (*opening, *body)[-1:]),
    }
    for where, words, genre, weight in _SIGNS:
        if re.search(words, places[where], re.MULTILINE):
            add(genre, weight)
    for genre, weight in _by_build(opening, body):
        add(genre, weight)
    if said is Genre.MOBILISATION:
        # A mobilising speech has all the signs of a speech: they speak for it.
        add(Genre.MOBILISATION, scores.pop(Genre.SPEECH, 0.0))
    best = said or max(scores, key=lambda genre: scores[genre], default=None)
    if best is None or scores[best] < _LEAST:
        return Told()
    whole = sum(math.exp(score) for score in scores.values()) + math.exp(_NOTHING_TOLD)
    return Told(best, round(math.exp(scores[best]) / whole, 3))


def _by_build(opening: Sequence[str], body: Sequence[str]) -> list[tuple[Genre, float]]:
    """What the voice tells: demands on others, doings of one's own, thoughts of one's own."""
    text = "\n".join((*opening, *body))
    length = characters(text)
    told: list[tuple[Genre, float]] = []
    if promised_points(opening) is not None:
        told += [(Genre.SPEECH, 0.8), (Genre.REPORT, 0.2), (Genre.SEMINAR, 0.2)]
    if length < _ENOUGH_TEXT:
        return told
    thousands = length / 1000
    demands, ours, mine = (len(words.findall(text)) / thousands for words in (_DEMAND, _OURS, _MINE))
    if demands >= _DEMANDS_IN_THOUSAND and demands > ours:
        told.append((Genre.SPEECH, 1.2))
    if ours >= _OURS_IN_THOUSAND or ours > 2 * demands:
        told += [(Genre.EXCHANGE, 1.0), (Genre.REPORT, 0.8)]
    if mine > max(demands, ours) / 2 and mine >= 1:
        told += [(Genre.SEMINAR, 1.0), (Genre.DUTY_REPORT, 0.5), (Genre.PLEDGE, 0.4)]
    return told
