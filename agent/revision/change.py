"""A draft for another speaker, audience or day, or of another length: the forms that depend on it change, the structure stays."""

import re
from collections.abc import Callable, Sequence

from agent.drafts import Draft
from agent.mend import fit, sentences
from agent.revision.restate import part_at, split_fixed
from agent.revision.rewrite import forms_in, numbered
from agent.write import Writer
from speech.brief import SpeechBrief
from speech.document import CLOSING, OPENING, Section, Speech, characters
from speech.errors import DraftError
from speech.render import to_text

_DAY = re.compile(r"(?:\d{4}年)?(\d{1,2}月\d{1,2}日)")
NEAR = 0.1  # how far a length may be off (DESIGN, promise 6)


def with_forms(speech: Speech, before: SpeechBrief, after: SpeechBrief) -> Speech:
    """`speech` with what it says of its speaker and its day said of those of `after`; a fact keeps its own dates."""
    if before.date != after.date and after.date:
        speech = _on_day(speech, before, after.date)
    if before.speaker != after.speaker and before.speaker and after.speaker:
        old, new = before.speaker, after.speaker
        ends = {
            name: tuple(text.replace(old, new) for text in getattr(speech, name)) for name in ("byline", "opening", "closing")
        }
        signature = speech.signature and speech.signature.replace(old, new)
        speech = speech.model_copy(update=ends | {"signature": signature})
    return speech


def _on_day(speech: Speech, before: SpeechBrief, day: str) -> Speech:
    if before.date is None:
        return speech.model_copy(update={"byline": (*speech.byline, f"（{day}）")})
    pairs = [(before.date, day)]
    if (old := _DAY.fullmatch(before.date)) and (new := _DAY.fullmatch(day)):
        pairs.append((old[1], new[1]))  # 3月5日 for 2026年3月5日
    stems = [fact.rstrip("。；，！ ") for fact in before.facts]

    def moved(text: str) -> str:
        kept = (one if any(stem in one for stem in stems) else _replaced(one, pairs) for one in sentences(text))
        return "".join(kept)

    return _mapped(speech, moved)


def _replaced(text: str, pairs: Sequence[tuple[str, str]]) -> str:
    for old, new in pairs:
        text = re.sub(rf"(?<!\d){re.escape(old)}", lambda _, new=new: new, text)  # type: ignore[misc]
    return text


def _mapped(speech: Speech, change: Callable[[str], str]) -> Speech:
    """`speech` with every line changed."""

    def section(one: Section) -> Section:
        below = tuple(section(part) for part in one.sections)
        texts = tuple(map(change, one.paragraphs))
        return one.model_copy(update={"heading": change(one.heading), "paragraphs": texts, "sections": below})

    lines = {name: tuple(map(change, getattr(speech, name))) for name in ("byline", "opening", "closing")}
    title = speech.title and change(speech.title)
    sections = tuple(section(one) for one in speech.sections)
    return speech.model_copy(update=lines | {"title": title, "sections": sections})


def resized(draft: Draft, speech: Speech, length: int, writer: Callable[[], Writer]) -> Speech:
    """`speech` at about `length` characters: cut at sentence borders, or its parts gone on with, the shortest first.

    `writer` is asked for only where there is something to write. Raises DraftError where its structure does not allow the length.
    """
    paragraphs = list(speech.paragraphs())
    split = [split_fixed(draft, one.path, one.text) for one in paragraphs]
    own, fixed = [words for words, _ in split], [form for _, form in split]
    room = length - (characters(to_text(speech)) - sum(map(characters, own)))
    if sum(map(characters, own)) < room * (1 - NEAR / 3):
        own = _lengthened(draft, [one.path for one in paragraphs], own, room, writer())
    forms = [
        form for one, text in zip(paragraphs, own, strict=True) for form in forms_in(text, part_at(draft, one.path), draft.brief)
    ]
    own = fit(own, round(room * (1 + NEAR / 3)), (*draft.brief.facts, *forms))
    counted = [now if now == before else numbered(now) for now, (before, _) in zip(own, split, strict=True)]
    made = speech.with_paragraphs([words + form for words, form in zip(counted, fixed, strict=True)])
    came = characters(to_text(made))
    if abs(came - length) > NEAR * length:
        raise DraftError(f"照现有的结构只能改到约 {came} 字，到不了 {length} 字，原稿未动", "请按新的篇幅重新起草")
    return made


def _lengthened(draft: Draft, paths: Sequence[str], own: Sequence[str], room: int, writer: Writer) -> list[str]:
    """The body's paragraphs gone on with in proportion, until the whole comes to `room`."""
    texts = list(own)
    body = [n for n, path in enumerate(paths) if path not in (OPENING, CLOSING)] or [n for n, text in enumerate(own) if text][:1]
    for _ in range(2):  # what one part could not take, the others do
        short = room - sum(map(characters, texts))
        rate = 1 + short / max(1, sum(characters(texts[n]) for n in body))
        for n in sorted(body, key=lambda n: characters(texts[n])):
            short = room - sum(map(characters, texts))
            if short < room * NEAR / 3:
                return texts
            around = "".join(text for other, text in enumerate(texts) if other != n)
            wanted = min(round(characters(texts[n]) * rate), characters(texts[n]) + short)
            texts[n] = writer.lengthen(part_at(draft, paths[n]), texts[n], around, wanted)
    return texts
