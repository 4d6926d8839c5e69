"""A model that does not live to the end. Run as a program, it drafts and is killed: HOME, how many parts to write.

With `approve` for the number it is killed when the outline waits.
"""

import os
import re
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from agent.drafter import Drafter, PartWritten, Waiting
from agent.drafts import DraftStore
from agent.settings import Settings
from prompts import Message
from speech.brief import SpeechBrief
from tests.scripted import ScriptedModel, sentences_of
from tests.vectorstore.speeches import PairEmbedder
from vectorstore.ingest import ingest, samples
from vectorstore.search import PassageSearch
from vectorstore.store import PassageStore

BRIEF = SpeechBrief(
    topic="城市基层治理",
    occasion="全市城市基层治理推进会",
    length=600,
    points=("网格化管理", "红色物业"),
    facts=("全市已划分网格1632个",),
)


def part_of(messages: Sequence[Message]) -> str:
    """The heading, or the end, that a prompt for a piece of text is about."""
    asked = next(message.content for message in reversed(messages) if message.role == "user")
    found = re.search(r"小标题：(.+?)。(?:要点|写|$)|位置：(..)", asked)
    assert found, asked
    return found[1] or found[2]


@dataclass
class Until:
    """Speaks for the first `parts` parts, then does `end` at the first word of the next."""

    parts: int
    end: Callable[[], object]
    begun: list[str] = field(default_factory=list)

    def __call__(self, messages: Sequence[Message], turn: int) -> str:
        part = part_of(messages)
        if part not in self.begun:
            if len(self.begun) == self.parts:
                self.end()
            self.begun.append(part)
        return sentences_of(messages, turn)


def main(home: Path, parts: int | None) -> None:
    """Draft until `parts` parts are written, saying which, or until the outline waits, and die as by `kill -9`."""
    os.environ["JIANGGAO_HOME"] = str(home)
    embedder = PairEmbedder()
    with PassageStore(home / "store", embedder.name, embedder.dimensions) as store:
        ingest([path for path in samples().iterdir() if path.name[:2] in ("01", "04")], store, embedder)
        settings = Settings()
        model = ScriptedModel(speak=Until(parts or 0, die))
        drafter = Drafter(settings, model, PassageSearch(store, embedder), DraftStore(settings.database))
        draft = drafter.begin(BRIEF, approve_outline=parts is None)
        print(draft.id, flush=True)
        for event in drafter.run(draft):
            if isinstance(event, PartWritten):
                print(event.text, flush=True)
            if isinstance(event, Waiting):
                die()


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main(Path(sys.argv[1]), None if sys.argv[2] == "approve" else int(sys.argv[2]))
