"""Scraped noise out, with a reason for every line dropped; a text cut off noticed; a copy for reading with full-width marks.

Body text is never dropped on a doubt: a line goes by its own features (noise.py), or because it stands above the title
or under the text among lines that go.
"""

import re
from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise

from pydantic import BaseModel, ConfigDict

from speech import numbering
from vectorstore import noise, outsiders
from vectorstore.noise import Reason
from vectorstore.outsiders import Piece, Place
from vectorstore.signs import Vocabulary

_HEAD_LINES = 30
_REPEATS, _APART = 3, 5
_LONG, _ASIDE = 15, 20
_LAST_WORDS = re.compile("谢谢|敬礼|完毕|批评指正|审议|祝[大您你]")
_STRANGE = 0.8  # a share of words that the text has nowhere else


class NoiseLine(BaseModel):
    """A line, or a piece of one, that was dropped. `line` counts from 1 in the text given."""

    model_config = ConfigDict(frozen=True)

    line: int
    text: str
    reason: Reason


class Cleaned(BaseModel):
    """The text without its noise. `truncated`: it breaks off, or a notice says that the rest is for those who pay."""

    model_config = ConfigDict(frozen=True)

    text: str
    noise: tuple[NoiseLine, ...] = ()
    truncated: bool = False


@dataclass
class _Line:
    number: int
    text: str
    reason: Reason | None = None
    pieces: list[Piece] = field(default_factory=list)  # spans of noise inside it
    mixed: bool = False  # body once the pieces are cut out


def clean(text: str) -> Cleaned:
    """Drop noise lines, cut noise pieces out of body lines, keep everything else as it stands. Never raises."""
    lines = [_Line(at, line.strip()) for at, line in enumerate(text.split("\n"), 1)]
    full = [line for line in lines if line.text]
    words = outsiders.vocabulary(line.text for line in full)
    _judge_each(full, words)
    start, end = _body_span(full)
    _judge_ends(full, start, end, words)
    kept, dropped = _divide(full)
    truncated = _is_truncated([text for _, text in kept], dropped, max((number for number, _ in kept), default=0), words)
    return Cleaned(text=_joined(text, dict(kept)), noise=tuple(dropped), truncated=truncated)


def _judge_each(lines: list[_Line], words: Vocabulary) -> None:
    for line in lines:
        line.pieces = outsiders.pieces(line.text, words)
        line.mixed = _rest_is_body(line, words)
        if not line.mixed:
            line.reason = noise.judge(line.text) or outsiders.judge(line.text, words, Place.WITHIN)
            if line.reason is None and line.pieces and not noise.is_prose(line.text):
                line.reason = line.pieces[0][2]
    brands = {brand for line in lines if line.reason and (brand := noise.credited(line.text))}
    again = {text for text, times in Counter(line.text for line in lines).items() if times >= _REPEATS and _may_repeat(text)}
    places: dict[str, list[int]] = {text: [] for text in again}
    for at, line in enumerate(lines):
        if line.text in again:
            places[line.text].append(at)
    for at, line in enumerate(lines):
        if line.reason:
            continue
        if line.text in brands:
            line.reason = Reason.WATERMARK
        elif line.text in again and all(b - a >= _APART for a, b in pairwise(places[line.text])):
            # A running title: the first one may be the title itself.
            first = at == places[line.text][0] and noise.is_head(line.text)
            line.reason = None if first else Reason.PAGE_FURNITURE


def _rest_is_body(line: _Line, words: Vocabulary) -> bool:
    """谢谢大家！某某文库整理，咨询QQ…: one piece is to be cut, the other to be kept."""
    if not line.pieces:
        return False
    rest = _without(line.text, line.pieces)
    if len(rest) > noise.SHORT:
        return noise.judge(rest) is None
    strange = words.rich and not noise.is_byline(rest) and words.foreign(rest, own=True) >= _STRANGE
    whole = (bool(_ENDED.search(rest)) and not strange) or len(rest) >= _LONG
    return whole and noise.judge(rest) is None and not noise.selling_kinds(rest)


def _without(text: str, pieces: list[Piece]) -> str:
    rest, at = "", 0
    for begin, end, _ in pieces:
        rest, at = rest + text[at:begin], end
    rest += text[at:]
    return re.sub(r"^[.…\s]{4,}|(?<![.…\s])[.…\s]{4,}$", "", rest).strip() if at else rest


def _may_repeat(text: str) -> bool:
    # Parts of several speeches in one file, or of one that is long, may have the same heading.
    return 4 <= len(text) <= 40 and not re.search(r"[。！？!?：:；]$", text) and numbering.read(text) is None


def _body_span(lines: list[_Line]) -> tuple[int, int]:
    """Indices of the first and the last line that surely belong to the speech; past the end and -1 where no line is sure."""
    sure = [
        at
        for at, line in enumerate(lines)
        if line.reason is None and (noise.is_body(line.text) or noise.ends_sentence(line.text))
    ]
    if not sure:
        return (len(lines) if any(line.reason for line in lines) else 0), -1
    heads = [at for at in sure[:5] if at < _HEAD_LINES and noise.is_head(lines[at].text)]
    return (heads or sure)[0], sure[-1]


def _judge_ends(lines: list[_Line], start: int, end: int, words: Vocabulary) -> None:
    """Above the title and under the text a weaker sign will do, and what stands beside noise lines goes with them."""
    above, under = lines[:start], lines[end + 1 :] if end >= 0 else []
    for line in (*above, *under):
        if line.reason is None and not line.mixed:
            line.reason = outsiders.judge(line.text, words, Place.END)
    for line in under:
        if line.reason is None and not line.mixed and outsiders.is_stray(line.text, words):
            line.reason = Reason.WATERMARK
    for line in above:
        if line.reason is None and _may_go(line.text) and noise.selling_kinds(line.text):
            line.reason = Reason.WATERMARK if noise.is_site_like(line.text) else Reason.ADVERT
    last = max((line.number for line in above if _tells(line)), default=0)
    for run in _runs(above):
        # A line right over the title may be its first half; one in a block of its own, among noise, is not.
        apart = (start == len(lines) or run[-1].number + 1 < lines[start].number) and any(_tells(line) for line in run)
        for line in run:
            if line.reason is None and _may_go(line.text) and (apart or line.number < last):
                line.reason = _beside(line.text)
    times = Counter(_folded(line.text) for line in lines)
    for run in _runs(under):
        # Likewise a block under the text; thanks, a signature and what is left of a text cut off may stand there too.
        if end >= 0 and lines[end].number + 1 < run[0].number and any(_tells(line) for line in run):
            for line in run:
                strange = times[_folded(line.text)] > 1 or (words.rich and words.foreign(line.text, own=True) >= _STRANGE)
                ends_it = noise.is_date(line.text) or _LAST_WORDS.search(line.text)
                if line.reason is None and strange and not ends_it and _may_go(line.text):
                    line.reason = _beside(line.text)
    reason = None
    for line in under if any(_tells(line) for line in under) else ():
        if line.reason is None and noise.is_site_like(line.text):
            line.reason = Reason.WATERMARK
        if _tells(line):
            reason = line.reason
        elif line.reason is None and not noise.is_date(line.text) and _may_go(line.text, byline=True):
            # A signature stands over the site's own lines, not among them.
            line.reason = reason


def _folded(text: str) -> str:
    """A line as it is counted: a site's own differ in their figures."""
    return re.sub(r"\d+", "0", text)


def _tells(line: _Line) -> bool:
    return line.reason is not None and not noise.is_page_number(line.text)


def _may_go(text: str, byline: bool = False) -> bool:
    """May a line be dropped for what stands beside it? Short ones, and those that sell; a byline where `byline` says so."""
    if noise.is_site_like(text):
        return True
    if noise.is_body(text) or noise.ends_sentence(text) or (noise.is_byline(text) and not byline):
        return False
    return len(text) <= _ASIDE or (len(text) <= noise.SHORT and noise.selling_kinds(text) > 0)


def _beside(text: str) -> Reason:
    return Reason.WATERMARK if len(text) <= 8 and not re.search(r"[，。、！：!,:]", text) else Reason.ADVERT


def _runs(lines: list[_Line]) -> list[list[_Line]]:
    """Lines that stand together, without a blank line between."""
    runs: list[list[_Line]] = []
    for line in lines:
        if runs and runs[-1][-1].number + 1 == line.number:
            runs[-1].append(line)
        else:
            runs.append([line])
    return runs


def _divide(lines: list[_Line]) -> tuple[list[tuple[int, str]], list[NoiseLine]]:
    kept: list[tuple[int, str]] = []
    dropped: list[NoiseLine] = []
    for line in lines:
        if line.reason:
            dropped.append(NoiseLine(line=line.number, text=line.text, reason=line.reason))
            continue
        dropped += [NoiseLine(line=line.number, text=line.text[a:b].strip(), reason=reason) for a, b, reason in line.pieces]
        rest = _without(line.text, line.pieces)
        if rest:
            kept.append((line.number, rest))
    return kept, dropped


def _joined(text: str, kept: dict[int, str]) -> str:
    """The kept lines with the indents that they had; what was dropped leaves no more than one blank line."""
    lines = []
    for number, raw in enumerate(text.split("\n"), 1):
        if number in kept:
            lines.append(raw[: len(raw) - len(raw.lstrip())].replace("\t", "    ") + kept[number])
        elif lines and lines[-1]:
            lines.append("")
    return "\n".join(lines).rstrip("\n")


_OPEN_ENDED = re.compile(r"[，、；：,;:]$|…+$|\.{3,}$")
_ENDED = re.compile(r"[。！？!?][”’）)》\"']*(?:[（(][^（）()]*[）)])?$")


def _is_truncated(kept: list[str], dropped: list[NoiseLine], last: int, words: Vocabulary) -> bool:
    # A paywall counts only after the text; one in the middle is a page break of the site.
    if any(line.line >= last and noise.is_paywall(line.text) for line in dropped):
        return bool(kept)
    body = list(kept)
    while len(body) > 1 and not _ENDED.search(body[-1]) and not _OPEN_ENDED.search(body[-1]) and noise.is_byline(body[-1]):
        body.pop()
    while len(body) > 1 and not _ENDED.search(body[-1]) and outsiders.is_doubtful(body[-1], words):
        body.pop()
    if not body or (len(body) == 1 and noise.is_head(body[0])):
        return False
    return not _ENDED.search(body[-1])


# --- the reading copy ---------------------------------------------------------------------------------------------

_WIDE = {",": "，", ";": "；", ":": "：", "!": "！", "?": "？"}
_HANZI = r"[\u4e00-\u9fff\u3000-\u303f\uff00-\uffef“”‘’…—×*＊]"
_KEPT = re.compile(
    r"(?:https?://|www\.)[^\s\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]+|(?<![a-zA-Z0-9_.+-])[a-zA-Z0-9_.+-]+@[a-zA-Z0-9_.-]+|\d[\d,.:]*\d"
)
_MARK = re.compile(rf"(?<={_HANZI})[ \t]*([,;:!?])[ \t]*|([,;:!?])[ \t]*(?={_HANZI})")
# ××.×% is a masked decimal.
_STOP = re.compile(rf"(?<={_HANZI})(?<![.])\.(?=$|[\n”’」』）)]|{_HANZI})(?!\.)(?!(?<=[×*＊]\.)[×*＊\d])")
_PAIR = re.compile(r"\(([^()\n]{0,200}[\u4e00-\u9fff×*][^()\n]{0,200})\)")
_QUOTES = re.compile(r"\"([^\"\n]{0,200}[\u4e00-\u9fff][^\"\n]{0,200})\"")
_NUMERAL = re.compile(r"[ \t\u3000]*[一二三四五六七八九十]{1,3}")


def readable(text: str) -> str:
    """`text` with half-width marks among Chinese made full-width: , ; : ! ? . ( ) and straight quotes.

    Digits, times, addresses on the web and Latin text stay as they are, and so does 一. at the head of a line, which is
    a number to be read as printed. Never NFKC, which goes the other way.
    """
    whole, at = [], 0
    for kept in _KEPT.finditer(text):
        address = kept[0].rstrip(",;:!?.")
        whole += [text[at : kept.start()], address]
        at = kept.start() + len(address)
    whole.append(text[at:])
    # Spans to be left alone are stood for by a private character while the marks are turned.
    held = whole[1::2]
    rest = "\ue000".join(whole[::2])
    rest = _PAIR.sub(r"（\1）", rest)
    rest = _QUOTES.sub(r"“\1”", rest)
    rest = _MARK.sub(lambda found: _WIDE[found[1] or found[2]], rest)
    rest = _STOP.sub(
        lambda found: "." if _NUMERAL.fullmatch(rest, rest.rfind("\n", 0, found.start()) + 1, found.start()) else "。", rest
    )
    parts = rest.split("\ue000")
    return parts[0] + "".join(address + part for address, part in zip(held, parts[1:], strict=True))
