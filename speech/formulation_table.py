"""The table of canonical formulations (规范提法): formulations.yaml and the files beside it, checked and typed."""

from datetime import date
from functools import cache
from importlib import resources

import yaml
from pydantic import BaseModel, ConfigDict

from speech.finding import Severity

LIST = 10  # characters; a shorter list is of common words, 自治、法治、德治


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Misplaced(_Row):
    """A verb that does not go with a formulation: `instead` does; `belongs` is the formulation that `verb` goes with."""

    verb: str
    instead: str
    belongs: str
    severity: Severity
    mend: bool = False


class Formulation(_Row):
    """One formulation. `scope`: what follows the name (五位一体 + 总体布局); `quoted`: it stands in quotation marks always."""

    name: str
    kind: str
    forms: tuple[str, ...]
    public: bool = False
    quoted: bool = False
    scope: str = ""
    verbs: tuple[str, ...] = ()
    misplaced: tuple[Misplaced, ...] = ()
    content: tuple[str, ...] = ()
    first: date | None = None
    source: str


class Order(_Row):
    """A list whose items and order are fixed.

    `tail` (a pattern): what stands behind the list and shows that it is meant whole; `least`: so many items standing alone are a
    list with one left out (0: never). `first`: when the list was made public, by `source`.
    """

    name: str
    items: tuple[str, ...]
    tail: str = ""
    least: int = 0
    severity: Severity
    mend: bool = False
    first: date | None = None
    source: str

    @property
    def whole(self) -> str:
        return "、".join(self.items)


class Wording(_Row):
    """A wording that is wrong, doubtful or out of date from `since` on. `right` is a replacement template, \\1 allowed.

    `dies`: when offices have stopped using it, where they went on for a while after `since`.
    """

    rule: str
    pattern: str
    right: str | None = None
    suggestion: str | None = None
    severity: Severity
    message: str
    mend: bool = False
    since: date | None = None
    dies: date | None = None
    unless: str | None = None
    source: str


class Campaign(_Row):
    """An education campaign: began on `first`, no longer to be spoken of as going on from `past` on."""

    name: str
    pattern: str
    first: date
    past: date | None = None
    source: str


class GoingOn(_Row):
    """How a text speaks of a campaign as going on: what stands before or after its name, and words of the past that excuse it."""

    before: str
    after: str
    unless: str


class Plenum(_Row):
    """A plenum, the noun its document is cited by, words of its full title, and what it was not about (`foreign`)."""

    name: str
    document: str
    full: str
    foreign: str | None = None
    source: str


class Marker(_Row):
    """What dates a text without being a rule of wording: not said before `first`, no longer of the present from `last` on.

    `unless`: words of the same sentence that make it a look back. `beside`: what, anywhere in the text, shows it to be later.
    """

    name: str
    pattern: str
    first: date
    last: date | None = None
    unless: str | None = None
    beside: str | None = None


class Table(_Row):
    """All of the four files. `public` maps a kind to terms that a draft may state without being told.

    `near_kinds`: the kinds of `public` whose long terms are fixed to the character; `near_right`: what is like a formulation but for
    a character or two, and right.
    """

    formulations: tuple[Formulation, ...]
    chain: tuple[str, ...]
    orders: tuple[Order, ...]
    public: dict[str, tuple[str, ...]]
    near_kinds: tuple[str, ...]
    near_right: tuple[str, ...]
    wordings: tuple[Wording, ...]
    campaigns: tuple[Campaign, ...]
    going_on: GoingOn
    plenums: tuple[Plenum, ...]
    markers: tuple[Marker, ...]
    typos: dict[str, str]
    doubtful: tuple[Wording, ...]
    doubled: tuple[str, ...]


_FILES = ("formulations", "formulation_lists", "formulation_wordings", "formulation_eras")


@cache
def table() -> Table:
    """Read the files, once."""
    rows: dict[str, object] = {}
    for name in _FILES:
        text = resources.files("speech").joinpath(f"{name}.yaml").read_text(encoding="utf-8")
        rows |= yaml.load(text, Loader=yaml.CSafeLoader)  # a tenth of the time of the loader in Python
    return Table.model_validate(rows)
