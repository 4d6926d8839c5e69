"""run(): every case by every target, repeated, in parallel; what was written before is taken from the cache, scored anew."""

import hashlib
import json
import shutil
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

import prompts
from agent import embedded
from agent.drafts import Usage
from agent.models import ChatModel, connect
from agent.settings import Settings
from evals import version
from evals.case import Case, Suite
from evals.checks import score
from evals.corpora import Corpus
from evals.expected import CONTENT, expected
from evals.meter import Clock, Metered
from evals.outcome import Outcome, Report
from evals.scripted import ScriptedModel
from evals.targets import Target, Task, Written
from speech.document import characters
from speech.errors import JianggaoError
from speech.parse import parse

# Moves every seed of a repeat past those of the one before.
_STRIDE, _TURNS = 1_000, 37
Progress = Callable[[int, int, Outcome], None]


@dataclass(frozen=True)
class Models:
    """Where the model of a run comes from: `make(seed)` gives one for one text. `clock` times it; `parallel` texts at a time,
    `most` at the very most.
    """

    name: str
    make: Callable[[int], ChatModel]
    parallel: int = 1
    most: int = 64
    clock: Clock = time.monotonic


def scripted() -> Models:
    """A model whose words are known, on a clock that stands still: the same seed gives the same report byte for byte."""
    return Models("scripted", lambda seed: ScriptedModel(first=seed * _TURNS), parallel=2, clock=lambda: 0.0)


def of_settings(settings: Settings) -> Models:
    """The model that the settings name, connected to when the first text is wanted. The embedded one writes a text at a time."""
    local, lock = settings.chat_provider == "local", threading.Lock()

    @cache
    def connected() -> ChatModel:
        return connect(settings)

    def make(seed: int) -> ChatModel:
        with lock:
            return connected()

    name = (settings.gguf or Path(embedded.FILE)).stem if local else settings.model
    return Models(name, make, parallel=1, most=1) if local else Models(name, make, parallel=4)


@dataclass(frozen=True)
class Plan:
    """What to run: cases and targets, each case `repeats` times with the seeds from `seed` on."""

    suite: Suite
    cases: Sequence[Case]
    targets: Sequence[Target]
    seed: int = 0
    repeats: int = 1

    def cells(self) -> Iterator[tuple[Case, Target, int]]:
        for case in self.cases:
            for target in self.targets:
                for seed in range(self.seed, self.seed + self.repeats):
                    yield case, target, seed


class _Kept(BaseModel):
    """A text in the cache, with what it cost."""

    model_config = ConfigDict(frozen=True)

    written: Written
    usage: Usage


def run(
    plan: Plan,
    models: Models,
    corpora: Mapping[str, Corpus],
    settings: Settings,
    folder: Path,
    progress: Progress = lambda done, total, outcome: None,
    parallel: int | None = None,
) -> Report:
    """The report of `plan`. A text is kept in `folder` under the hash of what it was made from, so a run that was stopped goes
    on where it stood and costs nothing again. A target that fails is an outcome with an error, never a gap.
    """
    cells = list(plan.cells())
    pool = ThreadPoolExecutor(min(parallel or models.parallel, models.most))
    outcomes: dict[tuple[str, str, int], Outcome] = {}
    try:
        waiting = {
            pool.submit(_outcome, case, target, seed, models, corpora[case.id], settings, folder): (case.id, target.name, seed)
            for case, target, seed in cells
        }
        for done, future in enumerate(as_completed(waiting), 1):
            outcomes[waiting[future]] = future.result()
            progress(done, len(cells), outcomes[waiting[future]])
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
    return Report(
        suite=plan.suite,
        targets=tuple(target.name for target in plan.targets),
        model=models.name if any(target.asks_model for target in plan.targets) else "",
        embedding=next((corpus.embedding for corpus in corpora.values()), ""),
        version=version.writing(),
        prompts=prompt_hashes(),
        seed=plan.seed,
        repeats=plan.repeats,
        outcomes=tuple(outcomes[case.id, target.name, seed] for case, target, seed in cells),
    )


def _outcome(case: Case, target: Target, seed: int, models: Models, corpus: Corpus, settings: Settings, folder: Path) -> Outcome:
    empty = Outcome(case=case.id, target=target.name, seed=seed, genre=case.brief.genre, length=case.brief.length, tags=case.tags)
    try:
        kept = _kept(case, target, seed, models, corpus, settings, folder)
    except JianggaoError as error:
        return empty.model_copy(update={"error": str(error)})
    except Exception as error:  # a crash of a target is a failure of that target, and told
        return empty.model_copy(update={"error": f"程序内部出错（{type(error).__name__}：{error}）"})
    return scored(empty.model_copy(update={"usage": kept.usage}), case, corpus, kept.written)


def scored(outcome: Outcome, case: Case, corpus: Corpus, written: Written) -> Outcome:
    """`outcome` with every check of today on its text."""
    text = written.text
    checks = score(
        text, brief=case.brief, sources=corpus.texts, style=corpus.style, fill_in=written.fill_in, today=case.today
    ) | {CONTENT: expected(case, text)}
    made = {"text": text, "title": parse(text).title or case.id, "checks": checks, "paragraphs": written.paragraphs}
    return outcome.model_copy(update=made)


def _kept(case: Case, target: Target, seed: int, models: Models, corpus: Corpus, settings: Settings, folder: Path) -> _Kept:
    """What `target` writes, from the cache where it was written before."""
    key = _key(case, target, seed, models, corpus)
    file, work = folder / "texts" / f"{key}.json", folder / "work" / key
    if target.asks_model and (found := _read(file)):
        return found
    meter = Metered(models.make(seed), seed * _STRIDE, models.clock) if target.asks_model else None
    own = settings.model_copy(update={"home": work, "database_url": None, "today": case.today})
    written = target.write(Task(case, corpus, meter or ScriptedModel(), own, seed))
    if not characters(written.text):
        raise JianggaoError("没有写出一个字")
    made = _Kept(written=written, usage=meter.usage if meter else written.usage or Usage())
    if target.asks_model:
        file.parent.mkdir(parents=True, exist_ok=True)
        partial = file.with_suffix(f".{threading.get_ident()}")
        partial.write_text(made.model_dump_json(), encoding="utf-8")
        partial.replace(file)
        shutil.rmtree(work, ignore_errors=True)
    return made


def _read(file: Path) -> _Kept | None:
    try:
        return _Kept.model_validate_json(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, ValidationError):
        return None  # not there, or half written by a run that was killed


def _key(case: Case, target: Target, seed: int, models: Models, corpus: Corpus) -> str:
    """What a text was made from: another case, target, model, seed, corpus, prompt or writing code makes another text."""
    asked = case.model_dump(mode="json", include={"id", "brief", "request", "today"})
    made_of = [asked, target.name, models.name, seed, corpus.hash, prompt_hashes(), version.writing()]
    return hashlib.sha256(json.dumps(made_of, ensure_ascii=False, sort_keys=True).encode()).hexdigest()[:24]


def prompt_hashes() -> dict[str, str]:
    """The hash of every template that writes; those of the judge stand with its verdicts."""
    return {name: prompts.load(name).hash for name in prompts.names() if not name.startswith("judge-")}
