"""The events of a draft as a client sees them: a name, a JSON object, a number.

A section that is begun again (its writing was cut off by a restart) starts from nothing: what came of it before is void.
"""

import json
from typing import Any

from agent.drafter import Event, Finished, PartBegun, PartWritten, Planned, Spent, Step, TextKept, Waiting
from agent.drafts import Draft, Usage
from agent.outline import Outline
from speech.document import characters

STATE, STEP, OUTLINE, BEGUN, TEXT, WRITTEN, USAGE = (
    "state",
    "step",
    "outline",
    "section-begun",
    "text",
    "section-written",
    "usage",
)
WAITING, FINISHED, FAILED, CANCELLED = "waiting", "finished", "failed", "cancelled"
NAMES = {
    STATE: "in_progress: a worker took the draft up, and for what",
    STEP: "a step began; its name is for people",
    OUTLINE: "the outline, whole",
    BEGUN: "a section is being written; what came of the same path before is void",
    TEXT: "a piece of the section that was begun last; it passed the checks and stays",
    WRITTEN: "the section, whole and saved",
    USAGE: "calls and tokens so far",
    WAITING: "the outline waits for approval",
    FINISHED: "the draft is completed; GET it",
    FAILED: "the run failed, and why; what was written is kept",
    CANCELLED: "the run was stopped; what was written is kept",
}


class Telling:
    """Turns the recipe's events into ours, leaving out those that an earlier run of the same draft has told already."""

    def __init__(self, told: list[tuple[str, str]]) -> None:
        """`told`: name and data of the events before. An outline that was told once is known, also after an edited one."""
        self._path = ""
        self._outlines: list[Any] = []
        self._written: dict[str, str] = {}
        self._spent = Usage()
        for name, data in told:
            match name:
                case "outline":
                    self._outlines.append(json.loads(data))
                case "section-written":
                    known = json.loads(data)
                    self._written[known["path"]] = known["text"]
                case "usage":
                    self._spent = Usage.model_validate_json(data)

    def told(self, event: Event) -> tuple[str, dict[str, Any]] | None:
        """Name and data of `event`; None for one that was told before."""
        match event:
            case Step(name):
                return STEP, {"name": name}
            case Planned(outline):
                data = planned(outline)
                if data in self._outlines:
                    return None
                self._outlines.append(data)
                return OUTLINE, data
            case PartBegun(part, number, count):
                self._path = part.path
                if part.path in self._written:
                    return None
                return BEGUN, {
                    "path": part.path,
                    "heading": part.heading,
                    "length": part.length,
                    "number": number,
                    "count": count,
                }
            case TextKept(text):
                return (TEXT, {"path": self._path, "text": text}) if text else None
            case PartWritten(part, text):
                if self._written.get(part.path) == text:
                    return None
                self._written[part.path] = text
                return WRITTEN, {"path": part.path, "heading": part.heading, "text": text}
            case Spent(usage):
                return USAGE, (self._spent + usage).model_dump(mode="json")
            case Waiting(draft):
                return WAITING, waiting(draft)
            case Finished(draft):
                return FINISHED, finished(draft)
        return None


def planned(outline: Outline) -> dict[str, Any]:
    """An outline without the sentences of the sources that it was made from."""
    data = outline.model_dump(mode="json")
    for part in (data["opening"], data["closing"], *(part for section in data["sections"] for part in section["parts"])):
        del part["statements"]
    return data


def waiting(draft: Draft) -> dict[str, Any]:
    """What is said when the outline waits: where it is approved."""
    return {"id": draft.id, "status": draft.status.value, "approve": f"/v1/drafts/{draft.id}/outline"}


def finished(draft: Draft) -> dict[str, Any]:
    """What the last event says of a completed draft; the draft itself is asked for."""
    return {
        "id": draft.id,
        "status": draft.status.value,
        "revision": draft.revision,
        "title": draft.outline.title if draft.outline else None,
        "characters": characters(draft.text),
        "placeholders": len(draft.placeholders),
        "overall": draft.review.scores.overall if draft.review else None,
        "usage": draft.usage.model_dump(mode="json"),
    }
