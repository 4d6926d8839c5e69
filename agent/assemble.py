"""Parts put together: the numbers, the transition and the forms of the genre are written here, by code, never by a model."""

import re
from collections.abc import Sequence

from agent.drafts import DraftParagraph, Source
from agent.gather import Sources
from agent.outline import Outline, Part
from speech import numbering
from speech.brief import SpeechBrief
from speech.document import Section, Speech
from speech.genres import FORMS


def assemble(brief: SpeechBrief, outline: Outline, texts: Sequence[str]) -> Speech:
    """The speech of `outline` with `texts` for its parts, in the order of `outline.parts()`."""
    form = FORMS[brief.genre]
    # sentences that went since they were written leave gaps in 一是 二是
    text_of = {part.path: numbering.counted_anew(text) for part, text in zip(outline.parts(), texts, strict=True)}
    sections = []
    for planned in outline.sections:
        if planned.undivided:
            body = (text_of[planned.parts[0].path],)
            sections.append(Section(level=1, number=planned.number, heading=planned.heading, run_in=form.run_in, paragraphs=body))
            continue
        below = tuple(
            Section(
                level=2, number=numbering.write(2, n + 1), heading=part.heading, run_in=True, paragraphs=(text_of[part.path],)
            )
            for n, part in enumerate(planned.parts)
        )
        sections.append(Section(level=1, number=planned.number, heading=planned.heading, sections=below))
    opening = _parted(text_of[outline.opening.path] + outline.transition, form.breaks)
    closing = (text_of[outline.closing.path], form.closing_end) if form.closing_end else (text_of[outline.closing.path],)
    return Speech(
        title=outline.title,
        genre=brief.genre,
        byline=(f"（{brief.date}）",) if brief.date else (),
        salutation=outline.salutation,
        opening=opening,
        promised_points=len(sections) if outline.transition else None,
        sections=tuple(sections),
        closing=closing,
    )


def _parted(text: str, breaks: Sequence[str]) -> tuple[str, ...]:
    """`text` as paragraphs, a new one before each sentence that begins with one of `breaks`."""
    if not breaks:
        return (text,)
    starts = "|".join(map(re.escape, breaks))
    return tuple(re.split(rf"(?<=[。！？])(?={starts})", text))


def paragraphs_of(speech: Speech, outline: Outline, sources: Sources) -> tuple[DraftParagraph, ...]:
    """Every paragraph with the passages that it was written from: its evidence, and the worked examples of its role."""
    part_of = {part.path: part for part in outline.parts()}
    return tuple(
        DraftParagraph(path=paragraph.path, text=paragraph.text, sources=_sources(part_of.get(paragraph.path), sources))
        for paragraph in speech.paragraphs()
    )


def _sources(part: Part | None, sources: Sources) -> tuple[Source, ...]:
    if part is None:
        return ()
    hits = [*part.evidence, *sources.models.get(part.role, ())[:1]]
    return tuple(
        Source(passage=hit.passage.id, document=hit.passage.title, heading=hit.passage.heading, score=round(hit.score, 3))
        for hit in hits
    )
