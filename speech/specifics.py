"""Specifics: the dates, figures, names and quotations that a text claims, whether they were told, and their masks.

What a draft may state is what its brief tells and what speech/formulations.yaml lists; anything else gives way to a mask.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from pydantic import BaseModel, ConfigDict

from speech.brief import SpeechBrief
from speech.claim_figures import DateParts, date_parts, figure_key, figures
from speech.claim_people import people
from speech.claim_places import named_places, organisations
from speech.claim_quotes import SHORTEST_QUOTATION, quotes
from speech.claims import Claim, SpecificKind
from speech.formulations import public_spans
from speech.lexicon import HANZI, TITLES, either, places
from speech.masking import MASK, is_office, mask
from speech.masks import PlaceholderKind, Run, runs
from speech.words import CutText, cut

__all__ = ["Specific", "SpecificKind", "check", "find", "mask_unsupported"]

_FIGURES = (SpecificKind.COUNT, SpecificKind.AMOUNT, SpecificKind.PERCENT)
_MASKED_AS_NAME = (SpecificKind.QUOTATION, SpecificKind.PROGRAMME)
_MOST_PASSES = 8
_MARKS = "“”‘’「」『』\"'《》"
_TITLED = re.compile(f"(?P<name>.+?)(?P<title>{either(TITLES)})")
_FOLDED = str.maketrans(",:;!?()", "，：；！？（）")
_JOINED = re.compile(r"[至到—–~～、和-]{1,2}")


class Specific(BaseModel):
    """A concrete claim: text[start:end]. `supported` is None until checked; `by` is what supports it: facts[0], public:…"""

    model_config = ConfigDict(frozen=True)

    kind: SpecificKind
    text: str
    start: int
    end: int
    supported: bool | None = None
    by: str | None = None


def find(text: str) -> list[Specific]:
    """Every specific of `text` in order, not overlapping. What is masked already (×个, 20××年) is none."""
    return list(_found(text))


@lru_cache(maxsize=4096)  # the sentences of the sources are read for statements, and again for leaks
def _found(text: str) -> tuple[Specific, ...]:
    claims = _claims(text)
    return tuple(Specific(kind=one.kind, text=text[one.start : one.end], start=one.start, end=one.end) for one in claims)


def check(text: str, brief: SpeechBrief) -> list[Specific]:
    """`find(text)`, each with whether the brief tells it or a listed public formulation holds it, and which."""
    return list(_checked(text, brief))


@lru_cache(maxsize=16)  # several checks of one text ask for it
def _checked(text: str, brief: SpeechBrief) -> tuple[Specific, ...]:
    if not (found := find(text)):
        return ()  # most sentences claim nothing
    told, public = _told(brief), public_spans(text)
    checked: list[Specific] = []
    for specific in found:
        by = _public_support(specific, public) or next((where.name for where in told if _supports(where, specific)), None)
        checked.append(specific.model_copy(update={"supported": by is not None, "by": by}))
    return tuple(checked)


def mask_unsupported(text: str, brief: SpeechBrief) -> tuple[str, list[Specific]]:
    """`text` with every unsupported specific replaced by its mask, and what was replaced, with offsets in `text`.

    Holds for any text: afterwards `check` finds nothing unsupported, so that doing it again changes nothing.
    """
    origins = [(place, place + 1) for place in range(len(text))]
    replaced: list[Specific] = []
    masked, passes = text, 0
    while wrong := [one for one in check(masked, brief) if not one.supported]:
        for one in reversed(wrong):
            start, end = origins[one.start][0], origins[one.end - 1][1]
            replaced.append(one.model_copy(update={"text": text[start:end], "start": start, "end": end}))
            # A mask may make a new claim with its neighbours. A bare × takes characters away each time, and so comes to an end.
            printed = MASK if passes >= _MOST_PASSES else mask(_mask_kind(one.kind), one.text)
            masked = masked[: one.start] + printed + masked[one.end :]
            origins[one.start : one.end] = [(start, end)] * len(printed)
        passes += 1
    return masked, sorted(replaced, key=lambda one: one.start)


def _mask_kind(kind: SpecificKind) -> PlaceholderKind:
    return PlaceholderKind.NAME if kind in _MASKED_AS_NAME else PlaceholderKind(kind.value)


def _claims(text: str) -> list[Claim]:
    words, masked = cut(text), runs(text)
    found: list[Claim] = []
    for claim in (*quotes(words), *figures(words), *_names(words)):
        if _is_masked(text, claim, masked):
            continue
        if not any(one.start < claim.end and claim.start < one.end for one in found):
            found.append(claim)
    return sorted(found, key=lambda claim: claim.start)


def _names(words: CutText) -> Iterator[Claim]:
    located = list(named_places(words))
    yield from people(words)
    yield from organisations(words, located)
    yield from located


def _is_masked(text: str, claim: Claim, masked: Sequence[Run]) -> bool:
    """Whether a mask stands in the claim, so that it asks and does not state. A quotation's own words still state."""
    if not any(run.start < claim.end and claim.start < run.end for run in masked):
        return False
    return (
        claim.kind is not SpecificKind.QUOTATION
        or len(re.findall(f"[{HANZI}]", text[claim.start : claim.end])) < SHORTEST_QUOTATION
    )


@dataclass(frozen=True)
class _Told:
    """One text of the brief (`name` = facts[0], title …) and what it tells."""

    name: str
    plain: str
    figures: frozenset[str]
    dates: tuple[DateParts, ...]
    people: tuple[str, ...]


_CENTENARY = re.compile(  # 建校百年 is told of what is 建校100周年, 百年大计 of nothing
    r"(?:建[校厂院馆市县区]|办学|成立|创[办建刊]|诞[辰生]|通车)百年|百年(?:校庆|庆典|华诞|纪念)"
)


@lru_cache(maxsize=16)
def _told(brief: SpeechBrief) -> tuple[_Told, ...]:
    return tuple(_read(name, text) for name, text in brief.told().items())


def _read(name: str, text: str) -> _Told:
    words = cut(text)
    numbers = figures(words, lenient=True)
    keys = frozenset(figure_key(text[claim.start : claim.end]) for claim in numbers if claim.kind in _FIGURES)
    if _CENTENARY.search(text):
        keys |= {figure_key("100周年")}
    dates = tuple(_dates(text, [claim for claim in numbers if claim.kind is SpecificKind.DATE]))
    return _Told(name, _plain(text), keys, dates, tuple(text[claim.start : claim.end] for claim in people(words)))


def _dates(text: str, claims: Sequence[Claim]) -> Iterator[DateParts]:
    """The dates of a told text; the 8日 of 3月5日至8日 takes its month from the date before."""
    last: tuple[int, DateParts] | None = None
    for claim in claims:
        for date in date_parts(text[claim.start : claim.end]):
            if last and date[0] is None and _JOINED.fullmatch(text, last[0], claim.start):
                before = last[1]
                date = (before[0], date[1] or before[1], *date[2:])
            yield date
            last = claim.end, date


def _plain(text: str) -> str:
    return "".join(sign for sign in text.translate(_FOLDED) if sign not in _MARKS and not sign.isspace())


def _public_support(specific: Specific, public: Sequence[tuple[int, int, str]]) -> str | None:
    start, end = specific.start, specific.end
    core = specific.text
    if specific.kind is SpecificKind.PERSON and (titled := _TITLED.fullmatch(core)) and len(titled["name"]) > 1:
        end = start + len(titled["name"])
    elif specific.kind in (SpecificKind.QUOTATION, SpecificKind.PROGRAMME):
        start, end = start + len(core) - len(core.lstrip(_MARKS)), end - len(core) + len(core.rstrip(_MARKS))
    return next((f"public:{name}" for left, right, name in public if left <= start and end <= right), None)


def _supports(told: _Told, specific: Specific) -> bool:
    match specific.kind:
        case SpecificKind.DATE:
            return all(any(_is_part(date, known) for known in told.dates) for date in date_parts(specific.text))
        case SpecificKind.COUNT | SpecificKind.AMOUNT | SpecificKind.PERCENT:
            return _tells_figure(told, specific)
        case SpecificKind.PERSON:
            return _tells_person(told, specific.text)
        case SpecificKind.ORGANISATION:
            return _tells_organisation(told, specific.text)
        case SpecificKind.PLACE:
            short = specific.text.removesuffix(places().get(specific.text, "")) if specific.text in places() else specific.text
            return specific.text in told.plain or (len(short) > 1 and short in places() and short in told.plain)
    core = _plain(specific.text).rstrip("，。；！？.")  # the mark inside “……。” belongs to the sentence it stands in
    return len(core) > 1 and core in told.plain


def _is_part(date: DateParts, known: DateParts) -> bool:
    """Whether all that `date` says is said by `known`: 3月5日 by 2026年3月5日."""
    return any(part is not None for part in date) and all(
        part is None or part == other for part, other in zip(date, known, strict=True)
    )


def _tells_figure(told: _Told, specific: Specific) -> bool:
    key = figure_key(specific.text)
    if key in told.figures or (":" not in key and _plain(specific.text) in told.plain):
        return True
    number, _, unit = key.rpartition(":")
    # A number that was told bare goes with any unit of counting, and a bare number with the one it was told with.
    if specific.kind is not SpecificKind.COUNT:
        return False
    return f"{number}:" in told.figures or (not unit and any(known.rpartition(":")[0] == number for known in told.figures))


def _tells_person(told: _Told, text: str) -> bool:
    titled = _TITLED.fullmatch(text)
    name, title = (titled["name"], titled["title"]) if titled else (text, "")
    if len(name) > 1:
        return name in told.plain
    return title in told.plain and any(known.startswith(name) for known in told.people)


def _tells_organisation(told: _Told, text: str) -> bool:
    """Told as a whole, or an office (民政局, 党支部) of a place that is told."""
    if text in told.plain:
        return True
    return any(text[:at] in told.plain and is_office(text[at:]) for at in range(2, len(text)))
