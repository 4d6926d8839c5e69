"""What a message in a conversation asks for, read by rule: what is not understood is asked about, never guessed.

Rules read the few things that one says of a draft in hand; a new speech is understand.py's matter.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from agent.drafts import Draft, Status
from agent.request.terms import PACE
from speech import numbering, specifics
from speech.document import CLOSING, OPENING
from speech.masks import PlaceholderKind
from speech.numerals import ARABIC, CHINESE, value
from speech.placeholders import FillIn


class Aspect(StrEnum):
    """What one may ask to see of a draft."""

    TEXT = "全文"
    OUTLINE = "提纲"
    SHEET = "待填单"
    REVIEW = "审核"
    SOURCES = "来源"


@dataclass(frozen=True)
class Draw:
    """Write a new speech; `request` is what understand() reads."""

    request: str


@dataclass(frozen=True)
class Approve:
    """The outline is right; go on."""


@dataclass(frozen=True)
class GoOn:
    """A draft that is not finished is to be written to its end."""


@dataclass(frozen=True)
class Reword:
    """Another heading in an outline that waits for approval."""

    path: str
    heading: str


@dataclass(frozen=True)
class Rewrite:
    """One part anew. `path` is 开头, 二, 二（一） or 结尾."""

    path: str
    instruction: str


@dataclass(frozen=True)
class Fill:
    """Answers to the fill-in sheet: {"p1": "3月5日"}."""

    answers: dict[str, str]


@dataclass(frozen=True)
class AddFact:
    fact: str


@dataclass(frozen=True)
class Change:
    """Another speaker, length (characters), date or audience."""

    speaker: str | None = None
    length: int | None = None
    date: str | None = None
    audience: str | None = None


@dataclass(frozen=True)
class Explain:
    """Where a part, or the paragraph that holds a quoted piece of text, comes from."""

    path: str | None = None
    quoted: str | None = None


@dataclass(frozen=True)
class Show:
    aspect: Aspect


@dataclass(frozen=True)
class Export:
    """`suffix`: .docx, .md or .txt"""

    suffix: str


@dataclass(frozen=True)
class TakeBack:
    """The last change undone."""


@dataclass(frozen=True)
class Compare:
    """What the last change changed."""


@dataclass(frozen=True)
class Ask:
    """Not clear: `question` says what is missing, in words for the user."""

    question: str


Intent = Draw | GoOn | Approve | Reword | Rewrite | Fill | AddFact | Change | Explain | Show | Export | TakeBack | Compare | Ask

_NUMBER = rf"(?:{ARABIC}|{CHINESE})"
_WRITE = re.compile(
    r"(?:起草|草拟|拟写|撰写|代拟|(?:帮我|请|给我|再|另外?|重新)?(?:写|拟|来)一?[篇份个]|(?:写|拟)(?:个|一下)?.{0,30}(?:讲话|发言|致辞|讲稿|党课))"
)
_APPROVE = re.compile(
    r"^(?:就|那就)?(?:好的?|行|可以|没问题|同意|确认|这样|按这个(?:提纲)?来?|照此|通过|定了|OK|ok|继续|开始写|写吧|直接写)[吧了的，。！!\s]*"
    r"(?:就?(?:开始|继续)?写吧?|往下写吧?)?[。！!]?$"
)
_GO_ON = re.compile(r"继续|接着|写完|重试|再[试来写]|恢复")
_EXPORT = re.compile(r"导出|下载|(?:保?存|另存|输出|生成|转)(?:成|为|个)?.{0,4}(?:word|docx|文档|文件|txt|markdown|md)", re.I)
_SUFFIXES = ((re.compile(r"markdown|\bmd\b|\.md", re.I), ".md"), (re.compile(r"txt|纯文本|文本文件", re.I), ".txt"))
_TAKE_BACK = re.compile(r"撤销|撤回|改回去|退回(?:上一|前一)|恢复(?:上一|前一|原)|还原|不改了|还是原来的?好|回到上一")
_COMPARE = re.compile(r"(?:改|变)了(?:哪些|什么|哪里|多少)|(?:对比|比较)(?:一下)?|有(?:哪些|什么)(?:改动|变化|不同)|修改前后")
_SOURCE = re.compile(r"出自|来自哪|来源|出处|依据(?:是什么|在哪|何在)|参考了?(?:哪|什么)|从哪(?:里|儿)?来|哪(?:里|儿)来的|哪篇")
_SHEET = re.compile(r"待填|要填|没填|填哪|哪些空|空(?:着|白)的|还缺(?:什么|哪些)|缺(?:什么|哪些)|占位")
_REVIEW = re.compile(r"审核|审一?[审下遍]|检查|有(?:没有|什么|哪些)(?:问题|毛病|错误|错)|把把关|评价|打分|得分")
_OUTLINE = re.compile(r"提纲|大纲|框架(?:是|有)?|结构是")
_TEXT = re.compile(
    r"(?:全文|全稿|稿子|正文|成稿).{0,2}(?:发|给|贴|显示|看)|(?:看|显示|贴|发|给)(?:一下|看|我|出|看看)*(?:全文|全稿|稿子|正文|成稿)|^(?:全文|稿子)(?:呢|在哪)?[？?]?$|完整(?:的|地)?(?:稿|显示|给我)"
)
_FACT = re.compile(
    r"^(?:请)?(?:再)?(?:补充|加上?|增加|添上?|写上|写进|用上|还有)(?:一个|一条|一组|几个|这个|这条|下面(?:这|的)?[个条]?|以下|个)?"
    r"(?:事实|数据|数字|情况|材料|例子|内容)?[：:，,]\s*(?P<fact>.{4,400})$",
    re.S,
)
_SPEAKER = re.compile(
    r"(?:改成|改为|换成|换为|改由|改用|换)(?P<speaker>[^，。；,;]{2,20}?)(?:来讲话?|来?发言|来?致辞|来?作报告|讲话?|的口吻|的?身份|的?名义)"
)
_SPEAKER_IS = re.compile(r"(?:讲话人|发言人|主讲人)(?:是|为|改成|改为|换成|换为|：|:)\s*(?P<speaker>[^，。；,;\s]{2,30})")
_LENGTH = re.compile(
    rf"(?:全文|篇幅|字数|全稿|整篇|总)?.{{0,6}}?(?:压缩|精简|缩短|缩|减|删|控制|扩充?|增加?|加长|拉长|写|改)?(?:到|成|为|在|至)\s*(?P<number>{_NUMBER})\s*(?P<scale>[千万]?)\s*(?P<unit>字|分钟)"
)
_AUDIENCE = re.compile(r"(?:听众|参会人员|受众|对象)(?:是|为|改成|改为|换成|：|:)\s*(?P<audience>[^，。；,;\n]{2,60})")
_FILL_PAIR = re.compile(r"(?<![A-Za-z])[pP](\d{1,3})\s*(?:[=＝:：是填]|为|填为|填成)\s*(?P<answer>[^\n，,；;]+)")
_TOLD = re.compile(
    r"^(?P<what>[^，。；：:=]{1,16}?)(?:就)?(?:定在|定为|定于|确定为|是|为|叫|填为?|用|写|：|:|=)\s*[“\"]?(?P<answer>[^，。；\n”\"]{1,60})[”\"]?[。！!]?$"
)
_ORDER = re.compile(
    r"充实|展开|细化|具体|深化|深入|压缩|精简|缩短|短一?[点些]|长一?[点些]|简洁|删|去掉|改|换|重写|重新写|突出|强调|加强|加上|补充|增加|写得?|润色|"
    r"有力|有气势|接地气|通俗|生动|朴实|口语|正式|严肃|温和|太[长短空虚硬软平]|不够|空洞|啰嗦|重复|多写|少写|扩写|扩充|提升|优化|调整|丰富"
)
_PART = re.compile(
    rf"第(?P<section>{_NUMBER})(?:个)?(?:大)?(?:部分|方面|大?点|段|章|节|条)(?:的?(?:第)?(?P<below>{_NUMBER})(?:个)?(?:小)?(?:点|部分|方面|小节|段|条))?"
)
_PATH = re.compile(r"(?P<section>[一二三四五六七八九十]{1,2})(?:、|部分)?（(?P<below>[一二三四五六七八九十]{1,2})）")
_OPENING = re.compile(r"开头|开场|开篇|引言|导语|第一段话")
_CLOSING = re.compile(r"结尾|结束语|收尾|末尾|最后一段|结语")
_QUOTED = re.compile(r"[“\"「『](?P<quoted>[^”\"」』\n]{4,200})[”\"」』]")
_REWORDED = re.compile(r"(?:改成|改为|换成|换为|叫)[：:]?\s*[“\"「]?(?P<heading>[^”\"」\n]{2,40}?)[”\"」]?[。！!]?$")
_HANZI = re.compile(r"[\u4e00-\u9fff]")
_NAMES_OF_KINDS = {
    PlaceholderKind.DATE: "时间 日期 日子 哪天 几号",
    PlaceholderKind.PERSON: "人 人名 姓名 名字 领导 书记 谁",
    PlaceholderKind.PLACE: "地点 地方 地名 市 县 区 哪里",
    PlaceholderKind.ORGANISATION: "单位 部门 机构 公司",
    PlaceholderKind.COUNT: "数量 个数 多少 数字 数",
    PlaceholderKind.AMOUNT: "金额 资金 多少钱 投资",
    PlaceholderKind.PERCENT: "比例 百分比 率 占比",
    PlaceholderKind.DOCUMENT: "文件 文件名",
    PlaceholderKind.NAME: "名称 名字",
}


def read(message: str, draft: Draft | None) -> Intent:
    """What `message` asks. Without a draft in hand anything is a new speech; with one, it is about that unless it says 写一篇."""
    text = message.strip()
    if draft is None:
        return Draw(text)
    if draft.text:
        return _about(text, draft)
    return _about_outline(text, draft) if draft.status == Status.WAITING else _about_unfinished(text, draft)


def _about_unfinished(text: str, draft: Draft) -> Intent:
    """A message on a draft that is being written, or whose writing broke off."""
    if asks_for_new(text):
        return Draw(text)
    if draft.status in (Status.QUEUED, Status.IN_PROGRESS) or _APPROVE.match(text) or _GO_ON.search(text):
        return GoOn()
    return Ask("这篇没有写完。说“继续”就接着写，写好的部分不会重写；要另写一篇，就说明写什么。")


def asks_for_new(text: str) -> bool:
    """Whether a message, whatever draft is in hand, asks for a new speech."""
    return bool(_WRITE.search(text)) and len(_HANZI.findall(text)) >= 8


def _about_outline(text: str, draft: Draft) -> Intent:
    """A message on an outline that waits."""
    if _APPROVE.match(text):
        return Approve()
    if (found := _REWORDED.search(text)) and (path := path_of(text[: found.start("heading")], draft)):
        return Reword(path, found["heading"].strip())
    if asks_for_new(text):
        return Draw(text)
    return (
        Show(Aspect.OUTLINE)
        if _OUTLINE.search(text)
        else Ask("提纲合适就说：可以，开始写；要改标题就说：第二部分的标题改成“……”。")
    )


def _about(text: str, draft: Draft) -> Intent:
    """A message on a finished draft. The order matters: what names its subject plainly comes first."""
    path = path_of(text, draft)
    quoted = found["quoted"] if (found := _QUOTED.search(text)) else None
    if pairs := {f"p{number}": answer.strip() for number, answer in _FILL_PAIR.findall(text)}:
        return Fill(pairs)
    if _TAKE_BACK.search(text):
        return TakeBack()
    if _EXPORT.search(text):
        return Export(next((suffix for pattern, suffix in _SUFFIXES if pattern.search(text)), ".docx"))
    if _SOURCE.search(text):
        return Explain(path, quoted) if path or quoted else Show(Aspect.SOURCES)
    if _COMPARE.search(text):
        return Compare()
    if found := _FACT.match(text):
        return AddFact(found["fact"].strip())
    if path is None and (change := _change(text)):
        return change
    if path is None and (filled := _filled(text, draft.placeholders)):
        return filled
    if path and _ORDER.search(text):
        return Rewrite(path, text)
    if path is None and asks_for_new(text):
        return Draw(text)
    for pattern, aspect in ((_SHEET, Aspect.SHEET), (_OUTLINE, Aspect.OUTLINE), (_TEXT, Aspect.TEXT), (_REVIEW, Aspect.REVIEW)):
        if pattern.search(text):
            return Show(aspect)
    if path:
        return Ask(f"“{path}”要怎么改？例如：再充实一些、压缩一半、突出网格长的职责。")
    if _ORDER.search(text):
        return Ask("要改哪一部分？请说明，例如：第二部分再充实一些；开头写得有力一些；全文压缩到1500字。")
    if specifics.find(text) and len(_HANZI.findall(text)) >= 4:
        return Ask("这是要补充的事实吗？请写成：补充：……；是填空就写：p1=……。")
    return Ask(
        "没看懂要做什么。可以说：第二部分再充实一些；时间定在3月5日；补充：……；这段出自哪里；撤销；导出Word；还有哪些要填。"
    )


def path_of(text: str, draft: Draft) -> str | None:
    """The part of `draft` that `text` names: 第二部分, 二（一）, 开头, or a word of its heading followed by 部分."""
    known = _paths(draft)
    for pattern in (_PATH, _PART):
        if found := pattern.search(text):
            section = numbering.chinese(_integer(found["section"]))
            below = f"（{numbering.chinese(_integer(found['below']))}）" if found["below"] else ""
            wanted = section + below
            if wanted in known:
                return wanted
            if pattern is _PART and section in known:
                return section
    if _OPENING.search(text):
        return OPENING
    if _CLOSING.search(text):
        return CLOSING
    return _by_heading(text, draft)


def _paths(draft: Draft) -> set[str]:
    paths = {paragraph.path for paragraph in draft.paragraphs}
    if not paths and draft.outline is not None:
        paths = {part.path for part in draft.outline.parts()}
    return paths | {path[:1] for path in paths if path not in (OPENING, CLOSING)}


def _by_heading(text: str, draft: Draft) -> str | None:
    """网格化管理那部分: the one part whose heading says the words before 部分."""
    named = re.search(r"(?P<words>[\u4e00-\u9fff]{2,20}?)(?:这|那|的)?(?:一|个)?(?:部分|小节|段落?|这点|那点)", text)
    if named is None or draft.outline is None:
        return None
    wanted = re.sub(r"^(?:请|把|将|关于|讲|写|谈|的|对)+", "", named["words"])
    hits = [part.path for section in draft.outline.sections for part in section.parts if wanted in part.heading]
    hits = hits or [s.number.rstrip("、") for s in draft.outline.sections if wanted in s.heading]
    return hits[0] if len(set(hits)) == 1 else None


def _change(text: str) -> Change | None:
    speaker = _SPEAKER_IS.search(text) or _SPEAKER.search(text)
    length, audience = _LENGTH.search(text), _AUDIENCE.search(text)
    if not (speaker or length or audience):
        return None
    return Change(
        speaker=speaker["speaker"].strip() if speaker else None,
        length=_characters(length["number"], length["scale"], length["unit"]) if length else None,
        audience=audience["audience"].strip() if audience else None,
    )


def _characters(number: str, scale: str, unit: str) -> int:
    return _integer(number, scale) * (PACE if unit == "分钟" else 1)


def _filled(text: str, sheet: Sequence[FillIn]) -> Fill | Ask | None:
    """时间定在3月5日: the one open item that the words before the verb speak of."""
    found = _TOLD.match(text)
    if found is None or not sheet:
        return None
    what, answer = found["what"].strip(), found["answer"].strip()
    fitting = list(_fitting(what, sheet))
    if len(fitting) == 1:
        return Fill({fitting[0].id: answer})
    if fitting:
        rows = "；".join(f"{item.id}：{item.question}" for item in fitting[:6])
        return Ask(f"“{what}”对应几处待填项：{rows}。请写成 {fitting[0].id}={answer}。")
    return None


def _fitting(what: str, sheet: Sequence[FillIn]) -> Iterator[FillIn]:
    """The items that `what` names best: by the words round the gap, else by the name of their kind."""
    stem = re.sub(r"^(?:会议|活动|那个|这个|的)+|(?:的)?(?:名字|名称|数量|个数|时间|日期|人数)$", "", what)
    said = [item for item in sheet if len(stem) >= 2 and (stem in item.context or stem in item.question)]
    of_kind = [item for item in sheet if any(what.endswith(name) for name in _NAMES_OF_KINDS.get(item.kind, "").split())]
    both = [item for item in said if item in of_kind]
    yield from both or said or of_kind


def _integer(number: str, scale: str = "") -> int:
    worth = value(number, scale)
    return 0 if worth is None else int(worth)
