"""Options that narrow the corpus: by genre, by role, by era. Chinese names are taken as well as the short ones."""

import re
from collections.abc import Sequence
from typing import Annotated, TypeVar

import typer

from speech.brief import Genre
from speech.eras import OPEN_END, OPEN_START, Era
from vectorstore.roles import Role

_T = TypeVar("_T")

ROLES = {
    Role.OPENING: "开头", Role.LEAD: "引领段", Role.ARGUMENT: "认识", Role.PRACTICE: "做法", Role.PROBLEM: "问题", Role.MEASURE: "措施",
    Role.NEXT: "打算", Role.SAFEGUARD: "保障", Role.CLOSING: "结尾",
}  # fmt: skip

Genres = Annotated[list[str] | None, typer.Option("--genre", metavar="文种", help="只要这些文种，可重复，如 讲话。")]
Roles = Annotated[
    list[str] | None,
    typer.Option("--role", metavar="作用", help=f"只要起这些作用的片段，可重复：{'、'.join(ROLES.values())}。"),
]
InEra = Annotated[str | None, typer.Option("--era", metavar="年份", help="只要可能出自这些年的，如 2024、2023-2026、2023-。")]

_YEARS = re.compile(r"\s*(\d{4})?\s*(?:([-—–~至])\s*(\d{4})?)?\s*")


def genres_of(named: Sequence[str] | None) -> tuple[Genre, ...]:
    """The genres named; a wrong name is wrong usage that lists the right ones."""
    known = {genre.value: genre for genre in Genre}
    return tuple(_one(known, name, "--genre") for name in named or ())


def roles_of(named: Sequence[str] | None) -> tuple[Role, ...]:
    """The roles named, as 措施 or as measure."""
    known = {**{role.value: role for role in Role}, **{name: role for role, name in ROLES.items()}}
    return tuple(_one(known, name, "--role") for name in named or ())


def era_named(years: str | None) -> Era | None:
    """2024, 2023-2026, 2023-, -2022."""
    if years is None:
        return None
    found = _YEARS.fullmatch(years)
    if not found or not (found[1] or found[3]):
        raise typer.BadParameter(f"--era “{years}”看不懂，应如 2024、2023-2026 或 2023-")
    since = int(found[1]) if found[1] else OPEN_START
    until = int(found[3]) if found[3] else (OPEN_END if found[2] else since)
    if since > until:
        raise typer.BadParameter(f"--era “{years}”前后颠倒")
    return Era(since=since, until=until)


def _one(known: dict[str, _T], name: str, option: str) -> _T:
    if name not in known:
        raise typer.BadParameter(f"{option} 没有“{name}”，可用：{'、'.join(known)}")
    return known[name]
