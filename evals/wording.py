"""Lines of noise made up from templates: two halves, one to develop the reader with and one only to measure it."""

import random
import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict

from vectorstore.noise import Reason

_SLOT = re.compile(r"\{(\w+)\}")


class Half(StrEnum):
    """Which templates are used. HELD_OUT is looked at by the measurement alone."""

    DEVELOPMENT = "development"
    HELD_OUT = "held_out"


class Wording(BaseModel):
    """The templates of one half: whole lines and pieces that stand inside a line of text, by reason."""

    model_config = ConfigDict(frozen=True)

    slots: dict[str, tuple[str, ...]]
    lines: dict[Reason, tuple[str, ...]]
    inline: dict[Reason, tuple[str, ...]]


@dataclass(frozen=True)
class Made:
    """One made-up line or piece, and the reason it is noise for."""

    text: str
    reason: Reason


@cache
def wording(half: Half) -> Wording:
    """The templates of `half`, from wording.yaml beside this file."""
    halves = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8"))
    return Wording.model_validate(halves[half])


def line(half: Half, chance: random.Random, *, paywall: bool = False, among: tuple[Reason, ...] = tuple(Reason)) -> Made:
    """A whole line of noise; a paywall notice only where `paywall`, and then nothing else."""
    words = wording(half)
    reason = Reason.PAYWALL if paywall else chance.choice([one for one in among if one is not Reason.PAYWALL])
    return Made(_filled(chance.choice(words.lines[reason]), words, chance), reason)


def piece(half: Half, chance: random.Random) -> Made:
    """A piece of noise to stand inside a line of text."""
    words = wording(half)
    reason = chance.choice(list(words.inline))
    return Made(_filled(chance.choice(words.inline[reason]), words, chance), reason)


def _filled(template: str, words: Wording, chance: random.Random) -> str:
    return _SLOT.sub(lambda found: _slot(found[1], words, chance), template)


def _slot(name: str, words: Wording, chance: random.Random) -> str:
    if name in words.slots:
        return chance.choice(words.slots[name])
    stem = "".join(chance.choice("abdeghklmnoprstuwyz") for _ in range(chance.randint(5, 9)))
    match name:
        case "site":
            return chance.choice(words.slots["stem"]) + chance.choice(words.slots["tail"])
        case "qq":
            return str(chance.randint(10_000_000, 3_999_999_999))
        case "phone":
            return f"1{chance.choice('3578')}{chance.randint(100_000_000, 999_999_999)}"
        case "handle":
            return f"{stem}{chance.randint(1, 9999)}"
        case "url":
            host = chance.choice((f"www.{stem}.com", f"https://{stem}.cn", f"http://m.{stem}.net", f"{stem}.top"))
            return host + chance.choice(("", f"/{chance.randint(1, 99999)}.html", f"/a/{chance.randint(1, 999)}"))
        case "mail":
            return f"{stem}{chance.randint(1, 99)}@{chance.choice(('163.com', 'qq.com', 'foxmail.com'))}"
        case "date":
            return f"{chance.randint(2016, 2026)}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"
        case "clock":
            return f"{chance.randint(0, 23):02}:{chance.randint(0, 59):02}"
        case "n":
            return str(chance.randint(2, 60))
        case "big":
            return str(chance.randint(300, 90_000))
        case "price":
            return chance.choice(("9.9", "19", "39", "68", "99", "199", "365"))
    raise KeyError(f"no slot {name!r}")
