"""One line of a speech: finished or cut off, an address, a date. Lines that were broken at a fixed width are joined here."""

import re
from collections.abc import Sequence

from speech.numbering import read

_FINAL = "。！？!?…"
MASK = r"×xX\*_某ⅩＸ○〇"
_DAY = rf"[\d{MASK}一二三四五六七八九十]{{1,4}}"
DATE = (
    rf"(?:\d{{2}}[{MASK}]{{1,2}}|\d{{2,4}}|[一二三四五六七八九〇○零]{{4}}|[{MASK}]{{1,4}})\s*[年./-]\s*{_DAY}"
    rf"(?:\s*[月./-]\s*(?:{_DAY}\s*日?)?)?"
)
POST = (
    "(?:书记|部长|省长|市长|县长|区长|州长|镇长|乡长|主席|主任|局长|厅长|校长|院长|处长|科长|所长|组长|"
    "委员|常委|董事长|经理|秘书长|代表)"
)
ADDRESS = re.compile(
    "(?:同志们|各位(?:代表|领导|同志|委员|来宾|嘉宾|同事|朋友)|女士们|朋友们|老师们|同学们|乡亲们)[^。；]{0,20}?[，,！!：:。]"
)
_FEWEST_WRAPPED = 20


def paragraphs_of(text: str) -> list[str]:
    """The paragraphs of a text: its lines without outer white space, blank ones left out, broken ones joined."""
    return _unwrap([line for raw in text.splitlines() if (line := raw.strip("\ufeff\u200b \t\r\xa0\u3000"))])


def is_finished(line: str) -> bool:
    """Does the line end in a final mark? Closing quotes, and a remark in brackets at the end, do not count."""
    bare = re.sub(r"[（(][^（）()]*[）)]$", "", line).rstrip("”’」』》）)\"' ")
    return not bare or bare[-1] in _FINAL or (bare[-1] == "." and not bare[-2:-1].isascii())


def _unwrap(lines: list[str]) -> list[str]:
    """Join lines that were broken at a fixed width, as in text taken from a PDF. Other texts are left alone."""
    width = _width(lines)
    if width is None:
        return lines
    joined: list[str] = []
    last = 0
    for line in lines:
        whole = not joined or is_finished(joined[-1])
        short = last < width - 3
        # A full line that ends a sentence may end its paragraph too; only a number or an address tells.
        # A short line in the middle of a sentence is a stray break, unless it stands alone: then it is a heading.
        heading = bool(joined) and not whole and short and len(joined[-1]) == last
        if heading or (whole and (short or read(line) or ADDRESS.match(line))):
            joined.append(line)
        else:
            joined[-1] += line
        last = len(line)
    return joined


def _width(lines: Sequence[str]) -> int | None:
    """The width at which the lines were broken; None where most of them end as paragraphs do."""
    broken = [len(line) for line in lines if not is_finished(line) and line[-1] not in "：:"]
    if len(lines) < _FEWEST_WRAPPED or len(broken) < len(lines) * 0.6:
        return None
    width = sorted(broken)[len(broken) // 2]
    even = sum(abs(length - width) <= 3 for length in broken) >= len(broken) * 0.7
    return width if even and 15 <= width <= 60 else None
