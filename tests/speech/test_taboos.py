"""What a brief says must not be mentioned is found, and what only shares a word with it is not."""

import pytest

from speech.brief import SpeechBrief, brief_from
from speech.errors import BriefError
from speech.review import review
from speech.taboos import touched


@pytest.mark.parametrize(
    ("taboo", "text"),
    [
        ("拆迁补偿", "要妥善做好拆迁补偿工作。"),
        ("拆迁补偿", "拆迁以后，补偿要及时到位。"),
        ("去年的燃气事故", "燃气领域去年发生的事故教训深刻。"),
        ("华兴公司", "华兴公司要带头整改。"),
        ("抓手", "要找准抓手。"),
        ("拆迁的有关问题", "拆迁要依法推进。"),
    ],
)
def test_what_touches_a_taboo_is_found(taboo: str, text: str) -> None:
    assert [text[start:end] in text and told for start, end, told in touched(f"同志们：\n{text}", [taboo])] == [taboo]


@pytest.mark.parametrize(
    ("taboo", "text"),
    [
        ("拆迁补偿", "要做好生态补偿。拆迁另行安排。"),
        ("去年的燃气事故", "要坚决防范燃气事故。"),
        ("具体单位", "各单位要抓好落实。"),
        ("任何企业的名字", "企业是安全生产的责任主体。"),
    ],
)
def test_what_shares_a_word_with_a_taboo_is_let_be(taboo: str, text: str) -> None:
    assert touched(text, [taboo]) == []


def test_a_brief_cannot_tell_what_it_forbids() -> None:
    with pytest.raises(BriefError, match=r"拆迁补偿.*facts\[0\]"):
        brief_from({"topic": "城市更新", "facts": ["完成拆迁补偿300户"], "taboos": ["拆迁补偿"]})


def test_the_review_reports_a_taboo() -> None:
    brief = SpeechBrief(topic="城市更新", taboos=("拆迁补偿",))
    text = "关于城市更新的讲话\n\n同志们：\n\n要做好拆迁补偿，让群众满意。\n"
    found = [one for one in review(text, brief).findings if one.rule == "grounding.taboo"]
    assert [(one.text, one.severity.value) for one in found] == [("拆迁补偿", "error")]
    assert review(text, brief).scores.grounding == 0
    assert review(text.replace("拆迁补偿", "群众工作"), brief).scores.grounding == 100
