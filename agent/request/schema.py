"""A request read a second time, by a model that is good at schemas: what the rules missed is added, if it stands in the request."""

import json
from collections.abc import Iterator
from typing import Any

import prompts
from agent.models import ChatModel
from agent.request.text import folded
from speech.brief import SpeechBrief, brief_from
from speech.errors import BriefError

_LINES = ("occasion", "topic", "speaker", "audience", "place")
_LISTS = ("points", "facts", "taboos")
_LONGEST = {"points": 24, "facts": 200, "taboos": 40}  # characters; what is longer is no such thing, but a piece of the request
_TOKENS = 800


def completed(brief: SpeechBrief, request: str, model: ChatModel) -> SpeechBrief:
    """`brief` with what `model` reads in `request` beside it, where its profile says that it reads well; else `brief` itself.

    What the rules read stays. A value that is not in the request word for word is dropped, and so is all that would not make a
    brief. Raises ModelError where the model cannot be asked.
    """
    lacking = [name for name in (*_LINES, *_LISTS) if not getattr(brief, name)]
    if not model.profile.reads_requests or not lacking:
        return brief
    line, lines = {"type": "string"}, {"type": "array", "items": {"type": "string"}}
    fields = {name: line if name in _LINES else lines for name in lacking}
    schema = {"type": "object", "properties": fields, "required": lacking, "additionalProperties": False}
    answer = model.ask(prompts.load("request").messages(request=request), max_tokens=_TOKENS, schema=schema, seed=0)
    made = brief
    for name, value in _standing(answer.text, lacking, folded(request)):
        try:
            made = brief_from(made.model_dump(exclude_unset=True) | {name: value})
        except BriefError:
            continue  # told and forbidden at once, or too long: the rules' reading stands
    return made


def _standing(answer: str, lacking: list[str], request: str) -> Iterator[tuple[str, Any]]:
    """The values of `answer` that stand in the request, by field."""
    try:
        read = json.loads(answer)
    except ValueError:
        return
    for name in lacking if isinstance(read, dict) else ():
        value = read.get(name)
        if name in _LINES and isinstance(value, str) and _stands(value, request):
            yield name, folded(value).strip()
        elif name in _LISTS and isinstance(value, list):
            kept = [folded(one).strip() for one in value if isinstance(one, str) and _stands(one, request)]
            if kept := [one for one in dict.fromkeys(kept) if 2 <= len(one) <= _LONGEST[name]]:
                yield name, kept


def _stands(value: str, request: str) -> bool:
    return len(value.strip()) >= 2 and folded(value).strip() in request
