"""Numbers as speeches print them, Arabic and Chinese, and their values."""

import re
from decimal import Decimal, InvalidOperation

DIGIT = "0-9０-９"
ARABIC = rf"(?:[{DIGIT}]{{1,3}}(?:[,，][{DIGIT}]{{3}})+(?![{DIGIT}])|[{DIGIT}]+)(?:[.．][{DIGIT}]+)?"
CHINESE_SIGNS = "一二三四五六七八九十百千万亿两零〇○"
CHINESE = f"[{CHINESE_SIGNS}]+"

_HALF_WIDTH = str.maketrans("０１２３４５６７８９．", "0123456789.", ",，")
_DIGITS = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"〇": 0, "○": 0, "两": 2}
_SMALL = {"十": 10, "百": 100, "千": 1000}
_LARGE = {"万": 10_000, "亿": 100_000_000}


def value(number: str, scale: str = "") -> Decimal | None:
    """What a number is worth: "1,632" → 1632, "三十五" → 35, ("3.7", "万") → 37000. None for what is no number.

    `number` is all Arabic or all Chinese; `scale` a run of 十百千万亿.
    """
    worth = _arabic(number) if re.match(f"[{DIGIT}]", number) else _chinese(number)
    if worth is None:
        return None
    for sign in scale:
        worth *= _SMALL.get(sign) or _LARGE.get(sign) or 1
    return worth


def _arabic(number: str) -> Decimal | None:
    try:
        return Decimal(number.translate(_HALF_WIDTH))
    except InvalidOperation:
        return None


def _chinese(number: str) -> Decimal | None:
    if not number or any(sign not in CHINESE_SIGNS for sign in number):
        return None
    if all(sign in _DIGITS for sign in number):  # digit by digit: 二〇二六
        return Decimal(int("".join(str(_DIGITS[sign]) for sign in number)))
    total = section = digit = 0
    last_unit = 1
    for sign in number:
        if sign in _DIGITS:
            digit = _DIGITS[sign]
            last_unit = 1 if digit == 0 else last_unit
        elif sign in _SMALL:
            last_unit = _SMALL[sign]
            section += (digit or 1) * last_unit
            digit = 0
        else:
            last_unit = _LARGE[sign]
            total = (total + section + digit or 1) * last_unit
            section = digit = 0
    # 两千三 says 2300: a last digit right after 百 or above counts the unit below.
    tail = digit * last_unit // 10 if digit and last_unit >= 100 else digit
    return Decimal(total + section + tail)
