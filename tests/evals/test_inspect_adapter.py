"""Our cases and checks as inspect_ai sees them; inspect_ai itself is not among our dependencies."""

import importlib.util
import math

import pytest

from evals.case import Suite, chosen, load_cases
from evals.inspect_adapter import asked, families, inspect_task
from speech.errors import ModelError

CASE = chosen(load_cases(), Suite.SMOKE, ["trap-other-city"])[0]


@pytest.mark.skipif(importlib.util.find_spec("inspect_ai") is not None, reason="inspect_ai is installed")
def test_without_inspect_ai_one_line_says_what_to_do() -> None:
    with pytest.raises(ModelError, match="pip install inspect_ai"):
        inspect_task()


def test_scores_run_from_nought_to_one_and_what_cannot_be_computed_is_nan() -> None:
    found = families(CASE, "在会上的发言\n\n各位领导，同志们：\n\n云汀市投入300万元改造老旧小区。")
    assert math.isnan(found["style"]) and found["grounding"] < 0.5 and 0 < found["content"] < 1
    assert all(math.isnan(value) or 0 <= value <= 1 for value in found.values())
    assert CASE.brief.occasion and CASE.brief.occasion in asked(CASE)
