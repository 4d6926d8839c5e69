"""What two states of a text have different, paragraph by paragraph."""

from hypothesis import given
from hypothesis import strategies as st

from agent.drafts import Draft, new_draft
from agent.revision.compare import Kind, compare
from speech.brief import SpeechBrief
from speech.parse import parse
from speech.render import to_text

HEAD = "在全市推进会上的讲话\n同志们：\n"


def stating(text: str) -> Draft:
    speech = parse(text)
    return new_draft(SpeechBrief(topic="治理"), None).model_copy(update={"speech": speech, "text": to_text(speech)})


def test_a_changed_paragraph_shows_what_changed_in_it() -> None:
    a = stating(HEAD + "一、提高认识\n（一）看清形势。网格有×个，大家要心中有数。\n二、抓好落实\n（一）压实责任。按月对账。\n")
    b = stating(HEAD + "一、提高认识\n（一）看清形势。网格有1632个，大家要心中有数。\n二、抓好落实\n（一）压实责任。按月对账。\n")
    (change,) = compare(a, b)
    assert (change.kind, change.path) == (Kind.CHANGED, "一（一）")
    assert [(piece.kind, piece.text) for piece in change.pieces if piece.kind != Kind.SAME] == [
        (Kind.REMOVED, "×"),
        (Kind.ADDED, "1632"),
    ]


def test_a_clause_in_other_words_goes_and_comes_whole() -> None:
    a = stating(HEAD + "一、提高认识\n看清形势，楼栋长分头走访。\n")
    b = stating(HEAD + "一、提高认识\n看清形势，大事小事有人问。\n")
    (change,) = compare(a, b)
    assert [piece.text for piece in change.pieces] == ["看清形势，", "楼栋长分头走访。", "大事小事有人问。"]


def test_paragraphs_that_came_and_went() -> None:
    a = stating(HEAD + "一、提高认识\n甲段说明情况。\n二、抓好落实\n乙段部署任务。\n")
    b = stating(HEAD + "一、提高认识\n甲段说明情况。\n")
    assert [(one.kind, one.path) for one in compare(a, b)] == [(Kind.REMOVED, "二"), (Kind.REMOVED, "二")]
    assert [(one.kind, one.before) for one in compare(b, a)] == [(Kind.ADDED, ""), (Kind.ADDED, "")]


_LINES = st.lists(st.text("甲乙丙丁，。×12一二、（）", min_size=1, max_size=20), max_size=8)


@given(_LINES, _LINES)
def test_what_is_shown_is_what_stands_there(old: list[str], new: list[str]) -> None:
    a, b = stating("\n".join(old)), stating("\n".join(new))
    changes = compare(a, b)
    for change in changes:
        assert "".join(piece.text for piece in change.pieces if piece.kind != Kind.ADDED) == change.before
        assert "".join(piece.text for piece in change.pieces if piece.kind != Kind.REMOVED) == change.after
        assert change.before != change.after
    assert bool(changes) == (a.text != b.text)
    # what is not told of stands in both
    removed, added = [one.before for one in changes if one.before], [one.after for one in changes if one.after]
    left = [line for line in a.text.splitlines() if line not in removed]
    assert set(left) <= set(b.text.splitlines()) and len(a.text.splitlines()) - len(removed) == len(b.text.splitlines()) - len(
        added
    )
