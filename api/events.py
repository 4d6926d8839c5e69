"""The events of a draft as a client sees them: a name, a JSON object, a number.

A section that is begun again (its writing was cut off by a restart) starts from nothing: what came of it before is void.
"""

import json
from typing import Any

from agent.drafter import Event, Finished, PartBegun, PartWritten, Planned, Spent, Step, TextKept
from agent.drafts import Draft, Usage
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
    STATE: "in_progress: a worker took the draft up",
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
        """`told`: name and data of the events before."""
        self._path = ""
        self._outline: Any = None
        self._written: dict[str, str] = {}
        self._spent = Usage()
        for name, data in told:
            match name:
                case "outline":
                    self._outline = json.loads(data)
                    self._written = {}
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
                data = outline.model_dump(mode="json", exclude={"sections": {"__all__": {"parts": {"__all__": {"statements"}}}}})
                if data == self._outline:
                    return None
                self._outline, self._written = data, {}
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
            case Finished(draft):
                return FINISHED, finished(draft)
        return None


def finished(draft: Draft) -> dict[str, Any]:
    """What the last event says of a completed draft; the draft itself is asked for."""
    return {
        "id": draft.id,
        "status": draft.status.value,
        "title": draft.outline.title if draft.outline else None,
        "characters": characters(draft.text),
        "placeholders": len(draft.placeholders),
        "overall": draft.review.scores.overall if draft.review else None,
        "usage": draft.usage.model_dump(mode="json"),
    }
