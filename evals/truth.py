"""What the headings of a clean file are, told without the reader: a strict look at line heads, and a table of what that misses."""

import hashlib
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict

_LEVEL_1 = re.compile(r"[一二三四五六七八九十]{1,3}、")
_LEVEL_2 = re.compile(r"[（(][一二三四五六七八九十]{1,3}[）)]")
_PAGE_NUMBER = re.compile(r"[—–-]\s*\d{1,3}(?:\s*[—–-])?")


@dataclass(frozen=True)
class Heading:
    """A heading of level 1 or 2: the line it stands in, from 1, and its number as printed, "" where it has none."""

    line: int
    level: int
    number: str


@dataclass(frozen=True)
class Truth:
    """What is known of a clean file. `noise` are the lines that are no part of the speech; a `cut` one breaks off."""

    headings: tuple[Heading, ...]
    noise: frozenset[int]
    cut: bool = False


class _Glued(BaseModel):
    model_config = ConfigDict(frozen=True)

    line: int
    number: str


class _Exception(BaseModel):
    model_config = ConfigDict(frozen=True)

    bare: tuple[int, ...] = ()
    glued: tuple[_Glued, ...] = ()
    noise: tuple[tuple[int, int], ...] = ()
    cut: bool = False


def truth(data: bytes) -> Truth:
    """The truth of a clean file of UTF-8 text, given its bytes."""
    known = _exceptions().get(hashlib.sha256(data).hexdigest(), _Exception())
    found: list[Heading] = []
    noise = {line for start, end in known.noise for line in range(start, end + 1)}
    under_bare = False
    for at, line in enumerate(data.decode("utf-8-sig").splitlines(), 1):
        bare = line.strip()
        if _PAGE_NUMBER.fullmatch(bare):
            noise.add(at)
        if at in known.bare:
            under_bare = True
            found.append(Heading(at, 1, ""))
        elif number := _LEVEL_1.match(bare):
            found.append(Heading(at, 2 if under_bare else 1, number[0]))
        elif number := _LEVEL_2.match(bare):
            # Under a heading without number, （一） is of level 2 unless 一、 stands between them.
            between = under_bare and any(h.number and h.level == 2 and _LEVEL_1.fullmatch(h.number) for h in _since_bare(found))
            found.append(Heading(at, 3 if between else 2, number[0]))
        found += [Heading(at, 2, glued.number) for glued in known.glued if glued.line == at]
    return Truth(tuple(heading for heading in found if heading.level <= 2), frozenset(noise), known.cut)


def _since_bare(found: list[Heading]) -> list[Heading]:
    last = max((at for at, heading in enumerate(found) if heading.number == ""), default=0)
    return found[last:]


@cache
def _exceptions() -> dict[str, _Exception]:
    table = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8"))
    return {sha256: _Exception.model_validate(row) for sha256, row in table.items()}
