"""What does not belong in a speech: adverts, Markdown marks, thoughts, English, JSON, a model's own talk."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from speech.finding import Finding, Severity
from speech.review.reading import Checked, Reading, lines, note

_TOUCHING = 3
_SHORT_LINE, _HEAD_LINES = 40, 15
_FURNITURE = ("noise.advert", "noise.url")
_TITLE = re.compile(r"(?:讲话|发言|致[辞词]|讲稿|述职|党课|总结|报告|体会|主持词)稿?$")
_MARKS = "#*`>|"
_KEPT = ("noise.markdown", "noise.prompt-echo")  # what stands in bold may be a heading
_THOUGHT = re.compile(r"<(think|thinking|reasoning)>.*?</\1>|</?(?:think|thinking|reasoning)>", re.DOTALL)
_COST = {Severity.ERROR: 12.0, Severity.WARNING: 6.0, Severity.INFO: 2.0}


@dataclass(frozen=True)
class _Noise:
    rule: str
    severity: Severity
    pattern: re.Pattern[str]
    message: str


def _row(rule: str, message: str, pattern: str, severity: Severity = Severity.ERROR) -> _Noise:
    return _Noise(f"noise.{rule}", severity, re.compile(pattern), message)


# A number that heads what stands in bold, or a heading's end: `**部长` and `**市` are masks and no bold.
_BOLD = (
    r"^\s*\*\*[^*\n]{2,60}\*\*[：:。]?\s*$"
    r"|\*\*(?:[一二三四五六七八九十]+[、是]|[（(][一二三四五六七八九十]+[）)]|[0-9]+[.、]|第[一二三四五六七八九十]+)[^*\n]*\*\*|\*\*[^*\n]{2,40}[：:。]\*\*"
)
_NOISE = (
    _row("token", "模型的控制符", r"<\|[a-zA-Z_]+\|>|\[/?INST\]|<</?SYS>>|^(?:Human|Assistant|User|System|AI)\s*[:：]"),
    _row(
        "model-talk",
        "模型自己的话",
        r"^(?:好的|当然|没问题|可以的)[，,！!。][^\n]{0,40}(?:以下|为您|为你|这里|如下|撰写|草拟|起草)[^\n]*"
        r"|^以下(?:是|为)(?:[^\n]{0,6}(?:为您|为你|您|根据)|(?:一篇|一份|我)[^\n]{0,40}(?:讲话|发言|稿))[^\n]*"
        r"|作为(?:一个|一名)?(?:AI|人工智能|大?语言模型)[^，。\n]*"
        r"|(?:我是|我只是)(?:一个)?(?:AI|人工智能|语言模型)[^，。\n]*"
        r"|希望(?:这|以上|本|它|能?对(?:您|你))[^。\n]{0,16}(?:有所?帮助|满意|符合(?:您|你)的?)[^\n]*"
        r"|^以上(?:就?是|为)[^。\n]{0,6}(?:为|给|根据)(?:您|你)[^\n]*"
        r"|如(?:果)?(?:您|你)?(?:需要?|有)[^。\n]{0,10}(?:修改|调整|其他需求)[^\n]*"
        r"|(?:根据|按照)(?:您|你)的(?:要求|需求)[^，。\n]*|^[（(]?(?:全文|字数|共计)[：:约]?\s*(?:约)?[0-9]+\s*字[^\n]{0,8}$"
        r"|^(?:注|说明|备注)[：:][^\n]*(?:可根据|仅供参考|请根据|替换|补充)[^\n]*",
    ),
    _row("prompt-echo", "提示语的残留", r"^(?:做法|要点|小?标题|正文|开头段?|结尾段?|提纲|段落|示例|例句|输出|回答)[：:]"),
    _row(
        "json",
        "JSON 的残留",
        r"[{\[]\s*\"[^\"\n]{1,30}\"\s*[:,]|\"[A-Za-z_]{2,30}\"\s*:|^\s*[{}\[\]],?\s*$|\\n|\\u[0-9a-f]{4}",
    ),
    _row(
        "markdown",
        "Markdown 标记",
        r"^\s{0,3}#{1,6}\s+|```[a-z]*|^\s*[-*+]\s+(?=\S)|^\s*>\s+|^\s*\|.*\|\s*$|\[[^\]\n]{1,40}\]\(https?://[^)\n]*\)"
        r"|^\s*(?:-{3,}|={3,})\s*$|" + _BOLD,
    ),
    _row(
        "html",
        "HTML 标记",
        r"</?(?:p|br|div|span|b|strong|h[1-6]|li|ul|ol|table|tr|td|a|i|em)(?:\s[^<>\n]*)?/?>|&(?:nbsp|amp|lt|gt|quot|#\d+);",
    ),
    _row(
        "url",
        "网址或邮箱",
        r"(?:https?://|www\.)[^\s，。；）]+|[A-Za-z0-9_.]+@[A-Za-z0-9-]+(?:\.[a-z]+)+|[A-Za-z0-9.-]+\.(?:com|cn|net|org)\b[^\s，。；）]*",
    ),
    _row(
        "advert",
        "广告或网站附言",
        r"(?:咨询|客服|会员|免费)\s*QQ群?[：:]?\s*\d*|QQ群?(?:[：:]\s*\d*|\s*\d{5,})"
        r"|(?:加|添加|咨询|联系|关注)?(?:微信|公众号|微博)(?:号|公众号)?[：:]?\s*[a-zA-Z0-9_]{5,}|扫码(?:下载|加)"
        r"|^[^\u4e00-\u9fff]*试读结束[^\u4e00-\u9fff]*$|查阅全文|(?:阅读|查看|获取|下载)(?:全文|全部图文|更多范文)"
        r"|免责声明|本文内容由|仅代表作者|不代表本站|信息存储空间|涉嫌(?:抄袭|侵权)|版权(?:归|所有)|仅供学习.{0,4}禁止外传|打击倒卖|倒卖会员"
        r"|(?:范文|文库|公文)网|会员群|如若转载|转载请注明|文章来源[：:]|点击(?:下载|查看|关注)|正文(?:复制|预览)|预览结束|更多(?:资料|范文|素材)",
    ),
    _row("english", "夹带的英文", r"[A-Za-z][A-Za-z'’-]*(?:[ ,.;:]+[A-Za-z][A-Za-z'’-]*){4,}[.!?]?", Severity.WARNING),
    _row("garbled", "乱码", r"\ufffd+|锟斤拷|烫烫烫|[\x00-\x08\x0b\x0c\x0e-\x1f]+"),
)


def check(reading: Reading) -> Checked:
    """Score: 100 less 12 for an error, 6 for a warning."""
    findings = list(find(reading.text))
    return Checked(max(0.0, 100 - sum(_COST[finding.severity] for finding in findings)), tuple(findings))


def find(text: str) -> Iterator[Finding]:
    """The noise of `text` in order, one finding for one place, and one for a line that is furniture of a website throughout."""
    thoughts = [match.span() for match in _THOUGHT.finditer(text)]
    for span in thoughts:
        yield note(text, "noise.thought", Severity.ERROR, span, "模型的思考过程")
    for start, line in lines(text):
        taken = [(a - start, b - start) for a, b in thoughts]
        here: list[Finding] = []
        for noise in _NOISE:
            for a, b in _joined([match.span() for match in noise.pattern.finditer(line)]):
                if a < b and not any(a < d and c < b for c, d in taken):
                    taken.append((a, b))
                    here.append(note(text, noise.rule, noise.severity, (start + a, start + b), noise.message))
        if _is_furniture(line, here):
            here = [note(text, here[0].rule, here[0].severity, (start, start + len(line)), here[0].message)]
        yield from here


def _is_furniture(line: str, found: list[Finding]) -> bool:
    """An advert in a short line, or two of them in one that is not."""
    adverts = [finding for finding in found if finding.rule in _FURNITURE]
    return len(adverts) == len(found) > 0 and (len(line) <= _SHORT_LINE or len(found) > 1)


def _joined(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans that all but touch made one: 查阅全文 and 加微信… are one advert."""
    whole: list[tuple[int, int]] = []
    for a, b in spans:
        if whole and a - whole[-1][1] <= _TOUCHING:
            whole[-1] = (whole[-1][0], b)
        else:
            whole.append((a, b))
    return whole


def blanked(text: str) -> str:
    """`text` with noise put to blanks, offsets kept, so that it is read as no part of the speech.

    Thoughts, marks of Markdown and HTML go, lines that are half noise or more, and the short lines above an advert at the head.
    """
    signs = list(text)
    found = list(find(text))
    for finding in found:
        for at in range(finding.start, finding.end):
            whole = finding.rule in ("noise.thought", "noise.html", "noise.token")
            if signs[at] != "\n" and (whole or (finding.rule == "noise.markdown" and signs[at] in _MARKS)):
                signs[at] = " "
    head: list[tuple[int, int]] = []
    for number, (start, line) in enumerate(lines(text)):
        here = [f for f in found if start <= f.start < start + len(line) and f.rule not in _KEPT]
        if not _TITLE.search(line):
            head.append((start, start + len(line)))
        if number >= _HEAD_LINES or len(line) > _SHORT_LINE:
            head = []
        if sum(f.end - f.start for f in here) >= 0.5 * len(line):
            above = head if number < _HEAD_LINES and here[0].rule in _FURNITURE else []
            for a, b in (*above, (start, start + len(line))):
                signs[a:b] = " " * (b - a)
    return "".join(signs)
