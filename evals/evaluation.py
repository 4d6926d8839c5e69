"""evaluate(): what `jianggao eval` does, from the names of a suite and its targets to a report."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from agent.models import connect
from agent.settings import Settings
from evals.baselines import WRITERS
from evals.case import FOLDER, Case, Suite, chosen, load_cases
from evals.corpora import corpora
from evals.judge import Judge
from evals.judging import judged
from evals.outcome import Outcome, Report
from evals.remembered import Remembered
from evals.run import Models, Plan, of_settings, run, scripted
from evals.scripted import PairEmbedder
from evals.targets import Target, recorded, texts_of
from speech.errors import BriefError
from vectorstore.embed import Embedder, embedder_for

Told = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Asked:
    """What is asked for. `model` is `scripted` or `settings`; by default the smoke suite is scripted, the others are not.

    `targets`: names of WRITERS, `all`, `texts=FOLDER` or `recorded=FILE`; the first is the one that has to pass the gates.
    """

    suite: Suite = Suite.SMOKE
    targets: Sequence[str] = ("pipeline",)
    model: str | None = None
    cases: Sequence[str] = ()
    files: Sequence[Path] = (FOLDER,)
    seed: int = 0
    repeats: int = 1
    parallel: int | None = None
    judge: bool = False
    judge_model: str | None = None


def evaluate(asked: Asked, settings: Settings, told: Told = lambda what, done, total: None) -> Report:
    """The report of what is asked for. Texts are kept in the home's `evals` folder, so that a stopped run goes on.

    Raises BriefError for a name that there is not, ModelError and StoreError where the parts are lacking.
    """
    cases = chosen(load_cases(asked.files), asked.suite, asked.cases)
    targets = targets_named(asked.targets)
    by_script = (asked.model or ("scripted" if asked.suite == Suite.SMOKE else "settings")) == "scripted"
    models: Models = scripted() if by_script else of_settings(settings)
    folder = settings.home / "evals"
    plan = Plan(asked.suite, cases, targets, asked.seed, asked.repeats)

    def heard(done: int, total: int, outcome: Outcome) -> None:
        told(f"{outcome.target} {outcome.case}", done, total)

    told("准备语料", 0, len(list(plan.cells())))
    with corpora(cases, PairEmbedder() if by_script else _embedder(settings), folder / "corpora") as ready:
        report = run(plan, models, ready, settings, folder, heard, asked.parallel)
    if not asked.judge:
        return report
    judging = settings.model_copy(update={"model": asked.judge_model}) if asked.judge_model else settings
    known: dict[str, Case] = {case.id: case for case in cases}
    return judged(
        report, known, Judge(Remembered(connect(judging), folder / "verdicts")), lambda done, total: told("评审", done, total)
    )


def targets_named(names: Sequence[str]) -> list[Target]:
    """The targets of that name, each once, in that order. Raises BriefError where there is none."""
    found: dict[str, Target] = {}
    for name in names:
        kind, _, where = name.partition("=")
        if name == "all":
            found |= WRITERS
        elif name in WRITERS:
            found[name] = WRITERS[name]
        elif kind == "texts" and where:
            target = texts_of(Path(where))
            found[target.name] = target
        elif kind == "recorded" and where:
            found |= {target.name: target for target in recorded(Path(where))}
        else:
            raise BriefError(f"没有叫“{name}”的评测对象", f"可用：{'、'.join(WRITERS)}、all、texts=文件夹、recorded=文件")
    return list(found.values())


def _embedder(settings: Settings) -> Embedder:
    key = settings.openai_api_key.get_secret_value() if settings.openai_api_key else None
    return embedder_for(settings.embeddings, model=settings.embedding_model, api_key=key, base_url=settings.openai_base_url)
