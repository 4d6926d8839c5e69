"""A model's answer as plain running text: thoughts, marks of Markdown, numbers and decorations come off; not a word is added."""

import re
import unicodedata

_THOUGHT = re.compile(
    r"<\|?(think|thinking|thought|reasoning)\|?>.*?(?:<\|?/\|?\1\|?>|$)"  # 想一想, closed or not
    r"|\A.*</(?:think|thinking|thought|reasoning)>",  # the beginning was swallowed by a chat template
    re.S,
)
_TAG = re.compile(r"<!--.*?(?:-->|$)|</?[A-Za-z][A-Za-z0-9]*(?:\s[^<>\n]*)?/?>|&(?:nbsp|amp|lt|gt|quot|#\d+);", re.S)
# {"text": "要抓落实。", "标题": …}, whole or cut in half: what its first field says
_JSON = re.compile(
    r'\{\s*"[^"{}\n]{1,20}"\s*:\s*"(?P<said>(?:[^"\\]|\\.)*)(?:$|"(?:\s*,\s*"[^"{}]*"\s*:\s*"[^"{}]*(?:"|$))*\s*\}?。?)', re.S
)
_FENCE = re.compile(r"`{1,3}\w*")
_MARKDOWN = re.compile(r"^[ \t　]*(?:#{1,6}\s+|[-+•]\s+|>\s+|\*\s+)", re.M)
_ROW = re.compile(r"^[ \t]*(?:\|.*\||[-=*_]{3,})[ \t]*$", re.M)  # of a table, or a rule
_STRESS = re.compile(r"\*\*(?=[^*\s])([^*\n]{2,60}?)\*\*|~~([^~\n]{1,60})~~")
_LINK = re.compile(r"\[([^\]\n]{1,40})\]\([^)\s]*\)")
_LABEL = re.compile(
    r"^\s*(?:正文|标题|小标题|要点|题目|材料|输出|回答|做法|措施|注意)[：:]\s*|(?<![个的大些条])(?:正文|小标题|要点|题目|输出|回答)[：:]",
    re.M,
)
# A number of the outline's at the head of a sentence: code writes those. 第一， is how one speaks, and is counted anew at the end.
_NUMBER = re.compile(
    r"(?m)(?P<head>^[ \t　]*|[。！？；\n][ 　]*)"
    r"(?:[（(][一二三四五六七八九十\d]{1,3}[）)]|[一二三四五六七八九十]{1,3}[、.．](?![一二三四五六七八九十])|\d{1,2}(?:[.．]\d{1,2})+[ 　.、]?"
    r"|\d{1,2}(?:[.．、)）]|[、，](?!\d))(?!\d)|[①-⑳㈠-㈩⑴-⒇]|[Ⅰ-Ⅻ][.．、]?)[ 　]*"
)
_TRAILING = re.compile(
    r"(?<=[。！？])(?:[一二三四五六七八九十]+、|（[一二三四五六七八九十]+）|\d+[.、]|[①-⑳]|第[一二三四五六七八九十]+[，、])\s*$"
)
_BRACKETS = str.maketrans("「」『』", "“”‘’")
_HALF = str.maketrans({",": "，", ";": "；", "?": "？", "!": "！", ":": "：", ".": "。", "(": "（", ")": "）"})
_HALF_MARK = re.compile(
    r"(?<![0-9A-Za-z])[,;?!:]|[,;?!:](?![0-9A-Za-z])|(?<=[\u4e00-\u9fff”）》])[.](?![0-9A-Za-z.])|[()](?=[\u4e00-\u9fff，。])|(?<=[\u4e00-\u9fff])[()]"
)
_KEPT = set("，。！？；：、（）《》“”‘’〈〉—…·％×－～〔〕　【】＊＿＋／￥")
_BLANKS = "\u3164\u115f\u1160\uffa0\u2800"  # letters by name, and nothing to be seen


def plain(text: str) -> str:
    """One line of Chinese prose, its marks full-width. What is left of Latin letters and digits is for others to judge."""
    text = "".join(map(_seen, text.replace("\u2028", "\n").replace("\u2029", "\n")))
    text = _JSON.sub(lambda found: found["said"].replace("\\n", "\n").replace('\\"', '"'), _TAG.sub("", _THOUGHT.sub("", text)))
    text = _LINK.sub(r"\1", _STRESS.sub(lambda found: found[1] or found[2], _FENCE.sub("", text)))
    text = _LABEL.sub("", _MARKDOWN.sub("", _ROW.sub("", text)))
    lines = [_TRAILING.sub("", _unnumbered(line.strip())) for line in text.splitlines()]
    joined = "".join(lines).replace(" ", "").translate(_BRACKETS)
    full = _HALF_MARK.sub(lambda mark: mark[0].translate(_HALF), joined)
    return _titles(_NUMBER.sub(lambda found: found["head"].strip(), full))


def _seen(sign: str) -> str:
    """`sign`, or nothing where it cannot be seen or only decorates."""
    if sign in "\n\t" or (sign.isascii() and sign.isprintable()) or "\u4e00" <= sign <= "\u9fff" or sign in _KEPT:
        return sign
    decorates = unicodedata.category(sign)[0] in "CSZM" or unicodedata.category(sign) in ("Po", "Pd")
    return "" if decorates or sign in _BLANKS or sign == "\x7f" else sign


def _unnumbered(line: str) -> str:
    return _NUMBER.sub(lambda found: found["head"].strip(), line)


def _titles(text: str) -> str:
    """〈办法〉 as 《办法》, where it stands in no other title."""
    made = text
    for found in re.finditer(r"〈([^〈〉《》\n]{1,60})〉", text):
        if text.count("《", 0, found.start()) == text.count("》", 0, found.start()):
            made = made[: found.start()] + f"《{found[1]}》" + made[found.end() :]
    return made
