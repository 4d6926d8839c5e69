"""What code puts right in a model's text, so that a promise does not hang on the model.

Every function takes text and gives text that keeps the promise; what cannot be kept is left out, never patched with canned words.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from speech import formulations, levels, numbering, overlap, specifics, taboos
from speech.brief import SpeechBrief
from speech.document import characters

COPIED = 30  # characters: a run this long that a source has too is copied (DESIGN, promise 4)
REPEATED = 12  # characters: a run this long that the draft has already is a repetition

_SENTENCE = re.compile(r"[^。！？]*[。！？]+[”’」』）]*|[^。！？]+$")
_THOUGHT = re.compile(r"<think>.*?(?:</think>|$)", re.S)
_FENCE = re.compile(r"`{1,3}\w*")
_MARKDOWN = re.compile(r"^\s*(?:#{1,6}\s+|[-+•]\s+|>\s+|\*\s+)", re.M)
_STRESS = re.compile(r"\*\*(?=[^*\s])([^*\n]{2,60}?)\*\*")
_LABEL = re.compile(
    r"^\s*(?:正文|标题|小标题|要点|题目|材料|输出|回答|做法|措施|注意)[：:]\s*|(?<![个的大些条])(?:正文|小标题|要点|题目|输出|回答)[：:]",
    re.M,
)
_ADVERT = re.compile(r"微信|公众号|扫码|扫描.{0,6}码|网址|会员群|QQ|免费(?:领取|下载|获取)|全文下载|订阅|范文|转载|仅供学习")
_UNSAID = re.compile(r"(?:^|[，、；：])[。！？]|(?:要|是|把|与|必须|我们|让)[。！？]+$")  # a beginning that nothing follows
_ABOUT_ITSELF = re.compile(
    r"作为(?:一个|一名)?(?:AI|人工智能|语言模型|文稿写作)|以下(?:是|为|几)|本文|小标题|这段(?:话|文字)|希望(?:以上|对你)|领导起草|讲话稿"
    r"|写过的话|照抄|自己的话|告诉过?你|外文|要点|材料[中里：:]|开头接着|上文|题目[：:]"
    r"|(?:几|[一二三四五六七八九十两\d])(?:个方面|点意见|点要求|方面(?:入手|工作)|笔账|件事|条意见|个问题)"
)
_LATIN = re.compile(r"[A-Za-z]{2,}|[{}\[\]<>|\\^~`]")
_TWICE = re.compile(r"([\u4e00-\u9fff]{2,8})[、，]\1")  # 没人管、没人管的楼院
_SHORTEST = 7  # characters of a sentence, its mark among them
_INNER_NUMBER = re.compile(r"[，；：、][二三四五六七八](?:是要?|要)(?![求的点素])")  # code writes the numbers
_WHO_NOT = re.compile(r"谁不([\u4e00-\u9fff]{2,4})[、，]谁就\1")  # 谁不担当、谁就担当
_OFTEN = re.compile(  # 每周召开一次会议: how often nobody said
    r"(?:坚持)?每(?:个?(?:周|月|季度|半年|年|天|日|星期)|[两三]个?(?:周|月|天))(?:至少|都要?|要)?(?P<does>[\u4e00-\u9fff]{1,6}?)[一两二三四五]次"
)
_REACHED = re.compile(
    r"(?<!要)(?<!力争)(?<!确保)(?:已经?|实现了?|达到了?|做到了?)[^，。；要]{0,14}(?:全覆盖|百分之百|全部完成|全面完成|[零〇]发生)"
)
_COLLOQUIAL = re.compile(r"啥|咋(?!舌)|俺|甭|老铁|给力|靠谱|忽悠|搞定")
_MARK = re.compile(r"\W")
_HALF = str.maketrans({",": "，", ";": "；", "?": "？", "!": "！", ":": "："})


@dataclass(frozen=True)
class Ground:
    """What a piece of text is held against."""

    brief: SpeechBrief
    sources: Sequence[str]
    today: date
    limit: int = COPIED


@dataclass(frozen=True)
class Mended:
    """`faults`: what was wrong, in words for the model; [] where the text passed as it came."""

    text: str
    faults: tuple[str, ...]


def sentences(text: str) -> list[str]:
    """`text` cut after 。！？ with their closing quotes; joined, they are `text`."""
    return _SENTENCE.findall(text)


def mend(text: str, written: str, ground: Ground, whole: bool = True) -> Mended:
    """`text` with every promise kept: no junk, no repetition of `written`, nothing copied, no specific that was not told.

    `whole`: the last sentence must have its mark; one without is cut off. A sentence that cannot be kept is dropped.
    """
    faults: list[str] = []
    kept = ""
    plain = _plain(text)
    if plain != text.strip():
        faults.append("只写正文，不要标题、序号、列表和说明")
    for sentence in sentences(plain):
        sentence = _often(sentence, ground.brief)
        masked, changed = specifics.mask_unsupported(sentence, ground.brief)
        faults += [f"“{specific.text}”没有告诉过你，不要写" for specific in changed]
        before = written + kept
        # copying shows in what was said, repetition in what will stand there
        wrong = _wrong(masked, before, ground, whole) or (_copied(sentence, before, ground) if changed else None)
        if wrong:
            faults.append(wrong)
        kept += _facts_in(sentence, before, ground) if wrong else masked
    masked, _ = specifics.mask_unsupported(kept, ground.brief)
    right, _ = formulations.mend(levels.mended(masked, ground.brief), ground.today)
    return Mended(right, tuple(dict.fromkeys(faults)))


def fit(paragraphs: Sequence[str], length: int, facts: Sequence[str] = ()) -> list[str]:
    """`paragraphs` cut to `length` characters in all, a whole sentence at a time, from the longest ones' ends.

    A paragraph keeps its first sentence, and a sentence that states one of `facts` stays, so the result may be above `length`.
    """
    pieces = [sentences(paragraph) for paragraph in paragraphs]
    over = sum(characters(paragraph) for paragraph in paragraphs) - length
    while over > 0:
        candidates = [
            index
            for index, piece in enumerate(pieces)
            if len(piece) > 1
            and characters(piece[-1]) <= 2 * over
            and not any(fact.rstrip("。；") in piece[-1] for fact in facts)
        ]
        if not candidates:
            break
        longest = max(candidates, key=lambda index: sum(map(characters, pieces[index])))
        over -= characters(pieces[longest].pop())
    return ["".join(piece) for piece in pieces]


def _plain(text: str) -> str:
    text = _STRESS.sub(r"\1", _FENCE.sub("", _THOUGHT.sub("", text)))
    text = _LABEL.sub("", _MARKDOWN.sub("", text))
    lines = []
    for line in text.splitlines():
        numbered = numbering.read(line.strip())
        # 第一， is how one speaks; 一、 （一） 1. are the outline's, and code writes those
        lines.append(numbered[1] if numbered and not line.strip().startswith("第") else line.strip())
    joined = "".join(lines).replace(" ", "")
    return re.sub(r"(?<![0-9A-Za-z])[,;?!:]|[,;?!:](?![0-9A-Za-z])", lambda mark: mark[0].translate(_HALF), joined)


def _often(sentence: str, brief: SpeechBrief) -> str:
    """定期召开会议 for 每周召开一次会议: a measure of how often is a figure, and only the brief may set it."""
    told = "".join(brief.told().values())
    return _OFTEN.sub(lambda found: found[0] if found[0] in told else f"定期{found['does']}", sentence)


def _wrong(sentence: str, before: str, ground: Ground, whole: bool) -> str | None:
    """Why a sentence must go, or None."""
    if whole and not re.search(r"[。！？][”’」』）]*$", sentence):
        return "最后一句没有写完"
    if re.search(r"[：:]。?$", sentence) or _ABOUT_ITSELF.search(sentence):
        return "不要写“以下几个方面”一类的话，直接写内容"
    if re.search("比如|例如", sentence) and re.search("比如|例如", before[-400:]):
        return "不要总用“比如”举例，说清谁来做、怎么做"
    if _UNSAID.search(sentence) or re.search(r"[。！？]{2}", sentence):
        return "句子没有写完"
    told = "".join(ground.brief.told().values())
    if any(advert not in told for advert in _ADVERT.findall(sentence)):
        return "不要写广告"
    if any(word not in told for word in _LATIN.findall(sentence)):
        return "不要写外文和符号"
    if any(word not in told for word in _COLLOQUIAL.findall(sentence)):
        return "不要口语"
    if any(reached not in told for reached in _REACHED.findall(sentence)):
        return "没有告诉过你做成了什么，不要写已经做到"
    if touched := taboos.touched(sentence, ground.brief.taboos):
        return f"不要提“{touched[0][2]}”"
    if _unpaired(sentence):
        return "引号和括号要成对"
    if characters(sentence) < _SHORTEST:
        return "句子太短"
    if _INNER_NUMBER.search(sentence):
        return "不要自己编号"
    if _repeats(sentence, before) or _loops(sentence):
        return "不要重复写过的话"
    return _copied(sentence, before, ground)


def _repeats(sentence: str, before: str) -> bool:
    """Whether `sentence`, joined to the end of what stands before it, says what was said: a repetition may begin a sentence early."""
    tail = before[-REPEATED:]
    joined = tail + sentence
    ends = range(max(REPEATED, len(tail) + 1), len(joined) + 1)
    # whatever the marks between: 谁负责谁抓。要建立考核 repeats 谁负责谁抓，要建立考核
    said, says = _MARK.sub("，", before), _MARK.sub("，", joined)
    return any(says[end - REPEATED : end] in said for end in ends)


def _facts_in(sentence: str, before: str, ground: Ground) -> str:
    """What a sentence that must go tells of the brief's facts, where nothing told it before: that stays, word for word."""
    stems = [fact.rstrip("。；，！ ") for fact in ground.brief.facts]
    return "".join(f"{stem}。" for stem in stems if stem in sentence and stem not in before)


def _copied(sentence: str, before: str, ground: Ground) -> str | None:
    # a copy may be told a sentence at a time, none of them long: the end of what stands before counts too
    tail = before[-2 * ground.limit :]
    runs = overlap.shared_runs(tail + sentence, ground.sources, ground.limit + 1)
    copied = any(end > len(tail) for _, end in runs)
    if copied or overlap.shared_runs(sentence, ground.sources, _copied_from(sentence, ground.limit)):
        return "不要照抄材料，换自己的话"
    return None


def _copied_from(sentence: str, limit: int) -> int:
    """How many characters in a run make `sentence` a copy: more than `limit`, or most of a sentence that says something."""
    most = 0.8 * len(sentence)
    return min(limit, int(most) if most > 14 else limit) + 1


def _unpaired(sentence: str) -> bool:
    return any(sentence.count(opening) != sentence.count(closing) for opening, closing in ("“”", "（）", "《》", "‘’"))


def _loops(sentence: str) -> bool:
    """让居民的…让居民的…让居民的…: the same five characters three times, or any eight twice."""

    def most(n: int) -> int:
        grams = [sentence[i : i + n] for i in range(len(sentence) - n + 1)]
        return max((grams.count(gram) for gram in set(grams)), default=0)

    items = [item for item in re.split("[、，。]", sentence) if len(item) >= 2]  # 高效、便捷、高效
    return (
        bool(_TWICE.search(sentence) or _WHO_NOT.search(sentence))
        or most(8) >= 2
        or most(5) >= 3
        or any(early.endswith(item) for n, item in enumerate(items) for early in items[:n])
    )
