"""What code puts right in a model's text, so that a promise does not hang on the model.

Every function takes text and gives text that keeps the promise; what cannot be kept is left out, never patched with canned words.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from agent.faults import COPY, Ground, Held, fault, unpaired
from agent.plain import plain
from speech import formulations, levels, specifics
from speech.brief import SpeechBrief
from speech.document import characters

_SENTENCE = re.compile(r"[^。！？]*[。！？]+[”’」』）]*|[^。！？]+$")
_OFTEN = re.compile(  # 每周召开一次会议, 每个季度公开报表: how often nobody said; 每天 and 每年 are ways of speaking
    r"(?:坚持)?每(?:个?(?:周|月|季度|半年|年|天|日|星期)|[两三]个?(?:周|月|天))(?:定期|至少|最少|都|要)*(?P<does>[\u4e00-\u9fff]{1,6}?)[一两二三四五]次"
    r"|每(?:周|星期)[一二三四五六日天](?:[、和][一二三四五六日天])*(?:定期|定时)?(?![次回场轮])"
    r"|每个?(?:周|月份?|季度|星期)都?(?P<must>要|应)?(?:定期|至少|最少)*(?=[\u4e00-\u9fff])(?![末初中底上下旬一二三四五六日天至])"
)
_AIM = re.compile("(?<=目的)(就?是)为了")  # two ways of saying it in one


@dataclass(frozen=True)
class Mended:
    """`faults`: what was wrong, in words for the model; [] where the text passed as it came."""

    text: str
    faults: tuple[str, ...]


def sentences(text: str) -> list[str]:
    """`text` cut after 。！？ with their closing quotes; joined, they are `text`."""
    return _SENTENCE.findall(text)


def mend(text: str, written: str, ground: Ground, whole: bool = True, led: bool = False) -> Mended:
    """`text` with every promise kept: no junk, no repetition of `written`, nothing copied, no specific that was not told.

    `whole`: the last sentence must have its mark; one without is cut off. `led`: code set how the first begins. A sentence that cannot be kept is dropped.
    """
    faults: list[str] = []
    kept = ""
    said = plain(text)
    if said != text.strip():
        faults.append("只写正文，不要标题、序号、列表和说明")
    told = formulations.mend(_AIM.sub(r"\1", _often(said, ground.brief)), ground.today)[0]
    claims = specifics.mask_unsupported(told, ground.brief)[1]  # mostly none, and then no sentence needs to be read by itself
    for sentence in sentences(told):
        masked, changed = specifics.mask_unsupported(sentence, ground.brief) if claims else (sentence, [])
        faults += [f"“{specific.text}”没有告诉过你，不要写" for specific in changed]
        before = written + kept
        # copying shows in what was said, repetition in what will stand there
        wrong = fault(Held(masked, before, ground, whole, led=led and not kept)) or (
            fault(Held(sentence, before, ground), (COPY,)) if changed else None
        )
        if wrong:
            faults.append(wrong)
        kept += _facts_in(sentence, before, ground) if wrong else masked
    masked, _ = specifics.mask_unsupported(kept, ground.brief)
    right, _ = formulations.mend(levels.mended(masked, ground.brief), ground.today)
    return Mended(right, tuple(dict.fromkeys(faults)))


def fit(paragraphs: Sequence[str], length: int, facts: Sequence[str] = ()) -> list[str]:
    """`paragraphs` cut to `length` characters in all, a whole sentence at a time, from the longest ones' ends.

    A paragraph keeps its first sentence, the last clauses of which may go where nothing else can, and what states one of `facts`
    stays, so the result may be above `length`.
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
        if candidates:
            longest = max(candidates, key=lambda index: sum(map(characters, pieces[index])))
            over -= characters(pieces[longest].pop())
            continue
        shorter = {index: cut for index, piece in enumerate(pieces) if piece and (cut := _without_last_clause(piece[-1], facts))}
        if not shorter:
            break
        longest = max(shorter, key=lambda index: characters(pieces[index][-1]))
        over -= characters(pieces[longest][-1]) - characters(shorter[longest])
        pieces[longest][-1] = shorter[longest]
    return ["".join(piece) for piece in pieces]


def _without_last_clause(sentence: str, facts: Sequence[str]) -> str:
    """A sentence of three clauses or more with two left at least, and no fact cut; "" where it cannot be shortened."""
    head, _, tail = sentence.rpartition("，")
    cut_fact = any(fact.rstrip("。；") in sentence and fact.rstrip("。；") not in head for fact in facts)
    return f"{head}。" if "，" in head and characters(head) >= 16 and not cut_fact and not unpaired(tail) else ""


def _often(sentence: str, brief: SpeechBrief) -> str:
    """定期召开会议 for 每周召开一次会议: a measure of how often is a figure, and only the brief may set it."""
    told = "".join(brief.told().values())
    return _OFTEN.sub(lambda found: found[0] if found[0] in told else f"{found['must'] or ''}定期{found['does'] or ''}", sentence)


def _facts_in(sentence: str, before: str, ground: Ground) -> str:
    """What a sentence that must go tells of the brief's facts, where nothing told it before: that stays, word for word."""
    stems = [fact.rstrip("。；，！ ") for fact in ground.brief.facts]
    return "".join(f"{stem}。" for stem in stems if stem in sentence and stem not in before)
