"""The desk of a conversation in this process: one drafter, one reviser, and a folder for what is exported."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from agent.approve import EditedOutline
from agent.chat import Begun
from agent.drafter import Drafter, Event
from agent.drafts import Draft, Revision
from agent.revise import Reviser
from speech.brief import SpeechBrief
from speech.errors import JianggaoError


@dataclass
class OwnDesk:
    """agent.chat.Desk with the work done here. `save` writes a draft as a file; its suffix says in which form."""

    drafter: Drafter
    folder: Path
    save: Callable[[Draft, Path], None]
    approve_outline: bool = False

    @property
    def _reviser(self) -> Reviser:
        own = self.drafter
        return Reviser(own.settings, own.drafts, own.model, own.search, own.stop)

    def draft(self, draft_id: str) -> Draft:
        return self.drafter.drafts.get(draft_id)

    def revisions(self, draft_id: str) -> Sequence[Revision]:
        return self.drafter.drafts.revisions(draft_id)

    def write(self, brief: SpeechBrief, request: str) -> Iterator[Event | Begun]:
        yield from self.go_on(self.drafter.begin(brief, request, self.approve_outline))

    def go_on(self, draft: Draft) -> Iterator[Event | Begun]:
        yield Begun(draft.id)
        yield from self.drafter.run(draft)

    def approve(self, draft: Draft, edited: EditedOutline | None) -> Iterator[Event]:
        return self.drafter.run(self.drafter.approve(draft, edited))

    def rewrite(self, draft: Draft, path: str, instruction: str) -> Draft:
        return self._reviser.rewrite(draft, path, instruction)

    def fill(self, draft: Draft, answers: Mapping[str, str]) -> Draft:
        return self._reviser.fill(draft, answers)

    def add_fact(self, draft: Draft, fact: str) -> Draft:
        return self._reviser.add_fact(draft, fact)

    def change(self, draft: Draft, *, speaker: str | None, audience: str | None, date: str | None, length: int | None) -> Draft:
        return self._reviser.change(draft, speaker=speaker, audience=audience, date=date, length=length)

    def take_back(self, draft: Draft) -> Draft:
        return self._reviser.take_back(draft)

    def export(self, draft: Draft, suffix: str) -> str:
        """The file's path."""
        name = "".join(letter for letter in draft.title if letter not in '\\/:*?"<>|')[:60] or draft.id
        self.folder.mkdir(parents=True, exist_ok=True)
        file = self.folder / f"{name}{suffix}"
        self.save(draft, file)
        return str(file)

    def complaint(self, error: JianggaoError) -> str:
        return str(error)
