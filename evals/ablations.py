"""Our own pipeline with one step left out: what that step is worth."""

from collections.abc import Iterator

import prompts
from agent.assemble import assemble
from agent.drafter import paced
from agent.faults import Ground
from agent.gather import Sources, gather, statements
from agent.mend import Mended
from agent.outline import Outline, Part, PlannedSection, plan, scaled, title_of, transition_of
from agent.write import Writer
from evals.targets import Task, Written
from speech import numbering, specifics
from speech.brief import SpeechBrief
from speech.disputed import agreed
from speech.document import CLOSING, OPENING, Section, Speech, characters
from speech.eras import Era
from speech.genres import FORMS, SECTION_HEADINGS, PartRole, section_forms
from speech.placeholders import fill_in_sheet
from speech.render import to_text
from vectorstore.runs import Runs


def no_retrieval(task: Task) -> Written:
    """The pipeline with no corpus: nothing to say it after, no worked examples of the house."""
    brief = agreed(task.brief)
    return _piped(task, brief, Sources(topic=brief.topic, points=brief.points, about=(), models={}))


def no_repair(task: Task) -> Written:
    """The pipeline that keeps what the model says: nothing mended, nothing masked in the end."""
    brief = agreed(task.brief)
    return _piped(task, brief, _gathered(task, brief), repaired=False, corpus=task.corpus.search.runs())


def no_planning(task: Task) -> Written:
    """The pipeline whose sections are the genre's set headings, each written in one go, with no parts and no points planned."""
    brief = agreed(task.brief)
    sources = _gathered(task, brief)
    return _piped(task, brief, sources, outline=_set_outline(brief, sources), corpus=task.corpus.search.runs())


class _Unmended(Writer):
    """A writer that keeps an answer as it came."""

    def mended(self, text: str, before: str, led: bool = False) -> Mended:
        return Mended(text, ())


def _piped(
    task: Task,
    brief: SpeechBrief,
    sources: Sources,
    outline: Outline | None = None,
    repaired: bool = True,
    corpus: Runs | None = None,
) -> Written:
    """The steps of the recipe (agent/drafter.py) one after the other, without checkpoints."""
    made = outline or plan(brief, sources, task.model)
    ground = Ground(brief, (*sources.texts(), *prompts.examples()), task.settings.today, corpus=corpus)
    writer = (Writer if repaired else _Unmended)(brief, sources, task.model, ground)
    parts, texts = list(made.parts()), list[str]()
    for part in parts:
        texts.append(writer.write(paced(part, parts, texts), "".join(texts)))
    fitted = writer.adjust(made, texts)
    if repaired:
        fitted = [specifics.mask_unsupported(text, brief)[0] for text in fitted]
    speech = assemble(brief, made, fitted)
    text = to_text(_flat(speech) if outline else speech)
    return Written(text=text, fill_in=tuple(fill_in_sheet(text)))


def _gathered(task: Task, brief: SpeechBrief) -> Sources:
    year = task.settings.today.year
    return gather(brief, task.corpus.search, Era(since=year, until=year))


def _set_outline(brief: SpeechBrief, sources: Sources) -> Outline:
    """The genre's sections under their set headings, one part each; no call of the model."""
    form = FORMS[brief.genre]
    length = brief.length or form.length
    sections = tuple(_set_sections(brief, sources, length))
    ends = [
        Part(path=path, role=role, heading="", length=round(length * share), points=points, facts=facts)
        for path, role, share, points, facts in (
            (OPENING, PartRole.OPENING, form.opening_share, brief.points or (brief.topic,), () if sections else brief.facts),
            (CLOSING, PartRole.CLOSING, form.closing_share, ("狠抓落实",), ()),
        )
    ]
    outline = Outline(
        title=title_of(brief),
        salutation=form.salutation,
        opening=ends[0],
        transition=transition_of(brief, len(sections)),
        sections=sections,
        closing=ends[1],
        prompts={},
    )
    return scaled(outline, length - characters(form.closing_end))


def _set_sections(brief: SpeechBrief, sources: Sources, length: int) -> Iterator[PlannedSection]:
    """The sections of the genre; points and facts are dealt out in turn to those that take points."""
    form = FORMS[brief.genre]
    sections = section_forms(form, brief.sections)
    taking = [index for index, section in enumerate(sections) if section.takes_points]
    for index, section in enumerate(sections):
        phrases = SECTION_HEADINGS[section.role]
        heading = phrases[index % len(phrases)].format(topic=brief.topic)
        number = numbering.write(1, index + 1)
        path = number.rstrip("、")
        turn = slice(taking.index(index), None, len(taking)) if index in taking else slice(0)
        part = Part(
            path=path if form.run_in else f"{path}（一）",
            role=section.role,
            heading=heading,
            length=round(length * section.share),
            points=brief.points[turn] or (heading,),
            facts=brief.facts[turn],
            statements=tuple(statements(sources, section.role, brief.topic, 4)),
        )
        yield PlannedSection(number=number, heading=heading, role=section.role, parts=(part,))


def _flat(speech: Speech) -> Speech:
    """`speech` with the one part of each section as its paragraph: a lone （一） would be counted against what was not planned."""

    def flat(section: Section) -> Section:
        below = tuple(text for part in section.sections for text in part.paragraphs)
        return section.model_copy(update={"paragraphs": (*section.paragraphs, *below), "sections": ()})

    return speech.model_copy(update={"sections": tuple(map(flat, speech.sections))})
