"""A fact that comes after the draft: it goes into the part where it belongs, word for word, and nothing else changes."""

import re
from collections.abc import Sequence
from datetime import date

from agent.choose import shared
from agent.drafts import Draft
from agent.leads import opened_with
from agent.mend import sentences
from agent.revision.restate import restated, speech_of, split_fixed
from speech import numbering
from speech.brief import brief_from
from speech.document import CLOSING, OPENING, Paragraph
from speech.errors import BriefError, DraftError
from speech.genres import ARGUED

LONGEST = 300  # characters
_NUMBER = r"[0-9][0-9.,]*"
_NUMBER_OR_GAP = r"(?:[0-9][0-9.,]*|[×xX*○〇]+)"
_TELLING = 6  # characters that a fact has beside its figures, to know it again by


def add_fact(draft: Draft, fact: str, today: date, sources: Sequence[str] = ()) -> Draft:
    """`draft` with `fact` in its brief and in its text.

    Where the text says the same with a gap or with another figure, that gives way (全市已划分网格×个); else it is said after the
    sentence that it is nearest to. Raises BriefError for what is no fact, and DraftError for one that stands there already.
    """
    speech = speech_of(draft)
    stem = _stem(fact)
    before = list(speech.paragraphs())
    if any(stem in paragraph.text for paragraph in before) and any(stem in told for told in draft.brief.facts):
        raise DraftError(f"稿中已经写了“{stem}”", "不用再补充")
    same = _same(stem)
    facts = [told for told in draft.brief.facts if not (same and same.fullmatch(told.rstrip("。；，！ ")))]
    brief = brief_from(draft.brief.model_dump() | {"facts": [*facts, stem]})
    texts = [same.sub(lambda _: stem, paragraph.text) if same else paragraph.text for paragraph in before]
    if not any(stem in text for text in texts):
        at = _place(draft, before, stem)
        texts[at] = _inserted(draft, before[at], stem)
    return restated(draft, speech.with_paragraphs(texts), brief, today, sources)


def _stem(fact: str) -> str:
    """A fact as one line, without a number before it or a mark after it."""
    line = " ".join(fact.split())
    while (read := numbering.read(line)) and not line.startswith("第"):
        line = read[1]
    stem = line.rstrip("。；，！;,. ")
    if len(re.findall(r"[\u4e00-\u9fff]", stem)) < 3:
        raise BriefError("没有写明事实", "如“全市已划分网格1632个”")
    if len(stem) > LONGEST or not stem.isprintable():
        raise BriefError(f"事实应是一句话，{LONGEST} 字以内", "请改短，或分几次补充")
    return stem


def _same(stem: str) -> re.Pattern[str] | None:
    """What says the same as a fact, with other figures or with gaps; None for a fact without figures, or with little beside."""
    words = re.split(_NUMBER, stem)
    if len(words) < 2 or sum(map(len, words)) < _TELLING:
        return None
    return re.compile(_NUMBER_OR_GAP.join(map(re.escape, words)))


def _place(draft: Draft, paragraphs: list[Paragraph], stem: str) -> int:
    """The paragraph that a fact belongs to: the one that says most of it, its heading counted twice; one that tells before one that argues."""
    speech = speech_of(draft)
    headings = speech.headings()
    roles = {part.path: part.role for part in draft.outline.parts()} if draft.outline else {}
    body = [n for n, one in enumerate(paragraphs) if one.path not in (OPENING, CLOSING)] or list(range(len(paragraphs)))

    def belongs(n: int) -> tuple[float, bool]:
        one = paragraphs[n]
        above = headings.get(one.path[:1], "") if len(one.path) > 1 else ""
        told = 2 * shared(stem, headings.get(one.path, "")) + shared(stem, above) + shared(stem, one.text)
        return told, roles.get(one.path) not in ARGUED

    return max(body, key=lambda n: (belongs(n)[0] * (1 if belongs(n)[1] else 0.5), -n))


def _inserted(draft: Draft, paragraph: Paragraph, stem: str) -> str:
    """The paragraph with the fact after the sentence that is nearest to it; before the first where none is near."""
    own, fixed = split_fixed(draft, paragraph.path, paragraph.text)
    said = sentences(own)
    nearest = max(range(len(said)), key=lambda n: (shared(stem, said[n]), -n), default=-1)
    at = nearest + 1 if said and shared(stem, said[nearest]) else 0
    return "".join((*said[:at], f"{opened_with(stem)}。", *said[at:])) + fixed
