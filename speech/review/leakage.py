"""No figure or name of a source stands in the text unless the brief tells it."""

import re
from collections.abc import Iterator

from speech import specifics
from speech.finding import Finding, Severity
from speech.formulations import public_spans
from speech.review.reading import Checked, Reading, note
from speech.words import cut, is_listed

_COST = 15.0  # of a leak; seven leave nothing
_MASKED = re.compile(r"[×✕*＊〔〕□■]|[XxＸｘ]{2,}|[某_]")
_FIGURE = re.compile(r"[0-9０-９]+(?:[.．][0-9０-９]+)?")
_SENTENCE = re.compile(r"[^。！？；\n]+")  # as passages are told apart for statements, so that each is read once
_NAMING = {"person", "place", "organisation", "document", "name", "programme"}
_SHORTEST_NAME, _SHORTEST_QUOTATION = 2, 6
# What is named and says how many of what, and nothing of whose: 三大工程, 两项补贴, 三年行动计划, 十连冠, 15分钟, 500强.
_COUNTED = re.compile(
    r"[一二三四五六七八九十两双]+(?:[大项个类][\u4e00-\u9fff]{2,3}|年(?:行动)?(?:计划|方案)|连[冠丰增])|[0-9０-９.．]+%?[\u4e00-\u9fff]{0,2}"
)


def check(reading: Reading) -> Checked:
    """Score: 100 less 15 for each different source specific in the text; None without sources.

    A figure counts where it has two significant digits or more: that both say “3个” or “50%” is chance.
    """
    if not reading.sources:
        return Checked(None)
    told = _told(reading)
    found: list[Finding] = []
    taken: list[tuple[int, int]] = []
    for start, end in sorted(set(_leaks(reading)), key=lambda span: span[0] - span[1]):
        words = reading.text[start:end]
        inside = any(a <= start and end <= b for a, b in taken)
        if not inside and not _is_told(words, told):
            taken.append((start, end))
            message = f"“{words.strip('“”')}”出自参考材料，写作任务未提供"
            found.append(note(reading.text, "leakage.specific", Severity.ERROR, (start, end), message))
    different = {finding.text for finding in found}
    return Checked(max(0.0, 100 - _COST * len(different)), tuple(sorted(found, key=lambda finding: finding.start)))


def _told(reading: Reading) -> str:
    return "\n".join(reading.brief.told().values()) if reading.brief else ""


def _is_told(words: str, told: str) -> bool:
    return words.strip("“”‘’《》") in told


def _leaks(reading: Reading) -> Iterator[tuple[int, int]]:
    """Claims of the text that a source makes too, and names of the sources that the text holds."""
    claims = specifics.check(reading.text, reading.brief) if reading.brief else specifics.find(reading.text)
    public = [(start, end) for start, end, _ in public_spans(reading.text)]
    for claim in claims:
        if claim.supported or _within(claim.start, claim.end, public) or not _is_telling(claim.kind.value, claim.text):
            continue
        if any(_holds(source, claim.text) for source in reading.sources):
            yield claim.start, claim.end
    supported = [(claim.start, claim.end) for claim in claims if claim.supported]
    for name in _names(reading.sources):
        for start, end in _places(reading.text, name):
            if not _within(start, end, public + supported) and not _cuts_a_word(reading.text, start, end):
                yield start, end


def _places(text: str, name: str) -> Iterator[tuple[int, int]]:
    """Where `name` stands, and not as part of a longer figure."""
    at = text.find(name)
    while at >= 0:
        end = at + len(name)
        if not (name[0].isdigit() and text[at - 1 : at].isdigit()) and not (name[-1].isdigit() and text[end : end + 1].isdigit()):
            yield at, end
        at = text.find(name, at + 1)


def _cuts_a_word(text: str, start: int, end: int) -> bool:
    """Whether text[start:end] begins or ends inside a common word, and so is no name there: 做强产业 holds no “强产业”."""
    line = text.rfind("\n", 0, start) + 1
    stop = text.find("\n", end)
    words = cut(text[line : stop if stop >= 0 else len(text)])
    return any(not words.is_boundary(place) and is_listed(words.word_at(place).text) for place in (start - line, end - line))


def _within(start: int, end: int, spans: list[tuple[int, int]]) -> bool:
    return any(a <= start and end <= b for a, b in spans)


def _is_telling(kind: str, words: str) -> bool:
    if _MASKED.search(words):
        return False
    if kind == "quotation":
        return len(words.strip("“”")) >= _SHORTEST_QUOTATION
    if kind in _NAMING:
        return len(words.strip("“”《》")) >= _SHORTEST_NAME
    significant = (figure.replace(".", "").strip("0") for figure in _FIGURE.findall(words))
    return any(len(digits) > 1 for digits in significant) and not re.fullmatch(r"20[0-9]{2}年?", words)


def _holds(source: str, words: str) -> bool:
    """`words` stand in `source`, and not as part of a longer figure."""
    guard = r"(?<![0-9０-９.．])" if words[0].isdigit() else ""
    return re.search(guard + re.escape(words), source) is not None


def _names(sources: tuple[str, ...]) -> set[str]:
    sentences = {sentence.strip() for source in sources for sentence in _SENTENCE.findall(source)}
    claims = [claim for sentence in sentences for claim in specifics.find(sentence) if claim.kind.value in _NAMING]
    names = {claim.text.strip("“”") for claim in claims if _is_telling(claim.kind.value, claim.text)}
    return {name for name in names if len(name.strip("《》")) > _SHORTEST_NAME and not _COUNTED.fullmatch(name)}
