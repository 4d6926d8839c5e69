"""What two revisions of a draft have different, paragraph by paragraph."""

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from agent.drafts import Draft, Revision
from speech.document import CLOSING, OPENING, Section
from speech.render import first_line

_CLAUSE = re.compile(r"[^，。；：！？、]*[，。；：！？、]|[^，。；：！？、]+$")
_ALIKE = 0.6  # similarity from which a changed clause is the same one mended
TITLE, HEAD, SIGNATURE = "题目", "题下", "落款"


class Kind(StrEnum):
    ADDED = "增加"
    REMOVED = "删去"
    CHANGED = "修改"
    SAME = "不变"


class Piece(BaseModel):
    """A run of characters inside a changed paragraph: in both, only in the old one, or only in the new one."""

    model_config = ConfigDict(frozen=True)

    kind: Kind
    text: str


class Change(BaseModel):
    """One paragraph that differs. `path` as of a paragraph (二（一）, 开头), or 题目, 题下, 落款; `before` or `after` is "" where it is not there.

    The pieces but those added, joined, are `before`; the pieces but those removed are `after`.
    """

    model_config = ConfigDict(frozen=True)

    kind: Kind
    path: str
    before: str
    after: str
    pieces: tuple[Piece, ...]


def compare(a: Draft | Revision, b: Draft | Revision) -> tuple[Change, ...]:
    """What changed from `a` to `b`, in the order of the text; () where both say the same."""
    old, new = list(_lines(a)), list(_lines(b))
    matcher = SequenceMatcher(None, [text for _, text in old], [text for _, text in new], autojunk=False)
    changes: list[Change] = []
    for kind, i, j, k, m in matcher.get_opcodes():
        if kind != "equal":
            changes += _paired(old[i:j], new[k:m])
    return tuple(changes)


def _paired(old: Sequence[tuple[str, str]], new: Sequence[tuple[str, str]]) -> Iterator[Change]:
    """The lines of one place: those of one path are the same line changed, the others went or came."""
    left = list(new)
    for path, before in old:
        at = next((n for n, (other, _) in enumerate(left) if other == path), None)
        if at is None:
            yield _change(path, before, "")
            continue
        for other, after in left[:at]:
            yield _change(other, "", after)
        yield _change(path, before, left[at][1])
        left = left[at + 1 :]
    for path, after in left:
        yield _change(path, "", after)


def _change(path: str, before: str, after: str) -> Change:
    kind = Kind.ADDED if not before else Kind.REMOVED if not after else Kind.CHANGED
    return Change(kind=kind, path=path, before=before, after=after, pieces=tuple(_pieces(before, after)))


def _pieces(before: str, after: str) -> Iterator[Piece]:
    """A clause that was put in other words went and came whole: only in one much like it characters are told apart."""
    old, new = _CLAUSE.findall(before), _CLAUSE.findall(after)
    for kind, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        left, right = "".join(old[i:j]), "".join(new[k:m])
        if kind != "equal" and SequenceMatcher(None, left, right, autojunk=False).ratio() >= _ALIKE:
            for same, a, b, c, d in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
                yield from _piece(same == "equal", left[a:b], right[c:d])
        else:
            yield from _piece(kind == "equal", left, right)


def _piece(same: bool, before: str, after: str) -> Iterator[Piece]:
    if same:
        yield Piece(kind=Kind.SAME, text=before)
        return
    if before:
        yield Piece(kind=Kind.REMOVED, text=before)
    if after:
        yield Piece(kind=Kind.ADDED, text=after)


def _lines(state: Draft | Revision) -> Iterator[tuple[str, str]]:
    """Every line as printed, with the path of what it is."""
    speech = state.speech
    if speech is None:
        yield from ((TITLE, line) for line in state.text.splitlines() if line)
        return
    yield from ((TITLE, line) for line in (speech.title,) if line)
    yield from ((HEAD, line) for line in (*speech.byline, speech.salutation) if line)
    yield from ((OPENING, line) for line in speech.opening)
    for section in speech.sections:
        yield from _section(section, "")
    yield from ((CLOSING, line) for line in speech.closing)
    yield from ((SIGNATURE, line) for line in (speech.signature,) if line)


def _section(section: Section, above: str) -> Iterator[tuple[str, str]]:
    path = above + section.number.rstrip("、，")
    heading, run_in, taken = first_line(section)
    yield path, heading + run_in
    yield from ((path, line) for line in section.paragraphs[taken:])
    for below in section.sections:
        yield from _section(below, path)
