"""The judge: votes, order, and verdicts that cannot be read."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from evals.case import Case
from evals.judge import CRITERIA, VOTES, Judge
from evals.judging import judged
from evals.remembered import Remembered
from evals.scripted import ScriptedModel
from prompts import Message
from tests.evals.test_compare import outcome, report

CASE = Case.model_validate({"id": "a", "brief": {"topic": "城市基层治理"}, "criteria": ["讲清三件事", "语气得体"]})
MADE = ["结构完整、层次分明", "措施具体、可以操作", "语言凝练、适合口讲"]


def judge(answer: Any) -> Judge:
    """A judge whose grades and choices are given by `answer(fields, prompt, turn)`; criteria are worded as MADE."""

    def say(fields: Mapping[str, Any], messages: Sequence[Message], turn: int) -> Any:
        return {"criteria": MADE} if "criteria" in fields else answer(list(fields), messages[-1].content, turn)

    return Judge(ScriptedModel(answer=say))


def test_the_score_is_the_mean_of_the_medians_of_the_votes() -> None:
    votes = iter(([8, 8, 8, 8, 8], [1, 9, 8, 8, 8], [9, 9, 8, 8, 2]))
    verdict = judge(lambda keys, prompt, turn: dict(zip(keys, next(votes), strict=True))).grade(CASE, "稿子")
    assert list(verdict.criteria) == [*CASE.criteria, *MADE] and list(verdict.criteria.values()) == [8, 9, 8, 8, 8]
    assert (verdict.score, verdict.votes, verdict.ungraded) == (82.0, VOTES, 0)


@pytest.mark.parametrize(
    "unread", ["不好说", {"标准1": 8}, {}, [], {f"标准{n}": 11 for n in range(1, 6)}, {f"标准{n}": True for n in range(1, 6)}]
)
def test_a_vote_that_cannot_be_read_is_ungraded_and_never_a_zero(unread: Any) -> None:
    verdict = judge(lambda keys, prompt, turn: unread if turn == 1 else dict.fromkeys(keys, 7)).grade(CASE, "稿子")
    assert (verdict.score, verdict.ungraded) == (70.0, 1)
    none = judge(lambda keys, prompt, turn: unread).grade(CASE, "稿子")
    assert (none.score, none.ungraded) == (None, VOTES)


def test_criteria_are_made_once_and_told_to_every_vote() -> None:
    asked: list[str] = []

    def grade(keys: list[str], prompt: str, turn: int) -> dict[str, int]:
        asked.append(prompt)
        return dict.fromkeys(keys, 6)

    one = judge(grade)
    assert len(one.criteria(CASE)) == CRITERIA
    one.grade(CASE, "甲")
    one.grade(CASE, "乙")
    model = one.model
    assert isinstance(model, ScriptedModel) and len(model.asked) == 1 + 2 * VOTES
    assert all(MADE[0] in prompt and CASE.criteria[0] in prompt for prompt in asked)


def test_who_wins_by_its_place_has_not_won() -> None:
    assert judge(lambda keys, prompt, turn: {"更好": "甲"}).compare(CASE, "好稿", "坏稿") == ("tie", 0)
    by_text = judge(lambda keys, prompt, turn: {"更好": "甲" if prompt.index("好稿") < prompt.index("坏稿") else "乙"})
    assert by_text.compare(CASE, "好稿", "坏稿") == ("first", 0)
    assert by_text.compare(CASE, "坏稿", "好稿") == ("second", 0)
    assert judge(lambda keys, prompt, turn: {"更好": "平"}).compare(CASE, "好稿", "坏稿") == ("tie", 0)
    assert judge(lambda keys, prompt, turn: {"更好": "丙"}).compare(CASE, "好稿", "坏稿") == (None, 2)


def test_a_long_text_is_shown_as_far_as_the_judge_can_read() -> None:
    seen: list[str] = []

    def grade(keys: list[str], prompt: str, turn: int) -> dict[str, int]:
        seen.append(prompt)
        return dict.fromkeys(keys, 6)

    one = judge(grade)
    one.grade(CASE, "开" + "中" * 9000 + "末")
    assert len(seen[0]) < one.model.profile.context and "开中" in seen[0] and "中末" in seen[0] and "中间略去" in seen[0]


def test_a_judged_report_has_verdicts_pairs_and_who_judged() -> None:
    made = report(outcome("a", 100), outcome("a", 90, target="single"), outcome("a", None, target="stuffed", error="断线了"))
    one = judge(lambda keys, prompt, turn: {"更好": "乙"} if keys == ["更好"] else dict.fromkeys(keys, 5))
    told: list[tuple[int, int]] = []
    found = judged(made, {"a": CASE}, one, lambda done, total: told.append((done, total)))
    assert [one.verdict.score if one.verdict else None for one in found.outcomes] == [50.0, 50.0, None]
    assert (
        found.judged
        and found.judged.model == "scripted"
        and set(found.judged.prompts) == {"judge-criteria", "judge-score", "judge-pair"}
    )
    assert [(pair.second, pair.winner) for pair in found.judged.pairs] == [("single", "tie")]
    assert told[-1] == (3, 3) and [one.checks for one in found.outcomes] == [one.checks for one in made.outcomes]


def test_the_same_question_is_asked_once(tmp_path: Path) -> None:
    one = judge(lambda keys, prompt, turn: dict.fromkeys(keys, 6))
    for _ in range(2):
        kept = Judge(Remembered(one.model, tmp_path))
        assert kept.grade(CASE, "甲").score == 60.0
    assert isinstance(one.model, ScriptedModel) and len(one.model.asked) == 1 + VOTES
    next(iter(tmp_path.iterdir())).write_text("half", encoding="utf-8")
    Judge(Remembered(one.model, tmp_path)).grade(CASE, "甲")
    assert len(one.model.asked) == 2 + VOTES
