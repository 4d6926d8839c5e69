"""What a passage does in its speech, as far as code can tell it: from where it stands, from its headings, from its verbs."""

import re
from enum import StrEnum

from speech.brief import Genre


class Role(StrEnum):
    """What a passage does in its speech.

    It opens it, leads into a part, argues why the work matters, tells what was done, names what is wrong, says what is to be
    done, what will be done next, how that is made sure of (领导、责任、督查), or it closes the speech.
    """

    OPENING = "opening"
    LEAD = "lead"
    ARGUMENT = "argument"
    PRACTICE = "practice"
    PROBLEM = "problem"
    MEASURE = "measure"
    NEXT = "next"
    SAFEGUARD = "safeguard"
    CLOSING = "closing"


BODY = tuple(role for role in Role if role not in (Role.OPENING, Role.CLOSING))
"""The roles of what stands between opening and closing: what a speech says of its topic."""

# Genres that tell what their own office did; in the others a speaker asks others to do something.
_TELLING = frozenset({Genre.EXCHANGE, Genre.REPORT, Genre.SUMMARY, Genre.DUTY_REPORT})

_WRONG = "问题|不足|短板|差距|困难|挑战|弱项|薄弱环节|隐患"
_HEADINGS: tuple[tuple[Role, re.Pattern[str]], ...] = (
    # 解决突出问题 and 补齐短板 are measures: what is wrong must be looked at or stand alone.
    (
        Role.PROBLEM,
        re.compile(
            rf"(?:看到|正视|找准|查找|直面|检视|查摆|认识到?|面临|存在|对照)[^，。]{{0,16}}(?:{_WRONG})"
            rf"|^(?:当前|目前)?[^，。解补破攻化整治]{{0,8}}(?:{_WRONG})(?:和(?:{_WRONG}))*$|原因(?:分析|剖析)|剖析[^，。]{{0,8}}(?:原因|根源)"
        ),
    ),
    (Role.NEXT, re.compile(r"下一?步|今后|接下来|打算|努力方向|明年|来年|下一阶段|下半年")),
    (
        Role.PRACTICE,
        re.compile(
            r"成绩(?:值得|来之不易|显著|喜人|单|$)|取得[^，]{0,8}成[绩效就]|成效(?:显著|明显|$)|回顾|主要做法|工作情况|进展|经验做法|履职情况"
            r"|^(?:去年|一年来|近年来|五年来|过去)"
        ),
    ),
    (
        Role.ARGUMENT,
        re.compile(
            r"认识|意义|重要性|必要性|紧迫性|站位|统一思想|责任感|使命感|认清|形势|为什么|机遇|体会|感悟|深学|领会|是[^，。]{1,14}的?(?:需要|要求|期盼|保证|举措)$"
        ),
    ),
    (
        Role.SAFEGUARD,
        re.compile(r"领导|组织保障|强化保障|要素保障|责任(?!感)|层层负责|督[查导]|考核|问责|合力|落[细实]落[细实]|落地见效"),
    ),
)
_ASKS = re.compile(r"(?:^|[。；，！\n])[^。；，！\n]{0,8}?(?:要(?!求|素|点|是|闻|道|害|件|职)|必须|务必|应当|不得|严禁)")
_TELLS = re.compile(
    r"(?<!为)了(?!解|然|望)|累计|已经?(?=[建完实成达有组形覆])|先后|荣获|获评|同比|分别(?:增长|下降)|(?:增长|下降|提高|增加|减少|达到?|突破|完成|实现)[^，。；]{0,10}[\d×*X]"
)
_LOOKS_AHEAD = re.compile(r"^(?:下一?步|今后|接下来|下一阶段)")
_NAMES_WRONGS = re.compile(
    rf"(?:存在|还有|仍有|面临)[^。；]{{0,24}}(?:{_WRONG})|(?:不够|不足|不强|不高|不到位|滞后|缺乏|偏[低弱慢])"
)


def role_of(genre: Genre | None, part: str, heading: str, text: str) -> Role:
    """The role of a passage in the body: its own heading speaks before that of its part, and both before its verbs.

    Only of safeguards the part speaks first: 督查考核 is one under 强化保障, and a reason under 充分认识.
    """
    if _LOOKS_AHEAD.match(text) and genre in _TELLING:
        return Role.NEXT
    told = _by_heading(heading, genre)
    if told is None or told is Role.SAFEGUARD:
        told = _by_heading(part, genre) or told
    if told is not None:
        return told
    asks, tells = len(_ASKS.findall(text)), len(_TELLS.findall(text))
    if len(_NAMES_WRONGS.findall(text)) > max(1, asks + tells):
        return Role.PROBLEM
    if genre in _TELLING:
        return Role.MEASURE if asks > tells + 1 else Role.PRACTICE
    return Role.PRACTICE if tells > 2 and tells > 2 * asks else Role.MEASURE


def _by_heading(heading: str, genre: Genre | None) -> Role | None:
    for role, pattern in _HEADINGS:
        # 加强领导 asks in a speech; where an office tells of its own work, it was done: the verbs decide.
        if pattern.search(heading) and not (role is Role.SAFEGUARD and genre in _TELLING):
            return role
    return None
