"""A request cut into what it labels (时间：…), the body of a pasted notice, and the clerk's own words, read off piece by piece."""

import re
from dataclasses import dataclass, field

# What a line may be labelled with, and the field that it tells. "" is of no use to a brief.
_LABELS = {
    "genre": "文种|稿件类型|材料类型",
    "title": "标题|题目|发言题目|讲话题目",
    "occasion": "会议名称|活动名称|场合|会议",
    "topic": "主题|会议主题|发言主题|讲话主题",
    "speaker": "讲话人|发言人|主讲人|讲话领导|致辞人|领导",
    "audience": "参会人员|参加人员|参会对象|参会范围|参加范围|参加对象|出席人员|与会人员|参会单位|听众|受众|对象|出席范围|参会单位及人员|参会单位和人员",
    "date": "会议时间|时间|日期|召开时间|活动时间|时间安排",
    "place": "会议地点|地点|召开地点|活动地点",
    "length": "字数|篇幅|时长|字数要求|篇幅要求",
    "points": "要点|重点|重点内容|主要内容|讲话要点|内容要点",
    "facts": "数据|事实|背景|素材|基本情况|已知情况|有关情况|相关数据|有关数据|背景材料|基本数据|工作情况|已知数据|参考数据|情况",
    "taboos": "不要提|禁忌|不能提|不要涉及|注意避免|避免|不提",
    "agenda": "会议议程|议程|会议内容|主要议程|活动议程|会议主要内容|会议安排|活动安排|活动内容|日程安排",
    "": "发言要求|有关要求|会议要求|要求|其他事项|注意事项|联系人|联系方式|联系电话|报名方式|会务安排|附件|有关事项|工作要求|会风会纪|其他|纪律要求|参会要求",
}
_FIELD_OF = {label: name for name, labels in _LABELS.items() for label in labels.split("|")}
_NUMBER = r"(?:[一二三四五六七八九十]+、|\d{1,2}[.、．](?!\d)|[（(][一二三四五六七八九十\d]+[)）]|[-·•*●▪])?"
_LABELLED = re.compile(
    rf"^\s*{_NUMBER}\s*[【〔\[]?(?P<label>{'|'.join(sorted(_FIELD_OF, key=len, reverse=True))})[】〕\]]?(?:\s*[：:]\s*(?P<told>.*)|\s*)$"
)
_HEADLINE = re.compile(r"通知\s*$|^\s*(?:会议)?通知")
_WRITES = re.compile(
    r"(?:帮|给|替|为|请|麻烦|写|起草|草拟|拟|弄|整|准备|要)[^。]{0,40}(?:讲话|发言|稿|致辞|党课|总结|述职|汇报|材料|体会)"
    r"|(?:讲话|发言|致辞|稿子?)[^。]{0,12}(?:写|起草|拟|准备)|\d+\s*字|[千百]\s*字"
)
_WRITES_PLAINLY = re.compile(r"^\W*(?:请|帮|麻烦|给我|写|起草|草拟|拟|替)[^。；]*(?:讲话|发言|稿|致辞|党课|材料)")
_SENT = re.compile(r"回执|报名|入场|静音|报送|请假|着装|签到|联系人")
_WIDE = str.maketrans(",;:!?()", "，；：！？（）")
_HALF = re.compile(r"(?<![0-9A-Za-z])[,;:!?()]|[,;:!?()](?![0-9A-Za-z])")
_GAP = re.compile(r"(?<=[\u4e00-\u9fff”》）]) +(?=[\u4e00-\u9fff“《]|\d[\d.]*[千万]?字)")
_BREAK = "，"


@dataclass
class Prose:
    """Words to be read off: what one reader takes, no other reads. `text` keeps a comma where something was taken."""

    text: str

    def take(self, match: re.Match[str]) -> re.Match[str]:
        """Take what `match`, found in `text`, spans."""
        return self.cut(match, match.start(), match.end())

    def cut(self, match: re.Match[str], start: int, end: int) -> re.Match[str]:
        """Take text[start:end]."""
        self.text = self.text[:start] + _BREAK + self.text[end:]
        return match

    def find(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """The first match of `pattern`, taken."""
        match = pattern.search(self.text)
        return self.take(match) if match else None

    def clauses(self) -> list[str]:
        return [clause for clause in (piece.strip() for piece in re.split(r"[，。；！？\n]", self.text)) if clause]


@dataclass
class Request:
    """`labelled`: field → what a labelled line tells. `notice`: the body of a pasted notice. `prose`: the clerk's own words."""

    prose: Prose
    notice: str = ""
    labelled: dict[str, str] = field(default_factory=dict)


def folded(text: str) -> str:
    """`text` with the marks of Chinese in place of half-width ones, 1,200 and 9:00 apart, and a comma for a space between words."""
    wide = _HALF.sub(lambda mark: mark[0].translate(_WIDE), text.replace("\r\n", "\n").replace("\u3000", " "))
    return _GAP.sub("，", wide)


def read_request(text: str) -> Request:
    """Cut a request into its parts. A text of one line is all prose."""
    lines = folded(text).strip().split("\n")
    labels = [_LABELLED.match(line) if len(lines) > 1 else None for line in lines]
    named = {_FIELD_OF[label["label"]] for label in labels if label}
    is_notice = bool(named & {"date", "place", "audience", "agenda"}) and (
        any(_HEADLINE.search(line) for line in lines) or len(named) > 1
    )
    prose, notice, current = list[str](), list[str](), None
    labelled: dict[str, list[str]] = {}
    last = max((n for n, label in enumerate(labels) if label), default=-1)
    for n, (line, label) in enumerate(zip(lines, labels, strict=True)):
        if label:
            current = _FIELD_OF[label["label"]]
            labelled.setdefault(current, []).append(label["told"] or "")
        elif not line.strip():
            current = None if n > last else current
        elif _instructs(line, current):
            prose.append(line.lstrip("—- "))
        elif current is not None:
            labelled[current].append(line.strip())
        elif is_notice and n < last:
            notice.append(line.strip())
        else:
            prose.append(line)
    told = {name: "；".join(filter(None, map(str.strip, lines))) for name, lines in labelled.items() if name}
    return Request(Prose("\n".join(prose)), "\n".join(notice), {name: text for name, text in told.items() if text})


def _instructs(line: str, under: str | None) -> bool:
    """Whether a line of a notice is the clerk's own, standing under the label `under`: what an agenda tells of speeches is not."""
    if _SENT.search(line) or _HEADLINE.search(line):
        return False
    return bool(_WRITES_PLAINLY.search(line) or (under not in ("agenda", "facts") and _WRITES.search(line)))
