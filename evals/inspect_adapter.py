"""Our cases and checks for inspect_ai, whose requirements clash with chromadb's: they need an environment of their own, into which
`pip install inspect_ai rjieba` brings all that this room's cases and checks use (tried with inspect_ai 0.3.285).

    # task.py, run with this project on the PYTHONPATH as `inspect eval task.py --model openai/gpt-5.1`
    from inspect_ai import task
    from evals.inspect_adapter import inspect_task

    @task
    def jianggao():
        return inspect_task("traps")

inspect_ai's model is handed the single prompt of the baselines, or whatever `solver` makes of it; the scores are the families', each a metric.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import prompts
from evals.case import FOLDER, Case, Suite, chosen, load_cases
from evals.checks import FAMILIES, by_family, score
from evals.expected import CONTENT, expected
from evals.told import told
from speech.errors import ModelError

if TYPE_CHECKING:
    from inspect_ai import Task  # type: ignore[import-not-found]


def inspect_task(suite: str = "smoke", folder: Path = FOLDER, solver: Any = None) -> "Task":
    """An inspect_ai Task of the cases of `suite`, scored by our checks. Raises ModelError where inspect_ai is not installed."""
    try:
        from inspect_ai import Task
        from inspect_ai.dataset import Sample  # type: ignore[import-not-found]
        from inspect_ai.scorer import Score, mean, scorer, stderr  # type: ignore[import-not-found]
        from inspect_ai.solver import generate  # type: ignore[import-not-found]
    except ImportError as error:
        raise ModelError("没有安装 inspect_ai", "请在另一个环境里运行 pip install inspect_ai rjieba") from error
    cases = {case.id: case for case in chosen(load_cases([folder]), Suite(suite))}

    @scorer(metrics={"*": [mean(), stderr()]})  # type: ignore[untyped-decorator]
    def checks() -> Any:
        async def scored(state: Any, target: Any) -> Any:
            text = state.output.completion
            return Score(value=families(cases[str(state.sample_id)], text), answer=text)

        return scored

    samples = [Sample(id=case.id, input=asked(case), metadata={"genre": case.brief.genre.value}) for case in cases.values()]
    return Task(dataset=samples, solver=solver or generate(), scorer=checks(), name=f"jianggao-{suite}")


def asked(case: Case) -> str:
    """What a model is asked for a case: the baselines' single prompt."""
    return "\n\n".join(message.content for message in prompts.load("baseline-single").messages(task=told(case.brief)))


def families(case: Case, text: str) -> dict[str, float]:
    """The score of each family and of the content, 0–1; what cannot be computed is nan, which inspect_ai leaves out of a mean."""
    sources = tuple(source.text for source in case.sources)
    found = by_family(score(text, brief=case.brief, sources=sources, today=case.today)) | {CONTENT: expected(case, text).score}
    return {name: float("nan") if (value := found[name]) is None else value / 100 for name in (*FAMILIES, CONTENT)}
