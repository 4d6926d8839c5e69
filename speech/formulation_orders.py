"""Lists of canonical formulations: items out of order, left out or said twice, and the order of the chain 两个确立 … 两个维护."""

import re
from collections.abc import Iterator, Sequence
from functools import cache

from speech.finding import Severity
from speech.formulation_rules import SENTENCE_END, Remark, remark
from speech.formulation_table import Order, table

_CHAIN_GAP = 24  # characters between two links of the chain; further apart they are two statements
_HEAD = 2  # characters; no item is shorter
_JOIN = "(?:[、，,；;]|以?及|[和与])[“‘]?"


def order_remarks(text: str) -> Iterator[Remark]:
    """Every remark on the order and the wholeness of a list."""
    # Most lists are in no text at all; of one that is, the first two items or the last two stand in it.
    begun = {place for at in range(len(text) - 1) for place in _by_head().get(text[at : at + _HEAD], ())}
    for order in (table().orders[place] for place in sorted(begun)):
        if sum(item in text for item in order.items) > 1:
            yield from _order(text, order)
    yield from _chain(text)


@cache
def _by_head() -> dict[str, tuple[int, ...]]:
    """How an item begins → the lists that have it, by their places in the table."""
    heads: dict[str, list[int]] = {}
    for place, order in enumerate(table().orders):
        for head in {item[:_HEAD] for item in order.items}:
            heads.setdefault(head, []).append(place)
    return {head: tuple(places) for head, places in heads.items()}


@cache
def _pattern(order: Order) -> re.Pattern[str]:
    item = "|".join(map(re.escape, sorted(order.items, key=len, reverse=True)))
    return re.compile(rf"(?:{item})(?:{_JOIN}(?:{item}))+")


def _order(text: str, order: Order) -> Iterator[Remark]:
    for match in _pattern(order).finditer(text):
        found = re.findall("|".join(map(re.escape, sorted(order.items, key=len, reverse=True))), match.group())
        if found == list(order.items) or _goes_on(text, *match.span()):
            continue
        called = bool(order.tail and re.match(f"[”’]?{order.tail}", text[match.end() :]))
        if sorted(found) == sorted(order.items):
            places = iter(order.items)
            right = re.sub("|".join(map(re.escape, order.items)), lambda _, places=places: next(places), match.group())  # type: ignore[misc]
            message = f"“{order.name}”各项次序固定：{order.whole}"
            yield remark("formulation.order", order.severity, text, match.span(), message, right, order.mend)
        elif called or (order.least and len(set(found)) >= order.least):
            message = _what_is_wrong(order, found)
            yield remark("formulation.missing", order.severity, text, match.span(), message, order.whole, order.mend and called)


def _what_is_wrong(order: Order, found: Sequence[str]) -> str:
    left_out = [item for item in order.items if item not in found]
    wrong = f"缺“{'、'.join(left_out)}”" if left_out else "有重复"
    return f"“{order.name}”{wrong}，完整的是：{order.whole}"


def _goes_on(text: str, start: int, end: int) -> bool:
    """Is the list part of a longer one, with items that are not in ours?"""
    return text[start - 1 : start] in ("、", "和", "与", "及") or text[end : end + 1] == "、"


def _chain(text: str) -> Iterator[Remark]:
    """两个确立, 四个意识, 四个自信, 两个维护: in this order where they stand close together, none twice."""
    links = list(table().chain)
    last: re.Match[str] | None = None
    seen: list[int] = []
    for match in re.finditer("|".join(links), text):
        near = last is not None and _are_close(text, last.end(), match.start())
        place = links.index(match.group())
        seen = seen if near else []
        if last is not None and place in seen:
            message = f"“{match.group()}”在同一句中重复"
            yield remark("formulation.repeat", Severity.WARNING, text, (last.start(), match.end()), message)
        elif last is not None and seen and place < max(seen):
            message = "次序应为“两个确立”“四个意识”“四个自信”“两个维护”"
            yield remark("formulation.chain", Severity.WARNING, text, (last.start(), match.end()), message)
        seen.append(place)
        last = match


def _are_close(text: str, end: int, start: int) -> bool:
    between = text[end:start]
    return len(between) <= _CHAIN_GAP and not any(sign in SENTENCE_END for sign in between)
