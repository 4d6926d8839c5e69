"""What code puts right in a model's text, so that a promise does not hang on the model.

Every function takes text and gives text that keeps the promise; what cannot be kept is left out, never patched with canned words.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from speech import formulations, numbering, overlap, specifics
from speech.brief import SpeechBrief
from speech.document import characters

COPIED = 30  # characters: a run this long that a source has too is copied (DESIGN, promise 4)
REPEATED = 12  # characters: a run this long that the draft has already is a repetition

_SENTENCE = re.compile(r"[^。！？]*[。！？]+[”’」』）]*|[^。！？]+$")
_THOUGHT = re.compile(r"<think>.*?(?:</think>|$)", re.S)
_FENCE = re.compile(r"`{1,3}\w*")
_MARKDOWN = re.compile(r"^\s*(?:#{1,6}\s+|[-+•]\s+|>\s+|\*\s+)", re.M)
_STRESS = re.compile(r"\*\*(?=[^*\s])([^*\n]{2,60}?)\*\*")
_LABEL = re.compile(r"^\s*(?:正文|标题|小标题|要点|题目|材料|输出|回答|做法|措施|注意)[：:]\s*", re.M)
_ABOUT_ITSELF = re.compile(
    r"作为(?:一个|一名)?(?:AI|人工智能|语言模型|文稿写作)|以下(?:是|为|几)|本文|小标题|这段(?:话|文字)|希望(?:以上|对你)|领导起草|讲话稿"
    r"|(?:几|[一二三四五六七八九十两\d])(?:个方面|点意见|点要求|方面(?:入手|工作)|笔账|件事|条意见|个问题)"
)
_LATIN = re.compile(r"[A-Za-z]{2,}|[{}\[\]<>|\\^~`]")
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
        wrong = _wrong(sentence, written + kept, ground, whole)
        if wrong:
            faults.append(wrong)
            continue
        kept += sentence
    masked, changed = specifics.mask_unsupported(kept, ground.brief)
    faults += [f"“{specific.text}”没有告诉过你，不要写" for specific in changed]
    right, _ = formulations.mend(masked, ground.today)
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


def _wrong(sentence: str, before: str, ground: Ground, whole: bool) -> str | None:
    """Why a sentence must go, or None."""
    if whole and not re.search(r"[。！？][”’」』）]*$", sentence):
        return "最后一句没有写完"
    if re.search(r"[：:]。?$", sentence) or _ABOUT_ITSELF.search(sentence):
        return "不要写“以下几个方面”一类的话，直接写内容"
    if _LATIN.search(sentence):
        return "不要写外文和符号"
    if _unpaired(sentence):
        return "引号和括号要成对"
    if characters(sentence) < 4:
        return "句子太短"
    if overlap.shared_runs(sentence, [before], REPEATED) or _loops(sentence):
        return "不要重复写过的话"
    start, end = max(
        (overlap.longest_shared_run(sentence, source) for source in ground.sources),
        key=lambda run: run[1] - run[0],
        default=(0, 0),
    )
    if end - start > ground.limit or (end - start) > 0.8 * len(sentence) > 14:
        return "不要照抄材料，换自己的话"
    return None


def _unpaired(sentence: str) -> bool:
    return any(sentence.count(opening) != sentence.count(closing) for opening, closing in ("“”", "（）", "《》", "‘’"))


def _loops(sentence: str) -> bool:
    """让居民的…让居民的…让居民的…: the same five characters three times, or any eight twice."""

    def most(n: int) -> int:
        grams = [sentence[i : i + n] for i in range(len(sentence) - n + 1)]
        return max((grams.count(gram) for gram in set(grams)), default=0)

    return most(8) >= 2 or most(5) >= 3
