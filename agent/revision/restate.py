"""A finished draft with other words in some of its paragraphs: all that is counted from its text is counted anew."""

from collections.abc import Mapping, Sequence
from datetime import date

from agent.drafts import Draft, DraftParagraph, Source, Status
from agent.gather import Statement
from agent.outline import Part
from speech import specifics
from speech.brief import SpeechBrief
from speech.document import CLOSING, OPENING, Speech
from speech.errors import DraftError
from speech.genres import FORMS, PartRole
from speech.placeholders import fill_in_sheet
from speech.render import to_text
from speech.review import review


def speech_of(draft: Draft) -> Speech:
    """The speech of a finished draft. Raises DraftError for one that is not finished."""
    if draft.status != Status.COMPLETED or draft.speech is None:
        raise DraftError(f"稿子 {draft.id} 还没写完，不能修改", f"先运行 jianggao drafts resume {draft.id}")
    return draft.speech


def restated(
    draft: Draft,
    speech: Speech,
    brief: SpeechBrief,
    today: date,
    sources: Sequence[str] = (),
    shown: Mapping[str, Sequence[Statement]] | None = None,
) -> Draft:
    """`draft` with `speech`, a version of its own of the same structure, in its place, and told by `brief`.

    A paragraph that is as it was stays as it is, unless `brief` no longer tells all that it did; in the others what nobody told
    is masked. `shown`: the statements that a
    paragraph was rewritten after, by path; their passages are sources of it now.
    """
    before = list(speech_of(draft).paragraphs())
    taken = set(draft.brief.told().values()) - set(brief.told().values())
    texts = [
        new.text if new.text == old.text and not taken else specifics.mask_unsupported(new.text, brief)[0]
        for old, new in zip(before, speech.paragraphs(), strict=True)
    ]
    made = speech.with_paragraphs(texts)
    text = to_text(made)
    paragraphs = tuple(
        DraftParagraph(path=new.path, text=new.text, sources=_sources(old.sources, (shown or {}).get(new.path, ())))
        for old, new in zip(draft.paragraphs, made.paragraphs(), strict=True)
    )
    changed = {
        "brief": brief,
        "speech": made,
        "text": text,
        "paragraphs": paragraphs,
        "placeholders": tuple(fill_in_sheet(text)),
        "review": review(text, brief, sources, today),
    }
    return draft.model_copy(update=changed)


def _sources(before: Sequence[Source], shown: Sequence[Statement]) -> tuple[Source, ...]:
    """The sources of a paragraph, those that it had first, each passage once."""
    known = {source.passage: source for source in before}
    for hit in (one.hit for one in shown):
        new = Source(passage=hit.passage.id, document=hit.passage.title, heading=hit.passage.heading, score=round(hit.score, 3))
        known.setdefault(new.passage, new)
    return tuple(known.values())


def split_fixed(draft: Draft, path: str, text: str) -> tuple[str, str]:
    """A paragraph's own words, and the set form at its end that code wrote: the transition, the last line of the genre."""
    form = FORMS[draft.brief.genre]
    if path == CLOSING and form.closing_end and text == form.closing_end:
        return "", text
    transition = draft.outline.transition if draft.outline and path == OPENING else ""
    return (text.removesuffix(transition), transition) if transition and text.endswith(transition) else (text, "")


def part_at(draft: Draft, path: str) -> Part:
    """The part of the outline that stands at `path`, with the heading as it is printed now."""
    speech = speech_of(draft)
    heading = speech.headings().get(path, "")
    planned = {part.path: part for part in draft.outline.parts()} if draft.outline else {}
    if path in planned:
        return planned[path].model_copy(update={"heading": heading})
    role = PartRole.OPENING if path == OPENING else PartRole.CLOSING if path == CLOSING else PartRole.TASK
    return Part(path=path, role=role, heading=heading, length=200)
