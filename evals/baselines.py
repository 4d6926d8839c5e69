"""What our pipeline is held against, with the same model and the same cases: simpler ways to write, and itself with a step left out."""

import json
from collections.abc import Sequence
from typing import Any

import prompts
from agent.models import ChatModel
from agent.outline import title_of
from evals.ablations import no_planning, no_repair, no_retrieval
from evals.targets import Target, Task, Written, pipeline
from evals.told import length_of, told
from prompts import Message

HITS = 8  # passages that are stuffed into a prompt
PARAGRAPH = 200  # characters of one paragraph of a plan


def single(task: Task) -> Written:
    """One prompt, one answer: what anyone does first."""
    return Written(text=_asked(task.model, "baseline-single", length_of(task.brief), 0, task=told(task.brief)))


def stuffed(task: Task) -> Written:
    """Plain retrieval: the passages nearest to the topic and the points stand in one prompt."""
    brief, length = task.brief, length_of(task.brief)
    hits = task.corpus.search.search("，".join((brief.topic, *brief.points)), k=HITS)
    room = task.model.profile.context - _tokens(length) - 600
    material = ""
    for n, hit in enumerate(hits, 1):
        passage = f"{n}.{hit.passage.heading}。{hit.passage.text}\n"
        if len(material + passage) <= room:
            material += passage
    return Written(text=_asked(task.model, "baseline-stuffed", length, 0, task=told(brief), material=material))


def agentwrite(task: Task) -> Written:
    """AgentWrite's way (LongWriter, Bai et al. 2024): plan the paragraphs, then write each with the plan and all text so far resent."""
    brief, length = task.brief, length_of(task.brief)
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
        text += _asked(task.model, "baseline-paragraph", share, n, **asked) + "\n"
    return Written(text=text)


def _tokens(length: int) -> int:
    """Tokens that `length` characters may take, with a third to spare."""
    return round(length * 1.0) + 100


def _asked(model: ChatModel, template: str, length: int, seed: int, /, **variables: str) -> str:
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
