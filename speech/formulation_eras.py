"""Is the text of its time: formulations that were not yet coined, campaigns that are over, plenums and what they adopted."""

import re
from collections.abc import Iterator
from datetime import date

from speech.finding import Severity
from speech.formulation_rules import Remark, remark, sentence_round
from speech.formulation_table import LIST, Campaign, Plenum, table

_FULL_STOPS = "。！？!?\n"
# What is awaited may be named before it happens.
AWAITED = re.compile(r"迎接|喜迎|筹备|将(?:于|要)?召开|即将|编制|谋划")
_ADOPTED = re.compile(
    r"全会[^。！？\n]{0,30}?《(决定|建议|决议)》|全会[^。！？\n]{0,8}通过[^。！？\n《]{0,12}《?(决定|建议|决议)》?"
)
_BEFORE, _AFTER = 16, 12


def era_remarks(text: str, today: date) -> Iterator[Remark]:
    """Every remark on time: era.early, era.past, and formulation.plenum."""
    for formulation in table().formulations:
        if formulation.first and today < formulation.first:
            yield from _too_early(text, min(formulation.forms, key=len), formulation.first)
    for order in table().orders:
        if order.first and today < order.first and len(order.whole) >= LIST:
            yield from _too_early(text, order.whole, order.first)
    for campaign in table().campaigns:
        if today < campaign.first:
            yield from _too_early(text, campaign.pattern, campaign.first)
        elif campaign.past and today >= campaign.past:
            yield from _still_going_on(text, campaign)
    yield from _plenums(text)


def _too_early(text: str, pattern: str, first: date) -> Iterator[Remark]:
    for match in re.finditer(pattern, text):
        left, _ = sentence_round(text, *match.span())
        if not AWAITED.search(text[left : match.start()]):
            message = f"这一提法最早见于 {first.year} 年 {first.month} 月，晚于讲话日期"
            yield remark("era.early", Severity.WARNING, text, match.span(), message)


def _still_going_on(text: str, campaign: Campaign) -> Iterator[Remark]:
    for match in re.finditer(campaign.pattern, text):
        if goes_on(text, *match.span()):
            message = f"{campaign.name}已经结束，不宜作为正在开展的活动"
            yield remark("era.past", Severity.WARNING, text, match.span(), message)


def goes_on(text: str, start: int, end: int) -> bool:
    """Is the campaign named at text[start:end] spoken of as going on?"""
    signs = table().going_on
    left, right = sentence_round(text, start, end)
    before, after = text[max(left, start - _BEFORE) : start], text[end : end + _AFTER]
    present = re.search(signs.before, before) or re.search(signs.after, after)
    return bool(present and not re.search(signs.unless, text[left:right]))


def _plenums(text: str) -> Iterator[Remark]:
    """A sentence, and the one after it where that goes on about 全会, that names one plenum and another one's document."""
    rows = {plenum.name: plenum for plenum in table().plenums}
    start = 0
    for stop in [match.end() for match in re.finditer(f"[{_FULL_STOPS}]|$", text)]:
        sentence = text[start:stop]
        named = {name for name in rows if name in sentence}
        if len(named) == 1 and len(set(re.findall(r"[一二三四五六七]中全会", sentence))) == 1:
            following = re.match(rf"\s*(?:全会|会议|《)[^{_FULL_STOPS}]*", text[stop:])
            end = stop + following.end() if following and "中全会" not in following.group() else stop
            yield from _mismatch(text, start, end, rows[named.pop()])
        start = stop


def _mismatch(text: str, start: int, end: int, plenum: Plenum) -> Iterator[Remark]:
    here = text.index(plenum.name, start)
    window = text[here:end]
    for other in table().plenums:
        if other.full != plenum.full and re.search(other.full, window):
            message = f"{plenum.name}没有通过这一文件，它出自{other.name}"
            yield remark("formulation.plenum", Severity.WARNING, text, (here, end), message)
            return
    adopted = _ADOPTED.search(window)
    if adopted and (adopted[1] or adopted[2]) != plenum.document:
        message = f"{plenum.name}通过的是《{plenum.document}》"
        yield remark("formulation.plenum", Severity.WARNING, text, (here, end), message)
    elif plenum.foreign and re.search(plenum.foreign, window):
        message = f"{plenum.name}的主题不是制度和治理现代化（那是十九届四中全会）"
        yield remark("formulation.plenum", Severity.WARNING, text, (here, end), message)
