"""讲三点意见 is followed by three."""

import re

from speech.document import Section
from speech.finding import Finding, Severity
from speech.numbering import arabic, enumerations
from speech.review.reading import Checked, Reading, note
from speech.review.tally import Tally

_COUNT = "([两二三四五六七八九十])"
_PROMISE = re.compile(rf"{_COUNT}(?:点|个|项|条|方面|句话|层|大)[^。！？；：:\n]{{0,16}}")
_INNER = re.compile(
    rf"(?:以下|如下|下面|这|抓好|做好|做到|坚持|突出|把握|落实|处理好|抓住){_COUNT}"
    r"(?:个|项|点|条|方面|件)[^。；！？]{{0,12}}[：:。]?\s*$"
)


def check(reading: Reading) -> Checked:
    """Score: 0 where the count announced is not kept, else a quarter less for each list that is not as long as was said."""
    tally = Tally()
    weigh(reading, tally)
    return tally.checked()


def weigh(reading: Reading, tally: Tally) -> None:
    """Add the promises to `tally`."""
    found = promise_findings(reading)
    tally.add(15, 0.0 if any(f.severity is Severity.ERROR for f in found) else 1 - min(1, len(found) / 4), found)


def promise_findings(reading: Reading) -> list[Finding]:
    """promise.count: the number announced in the opening against the level-1 sections, or the enumeration that stands for them.

    promise.inner: 做好三项工作： against the 一是…二是… that follows in the same paragraph, or against the numbered parts below.
    """
    findings = [_inner(reading, paragraph.text) for paragraph in reading.speech.paragraphs()]
    led = [finding for section in reading.speech.sections for finding in _led(reading, section)]
    return [*_announced(reading), *(finding for group in findings for finding in group), *led]


def _announced(reading: Reading) -> list[Finding]:
    speech = reading.speech
    if speech.promised_points is None:
        return []
    roots = [section for section in speech.sections if section.number]
    runs = [run for paragraph in speech.paragraphs() for run in enumerations(paragraph.text)]
    kept = len(roots) or max((len(run.items) for run in runs), default=0)
    if kept == speech.promised_points:
        return []
    start, end = _where(reading)
    message = f"预告{speech.promised_points}点，实有{kept}点"
    return [note(reading.text, "promise.count", Severity.ERROR, (start, end), message)]


def _where(reading: Reading) -> tuple[int, int]:
    """The words of the announcement, else the last paragraph of the opening."""
    last = reading.speech.opening[-1]
    start = max(reading.text.find(last[:16]), 0)
    promised = reading.speech.promised_points
    for match in reversed(list(_PROMISE.finditer(reading.text, start, start + len(last)))):
        if (2 if match[1] == "两" else arabic(match[1])) == promised:
            return match.span()
    return start, start + len(last)


def _inner(reading: Reading, paragraph: str) -> list[Finding]:
    findings: list[Finding] = []
    for run in enumerations(paragraph):
        first = run.items[0]
        promise = _INNER.search(paragraph[: first.start])
        if first.ordinal != 1 or promise is None:
            continue
        promised = 2 if promise[1] == "两" else arabic(promise[1])
        start = reading.text.find(paragraph)
        if promised != len(run.items) and start >= 0:
            span = (start + promise.start(), start + promise.end())
            message = f"前面说{promise[1]}项，后面列出{len(run.items)}项"
            findings.append(note(reading.text, "promise.inner", Severity.WARNING, span, message))
    return findings


_LEAD = re.compile(
    r"(?:以下|如下|抓好|抓了|做好|做了|抓实|干好|从|这)(?:以下|如下)?([一二两三四五六七八九]|十[一二三四五六七八九]?)(?:个方面|方面|项|个|件|大)"
    r"[^，。；！？：:一二三四五六七八九十]{0,8}[：:。]\s*$"
)


def _led(reading: Reading, section: Section) -> list[Finding]:
    """The number that the lead of a section announces, against the numbered parts that follow it."""
    findings = [finding for below in section.sections for finding in _led(reading, below)]
    parts = [part for part in section.sections if part.number]
    found = _LEAD.search(section.paragraphs[-1]) if section.paragraphs and len(parts) > 1 else None
    if found is None or (reading.speech.truncated and section is reading.speech.sections[-1]):
        return findings
    promised = 2 if found[1] == "两" else arabic(found[1])
    start = reading.text.find(section.paragraphs[-1])
    if promised != len(parts) and start >= 0:
        span = (start + found.start(), start + found.end())
        message = f"前面说{found[1]}个方面，后面列出{len(parts)}个"
        findings.append(note(reading.text, "promise.inner", Severity.WARNING, span, message))
    return findings
