import pytest

import prompts
from prompts import Message


@pytest.mark.parametrize("name", prompts.names())
def test_every_template_is_whole(name: str) -> None:
    prompt = prompts.load(name)
    messages = prompt.messages(**dict.fromkeys(prompt.variables, "甲"))
    assert messages[0].role == "system"
    assert messages[-1].role == "user"
    assert not any("{{" in message.content for message in messages)
    assert len(prompt.hash) == 12


def test_a_missing_or_unused_variable_is_an_error() -> None:
    prompt = prompts.load("headings")
    with pytest.raises(ValueError, match="contents"):
        prompt.messages(topic="甲", remark="")
    with pytest.raises(ValueError, match="other"):
        prompt.messages(topic="甲", contents="乙", remark="", other="丙")


def test_examples_stand_between_the_fixed_turns_and_the_question() -> None:
    prompt = prompts.load("write-task")
    mine = [Message("user", "问"), Message("assistant", "答")]
    messages = prompt.messages(mine, **dict.fromkeys(prompt.variables, "甲"))
    assert messages[-3:-1] == mine
