"""Numbers: the numbers that Word counts by itself, written out."""

import re
from xml.etree import ElementTree as ET

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def numbered(element: ET.Element) -> tuple[str, int] | None:
    """(list, level) of a paragraph or style that Word numbers by itself; list "0" switches numbering off."""
    number = element.find(f"{W}pPr/{W}numPr")
    if number is None:
        return None
    identity, level = number.find(W + "numId"), number.find(W + "ilvl")
    if identity is None:
        return None
    return identity.get(W + "val", "0"), int(level.get(W + "val", "0")) if level is not None else 0


_CHINESE_FORMATS = frozenset(
    {"chineseCounting", "chineseCountingThousand", "japaneseCounting", "taiwaneseCounting", "taiwaneseCountingThousand"}
)


class Numbers:
    """Word's automatic numbers: the text of 一、 is not in the paragraph but counted from numbering.xml."""

    def __init__(self, part: ET.Element | None) -> None:
        self._levels: dict[str, dict[int, tuple[str, str, int]]] = {}
        self._counts: dict[str, dict[int, int]] = {}
        if part is None:
            return
        abstract = {a.get(W + "abstractNumId", ""): self._read_levels(a) for a in part.iter(W + "abstractNum")}
        for number in part.iter(W + "num"):
            base = number.find(W + "abstractNumId")
            levels = abstract.get(base.get(W + "val", ""), {}) if base is not None else {}
            self._levels[number.get(W + "numId", "")] = levels

    @staticmethod
    def _read_levels(abstract: ET.Element) -> dict[int, tuple[str, str, int]]:
        def value(level: ET.Element, tag: str, default: str) -> str:
            found = level.find(W + tag)
            return default if found is None else found.get(W + "val", default)

        return {
            int(level.get(W + "ilvl", "0")): (
                value(level, "numFmt", "decimal"),
                value(level, "lvlText", ""),
                int(value(level, "start", "1")),
            )
            for level in abstract.iter(W + "lvl")
        }

    def label(self, at: tuple[str, int] | None) -> str:
        """The number that Word would print before the next paragraph of this list and level; bullets are left out."""
        if at is None or at[1] not in self._levels.get(at[0], {}):
            return ""
        identity, level = at
        levels, counts = self._levels[identity], self._counts.setdefault(identity, {})
        counts[level] = counts.get(level, levels[level][2] - 1) + 1
        for deeper in [other for other in counts if other > level]:
            del counts[deeper]
        shape, pattern, _ = levels[level]
        if shape in ("bullet", "none"):
            return ""

        def printed(found: re.Match[str]) -> str:
            other = int(found[1]) - 1
            form, _, start = levels.get(other, ("decimal", "", 1))
            return _counted(counts.get(other, start), form)

        return re.sub(r"%([1-9])", printed, pattern)


def _counted(n: int, shape: str) -> str:
    if shape in _CHINESE_FORMATS and 1 <= n <= 99:
        tens, ones = divmod(n, 10)
        digits = " 一二三四五六七八九"
        return (digits[tens] if tens > 1 else "") + ("十" if tens else "") + (digits[ones] if ones else "")
    if shape.startswith("decimalEnclosedCircle") and 1 <= n <= 20:
        return chr(ord("①") + n - 1)
    return str(n)
