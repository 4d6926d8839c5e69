"""What a server has acknowledged to its clients: all of it has to be there whatever happens to the process."""

import threading
from dataclasses import dataclass, field
from typing import Any

ENDS = ("finished", "failed", "cancelled")


@dataclass(frozen=True)
class Event:
    """An event of a draft as a client received it."""

    number: int
    name: str
    data: dict[str, Any]


@dataclass
class DraftSeen:
    """One draft as its client saw it. `texts`: what each revision said when it was acknowledged, by number.

    `id`: "" until the draft was acknowledged; `promised`: the revision that an accepted rewriting leads to; `amiss`: what went wrong on the way.
    """

    topic: str
    key: str
    approve: bool = False
    id: str = ""
    events: list[Event] = field(default_factory=list)
    texts: dict[int, str] = field(default_factory=dict)
    promised: int = 0
    amiss: list[str] = field(default_factory=list)

    @property
    def last(self) -> int:
        """The number of the last event received, 0 before the first."""
        return self.events[-1].number if self.events else 0

    @property
    def stands(self) -> str:
        """The name of the last event received."""
        return self.events[-1].name if self.events else ""

    def receive(self, event: Event) -> None:
        if event.number != self.last + 1:
            self.amiss.append(f"event {event.number} came after {self.last}")
        self.events.append(event)

    def sections(self) -> list[Event]:
        return [one for one in self.events if one.name == "section-written"]


@dataclass
class Seen:
    """Everything that was acknowledged. `uploads`: passages by the document's name, `removed`: names of documents taken out again."""

    drafts: list[DraftSeen] = field(default_factory=list)
    uploads: dict[str, int] = field(default_factory=dict)
    removed: set[str] = field(default_factory=set)
    amiss: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
