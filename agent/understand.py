"""A request in plain Chinese becomes a brief. What is not said stays out: nothing is guessed.

Read by rule, for a rule does not invent: a line, a long text, or a pasted notice of a meeting with the clerk's words to it.
A request without a topic that a rule can read is refused with an example.
"""

import re
from dataclasses import dataclass
from typing import Any

from agent.request.content import facts_in, points_in, split_facts, split_points, split_taboos, taboos_in
from agent.request.speaker import speaker_in
from agent.request.terms import (
    audience_in,
    date_in,
    genre_of,
    length_in,
    occasion_in,
    place_in,
    sections_in,
    topic_of,
)
from agent.request.text import Prose, Request, read_request
from speech import words
from speech.brief import Genre, SpeechBrief, brief_from
from speech.errors import BriefError

EXAMPLE = "例如：为市委书记起草在全市安全生产工作会议上的讲话，约2000字，突出燃气整治和隐患排查"

_TITLE = re.compile(r"(?:标题|题目|题为|题名)(?:是|为|叫|定为|：)*(?P<mark>[《“]?)(?P<title>[^》”，。；\n]{2,60})[》”]?")
_SPOKEN_TITLE = re.compile(r"讲(?P<mark>《)(?P<title>[^》\n]{2,60})》")
_IS_TITLE = re.compile(r"(?:讲话|发言|致辞|报告|党课)$|^在.+上的|^关于.+的")
_KINDS = "交流|汇报|研讨|表态|动员|述职|主题|专题"
_A_SPEECH = rf"(?:{_KINDS})*(?:讲话稿?|讲活稿?|发言稿?|发言材料|致辞|致词|讲稿|稿子?|党课|总结|汇报|报告|材料|心得体会|体会|述职报告|述职)"
_TOPICS = (
    re.compile(r"(?:主题|中心|主旨)(?:是|为|：|，|就是|定为)+[“《]?(?P<topic>[^，。；”》\n]{2,40})[”》]?"),
    re.compile(rf"关于[“]?(?P<topic>[^，。；\n]{{2,40}}?)[”]?(?=的?(?:{_A_SPEECH})|的[，。；\n]|[，。；\n]|$)"),
    re.compile(r"(?:讲讲|谈谈|说说|聊聊)(?P<topic>[^，。；、\n]{2,20})(?=[，。；\n]|$)"),
)
_AROUND = re.compile(r"围绕[“]?(?P<topic>[^，。；、\n]{2,40}?)[”]?(?=的?(?:讲话|发言|致辞|稿|党课)|[，。；\n]|$)")
_LOOSE = (
    re.compile(r"(?:把|将|就)(?:[去今]年|上半年)?(?P<topic>[^，。；\n]{2,30}?)(?=写|整理|做个|形成)"),
    re.compile(rf"(?:写|起草|来|拟|弄|整|准备)(?:一?[篇份个堂下])?+(?:关于)?(?P<topic>[^，。；\n]{{2,30}}?)的?{_A_SPEECH}"),
    re.compile(rf"(?:^|[，。；\n])(?P<topic>[^，。；\n]{{2,30}}?)的?{_A_SPEECH}(?:一[份篇])?(?=[，。；\n]|$)"),
    re.compile(r"(?:主抓|分管|调研|考察)(?P<topic>[^，。；\n]{2,20})(?=[，。；\n]|$)"),
    re.compile(r"(?:^|[，。；\n])(?P<topic>[^，。；\n]{2,20}?)工作(?=[，。；\n]|$)"),
    re.compile(r"(?:^|[，。；\n])(?P<topic>(?:学习|抓|推进|加强|深化|做好)[^，。；\n]{2,30})(?=[，。；\n]|$)"),
)
_TOPIC_TAIL = re.compile(r"(?:的?(?:重点)?工作|的(?:事情?|情况|问题)?)$")
_NO_TOPIC = re.compile(
    r"^(?:一?[篇份个堂]|的|写|起草|领导|准备|动员|表态|交流|汇报|研讨|述职|心得|学习|半小时的?)+$|[我你他]要|^(?:请|帮|召开|举办|举行|开展)"
)
_MOST_QUESTIONS = 3


@dataclass(frozen=True)
class Question:
    """One thing that a brief lacks: the field it would tell, and how to ask for it in a chat."""

    field: str
    text: str


def understand(request: str) -> SpeechBrief:
    """The brief that a request states. Raises BriefError, with an example, where there is nothing to write from."""
    text = request.strip()
    if not text:
        raise BriefError("没有写作要求", EXAMPLE)
    if len(text) > 4000:
        raise BriefError(f"写作要求过长（{len(text)} 字）", "请控制在 4000 字以内，或用 --brief 给出写作任务文件")
    if len(re.findall(r"[\u4e00-\u9fff]", text)) < 4:
        raise BriefError("写作要求请用中文写明文种、场合和主题", EXAMPLE)
    fields = _fields(read_request(text))
    if not fields["topic"]:
        raise BriefError("没看懂要写什么：缺少文种、场合或主题", EXAMPLE)
    return brief_from(fields)


def made_of(brief: SpeechBrief, request: str) -> bool:
    """Whether `brief` is what `request` states, its length apart, which an option may set."""
    try:
        read = understand(request)
    except BriefError:
        return False
    return read.model_copy(update={"length": brief.length}) == brief


def questions(brief: SpeechBrief) -> tuple[Question, ...]:
    """What to ask before writing, once: of what `brief` lacks, the two or three things that a draft suffers most without.

    Figures first, for each one missing is left open in the draft; then what to stress, who speaks, where, how long.
    """
    speech = "发言" if "发言" in brief.genre else f"{brief.genre}"
    asked = (
        ("facts", not brief.facts, f"有哪些数据、做法或事例可以写进{speech}？没有告诉的数字和名称会留空待填。"),
        ("points", not brief.points, f"围绕“{brief.topic}”，要突出哪几个方面？"),
        ("speaker", not brief.speaker, f"这篇{speech}由谁来讲（职务即可）？"),
        ("occasion", not brief.occasion, "在什么会议或场合上讲？"),
        ("length", not brief.length, "大约多少字，或者讲几分钟？"),
    )
    return tuple(Question(field, text) for field, lacks, text in asked if lacks)[:_MOST_QUESTIONS]


def _fields(asked: Request) -> dict[str, Any]:
    """Every field of a brief that `asked` tells; a label goes before the clerk's words, those before a notice's body."""
    prose, told, whole = asked.prose, asked.labelled, asked.prose.text
    avoided = split_taboos(told.get("taboos", "")) + taboos_in(prose)
    title, topic = _title_in(prose, told)
    occasion = told.get("occasion") or _occasion_in(prose) or _noticed(asked)
    audience, place = told.get("audience") or audience_in(prose), told.get("place") or place_in(prose)
    date = date_in(Prose(told["date"]), labelled=True) if "date" in told else date_in(prose) or date_in(Prose(asked.notice))
    length = length_in(Prose(told["length"])) if "length" in told else length_in(prose)
    genre = genre_of(told.get("genre", "") or whole, occasion) or genre_of(told.get("agenda", ""), occasion)
    topic = told.get("topic") or topic or _topic_in(prose, occasion)
    sections = sections_in(prose)
    facts = split_facts(told.get("facts", "")) + facts_in(prose)
    points = split_points(told["points"]) if "points" in told else points_in(prose, topic)
    speaker = told.get("speaker") or speaker_in(prose)
    if not topic and (genre or occasion or "稿" in whole):
        topic = _loose_topic(prose, speaker) or ("岗位履职" if genre == Genre.DUTY_REPORT else None)
    return {
        "genre": genre or Genre.SPEECH,
        "title": title,
        "occasion": occasion,
        "topic": topic if genre or occasion or "稿" in whole else None,
        "speaker": speaker,
        "audience": audience.rstrip("。；") if audience else None,
        "date": date,
        "place": place.rstrip("。；") if place else None,
        "length": length,
        "sections": sections,
        "points": points,
        "facts": facts,
        "taboos": avoided,
    }


def _title_in(prose: Prose, told: dict[str, str]) -> tuple[str | None, str | None]:
    """(title, topic): what is called 题目 is a title where it reads like one or stands in 《》, and the topic where it does not."""
    match = prose.find(_TITLE) or prose.find(_SPOKEN_TITLE)
    title = told.get("title") or (match and match["title"].strip())
    if not title:
        return None, None
    named = title.strip("《》“”")
    whole = bool(_IS_TITLE.search(named))
    is_title = whole or title.startswith("《") or bool(match and match["mark"] == "《")
    return named if is_title else None, None if whole else named


def _occasion_in(prose: Prose) -> str | None:
    match = occasion_in(prose.text)
    if not match:
        return None
    # the word before stays: 在…上 tells whose name stands in front of it
    prose.cut(match, match.start("occasion"), match.end("occasion"))
    occasion = match["occasion"].strip(" \"'")
    return occasion if occasion.count("“") == occasion.count("”") else occasion.strip("“”")


def _noticed(asked: Request) -> str | None:
    """The meeting that a notice calls: 关于召开…的通知, 召开…."""
    match = re.search(r"(?:召开|举办|举行|开展)(?P<occasion>[^，。；：\n]{3,50}?)(?:的?(?:预备)?通知|[，。；\n]|$)", asked.notice)
    return match["occasion"].strip("“”《》 ") if match else None


def _topic_in(prose: Prose, occasion: str | None) -> str | None:
    for pattern in _TOPICS:
        match = pattern.search(prose.text)
        if match and not _NO_TOPIC.search(match["topic"]):
            prose.take(match)
            return _TOPIC_TAIL.sub("", match["topic"].strip(" “”")) or None
    if occasion and (topic := topic_of(occasion)):
        return topic
    match = _AROUND.search(prose.text)
    return match["topic"].strip(" “”") if match else None


def _loose_topic(prose: Prose, speaker: str | None) -> str | None:
    text = prose.text.replace(speaker, "") if speaker else prose.text
    for pattern in _LOOSE:
        for match in pattern.finditer(text):
            topic = _TOPIC_TAIL.sub("", match["topic"].strip(" “”的"))
            topic = re.sub(r"^(?:我们?)?单位(?:一年的?)?|^[去今]年的?", "", topic)
            if len(topic) >= 2 and not _NO_TOPIC.search(topic):
                return topic
    return next(filter(_names_a_matter, Prose(text).clauses()), None)


def _names_a_matter(clause: str) -> bool:
    """Whether a clause that stands alone is a matter to speak of: 安全生产, and not 要朝气一点."""
    tags = [word.tag for word in words.cut(clause).words]
    plain = bool(re.fullmatch("[\u4e00-\u9fff]{4,14}", clause)) and not _NO_TOPIC.search(clause)
    return plain and all(tag[0] in "nvlj" or tag == "an" for tag in tags) and any(tag[0] in "nlj" or tag == "vn" for tag in tags)
