"""What a request says of the content: taboos, points, and the facts that stand in it, word for word."""

import re
from collections.abc import Iterator

from agent.request.text import Prose
from speech import specifics, taboos
from speech.specifics import SpecificKind

# 确保不出现返贫 and 不提高标准 say what is to be done, not what is not to be said.
_AVOID = r"(?<!确保)(?<!做到)(?<!坚决)(?<!防止)(?:(?:不要|不能|不得|不宜|不用|不可|请勿|切勿|避免|避开|别再?|勿)(?:再|要|得)?|也?不(?=提|涉及|点名))"
_MENTION = (
    r"(?:提及|提到|提起|提(?![高升供前倡出交速醒炼取拔振质])|涉及|牵涉|触及|(?<!避免)出现|出现(?=[^，。；]*(?:字眼|字样|词|说法))"
    r"|点名批评|点名|点到|写到|写进|讲到|说到|谈到|谈及|谈)"
)
_TABOO = re.compile(rf"{_AVOID}{_MENTION}(?:关于|有关|任何)?[：“”]?(?P<taboo>[^，。；！？\n]{{2,40}}?)(?=[，。；！？\n]|$)")
_TABOO_FIRST = re.compile(
    r"(?:^|[，。；\n])(?P<taboo>[^，。；！？\n]{2,24}?)(?:的事|这(?:块|事|件事|个)|一事)?(?:就|先|一律|暂时|都)?(?:不要|别|不|不用|不能|不便|不宜)(?:再)?(?:提|讲|写|说|涉及|公开)(?:了|及|到)?(?=[，。；！？\n]|$)"
)
_TABOO_TAIL = re.compile(
    r"(?:的(?:事|事情|内容|话题|问题|字眼|字样|字句|词|说法|情况|名字)|等?(?:字眼|字样|字句|这个词|这类词|内容|一事|这件事|这事))$|^(?:到|及)"
)
_NO_TABOO = re.compile(r"^(?:空话|套话|官话|大话|废话|太|过于|过多|得太)")
_BETWEEN_TABOOS = re.compile(r"、|以及|或者?|和|及(?![时早])|与|”“")

_LIST = r"[^，。；\n]{2,120}"
_POINTS = re.compile(
    r"(?:突出|重点(?:是|讲|写|说|突出|围绕|放在|抓|谈|强调|：)+|主要(?:讲|写|围绕|谈|说|是)|围绕|要点(?:是|有|：)*|(?:内容)?包括|强调|聚焦|侧重|着重(?:讲|写|谈)?|点题|落脚到)(?:：|一下|好)?(?P<points>"
    + _LIST
    + ")"
)
_AFTER_COUNT = re.compile(
    r"(?:讲|谈|分|从|写|按|[，。；\n])(?:成|为)?\s*(?:\d|[一二两三四五六七八九])\s*(?:个|大|条)?(?:方面|部分|问题|意见|体会|做法|点|层次|块)(?:意见|体会|要求|内容|来?讲|来?写)?[：，、—]+(?P<points>[^。；\n：，]{1,30}(?:、[^。；\n，]{1,80}|(?:，[^。；\n，、\d]{1,12}){1,6}))(?=[。；\n，]|$)"
)
_BEFORE_COUNT = re.compile(
    r"(?:分|按|从|围绕)(?P<points>[^，。；\n]{2,12}(?:、[^，。；\n、]{2,12})+?)(?:这)?(?:\d|[两二三四五六七八九])(?:个|大)?(?:部分|方面|块|层次)"
)
_STRESSED = re.compile(
    r"(?P<points>[^，。；：\n、]{2,14}(?:、[^，。；：\n、]{2,14})+?)(?:这)?[两二三四五六七八九\d](?:个方面|个|块|点|项)[\u4e00-\u9fff]{0,3}(?:重点|着重)[讲谈写说]"
)
_SAID_ONE = re.compile(r"(?:^|[，。；\n])(?:就)?[讲谈](?P<points>[^，。；：、\n话几\d一两三四五]{4,16})(?=[，。；\n]|$)")
_SAID_LIST = re.compile(
    r"把(?P<named>[^，。；：\n、]{2,14}(?:、[^，。；\n、]{2,16})+?)(?:讲|说|写)(?:透|清楚?|明白|深)|(?:讲清楚?|讲透|讲讲|讲(?!《)|谈谈|谈|说说|写写|涵盖|涉及|提到|要有)(?P<points>[^，。；：\n、]{2,14}(?:、[^，。；\n、]{2,16})+)"
)
# What stands between two points, and not inside a word: 和美乡村, 群众参与, 知识普及, 及时处置.
_BETWEEN = re.compile(r"[、，；]|以及|还有|(?<![总共祥])和(?![谐平美睦解])|(?<![参给])与(?!时)|(?<![普涉危])及(?![时早])")
_POINT_HEAD = re.compile(
    r"^(?:[一二三四五六七八九]?是|讲|写|突出|围绕|抓好|把|三个方面|[1-9一二三四五六七八九][.、．]|（[一二三四五六七八九\d]）|好)\s*"
)
_POINT_TAIL = re.compile(
    r"(?:这?[几两二三四五六七八九\d](?:个|大|项|方面|块|点|件|类|条)[\u4e00-\u9fff]{0,4}|上面?|等等?|这|方面|内容|工作|展开|来[写讲谈说]|几项|讲透|讲清楚?|(?:的)?问题|这些)+$"
)
_NO_POINT = re.compile(r"\d+字|讲话|发言|语言|语气|字数|分钟|[千百]字|左右|^主题$|稿")

_QUOTED_FACTS = re.compile(
    r"(?:事实|数据|已知(?:情况)?|基本情况|(?:相关|有关|工作)?情况|背景|素材)(?:是|有|如下|为)*：+(?P<facts>[^\n]{2,600})|(?:事实|数据)(?:是|有|如下)+(?P<more>[^\n]{2,600})"
)
_FIGURES = (SpecificKind.COUNT, SpecificKind.AMOUNT, SpecificKind.PERCENT)
_ACHIEVED = re.compile(
    r"(?:我[市县区省镇乡村局校院们]|全[市县区省镇乡村校]|公司|集团|学校|医院|社区|村里|去年|今年|全年|目前|截至|前期|已经?|近年来|(?:上|下)半年)[^，]{0,20}"
    r"(?:获评|荣获|获得|被评为|入选|建成|建起|出台|印发|启动|成立|完成|创建|实现|打造|列入|通过)"
)
_ROUND = re.compile(r"(?:突破|超过?|达到?|近)[一二三四五六七八九十]?[百千]?[百千万亿]")
_ORDERS = re.compile(
    r"写(?!入)|讲话|发言|稿|致辞|党课|字数|语言|语气|篇幅|突出|强调|要点|重点讲|不要|别[写提讲用]|(?<!申)(?<!邀)请(?![求示])|帮(?![扶教助])|麻烦|领导(?!干部|小组|班子)|风格|围绕|主题(?!公园)|题目|(?<!原)材料|提纲|分钟"
    r"|(?:总结|报告|汇报|述职)(?:工作)?$|\d+\s*字|^(?:讲|谈|分|从)\s*[\d一二三四五六七八九两]+\s*(?:个|点|条)"
)
_LEADS_IN = re.compile(
    r"^(?:去年|今年|目前|截至|近年来|一年来|一年多来|上半年|下半年|前三季度|过去|全[市县区省镇乡村]|我[市县区省镇乡村局校院们])"
)


def taboos_in(prose: Prose) -> list[str]:
    """What must not be mentioned, taken out of `prose`: 不要提…, …就不提了."""
    found: list[str] = []
    for pattern in (_TABOO, _TABOO_FIRST):
        while match := pattern.search(prose.text):
            prose.take(match)
            found += split_taboos(match["taboo"])
    return list(dict.fromkeys(found))


def split_taboos(told: str) -> list[str]:
    """拆迁补偿和去年的事故 → both. What names nothing (任何单位) needs no ban: nothing untold is ever named."""
    kept = []
    for piece in _BETWEEN_TABOOS.split(re.sub(r"[。！]$", "", told)):
        bare = re.sub(rf"^(?:也)?{_AVOID}{_MENTION}", "", piece.strip(" “”\"'‘’")).strip("“” ")
        while (shorter := _TABOO_TAIL.sub("", bare).strip("“” ")) != bare:
            bare = shorter
        if len(bare) >= 2 and not _NO_TABOO.search(bare) and taboos.naming_words(bare):
            kept.append(bare)
    return kept


def points_in(prose: Prose, topic: str | None) -> list[str]:
    """The points asked for, in order."""
    for pattern in (_AFTER_COUNT, _BEFORE_COUNT, _STRESSED):
        if match := pattern.search(prose.text):
            points = split_points(match["points"], topic)
            if len(points) > 1:
                prose.take(match)
                return points
    for match in [found for pattern in (_POINTS, _SAID_LIST, _SAID_ONE) for found in pattern.finditer(prose.text)]:
        name = "named" if match.groupdict().get("named") else "points"
        told = match[name]
        # 突出A，B，C: short pieces after the first go on with the list
        more = re.match(
            r"(?:，[^，。；：\n\d]{2,10}(?=[，。；\n]|$)){2,}|(?:；[^，。；\n\d]{2,12}(?=[；。\n]|$))+", prose.text[match.end() :]
        )
        rest = re.match(r"，(?:以及|还有|和|最后是?)[^，。；：\n]{2,20}", prose.text[match.end() :])
        more = rest or more
        told += more[0] if more and not _NO_POINT.search(more[0]) and (rest or "、" not in told) else ""
        points = split_points(told, topic)
        if points:
            prose.cut(match, match.start(), match.start(name) + len(told))
            return points
    return []


def split_points(told: str, topic: str | None = None) -> list[str]:
    pieces = (_unquoted(_POINT_TAIL.sub("", _POINT_HEAD.sub("", piece.strip()))) for piece in _BETWEEN.split(told))
    # the pieces after a change of subject (约2000字, 语言朴实) are not points
    return [piece for piece in pieces if 2 <= len(piece) <= 24 and piece != topic and not _NO_POINT.search(piece)]


def _unquoted(piece: str) -> str:
    """“一网统管” bare, “三个不发生”目标 as it is."""
    bare = piece.strip(" ")
    whole = bare.count("“") == bare.count("”") and not (bare.startswith("“") and bare.endswith("”"))
    return bare if whole else bare.strip("“”")


def facts_in(prose: Prose) -> list[str]:
    """The facts told, each a piece of the request as it stands there: those after 数据：, and any that tell a figure or a deed."""
    found: list[str] = []
    if match := _QUOTED_FACTS.search(prose.text):
        prose.take(match)
        found += split_facts(match["facts"] or match["more"])
    for segment in re.split(r"[。；！？\n]", prose.text):
        for fact in _told_in(segment):
            at = prose.text.find(fact)
            prose.text = f"{prose.text[:at]}，{prose.text[at + len(fact) :]}"
            found.append(fact)
    return list(dict.fromkeys(found))


def split_facts(told: str) -> list[str]:
    pieces = (
        re.sub(r"^\s*(?:[（(]?[一二三四五六七八九\d]{1,2}[）)]|\d{1,2}[.、．](?!\d)|[-·•])\s*", "", piece).strip()
        for piece in re.split(r"[；。！\n]", told)
    )
    return [piece for piece in pieces if len(piece) >= 2]


def _told_in(segment: str) -> Iterator[str]:
    """Runs of clauses of one sentence that state something, with the clause that leads in to them."""
    run: list[str] = []
    for clause in [*segment.split("，"), ""]:
        tells = clause.strip() != "" and not _ORDERS.search(clause)
        states = tells and (_has_figure(clause) or _ACHIEVED.search(clause) is not None)
        if states or (tells and (run or _LEADS_IN.match(clause.strip()))):
            run.append(clause)
            continue
        if any(_has_figure(one) or _ACHIEVED.search(one) for one in run):
            yield "，".join(run).strip()
        run = []


def _has_figure(clause: str) -> bool:
    return any(one.kind in _FIGURES for one in specifics.find(clause)) or bool(
        _ROUND.search(clause) or re.search(r"\d[\d.,]*\s*[^\d\s字点:：.,年月日号时届期-]", clause)
    )
