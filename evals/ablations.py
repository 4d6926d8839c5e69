"""Our own pipeline with one step left out: what that step is worth."""

import prompts
from agent.assemble import assemble
from agent.drafter import paced
from agent.gather import Sources, gather, statements
from agent.mend import Ground, Mended
from agent.outline import Outline, Part, PlannedSection, plan, title_of
from agent.write import Writer
from evals.targets import Task, Written
from speech import numbering, specifics
from speech.brief import SpeechBrief
from speech.document import CLOSING, OPENING, Section, Speech
from speech.eras import Era
from speech.genres import FORMS, SECTION_HEADINGS, PartRole, section_forms
from speech.render import to_text


def no_retrieval(task: Task) -> Written:
    """The pipeline with no corpus: nothing to say it after, no worked examples of the house."""
    brief = task.brief
    return _piped(task, Sources(topic=brief.topic, points=brief.points, about=(), models={}))


def no_repair(task: Task) -> Written:
    """The pipeline that keeps what the model says: nothing mended, nothing masked in the end."""
    return _piped(task, _gathered(task), repaired=False)


def no_planning(task: Task) -> Written:
    """The pipeline whose sections are the genre's set headings, each written in one go, with no parts and no points planned."""
    brief, sources = task.brief, _gathered(task)
    return _piped(task, sources, outline=_set_outline(brief, sources))


class _Unmended(Writer):
    """A writer that keeps an answer as it came."""

    def mended(self, text: str, before: str) -> Mended:
        return Mended(text, ())


def _piped(task: Task, sources: Sources, outline: Outline | None = None, repaired: bool = True) -> Written:
    """The steps of the recipe (agent/drafter.py) one after the other, without checkpoints."""
    brief, today = task.brief, task.settings.today
    made = outline or plan(brief, sources, task.model)
    ground = Ground(brief, (*sources.texts(), *prompts.examples()), today)
    writer = (Writer if repaired else _Unmended)(brief, sources, task.model, ground)
    parts, texts = list(made.parts()), list[str]()
    for part in parts:
        texts.append(writer.write(paced(part, parts, texts), "".join(texts)))
    fitted = writer.adjust(made, texts)
    if repaired:
        fitted = [specifics.mask_unsupported(text, brief)[0] for text in fitted]
    speech = assemble(brief, made, fitted)
    return Written(text=to_text(_flat(speech) if outline else speech))


def _gathered(task: Task) -> Sources:
    year = task.settings.today.year
    return gather(task.brief, task.corpus.search, Era(since=year, until=year))


def _set_outline(brief: SpeechBrief, sources: Sources) -> Outline:
    """The genre's sections under their set headings, one part each; no call of the model."""
    form = FORMS[brief.genre]
    length = brief.length or form.length
    sections: list[PlannedSection] = []
    for index, section in enumerate(section_forms(form, brief.sections)):
        phrases = SECTION_HEADINGS[section.role]
        heading = phrases[index % len(phrases)].format(topic=brief.topic)
        number, found = numbering.write(1, index + 1), tuple(statements(sources, section.role, brief.topic, 4))
        points, facts = (
            (brief.points, brief.facts) if section.takes_points and not any(s.parts[0].facts for s in sections) else ((), ())
        )
        part = Part(
            path=number.rstrip("、") if form.run_in else f"{number.rstrip('、')}（一）",
            role=section.role,
            heading=heading,
            length=round(length * section.share),
            points=points or (heading,),
            facts=facts,
            statements=found,
        )
        sections.append(PlannedSection(number=number, heading=heading, role=section.role, parts=(part,)))
    count = "两" if len(sections) == 2 else numbering.chinese(len(sections)) if sections else ""
    opening = Part(
        path=OPENING,
        role=PartRole.OPENING,
        heading="",
        length=round(length * form.opening_share),
        points=brief.points or (brief.topic,),
        facts=() if sections else brief.facts,
    )
    closing = Part(
        path=CLOSING, role=PartRole.CLOSING, heading="", length=round(length * form.closing_share), points=("狠抓落实",)
    )
    return Outline(
        title=title_of(brief),
        salutation=form.salutation,
        opening=opening,
        transition=form.transition.format(count=count, topic=brief.topic),
        sections=tuple(sections),
        closing=closing,
        prompts={},
    )


def _flat(speech: Speech) -> Speech:
    """`speech` with the one part of each section as its paragraph: a lone （一） would be counted against what was not planned."""

    def flat(section: Section) -> Section:
        below = tuple(text for part in section.sections for text in part.paragraphs)
        return section.model_copy(update={"paragraphs": (*section.paragraphs, *below), "sections": ()})

    return speech.model_copy(update={"sections": tuple(map(flat, speech.sections))})
