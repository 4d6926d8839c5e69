"""A finding of the review is mended where it stands."""

import pytest

from agent.drafts import Draft
from agent.revise import mend
from agent.revision.restate import restated
from speech.errors import DraftError
from speech.finding import Finding
from tests.agent.conftest import TODAY
from tests.agent.test_drafts import finished


def _with_finding(sentence_: str) -> tuple[Draft, Finding]:
    """A finished draft that says `sentence_`, and the first finding there that has a suggestion."""
    before = finished()
    assert before.speech is not None
    texts = [one.text + sentence_ * (one.path == "二（一）") for one in before.speech.paragraphs()]
    draft = restated(before, before.speech.with_paragraphs(texts), before.brief, TODAY)
    assert draft.review is not None
    return draft, next(one for one in draft.review.findings if one.suggestion and one.text in sentence_)


@pytest.mark.parametrize("said", ["要坚定“四个意识”。", "构建共建共享共治的格局。", "习总书记对此十分关心。"])
def test_a_finding_is_mended_where_it_stands_and_nowhere_else(said: str) -> None:
    draft, finding = _with_finding(said)
    mended = mend(draft, finding, TODAY)
    assert mended.text == draft.text[: finding.start] + str(finding.suggestion) + draft.text[finding.end :]
    assert mended.review is not None and finding not in mended.review.findings
    assert [one.sources for one in mended.paragraphs] == [one.sources for one in draft.paragraphs]
    with pytest.raises(DraftError, match="或已经改过"):
        mend(mended, finding, TODAY)


def test_a_finding_that_is_not_the_draft_s_or_suggests_nothing_is_not_mended() -> None:
    draft, finding = _with_finding("要坚定“四个意识”。")
    assert draft.review is not None
    bare = finding.model_copy(update={"suggestion": None})
    broken = finding.model_copy(update={"suggestion": "。\n三、另起一段"})
    others = draft.review.model_copy(update={"findings": (bare, broken)})
    for changed, said in ((bare, "没有可以直接换上的"), (broken, "打乱结构"), (finding, "没有这一处问题")):
        with pytest.raises(DraftError, match=said):
            mend(draft.model_copy(update={"review": others}), changed, TODAY)
