"""The printed form that replaces a specific: 1632个 → ×个, 3月5日 → ×月×日, 《…条例》 → 《××》."""

import re

from speech.lexicon import HANZI, MONEY_UNITS, ORGANISATION_UNITS, PLACE_UNITS, TITLES, either, places
from speech.lexicon_names import GENERIC_BEFORE_PLACE
from speech.masks import PlaceholderKind
from speech.numerals import ARABIC, CHINESE, CHINESE_SIGNS, DIGIT

MASK = "×"
_NUMBER = rf"(?:{ARABIC}|{CHINESE})"
_ISO_DATE = re.compile(rf"[{DIGIT}]{{4}}[-/.．][{DIGIT}]{{1,2}}(?:[-/.．][{DIGIT}]{{1,2}})?")
_CLOCK = re.compile(rf"[{DIGIT}]{{1,2}}[:：][{DIGIT}]{{2}}")
_FIGURE = re.compile(
    rf"(?P<ordinal>第?)[上近约超数几成]*(?P<number>{_NUMBER})(?:\s*[至到—–~～、-]+\s*{_NUMBER})*(?P<more>[余多几来]?)"
    rf"(?P<scale>[{CHINESE_SIGNS}]*)[余多]?(?P<unit>.*)",
    re.DOTALL,
)
_LEADING_NUMBER = re.compile(rf"{_NUMBER}(?:\s*[至到—–~～-]+\s*{_NUMBER})*[余多]?")
_UNIT = "(?:" + "|".join(sorted(ORGANISATION_UNITS, key=len, reverse=True)) + ")"
_PLACE = re.compile(rf"([{HANZI}]{{1,6}}?)({either(PLACE_UNITS)})")
_OFFICE = re.compile(rf"(?:[{HANZI}]{{0,8}}(?:局|委|厅|办|部|委员会|政府)|{_UNIT})")
_ORGANISATION_END = re.compile(f"{_UNIT}$")
_TITLED = re.compile(f"(.+?)({either(TITLES)})$", re.DOTALL)
_OPENING = {"“": "”", "「": "」", "『": "』", "‘": "’", '"': '"', "'": "'", "《": "》"}


def mask(kind: PlaceholderKind, text: str) -> str:
    """The mask that stands for `text`, a specific of `kind`; units, titles and quotation marks are kept.

    1632个 → ×个, 3.7万人 → ×万人, 3月5日 → ×月×日, 12.5% → ×%, 张建国同志 → ×××同志, 云溪市 → ×市,
    云溪市民政局 → ×市民政局, 《…条例》 → 《××》, “三定一包” → “××”. Anything else becomes ××.
    """
    match kind:
        case PlaceholderKind.DATE:
            return _date(text)
        case PlaceholderKind.COUNT | PlaceholderKind.AMOUNT:
            return _figure(text, keep_scale=kind is PlaceholderKind.AMOUNT)
        case PlaceholderKind.PERCENT:
            return _percent(text)
        case PlaceholderKind.PERSON:
            return _person(text)
        case PlaceholderKind.PLACE:
            return _place(text)
        case PlaceholderKind.ORGANISATION:
            return _organisation(text)
        case PlaceholderKind.DOCUMENT:
            return "《××》" if text.startswith("《") or not re.search("号$", text) else "×〔×〕×号"
        case PlaceholderKind.NAME:
            closing = _OPENING.get(text[:1], "”")
            return (text[0] if text[:1] in _OPENING else "“") + "××" + closing
    return MASK * 2


def is_office(text: str) -> bool:
    """Whether `text` names a kind of office or body and nobody's own: 民政局, 党支部, 人民政府."""
    return bool(_OFFICE.fullmatch(text))


def _date(text: str) -> str:
    text = _ISO_DATE.sub(lambda found: "×年×月×日" if len(re.findall(f"[{DIGIT}]+", found[0])) == 3 else "×年×月", text)
    text = re.sub(_NUMBER, MASK, _CLOCK.sub("×时×分", text))
    return text if MASK in text else MASK


def _percent(text: str) -> str:
    head, divided, _ = text.partition("分之")
    if divided:
        return (head if head in ("百", "千") else MASK) + divided + MASK
    found = _LEADING_NUMBER.match(text)
    return MASK + re.sub(ARABIC, MASK, text[found.end() :]) if found else MASK


def _figure(text: str, keep_scale: bool) -> str:
    found = _FIGURE.match(text)
    if found is None:
        return MASK
    number, scale = found["number"], found["scale"]
    large = scale[-1:] if scale[-1:] in ("万", "亿") else ""
    if not large and number[-1] in "万亿" and (keep_scale or len(number) > 1):
        large = number[-1]
    unit = re.sub(_NUMBER, MASK, found["unit"])
    if keep_scale and not unit.startswith(MONEY_UNITS):
        unit = "元" + unit
    return f"{found['ordinal']}{MASK}{large}{unit}"


def _person(text: str) -> str:
    titled = _TITLED.match(text)
    if titled is None:
        return MASK * 3
    return (MASK if len(titled[1]) == 1 else MASK * 3) + titled[2]


def _place(text: str) -> str:
    unit = places().get(text) or next((unit for unit in sorted(PLACE_UNITS, key=len, reverse=True) if text.endswith(unit)), "")
    return MASK + unit if unit else MASK * 2


def _organisation(text: str) -> str:
    kept, rest = "", text
    while (place := _PLACE.match(rest)) and place.end() < len(rest) and place[1] not in GENERIC_BEFORE_PLACE:
        kept, rest = kept + MASK + place[2], rest[place.end() :]
    if _OFFICE.fullmatch(rest) and kept:
        return kept + rest
    end = _ORGANISATION_END.search(text)
    return f"{kept}{MASK}{end[0]}" if end else MASK * 2
