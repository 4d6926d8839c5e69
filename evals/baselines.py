"""What our pipeline is held against, with the same model and the same cases: simpler ways to write, and itself with a step left out."""

import json
from collections.abc import Sequence
from typing import Any

import prompts
from agent.assemble import assemble
from agent.drafter import paced
from agent.gather import Sources, gather, statements
from agent.mend import Ground, Mended
from agent.models import ChatModel
from agent.outline import Outline, Part, PlannedSection, plan, title_of
from agent.write import Writer
from evals.targets import Target, Task, Written, pipeline
from prompts import Message
from speech import numbering, specifics
from speech.brief import SpeechBrief
from speech.document import CLOSING, OPENING, Section, Speech
from speech.eras import Era
from speech.genres import FORMS, SECTION_HEADINGS, PartRole, section_forms
from speech.render import to_text

HITS = 8  # passages that are stuffed into a prompt
PARAGRAPH = 200  # characters of one paragraph of a plan
_FIELDS = {
    "title": "标题",
    "occasion": "场合",
    "topic": "主题",
    "speaker": "讲话人",
    "audience": "听众",
    "date": "日期",
    "place": "地点",
    "notes": "备注",
}


def single(task: Task) -> Written:
    """One prompt, one answer: what anyone does first."""
    return Written(text=_asked(task.model, "baseline-single", _length(task.brief), task=told(task.brief)))


def stuffed(task: Task) -> Written:
    """Plain retrieval: the passages nearest to the topic and the points stand in one prompt."""
    brief, length = task.brief, _length(task.brief)
    hits = task.corpus.search.search("，".join((brief.topic, *brief.points)), k=HITS)
    room = task.model.profile.context - _tokens(length) - 600
    material = ""
    for n, hit in enumerate(hits, 1):
        passage = f"{n}.{hit.passage.heading}。{hit.passage.text}\n"
        if len(material + passage) <= room:
            material += passage
    return Written(text=_asked(task.model, "baseline-stuffed", length, task=told(brief), material=material))


def agentwrite(task: Task) -> Written:
    """AgentWrite's way (LongWriter, Bai et al. 2024): plan the paragraphs, then write each with the plan and all text so far resent."""
    brief, length = task.brief, _length(task.brief)
    count = min(20, max(3, round(length / PARAGRAPH)))
    item = {"type": "string", "minLength": 6, "maxLength": 40}
    fields = {"points": {"type": "array", "minItems": count, "maxItems": count, "items": item}}
    schema = {"type": "object", "properties": fields, "required": ["points"], "additionalProperties": False}
    messages = prompts.load("baseline-plan").messages(task=told(brief), count=str(count))
    points = _list(task.model.ask(messages, max_tokens=60 * count, schema=schema).text) or [brief.topic] * count
    share = round(length / len(points))
    planned = "\n".join(f"段落{n}：{point}（约{share}字）" for n, point in enumerate(points, 1))
    text = title_of(brief) + "\n"
    for n, point in enumerate(points, 1):
        asked = {"task": told(brief), "plan": planned, "written": text, "point": f"段落{n}：{point}", "length": str(share)}
        text += _asked(task.model, "baseline-paragraph", share, seed=n, **asked) + "\n"
    return Written(text=text)


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


WRITERS: dict[str, Target] = {
    target.name: target
    for target in (
        Target("pipeline", pipeline),
        Target("single", single),
        Target("stuffed", stuffed),
        Target("agentwrite", agentwrite),
        Target("no-retrieval", no_retrieval),
        Target("no-repair", no_repair),
        Target("no-planning", no_planning),
    )
}


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
    sections = []
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


def told(brief: SpeechBrief) -> str:
    """A brief as a person would put it to a model."""
    lines = [f"文种：{brief.genre}"]
    lines += [f"{label}：{value}" for field, label in _FIELDS.items() if (value := getattr(brief, field))]
    lines += [f"讲{brief.sections}个部分"] if brief.sections else []
    lines += [f"要点：{'；'.join(brief.points)}"] if brief.points else []
    lines += [f"已知事实：{'；'.join(brief.facts)}"] if brief.facts else []
    return "\n".join([*lines, f"字数：约{_length(brief)}字"])


def _length(brief: SpeechBrief) -> int:
    return brief.length or FORMS[brief.genre].length


def _tokens(length: int) -> int:
    """Tokens that `length` characters may take, with a third to spare."""
    return round(length * 1.0) + 100


def _asked(model: ChatModel, template: str, length: int, seed: int = 0, **variables: str) -> str:
    """One answer of `length` characters, in as many tokens as the model's context leaves."""
    messages: Sequence[Message] = prompts.load(template).messages(**variables)
    room = model.profile.context - sum(len(message.content) + 8 for message in messages)
    return model.ask(messages, max_tokens=max(64, min(_tokens(length), room)), seed=seed).text.strip()


def _list(answer: str) -> list[str]:
    try:
        found: Any = json.loads(answer)
    except ValueError:
        return []
    points = found.get("points") if isinstance(found, dict) else None
    return [point for point in points if isinstance(point, str) and point.strip()] if isinstance(points, list) else []
