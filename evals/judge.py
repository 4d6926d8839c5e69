"""A model as judge, apart from the checks: criteria made for the case, several votes, pairs in both orders.

A verdict that cannot be read is ungraded: it is counted, and never a zero. What the judge says depends on the judge; its name
and the hashes of its prompts stand beside it.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from statistics import median
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

import prompts
from agent.models import ChatModel
from evals.case import Case
from evals.told import told
from prompts import Message

CRITERIA = 5  # WritingBench: five criteria made for the request agree best with people
VOTES = 3
TEMPLATES = ("judge-criteria", "judge-score", "judge-pair")
# Long texts are shown whole as long as the judge's context holds them; criteria and answer take this many tokens.
_BESIDE = 900
Better = Literal["first", "second", "tie"]
_WINNERS: dict[str, Better] = {"甲": "first", "乙": "second", "平": "tie"}


class Verdict(BaseModel):
    """`score` 0–100: the mean over the criteria of the median of the votes; None where no vote could be read.

    `criteria`: each with its median, 1–10. `ungraded` of `votes` votes could not be read.
    """

    model_config = ConfigDict(frozen=True)

    score: float | None
    criteria: dict[str, float] = {}
    votes: int
    ungraded: int


class PairVerdict(BaseModel):
    """Which of two targets wrote the better text for a case; `winner` None where it could not be told.

    It wins who wins in both orders; who wins in one alone has won by its place, and that is a tie.
    """

    model_config = ConfigDict(frozen=True)

    case: str
    seed: int
    first: str
    second: str
    winner: Literal["first", "second", "tie"] | None
    ungraded: int


class Judged(BaseModel):
    """Who judged, with which words, and how the pairs came out."""

    model_config = ConfigDict(frozen=True)

    model: str
    prompts: dict[str, str]
    votes: int
    pairs: tuple[PairVerdict, ...] = ()


class Judge:
    """Judges texts with one model. The criteria of a case are made once and hold for every text of it."""

    def __init__(self, model: ChatModel, votes: int = VOTES) -> None:
        self.model, self.votes = model, votes
        self._criteria: dict[str, tuple[str, ...]] = {}

    def named(self, pairs: Iterable[PairVerdict] = ()) -> Judged:
        hashes = {name: prompts.load(name).hash for name in TEMPLATES}
        return Judged(model=self.model.name, prompts=hashes, votes=self.votes, pairs=tuple(pairs))

    def criteria(self, case: Case) -> tuple[str, ...]:
        """The case's own criteria, and as many of the model's as are lacking; () where it gives none that can be read."""
        if case.id not in self._criteria:
            lacking = CRITERIA - len(case.criteria)
            worded = self._worded(case, lacking) if lacking > 0 else ()
            self._criteria[case.id] = tuple(dict.fromkeys((*case.criteria, *worded)))[:CRITERIA]
        return self._criteria[case.id]

    def grade(self, case: Case, text: str) -> Verdict:
        """The verdict on one text."""
        criteria = self.criteria(case)
        if not criteria:
            return Verdict(score=None, votes=self.votes, ungraded=self.votes)
        keys = [f"标准{n}" for n in range(1, len(criteria) + 1)]
        fields = {key: {"type": "integer", "minimum": 1, "maximum": 10} for key in keys}
        asked = {"task": told(case.brief), "criteria": _listed(criteria), "text": self._shown(text, 1)}
        votes = [_grades(self._answer("judge-score", fields, vote, **asked), keys) for vote in range(self.votes)]
        read = [vote for vote in votes if vote is not None]
        middles = {criterion: float(median(vote[n] for vote in read)) for n, criterion in enumerate(criteria)} if read else {}
        score = round(10 * sum(middles.values()) / len(middles), 1) if middles else None
        return Verdict(score=score, criteria=middles, votes=self.votes, ungraded=len(votes) - len(read))

    def compare(self, case: Case, first: str, second: str) -> tuple[Better | None, int]:
        """Which text is better, asked in both orders; and how many of the two answers could not be read."""
        forward = self._better(case, first, second, seed=0)
        backward = self._better(case, second, first, seed=1)
        ungraded = (forward is None) + (backward is None)
        if forward is None or backward is None:
            return None, ungraded
        turned: dict[Better, Better] = {"first": "second", "second": "first", "tie": "tie"}
        return (forward if forward == turned[backward] else "tie"), 0

    def _better(self, case: Case, first: str, second: str, seed: int) -> Better | None:
        fields = {"更好": {"type": "string", "enum": list(_WINNERS)}}
        asked = {"task": told(case.brief), "criteria": _listed(self.criteria(case))}
        shown = {"first": self._shown(first, 2), "second": self._shown(second, 2)}
        return _WINNERS.get(str(self._answer("judge-pair", fields, seed, **asked, **shown).get("更好")))

    def _worded(self, case: Case, count: int) -> tuple[str, ...]:
        item = {"type": "string", "minLength": 6, "maxLength": 50}
        fields = {"criteria": {"type": "array", "minItems": count, "maxItems": count, "items": item}}
        found = self._answer("judge-criteria", fields, 0, task=told(case.brief), count=str(count)).get("criteria")
        worded = (one.strip() for one in found if isinstance(one, str)) if isinstance(found, list) else ()
        return tuple(one for one in worded if one)

    def _shown(self, text: str, texts: int) -> str:
        """As much of a text as the judge's context holds beside the rest: whole, or its beginning and its end."""
        room = (self.model.profile.context - _BESIDE) // texts
        if len(text) <= room:
            return text
        return f"{text[: room * 2 // 3]}\n（中间略去{len(text) - room}字）\n{text[-room // 3 :]}"

    def _answer(self, template: str, fields: Mapping[str, Any], seed: int, **variables: str) -> dict[str, Any]:
        schema = {"type": "object", "properties": fields, "required": list(fields), "additionalProperties": False}
        messages: Sequence[Message] = prompts.load(template).messages(**variables)
        answer = self.model.ask(messages, max_tokens=400, schema=schema, seed=seed)
        try:
            found = json.loads(answer.text)
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}


def _listed(criteria: Sequence[str]) -> str:
    return "\n".join(f"标准{n}：{criterion}" for n, criterion in enumerate(criteria, 1)) or "切题、有条理、得体、可讲"


def _grades(answer: Mapping[str, Any], keys: Sequence[str]) -> list[int] | None:
    """The grades of one vote in the order of `keys`; None unless every one of them is a whole number from 1 to 10."""
    grades = [answer.get(key) for key in keys]
    read = [grade for grade in grades if isinstance(grade, int) and not isinstance(grade, bool) and 1 <= grade <= 10]
    return read if len(read) == len(keys) else None
