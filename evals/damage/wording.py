"""Damage to the words: copied, stale, wrongly paired, said again, out of breath, and what does not belong in a speech."""

import random
import re
from statistics import median

from evals import wording
from evals.damage.kind import WORDS, Anatomy, Damaged, Kind, per
from speech import placeholders
from speech.document import characters
from speech.finding import Severity
from speech.formulations import public_spans
from speech.masks import PlaceholderKind
from speech.numbering import read
from vectorstore.noise import Reason

_EVERY = 3000  # characters that one wrong formulation is put into
_BREATH = 45  # characters of a sentence that nobody says in one breath, once its marks are gone
_ROOM_TO_SPRAWL = 110  # characters of a paragraph: twice the longest breath, and more
_HALF = str.maketrans("，。；：", ",.;:")
_SENTENCE = re.compile(r"[^。！？\n]+[。！？]?")
_PLAIN = re.compile(r"[\u4e00-\u9fff，、。！？；：]+")
_MARK = re.compile("[，、；：]")
_NUMBER = re.compile(r"[一二三四五六七八九]是|第[一二三四五]")


def _copied(anatomy: Anatomy, chance: random.Random) -> Damaged | None:
    """A sentence of a source of 45 characters or more, no public formulation in it, put into the text as it is."""
    found = [
        match[0]
        for source in anatomy.good.sources
        for match in _SENTENCE.finditer(source)
        if 45 <= characters(match[0]) <= 120
        and _PLAIN.fullmatch(match[0])
        and not _NUMBER.search(match[0])
        and not public_spans(match[0])
    ]
    text = anatomy.with_sentences([chance.choice(found)], chance) if found else None
    return Damaged(text) if text else None


def _with(sentences: tuple[str, ...], anatomy: Anatomy, chance: random.Random) -> Damaged | None:
    count = per(characters(anatomy.text), _EVERY)
    rounds = [sentence for _ in range(0, count, len(sentences)) for sentence in chance.sample(sentences, len(sentences))]
    text = anatomy.with_sentences(rounds[:count], chance)
    return Damaged(text) if text else None


def _stale(anatomy: Anatomy, chance: random.Random) -> Damaged | None:
    return _with(WORDS.stale, anatomy, chance)


def _wrong_pair(anatomy: Anatomy, chance: random.Random) -> Damaged | None:
    return _with(WORDS.wrong_pairs, anatomy, chance)


def _said_again(anatomy: Anatomy, chance: random.Random) -> Damaged | None:
    """One paragraph, most of it a twenty-eighth of the text or more, stands again at the end of another; those that tell least
    come first."""
    body = [span for span in anatomy.body if span[1] - span[0] > max(80, len(anatomy.text) // 24)]
    if len(body) < 2:
        return None
    start, end = min(body, key=lambda span: len(re.findall(r"[0-9×]", anatomy.text[span[0] : span[1]])))
    again = "".join(_SENTENCE.findall(anatomy.text[start:end])[1:])
    if characters(again) < len(anatomy.text) / 28:
        return None
    others = [span for span in anatomy.body if span != (start, end)]
    at = chance.choice(others)[1]
    return Damaged(anatomy.replaced(at, at, _NUMBER.sub("", again)))


def _sprawling(anatomy: Anatomy, chance: random.Random) -> Damaged | None:
    """Full stops inside paragraphs become commas, nine in ten of them: sentences that never end. A heading keeps its own.

    In paragraphs of two short sentences none can sprawl.
    """
    text = anatomy.text
    if anatomy.good.style is None or median(end - start for start, end in anatomy.body) < _ROOM_TO_SPRAWL:
        return None
    for start, end in reversed(anatomy.body):
        stops = [at for at in range(start, end - 1) if text[at] == "。"]
        for at in stops[1:] if read(text[start:end]) else stops:
            if chance.random() < 0.9:
                text = text[:at] + "，" + text[at + 1 :]
    return Damaged(text)


def _breathless(anatomy: Anatomy, chance: random.Random) -> Damaged | None:
    """One sentence in a thousand characters loses its marks."""
    found = [
        match.span()
        for start, end in anatomy.body
        for match in _SENTENCE.finditer(anatomy.text, start, end)
        if _PLAIN.fullmatch(match[0]) and len(_MARK.sub("", match[0])) > _BREATH
    ]
    count = per(characters(anatomy.text), 1000)
    if len(found) < count:
        return None
    text = anatomy.text
    for start, end in sorted(chance.sample(found, count), reverse=True):
        text = text[:start] + _MARK.sub("", text[start : end - 1]) + text[end - 1 :]
    return Damaged(text)


def _line_between(anatomy: Anatomy, line: str, chance: random.Random) -> Damaged | None:
    if not anatomy.body:
        return None
    at = anatomy.text.find("\n", chance.choice(anatomy.body)[1])
    return Damaged(anatomy.replaced(at, at, f"\n{line}")) if at >= 0 else None


def _advert(anatomy: Anatomy, chance: random.Random) -> Damaged | None:
    among = (Reason.ADVERT, Reason.CONTACT, Reason.SOURCE_URL, Reason.WATERMARK)
    return _line_between(anatomy, wording.line(wording.Half.DEVELOPMENT, chance, among=among).text, chance)


def _talk(anatomy: Anatomy, chance: random.Random) -> Damaged | None:
    return _line_between(anatomy, chance.choice(WORDS.talk), chance)


def _markdown(anatomy: Anatomy, chance: random.Random) -> Damaged | None:
    """The level-1 headings are printed as Markdown."""
    text = anatomy.text
    mark = chance.choice(("## ", "### "))
    for place in reversed(anatomy.roots):
        text = text[: place.start] + mark + text[place.start :]
    return Damaged(text) if anatomy.roots else None


def _half_width(anatomy: Anatomy, chance: random.Random) -> Damaged | None:
    """A third of the paragraphs have half-width marks."""
    text = anatomy.text
    if not anatomy.body:
        return None
    for start, end in chance.sample(anatomy.body, max(1, len(anatomy.body) // 3)):
        text = text[:start] + text[start:end].translate(_HALF) + text[end:]
    return Damaged(text)


def _mixed_masks(anatomy: Anatomy, chance: random.Random) -> Damaged | None:
    """Half of the masks of counts are printed in another form."""
    masks = [mask for mask in placeholders.find(anatomy.text) if mask.kind is PlaceholderKind.COUNT and not mask.mask.strip("×")]
    if len(masks) < 2:
        return None
    text = anatomy.text
    other = chance.choice(("XX", "**", "〔〕"))
    for mask in sorted(chance.sample(masks, len(masks) // 2), key=lambda one: -one.start):
        text = text[: mask.start] + other + text[mask.end :]
    return Damaged(text)


def _instruction(anatomy: Anatomy, chance: random.Random) -> Damaged | None:
    masks = [mask for mask in placeholders.find(anatomy.text) if mask.mask.strip("×") == ""]
    if not masks:
        return None
    mask = chance.choice(masks)
    return Damaged(anatomy.replaced(mask.start, mask.end, chance.choice(WORDS.instructions)))


WORDING = (
    Kind(
        "copied",
        "照抄参考材料",
        "originality",
        8,
        ("originality.copied",),
        _copied,
        frozenset({"leakage", "coverage", "grounding", "formulations"}),
    ),
    # An info of these rules is a hint at what is said oftener, and no alarm.
    Kind("stale", "过时提法", "formulations", 3, ("era.",), _stale, frozenset({"grounding", "coverage"}), Severity.WARNING),
    Kind("wrong-pair", "提法搭配错误", "formulations", 3, ("formulation.",), _wrong_pair, least=Severity.WARNING),
    Kind(
        "repeated",
        "整段重复",
        "repetition",
        3,
        ("repetition.sentence",),
        _said_again,
        frozenset({"coverage", "length", "balance", "style"}),
    ),
    Kind("sprawling", "句子没完没了", "style", 8, ("style.sentence",), _sprawling),
    Kind("breathless", "一口气念不完的句子", "rhythm", 3, ("rhythm.breath",), _breathless),
    Kind("advert", "夹进广告", "noise", 10, ("noise.",), _advert, frozenset({"coverage", "grounding", "leakage", "punctuation"})),
    Kind("talk", "夹进模型的话", "noise", 10, ("noise.",), _talk, frozenset({"coverage", "grounding", "punctuation"})),
    Kind("markdown", "夹进 Markdown 标记", "noise", 10, ("noise.markdown",), _markdown),
    Kind("half-width", "半角标点", "punctuation", 3, ("punctuation.half-width",), _half_width, frozenset({"numbering", "style"})),
    Kind(
        "mixed-masks",
        "待填项写法不一",
        "placeholders",
        5,
        ("placeholder.form",),
        _mixed_masks,
        frozenset({"coverage", "grounding"}),
    ),
    Kind(
        "instruction",
        "留下填写说明",
        "placeholders",
        8,
        ("placeholder.template",),
        _instruction,
        frozenset({"coverage", "grounding", "noise"}),
    ),
)
