"""规范提法: the public formulations that stand in a text, what is wrong with them, and the safe ones put right."""

from datetime import date
from functools import cache, lru_cache

from speech.finding import Finding, Severity
from speech.formulation_eras import era_remarks
from speech.formulation_near import near_remarks
from speech.formulation_orders import order_remarks
from speech.formulation_rules import CLOSING_MARKS, OPENING_MARKS, STRAIGHT, Remark, formulation_remarks
from speech.formulation_table import LIST, table

_QUOTES = OPENING_MARKS + CLOSING_MARKS + STRAIGHT
_BRACKETS = dict(zip("“‘「『《", "”’」』》", strict=True))
# A list may be set with 、 or ，, half-width in scraped text: one sign for all, so that a form is written once.
_FOLDED = str.maketrans({"、": "，", ",": "，", ";": "；", ":": "：", "(": "（", ")": "）"})
_HEAD = 2
_RANK = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}
_MOST_ROUNDS = 5
_NEAR = "formulation.near"  # what is near today's wording may be yesterday's
_QUOTES_LEFT_OUT = "formulation.quotes"  # a defect of its own beside a wrong verb or order in the same place


def find_errors(text: str, today: date) -> list[Finding]:
    """Remarks of the families formulation, era and typo, in the order of the text, one for a defect.

    `today` decides what is out of date or not yet coined.
    """
    return [row.finding for row in _remarks(text, today)]


def mend(text: str, today: date) -> tuple[str, list[Finding]]:
    """Put the safe errors right: the text, and each remark acted on (its offsets are those at the time it was acted on).

    A second call changes nothing more.
    """
    done: list[Finding] = []
    for _ in range(_MOST_ROUNDS):  # one mending may bring out another: 坚定四个意识 wants a verb, then quotation marks
        safe = [row.finding for row in _remarks(text, today, only_safe=True)]
        if not safe:
            break
        for finding in reversed(safe):
            text = text[: finding.start] + (finding.suggestion or "") + text[finding.end :]
        done += safe
    return text, done


@lru_cache(maxsize=256)  # a sentence is looked at as it comes, and again in its piece
def _remarks(text: str, today: date, only_safe: bool = False) -> tuple[Remark, ...]:
    """All remarks in order; with `only_safe` those that can be acted on at once, none overlapping another."""
    rows = [*formulation_remarks(text, today), *order_remarks(text), *near_remarks(text, today), *era_remarks(text, today)]
    if only_safe:
        rows = [row for row in rows if row.mend and row.finding.suggestion is not None]
    kept: list[Remark] = []
    for row in sorted(rows, key=_weight):
        clash = _overlap if only_safe else _is_one_defect
        if not any(clash(row.finding, other.finding) for other in kept):
            kept.append(row)
    return tuple(sorted(kept, key=lambda row: row.finding.start))


def _weight(row: Remark) -> tuple[int, bool, int, int]:
    """Of remarks on one defect the gravest stays, of equals the one that knows what is right, then the longest."""
    finding = row.finding
    return _RANK[finding.severity], finding.suggestion is None, finding.start - finding.end, finding.start


def _is_one_defect(a: Finding, b: Finding) -> bool:
    apart = (a.rule == _QUOTES_LEFT_OUT) != (b.rule == _QUOTES_LEFT_OUT)
    related = a.rule.split(".")[0] == b.rule.split(".")[0] or _NEAR in (a.rule, b.rule)
    return related and not apart and _overlap(a, b)


def _overlap(a: Finding, b: Finding) -> bool:
    return a.start < b.end and b.start < a.end


def public_spans(text: str) -> list[tuple[int, int, str]]:
    """Every listed public formulation in `text` as (start, end, name), in order, not overlapping, the longest first.

    Quotation marks inside and round the term are ignored when matching; those that belong to it are in the span.
    """
    return list(_public_spans(text))


@lru_cache(maxsize=64)  # nearly every check of one text asks for them
def _public_spans(text: str) -> tuple[tuple[int, int, str], ...]:
    bare, places = _bare(text)
    spans: list[tuple[int, int, str]] = []
    at = 0
    while at < len(bare) - 1:
        for term, name in _terms_by_head().get(bare[at : at + _HEAD], ()):
            if bare.startswith(term, at):
                start, end = _with_marks(text, places[at], places[at + len(term) - 1] + 1)
                spans.append((start, end, name))
                at += len(term)
                break
        else:
            at += 1
    return tuple(spans)


def _bare(text: str) -> tuple[str, list[int]]:
    """`text` without quotation marks and blanks, punctuation folded, and where each character stood."""
    places = [i for i, sign in enumerate(text) if sign not in _QUOTES and (sign == "\n" or not sign.isspace())]
    folded = text.translate(_FOLDED)
    return "".join(folded[i] for i in places), places


@cache
def _terms_by_head() -> dict[str, tuple[tuple[str, str], ...]]:
    terms: dict[str, str] = {}
    for kind in table().public.values():
        terms |= {_bare(term.strip("《》"))[0]: term.strip("“”") for term in kind}
    for formulation in table().formulations:
        if formulation.public:
            terms |= {_bare(form)[0]: formulation.name for form in formulation.forms}
    terms |= {_bare(order.whole)[0]: order.name for order in table().orders if len(order.whole) >= LIST}
    heads: dict[str, list[tuple[str, str]]] = {}
    for term in sorted(terms, key=len, reverse=True):
        heads.setdefault(term[:_HEAD], []).append((term, terms[term]))
    return {head: tuple(rows) for head, rows in heads.items()}


def _with_marks(text: str, start: int, end: int) -> tuple[int, int]:
    """Widen a span by the quotation marks that belong to it: “ 四个意识 ”, and 新时代“枫桥经验 ”."""
    inside = text[start:end]
    before, after = text[start - 1 : start], text[end : end + 1]
    for left, right in _BRACKETS.items():
        missing = inside.count(left) - inside.count(right)
        if missing > 0 and after == right:
            return start, end + 1
        if missing < 0 and before == left:
            return start - 1, end
        if missing == 0 and before == left and after == right:
            return start - 1, end + 1
    if before and before == after and before in STRAIGHT:
        return start - 1, end + 1
    return start, end
