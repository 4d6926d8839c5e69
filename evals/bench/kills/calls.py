"""The model's side: every request that reached it, by draft and by step, so that a step that is run again is seen."""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_ADJUSTING = 100  # seeds from here on are those of the step that brings the whole to its length (agent/write.py)


@dataclass(frozen=True)
class Call:
    """One request. `body`: all of it, which no other call of the same run has; `step`: what it belongs to."""

    draft: str
    step: str
    body: str


def call_of(body: Mapping[str, Any], topics: Iterable[str]) -> Call:
    """Raises ValueError for a prompt that no draft's topic stands in."""
    last = str([turn for turn in body["messages"] if turn["role"] == "user"][-1]["content"])
    said = re.search(r"题目：([^。]+)。", last)
    draft = next((topic for topic in topics if said and topic == said[1]), None)
    if draft is None:
        raise ValueError(f"a prompt of no draft: {last[:200]}")
    return Call(draft, _step(body, last), json.dumps(body, ensure_ascii=False, sort_keys=True))


def _step(body: Mapping[str, Any], last: str) -> str:
    """A step of the recipe is the outline, one part, or the adjusting of the length; a rewriting is one step."""
    if "response_format" in body:
        return "outline"
    if "要求：" in last and "原文：" in last:
        return "rewriting"
    if int(body.get("seed") or 0) >= _ADJUSTING:
        return "length"
    place = re.search(r"(?:小标题|位置)：([^。]+)。", last)
    return place[1] if place else last[:40]


def run_again(lives: Sequence[Sequence[Call]]) -> list[dict[str, set[str]]]:
    """For each life of the server but the first: draft → the steps of which calls were made before, and made again."""
    known: set[tuple[str, str]] = set()
    found = []
    for life in lives:
        again: dict[str, set[str]] = defaultdict(set)
        for call in life:
            if (call.draft, call.body) in known:
                again[call.draft].add(call.step)
        known |= {(call.draft, call.body) for call in life}
        found.append(dict(again))
    return found[1:]
