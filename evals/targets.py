"""Targets: whoever writes the texts that are scored. Our own pipeline, its baselines, a recorded run, or texts in a folder."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from agent.drafter import Drafter, Finished
from agent.drafts import DraftParagraph, DraftStore, Usage
from agent.models import ChatModel
from agent.settings import Settings
from agent.understand import understand
from evals.case import Case
from evals.corpora import Corpus
from speech.brief import SpeechBrief
from speech.errors import BriefError, DraftError
from speech.placeholders import FillIn
from vectorstore.load import load

TEXTS = (".txt", ".md", ".docx", ".html", ".pdf")


@dataclass(frozen=True)
class Task:
    """What a target is handed. `settings.home` is a folder of this task's own, which a run that was stopped finds again."""

    case: Case
    corpus: Corpus
    model: ChatModel
    settings: Settings
    seed: int = 0

    @property
    def brief(self) -> SpeechBrief:
        """The brief that the target sees: what it understands of the request, where the case has one."""
        return understand(self.case.request) if self.case.request else self.case.brief


class Written(BaseModel):
    """A text, with the sources of its paragraphs, its fill-in sheet and what it cost, where the target gives them."""

    model_config = ConfigDict(frozen=True)

    text: str
    paragraphs: tuple[DraftParagraph, ...] = ()
    fill_in: tuple[FillIn, ...] | None = None
    usage: Usage | None = None


@dataclass(frozen=True)
class Target:
    """`asks_model`: the text is written by the model of the run, so it is worth keeping; else it is there already."""

    name: str
    write: Callable[[Task], Written]
    asks_model: bool = True


def pipeline(task: Task) -> Written:
    """A draft as `jianggao draft` writes it. One that was stopped in the middle is gone on with."""
    drafts = DraftStore(task.settings.database)
    drafter = Drafter(task.settings, task.model, task.corpus.search, drafts)
    begun = drafts.list()
    draft = drafts.get(begun[0].id) if begun else drafter.begin(task.brief, task.case.request)
    if not draft.text:
        last = [event for event in drafter.run(draft) if isinstance(event, Finished)][-1]
        draft = last.draft
    return Written(text=draft.text, paragraphs=draft.paragraphs, fill_in=draft.placeholders)


def texts_of(folder: Path) -> Target:
    """Finished texts, whoever wrote them: FOLDER/<case id>.txt (or .md .docx .html .pdf)."""
    if not folder.is_dir():
        raise BriefError(f"找不到文稿文件夹 {folder}", "请检查路径")

    def read(task: Task) -> Written:
        found = next((file for ending in TEXTS if (file := folder / f"{task.case.id}{ending}").is_file()), None)
        if found is None:
            raise DraftError(f"文件夹里没有 {task.case.id} 的文稿", f"请放入 {task.case.id}.txt")
        return Written(text=load(found).text)

    return Target(folder.name, read, asks_model=False)


def recorded(file: Path) -> list[Target]:
    """The targets of a run that was stored: its texts as they were, scored by the checks of today."""
    from evals.outcome import read_report

    report = read_report(file)

    def target(name: str) -> Target:
        texts = {(outcome.case, outcome.seed): outcome for outcome in report.of(name)}

        def read(task: Task) -> Written:
            found = texts.get((task.case.id, task.seed))
            if found is None or found.error:
                raise DraftError(f"{file.name} 里没有 {task.case.id} 的文稿", found.error or "" if found else "")
            return Written(text=found.text, paragraphs=found.paragraphs, usage=found.usage)

        return Target(name, read, asks_model=False)

    return [target(name) for name in report.targets]
