"""A model may add to a brief what the rules missed, and nothing that the request does not say."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.models import LARGE, SMALL
from agent.request.schema import completed
from agent.request.text import folded
from agent.understand import understand
from prompts import Message
from tests.agent.conftest import Begin
from tests.scripted import ScriptedModel, fields_of

REQUEST = "弄个稿子，主题是适老化改造，社工王姐在老年大学的茶话里讲，听的都是街坊，去年装扶手三十来户那事可以讲，1000字"
BRIEF = understand(REQUEST)


def reads(answer: Any) -> ScriptedModel:
    def said(fields: Mapping[str, Any], messages: Sequence[Message], turn: int) -> Any:
        return answer if isinstance(answer, str) else json.dumps(answer, ensure_ascii=False)

    return ScriptedModel(profile=LARGE, answer=said)


def test_what_the_rules_missed_is_added_word_for_word() -> None:
    read = {"speaker": "社工王姐", "audience": "街坊", "facts": ["去年装扶手三十来户"], "points": ["服务升温"], "taboos": []}
    made = completed(BRIEF, REQUEST, reads(read))
    assert (made.speaker, made.audience, made.facts) == ("社工王姐", "街坊", ("去年装扶手三十来户",))
    assert made.points == () and (made.topic, made.length) == (BRIEF.topic, BRIEF.length)


def test_what_the_rules_read_is_not_asked_for_and_stays() -> None:
    model = reads({"topic": "老年大学", "length": 5000, "speaker": "社工王姐"})
    made = completed(BRIEF, REQUEST, model)
    assert (made.topic, made.length, made.speaker) == ("适老化改造", 1000, "社工王姐")


@pytest.mark.parametrize(
    "answer", ["", "{", "[]", "null", '{"facts": "去年"}', '{"facts": [1, null]}', '{"speaker": ["社工王姐"]}']
)
def test_an_answer_that_is_none_adds_nothing(answer: str) -> None:
    assert completed(BRIEF, REQUEST, reads(answer)) == BRIEF


def test_a_taboo_that_is_told_too_is_left_out() -> None:
    assert completed(BRIEF, REQUEST, reads({"taboos": ["适老化改造"]})).taboos == ()


def test_a_small_model_is_not_asked() -> None:
    model = replace(reads({"speaker": "社工王姐"}), profile=SMALL)
    assert completed(BRIEF, REQUEST, model) == BRIEF
    assert model.asked == []


@given(
    st.dictionaries(st.sampled_from(["speaker", "occasion", "place", "audience"]), st.text("社工王姐街坊云溪市长", max_size=8))
)
def test_nothing_is_added_that_the_request_does_not_say(read: dict[str, str]) -> None:
    made = completed(BRIEF, REQUEST, reads(read))
    for name in ("speaker", "occasion", "place", "audience"):
        assert getattr(made, name) is None or getattr(made, name) in folded(REQUEST)


def test_a_draft_is_written_from_what_was_added_and_its_cost_is_counted(begin: Begin) -> None:
    def said(fields: Mapping[str, Any], messages: Sequence[Message], turn: int) -> Any:
        return {"audience": "街坊"} if "audience" in fields else fields_of(fields, messages, turn)

    model = ScriptedModel(profile=LARGE, answer=said)
    drafter = begin(model)
    *_, last = drafter.run(drafter.begin(BRIEF, REQUEST))
    kept = drafter.drafts.get(last.draft.id)  # type: ignore[union-attr]
    assert kept.brief.audience == "街坊"
    assert kept.usage.calls == len(model.asked)
    assert sum(REQUEST in messages[-1].content for messages in model.asked) == 1


def test_a_brief_from_a_file_is_not_added_to(begin: Begin) -> None:
    model = ScriptedModel(profile=LARGE)
    drafter = begin(model)
    *_, last = drafter.run(drafter.begin(BRIEF.model_copy(update={"topic": "基层治理"}), REQUEST))
    assert drafter.drafts.get(last.draft.id).brief.audience is None  # type: ignore[union-attr]
    assert not any(REQUEST in messages[-1].content for messages in model.asked)
