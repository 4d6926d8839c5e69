"""A request in plain Chinese becomes a brief. What is not said stays out: nothing is guessed.

Read by rule, for a rule does not invent. A request without rule-readable topic is refused with an example.
"""

import re

from speech.brief import Genre, SpeechBrief, brief_from
from speech.errors import BriefError
from speech.numerals import ARABIC, CHINESE, value

EXAMPLE = "例如：为市委书记起草在全市安全生产工作会议上的讲话，约2000字，突出燃气整治和隐患排查"
PACE = 220  # characters a minute, the middle of the 200–250 of practice (domain notes, B2)

_NUMBER = rf"({ARABIC}|{CHINESE})"
_MOST = 10**9  # what a longer number is taken for: it is refused all the same, in a line that can be read
_GENRES = (
    ("交流发言", Genre.EXCHANGE), ("经验交流", Genre.EXCHANGE), ("汇报", Genre.REPORT), ("研讨", Genre.SEMINAR), ("心得体会", Genre.SEMINAR),
    ("表态", Genre.PLEDGE), ("动员", Genre.MOBILISATION), ("致辞", Genre.ADDRESS), ("致词", Genre.ADDRESS), ("述职", Genre.DUTY_REPORT),
    ("党课", Genre.PARTY_LESSON), ("总结", Genre.SUMMARY), ("讲话", Genre.SPEECH), ("发言", Genre.EXCHANGE), ("讲稿", Genre.SPEECH),
)  # fmt: skip
_OCCASION = re.compile(
    r"在(?P<occasion>[^，。；,;：:]{2,60}?(?:会议|大会|会|论坛|仪式|典礼|活动|培训班|开班式))(?=[上中的，。；,;：:\s]|$)"
)
_SPEAKER = re.compile(
    r"(?:为|替|帮|给|以)(?:我们?|咱们?)?(?:为|替|给)?(?P<speaker>[^，。；,;在的写起草拟]{2,30}?)(?=(?:起草|草拟|拟写|撰写|写|准备|拟|的?名义|在))"
)
_LENGTH = re.compile(rf"{_NUMBER}\s*([千万]?)\s*(?:余|多|来)?(?:个)?字(?!方针|诀)")
_MINUTES = re.compile(rf"{_NUMBER}\s*分钟")
_SECTIONS = re.compile(rf"(?:讲|谈|分|从|写)\s*{_NUMBER}\s*(?:个|点|条)?(?:方面|部分|问题|意见|体会|点)")
_POINTS = re.compile(
    r"(?:突出|重点(?:讲|写|突出|围绕)|围绕|要点(?:是|有|：|:)|包括|强调|聚焦)[：:]?(?P<points>[^。；;\n]{2,120})"
)
_TOPIC = re.compile(
    r"(?:关于|主题(?:是|为|：|:)|题目(?:是|为|：|:)|围绕)(?P<topic>[^，。；,;\n]{2,40}?)(?=的?(?:交流|汇报|研讨|表态|动员)?(?:讲话|发言|致辞|稿|党课|总结|汇报)|[，。；,;\n]|$)"
)
_LOOSE = re.compile(
    r"(?:写|起草|来|拟)(?:一?[篇份个堂])?+(?:关于)?(?P<topic>[^，。；,;\n]{2,30}?)的?(?:交流|汇报|研讨|表态|动员)?(?:讲话稿?|发言稿?|致辞|讲稿|稿子|党课|总结|汇报)"
)
# What stands between two points, and not inside a word: 和美乡村, 群众参与, 知识普及, 及时处置.
_BETWEEN = re.compile(r"[、，,]|以及|(?<![总共祥])和(?![谐平美睦解])|(?<![参给])与(?!时)|(?<![普涉危])及(?![时早])")
_DATE = re.compile(r"(?:\d{4}年)?\d{1,2}月\d{1,2}日")
_AUDIENCE = re.compile(r"(?:听众|参会人员|受众)(?:是|为|有|：|:)?(?P<audience>[^，。；;\n]{2,60})")
_OCCASION_WORDS = re.compile(
    r"^(?:全[省市县区州镇乡]|[^，]{0,6}?年度?|第.次)|(?:重点)?(?:工作)?(?:推进|动员|部署|专题|座谈|经验交流|交流|研讨|现场|观摩|培训|总结表彰|调度|部署动员|理论学习中心组)*(?:会议|大会|会|论坛|仪式|活动|培训班)$"
)
_QUOTED_FACTS = re.compile(r"(?:事实|数据|已知|情况)(?:是|有|如下|：|:)+(?P<facts>[^\n]{2,600})")


def understand(request: str) -> SpeechBrief:
    """The brief that a request states. Raises BriefError, with an example, where there is nothing to write from."""
    text = request.strip()
    if not text:
        raise BriefError("没有写作要求", EXAMPLE)
    if len(text) > 4000:
        raise BriefError(f"写作要求过长（{len(text)} 字）", "请控制在 4000 字以内，或用 --brief 给出写作任务文件")
    if len(re.findall(r"[\u4e00-\u9fff]", text)) < 4:
        raise BriefError("写作要求请用中文写明文种、场合和主题", EXAMPLE)
    occasion = _found(_OCCASION, text, "occasion")
    topic = _found(_TOPIC, text, "topic") or (occasion and _topic_of(occasion)) or _found(_LOOSE, text, "topic")
    if not topic or not (occasion or any(word in text for word, _ in _GENRES) or "稿" in text):
        raise BriefError("没看懂要写什么：缺少文种、场合或主题", EXAMPLE)
    return brief_from(
        {
            "genre": next((genre for word, genre in _GENRES if word in text), Genre.SPEECH),
            "occasion": occasion,
            "topic": topic,
            "speaker": _found(_SPEAKER, text, "speaker"),
            "audience": _found(_AUDIENCE, text, "audience"),
            "date": match[0] if (match := _DATE.search(text)) else None,
            "length": _length(text),
            "sections": _sections(text),
            "points": _points(text, topic),
            "facts": _facts(text),
        }
    )


def _found(pattern: re.Pattern[str], text: str, group: str) -> str | None:
    match = pattern.search(text)
    return match[group].strip(" 　“”\"'") or None if match else None


def _topic_of(occasion: str) -> str | None:
    """全市城市基层治理重点工作推进会 → 城市基层治理."""
    topic = occasion
    while (shorter := _OCCASION_WORDS.sub("", topic)) != topic:
        topic = shorter
    return topic if len(topic) >= 2 else None


def _length(text: str) -> int | None:
    for match in _LENGTH.finditer(text):
        length = _integer(match[1], match[2])
        # “严实细快”四个字 is a slogan, 五百字 a length
        if length >= 100 or match[1].isdecimal():
            return length
    minutes = _MINUTES.search(text)
    return _integer(minutes[1]) * PACE if minutes else None


def _sections(text: str) -> int | None:
    match = _SECTIONS.search(text)
    # 谈一点体会 is a manner of speaking
    return _integer(match[1]) if match and match[1] != "一" else None


def _integer(number: str, scale: str = "") -> int:
    worth = value(number, scale)
    return 0 if worth is None else _MOST if worth > _MOST else int(worth)


def _points(text: str, topic: str) -> list[str]:
    match = _POINTS.search(text)
    if not match:
        return []
    pieces = _BETWEEN.split(match["points"])
    cleaned = (
        re.sub(r"^(?:讲|写|突出|围绕|抓好|三个方面)|(?:等)?(?:方面|内容|工作|展开|来写|几项)*$", "", piece).strip(" “”")
        for piece in pieces
    )
    # the pieces after a change of subject (约2000字, 语言朴实) are not points
    return [
        piece
        for piece in cleaned
        if 2 <= len(piece) <= 20 and piece != topic and not re.search(r"\d+字|讲话|发言|语言|语气|字数", piece)
    ]


def _facts(text: str) -> list[str]:
    match = _QUOTED_FACTS.search(text)
    return [fact.strip() for fact in re.split(r"[；;。]", match["facts"]) if len(fact.strip()) >= 2] if match else []
