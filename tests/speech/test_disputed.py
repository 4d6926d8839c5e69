"""Two figures for one thing: neither is stated, and the clerk is told."""

import pytest

from speech.brief import SpeechBrief
from speech.disputed import agreed, disputes
from speech.review import review

TWO = ("全区共划分网格1632个", "全区共划分网格1362个。", "配备专职网格员1705名")


def test_two_figures_for_one_thing_are_a_dispute() -> None:
    assert disputes(TWO) == {"全区共划分网格×个": ("全区共划分网格1632个", "全区共划分网格1362个")}


@pytest.mark.parametrize(
    "facts",
    [
        ("全区共划分网格1632个", "全区共划分网格1632个。"),
        ("2023年新建广场12个", "2024年新建广场15个"),
        ("甲镇新建广场12个", "乙镇新建广场15个"),
        ("新建广场12个", "改造广场15个"),
        ("建好了村民广场", "建好了村民广场"),
        ("12个", "15个"),
    ],
)
def test_what_differs_in_more_than_its_figure_is_none(facts: tuple[str, ...]) -> None:
    assert disputes(facts) == {}


def test_a_draft_is_written_from_what_is_agreed() -> None:
    brief = SpeechBrief(topic="网格化管理", facts=TWO)
    assert agreed(brief).facts == ("全区共划分网格×个", "配备专职网格员1705名")
    assert agreed(agreed(brief)) == agreed(brief)
    same = SpeechBrief(topic="网格化管理", facts=TWO[1:])
    assert agreed(same) is same


def test_the_review_asks_for_a_decision_until_it_is_made() -> None:
    brief = SpeechBrief(topic="网格化管理", facts=TWO)

    def asked(text: str) -> list[str]:
        return [one.message for one in review(text, brief).findings if one.rule == "grounding.disputed"]

    (message,) = asked("目前，全区共划分网格×个。")
    assert "1632个" in message
    assert "1362个" in message
    assert len(asked("目前，全区共划分网格1632个。后来又说，全区共划分网格1362个。")) == 2
    assert asked("目前，全区共划分网格1632个。") == []
