"""era_of(text): the years in which a text can have been spoken, told from the formulations that it uses."""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, model_validator

from speech.finding import Severity
from speech.formulation_eras import AWAITED, goes_on
from speech.formulation_rules import sentence_round
from speech.formulation_table import table
from speech.formulations import public_spans

OPEN_START, OPEN_END = 0, 9999
# 2035年远景目标 is no date.
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?=\s*[年./-])(?!年(?:远景|目标|规划))")
_CHINESE_YEAR = re.compile(r"[二一][〇○零九][〇○零一二三四五六七八九]{2}(?=年)")
_CHINESE_DIGITS = {sign: str(value) for value, sign in enumerate("〇一二三四五六七八九")} | {"○": "0", "零": "0"}


class Era(BaseModel):
    """Years, both included. 0 and 9999 leave a side open: nothing tells."""

    model_config = ConfigDict(frozen=True)

    since: int = OPEN_START
    until: int = OPEN_END

    @model_validator(mode="after")
    def _runs_forward(self) -> "Era":
        if self.since > self.until:
            raise ValueError(f"{self.since} is after {self.until}")
        return self

    def meets(self, other: "Era") -> bool:
        """Is there a year that both have?"""
        return self.since <= other.until and other.since <= self.until

    def __str__(self) -> str:
        """2019—2022, 2019 起, 2022 止; empty where nothing is known."""
        match self.since, self.until:
            case 0, 9999:
                return ""
            case since, 9999:
                return f"{since} 起"
            case 0, until:
                return f"{until} 止"
            case since, until:
                return str(since) if since == until else f"{since}—{until}"


class EraSign(NamedTuple):
    """One sign of the time: `name` stands at text[start:end] and can be said from `since`, of the present until `until`."""

    name: str
    start: int
    end: int
    since: date | None = None
    until: date | None = None


def era_of(text: str, dated: Iterable[str | None] = ()) -> Era:
    """The era of a speech. `dated` are lines that carry its own date (title, byline, signature): a year there decides.

    What a text says cannot be older than its newest formulation; an outdated one says that it is not newer, unless the text
    contradicts that: old wording outlives its time, new wording does not come before it.
    """
    years = [year for line in dated if line for year in _years(line)]
    if years:
        return Era(since=max(years), until=max(years))
    signs = list(era_signs(text))
    since = max((sign.since.year for sign in signs if sign.since), default=OPEN_START)
    later = [sign.until.year for sign in signs if sign.until and sign.until.year >= since]
    earlier = any(sign.until and sign.until.year < since for sign in signs)
    return Era(since=since, until=OPEN_END if earlier or not later else min(later))


def era_signs(text: str) -> Iterator[EraSign]:
    """Every sign of the time in `text`, in no order."""
    first = {order.name: order.first for order in table().orders}
    first |= {formulation.name: formulation.first for formulation in table().formulations}
    for start, end, name in public_spans(text):
        if first.get(name) and not _awaited(text, start, end):
            yield EraSign(name, start, end, since=first[name])
    yield from _marked(text)
    yield from _campaigns(text)
    for wording in table().wordings:
        # Of the severity info are those that have only become rare.
        if wording.since and wording.severity is not Severity.INFO:
            for start, end in _said(text, wording.pattern, wording.unless):
                yield EraSign(wording.message, start, end, until=wording.dies or wording.since)


def _marked(text: str) -> Iterator[EraSign]:
    for marker in table().markers:
        later = marker.beside is not None and re.search(marker.beside, text) is not None
        for found in re.finditer(marker.pattern, text):
            if _awaited(text, *found.span()):
                continue
            left, right = sentence_round(text, *found.span())
            looks_back = marker.unless is not None and re.search(marker.unless, text[left:right]) is not None
            until = None if later or looks_back else marker.last
            yield EraSign(marker.name, *found.span(), since=marker.first, until=until)


def _campaigns(text: str) -> Iterator[EraSign]:
    for campaign in table().campaigns:
        for found in re.finditer(campaign.pattern, text):
            if not _awaited(text, *found.span()):
                until = campaign.past if campaign.past and goes_on(text, *found.span()) else None
                yield EraSign(campaign.name, *found.span(), since=campaign.first, until=until)


def _said(text: str, pattern: str, unless: str | None) -> Iterator[tuple[int, int]]:
    for found in re.finditer(pattern, text):
        left, right = sentence_round(text, *found.span())
        if unless is None or not re.search(unless, text[left:right]):
            yield found.span()


def _awaited(text: str, start: int, end: int) -> bool:
    left, _ = sentence_round(text, start, end)
    return AWAITED.search(text[left:start]) is not None


def _years(line: str) -> list[int]:
    chinese = ("".join(_CHINESE_DIGITS[sign] for sign in found[0]) for found in _CHINESE_YEAR.finditer(line))
    return [int(found[1]) for found in _YEAR.finditer(line)] + [int(year) for year in chinese]
