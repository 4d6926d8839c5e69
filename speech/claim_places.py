"""Places and organisations that a text names with a proper name: 云溪市, 洛阳, 枫林社区党支部, 华兴公司; not 全市, 物业公司."""

import re
from collections.abc import Iterator, Sequence
from functools import cache

from speech.claims import Claim, SpecificKind
from speech.lexicon import HANZI, ORGANISATION_UNITS, ORGANISATIONS_PROPER, either, places
from speech.lexicon_names import (
    AMBIGUOUS_PLACES,
    BEFORE_PLACE,
    DESCRIPTIVE,
    GENERIC_BEFORE_PLACE,
    NOT_A_UNIT_BEFORE,
    PART_OF_WORD_AFTER,
    UNITS_IN_NAMES,
)
from speech.words import NAME_TAGS, CutText, is_listed, is_noun, is_proper, is_verb

# Kinds of town or street, not names of one: 重点镇, 商业街道.
_KINDS = frozenset(
    [
        "重点",
        "中心",
        "城市",
        "城区",
        "农村",
        "工业",
        "农业",
        "特色",
        "商业",
        "乡村",
        "基层",
        "试点",
        "样板",
        "典型",
        "经济",
        "文化",
        "旅游",
        "山区",
        "平原",
        "沿海",
        "边境",
        "民族",
        "主要",
        "老旧",
        "周边",
        "相关",
    ]
)
_ESTATE = re.compile(
    f"[{HANZI}]{{2,6}}?(?:广场|花园|家园|新城|公寓|嘉园|名苑|雅苑|佳苑)(?:社区|小区)"
)  # named after its buildings: 中弘中央广场社区
_MASKED_PLACE = re.compile(r"[×XxＸｘ*＊○]+[省市县区州镇乡]|[×XxＸｘ*＊○]+街道")
_PLACE_UNIT = re.compile(f"(?P<unit>{either(UNITS_IN_NAMES)})")


def named_places(cut: CutText) -> Iterator[Claim]:
    """Every place, not overlapping: provinces and prefectures by the list, others by their unit."""
    taken = [(claim.start, claim.end) for claim in _known_places(cut)]
    taken += _estates(cut, taken)
    yield from (Claim(SpecificKind.PLACE, start, end) for start, end in taken)
    masked = [match.end() for match in _MASKED_PLACE.finditer(cut.text)]
    for match in _PLACE_UNIT.finditer(cut.text):
        if any(start < match.end() and match.start() < end for start, end in taken):
            continue
        lowest = max((end for end in (*masked, *(end for _, end in taken)) if end <= match.start()), default=0)
        # 镇定, but not in 云溪市桃花镇定期回看: a unit so near another place is one
        near = lowest and match.start() - lowest in (2, 3)
        if not near and re.match(NOT_A_UNIT_BEFORE.get(match["unit"], "(?!)"), cut.text[match.end() : match.end() + 4]):
            continue
        start = None if _is_part_of_word(cut, match, lowest) else _place_start(cut, match, lowest)
        if start is not None:
            taken.append((start, match.end()))
            yield Claim(SpecificKind.PLACE, start, match.end())


def _estates(cut: CutText, taken: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    found = []
    for match in _ESTATE.finditer(cut.text):
        start = next(
            (at + 1 for at in range(match.end() - 5, match.start() - 1, -1) if cut.text[at] in BEFORE_PLACE), match.start()
        )
        if match.end() - start >= 6 and not any(a < match.end() and start < b for a, b in taken):
            found.append((start, match.end()))
    return found


@cache
def _places_by_head() -> dict[str, tuple[str, ...]]:
    heads: dict[str, list[str]] = {}
    for name in sorted(places(), key=len, reverse=True):
        heads.setdefault(name[:2], []).append(name)
    return {head: tuple(rows) for head, rows in heads.items()}


def _known_places(cut: CutText) -> list[Claim]:
    """Provinces and prefecture-level places, by the list, each a word of its own."""
    found: list[Claim] = []
    heads, text, at = _places_by_head(), cut.text, 0
    while at < len(text) - 1:
        name = next((name for name in heads.get(text[at : at + 2], ()) if text.startswith(name, at)), "")
        if name and _stands_alone(cut, at, at + len(name), name):
            found.append(Claim(SpecificKind.PLACE, at, at + len(name)))
            at += len(name)
        else:
            at += 1
    return found


def _stands_alone(cut: CutText, start: int, end: int, name: str) -> bool:
    word = cut.word_at(start)
    if len(name) > 2 and name[-1] in "省市区州盟":
        return word.start == start or word.tag.startswith(NAME_TAGS) or cut.text[start - 1 : start] in BEFORE_PLACE
    if name in AMBIGUOUS_PLACES or word.start != start:
        return False
    return word.end == end or (word.end > end and word.tag.startswith(NAME_TAGS))


def _is_part_of_word(cut: CutText, match: re.Match[str], lowest: int) -> bool:
    """Whether the unit only ends a common word (城市, 园区), and no proper name stands whole before it (青山|村)."""
    text, at = cut.text, match.start()
    if text[at - 1 : at] not in PART_OF_WORD_AFTER.get(match["unit"], ()):
        return False
    if at - lowest in (2, 3) and lowest:
        if cut.word_at(lowest).start < lowest:  # badly cut: 云溪|市枫|林区
            return False
        return cut.is_boundary(at - 1) and cut.word_at(at - 1).end >= match.end()
    last = cut.word_at(at - 1)
    name = last.text[: at - last.start]
    if len(name) < 2 or name in GENERIC_BEFORE_PLACE:
        return True
    if last.end == at or is_proper(name):
        return not (last.tag.startswith(NAME_TAGS) or is_proper(name))
    return not (last.tag.startswith(NAME_TAGS) and last.end == match.end() and not is_listed(last.text))


def _place_start(cut: CutText, match: re.Match[str], lowest: int) -> int | None:
    """Where the proper name before a unit of place begins; None where there is none (全市, 示范社区)."""
    text, end = cut.text, match.start()
    floor = end
    longest = 9 if match["unit"].startswith("自治") else 5
    while floor > lowest and end - floor < longest and re.match(f"[{HANZI}]", text[floor - 1]):
        word = cut.word_at(floor - 1)
        if text[floor - 1] in BEFORE_PLACE and len(word.text) == 1:
            break
        floor -= 1
    if end - floor < 2:
        return None
    near = floor == lowest and lowest and end - floor <= 3
    if near and (not _is_common(cut, floor, end) or _names_a_town(cut, floor, end, match["unit"])):
        return floor  # right after another place: 云溪市枫林区, 云溪市桃花镇
    start = next((start for start in range(end - 2, floor - 1, -1) if cut.is_boundary(start)), floor)
    return start if _is_place_name(cut, start, end, match["unit"]) else None


def _is_common(cut: CutText, start: int, end: int) -> bool:
    """Whether ordinary words stand there: 老旧, 示范, 推动."""
    name = cut.text[start:end]
    if name in GENERIC_BEFORE_PLACE or any(
        word.text in GENERIC_BEFORE_PLACE and word.end <= end for word in cut.between(start, end)
    ):
        return True
    return is_listed(name) and not is_proper(name)


def _names_a_town(cut: CutText, start: int, end: int, unit: str) -> bool:
    """桃花镇, 青石市, 红旗街道: a common noun before a unit that seldom follows one but as its name."""
    name = cut.text[start:end]
    if (
        unit not in ("镇", "乡", "街道", "市")
        or len(name) != 2
        or name in _KINDS
        or (name in GENERIC_BEFORE_PLACE and name != "红旗")
    ):
        return False
    return is_listed(name) and is_noun(name) and cut.is_boundary(start)


def _is_place_name(cut: CutText, start: int, end: int, unit: str) -> bool:
    name = cut.text[start:end]
    if _names_a_town(cut, start, end, unit):
        return True
    inside = cut.between(start, end)
    if name in GENERIC_BEFORE_PLACE or any(word.text in GENERIC_BEFORE_PLACE and word.end <= end for word in inside):
        return False
    if len(name) >= 4 and is_verb(name[-2:]):
        return False  # 定期检查|社区, cut badly: four characters that end in what is done to it
    first = inside[0]
    if first.text.startswith(name + unit):
        return first.tag.startswith(NAME_TAGS) or (unit in "省市县区" and (is_proper(name) or not is_listed(name)))
    if is_listed(name):
        common = (
            unit in ("社区", "街道", "村", "小区")
            and (not start or cut.text[start - 1] in "在到、赴，。；：（\n")
            and first.tag.startswith("n")
        )
        return first.tag.startswith(NAME_TAGS) or common
    return first.start == start and all(word.tag[:1] not in "vdpcurmaxq" or len(word.text) == 1 for word in inside)


_TO_A_LEVEL = re.compile(f"[{''.join(sorted(BEFORE_PLACE))}][省市州县区镇乡村校]")
_PROPER_END = re.compile(either(ORGANISATIONS_PROPER))
_OFFICE = "(?:" + "|".join(sorted(ORGANISATION_UNITS, key=len, reverse=True)) + ")"
_PLAIN = f"[^{''.join(sorted(BEFORE_PLACE))}，。；：、（）“”\\s]"
_OF_A_PLACE = re.compile(
    rf"(?:{_PLAIN}{{0,6}}?(?<![布格结大开全时终定])局(?![面部势长])|{_OFFICE}|{_PLAIN}{{1,6}}?{either(ORGANISATIONS_PROPER)})"
)


def organisations(cut: CutText, located: Sequence[Claim]) -> Iterator[Claim]:
    """Every organisation: an office of a place (云溪市民政局), or a brand with its kind (华兴公司). `located` are the places."""
    ends = {place.end: place.start for place in located}
    for place in located:
        if match := _OF_A_PLACE.match(cut.text, place.end):
            start = place.start
            while start in ends:
                start = ends[start]
            yield Claim(SpecificKind.ORGANISATION, start, match.end())
    for match in _PROPER_END.finditer(cut.text):
        start_of_brand = _brand_start(cut, match.start())
        if start_of_brand is not None:
            yield Claim(SpecificKind.ORGANISATION, start_of_brand, match.end())


def _brand_start(cut: CutText, end: int) -> int | None:
    """Where the brand before 公司, 小学 … begins; None where only descriptive words stand there (物业公司, 第一中学)."""
    at = cut.index_at(end - 1) if end else -1
    while at >= 0 and end - cut.words[at].start <= 10:
        word = cut.words[at]
        text = word.text[: end - word.start]
        if not re.fullmatch(f"[{HANZI}A-Za-z]+", text):
            return None
        if text in BEFORE_PLACE or word.tag == "v" or (word.tag[:1] in "vpcu" and text not in DESCRIPTIVE):
            return None
        # 向市|第一|中学, cut badly: a preposition with a level is no brand
        if text in DESCRIPTIVE or (len(text) == 1 and not text.isascii()) or _TO_A_LEVEL.fullmatch(text):
            at -= 1
            continue
        proper = word.tag.startswith(NAME_TAGS) if is_listed(text) else word.tag[:1] not in "vdpcurmq"
        return word.start if proper and text not in GENERIC_BEFORE_PLACE else None
    return None
