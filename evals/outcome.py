"""What a run comes to: an Outcome a text, a Report of them all. The report is the JSON that is stored and compared with."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from statistics import fmean

from pydantic import BaseModel, ConfigDict, ValidationError

from agent.drafts import DraftParagraph, Usage
from evals.checks import CHECKS, FAMILIES, CheckScore, by_family
from evals.expected import CONTENT
from evals.judge import Judged, Verdict
from speech.brief import Genre
from speech.errors import FileRefused

MEASURES = (*FAMILIES, CONTENT)  # what a reader looks for first; each check is a measure too
# Scores never come alone: how much was written for them.
_UNKNOWN = {name: CheckScore(name, None) for name in CHECKS}
SPENT = ("calls", "retries", "prompt_tokens", "cached_tokens", "completion_tokens", "seconds")


class Outcome(BaseModel):
    """One text of one target for one case, scored. `error`: why there is no text; then there are no scores either."""

    model_config = ConfigDict(frozen=True)

    case: str
    target: str
    seed: int
    genre: Genre
    length: int | None
    tags: tuple[str, ...] = ()
    title: str = ""
    text: str = ""
    error: str | None = None
    checks: dict[str, CheckScore] = {}
    paragraphs: tuple[DraftParagraph, ...] = ()
    usage: Usage = Usage()
    verdict: Verdict | None = None

    def measure(self, name: str) -> float | None:
        """The score of a family or a check, 0–100; None where it could not be computed."""
        if name in FAMILIES:
            # a report of an earlier day may lack a check of today
            return by_family(_UNKNOWN | self.checks)[name]
        return self.checks[name].score if name in self.checks else None


class Report(BaseModel):
    """A run. Whoever reads it can tell what made it: model, prompts, code, seed. Nothing in it tells when or where it was made."""

    model_config = ConfigDict(frozen=True)

    suite: str
    targets: tuple[str, ...]
    model: str
    embedding: str
    version: str
    prompts: dict[str, str]
    seed: int
    repeats: int
    outcomes: tuple[Outcome, ...]
    judged: Judged | None = None

    def of(self, target: str) -> list[Outcome]:
        return [outcome for outcome in self.outcomes if outcome.target == target]

    def failed(self) -> list[Outcome]:
        return [outcome for outcome in self.outcomes if outcome.error]

    def checks(self) -> list[str]:
        """Every check that any outcome has, in the order of the checks."""
        return list(dict.fromkeys(name for outcome in self.outcomes for name in outcome.checks))


def mean(outcomes: Iterable[Outcome], measure: str) -> float | None:
    """The mean of the scores there are; None where there is none."""
    known = [score for outcome in outcomes if (score := outcome.measure(measure)) is not None]
    return fmean(known) if known else None


def spent(outcomes: Iterable[Outcome]) -> dict[str, float]:
    """Calls, retries, tokens and seconds a text, of the texts that were written."""
    written = [outcome.usage for outcome in outcomes if not outcome.error]
    return {name: fmean(getattr(usage, name) for usage in written) if written else 0.0 for name in SPENT}


def to_json(report: Report) -> str:
    return json.dumps(report.model_dump(mode="json"), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def read_report(file: Path) -> Report:
    """A report as it was stored. Raises FileRefused where it is none."""
    try:
        return Report.model_validate_json(file.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise FileRefused(f"找不到评测结果 {file}", "请检查路径") from error
    except (OSError, UnicodeDecodeError, ValidationError) as error:
        raise FileRefused(f"{file.name} 不是评测结果", "应是 jianggao eval --json 存下的文件") from error


def genres(outcomes: Iterable[Outcome]) -> Iterator[Genre]:
    """The genres of `outcomes`, each once, in the order of the list of genres."""
    present = {outcome.genre for outcome in outcomes}
    return (genre for genre in Genre if genre in present)
