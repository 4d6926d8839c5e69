"""No figure or name of a source stands in the text unless the brief tells it."""

import re
from collections.abc import Iterator

from speech import specifics
from speech.finding import Finding, Severity
from speech.formulations import public_spans
from speech.review.reading import Checked, Reading, note

_COST = 15.0  # of a leak; seven leave nothing
_MASKED = re.compile(r"[×✕*＊〔〕□■]|[XxＸｘ]{2,}|[某_]")
_FIGURE = re.compile(r"[0-9０-９]+(?:[.．][0-9０-９]+)?")
_SENTENCE = re.compile(r"[^。！？；\n]+")  # as passages are told apart for statements, so that each is read once
_NAMING = {"person", "place", "organisation", "document", "name", "programme"}
_SHORTEST_NAME, _SHORTEST_QUOTATION = 2, 6


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
        for match in re.finditer(re.escape(name), reading.text):
            if not _within(*match.span(), public + supported):
                yield match.span()


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
    return {name for name in names if len(name.strip("《》")) > _SHORTEST_NAME}
