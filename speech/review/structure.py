"""Is everything there that the genre demands, numbered in order, and as many parts as were promised."""

import re
from dataclasses import dataclass, field, replace

from speech.brief import Genre
from speech.document import Section, characters
from speech.finding import Finding, Severity
from speech.numbering import Number, check_sequence, enumerations, read
from speech.review.genre_demands import Demands, demands
from speech.review.promises import promise_findings
from speech.review.reading import Checked, Placed, Reading, note, placed_sections

_LONGEST_OPENING, _LONGEST_CLOSING = 0.28, 0.20
_LARGEST_SECTION, _SMALLEST_SECTION = 0.72, 0.2  # of all sections; of the mean section
_ARABIC_LEVEL = 3
_SEPARATORS = "；;。"


def check(reading: Reading) -> Checked:
    """Score: the share of the parts that are as they should be, weighted.

    title 10 · salutation 15 · opening 15 · sections 25 · closing 15 · promise 15 · numbering 15 · balance 10; what the genre
    does not demand is left out of the sum. Numbering loses a fifth for each remark, balance a third, sections a quarter.
    """
    if not reading.text.strip():
        return Checked(0.0, (note("", "structure.empty", Severity.ERROR, (0, 0), "文稿为空"),))
    tally = _Tally()
    wanted = demands(reading.genre)
    placed = placed_sections(reading)
    _title(reading, tally)
    _salutation(reading, wanted, tally)
    _opening(reading, wanted, tally)
    _sections(reading, wanted, placed, tally)
    _closing(reading, wanted, tally)
    promise = promise_findings(reading)
    tally.add(15, 0.0 if any(f.severity is Severity.ERROR for f in promise) else 1 - min(1, len(promise) / 4), promise)
    _numbering(reading, placed, tally)
    _balance(reading, placed, tally)
    return Checked(tally.score(), tuple(tally.findings))


@dataclass
class _Tally:
    """Shares of what is right, each with its weight, and the findings made on the way."""

    parts: list[tuple[float, float]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def add(self, weight: float, share: float, findings: list[Finding]) -> None:
        self.parts.append((weight, share))
        self.findings += findings

    def score(self) -> float:
        whole = sum(weight for weight, _ in self.parts)
        return round(100 * sum(weight * share for weight, share in self.parts) / whole, 1)


def _head(reading: Reading) -> tuple[int, int]:
    """The first line of the text: where something missing at the top is shown."""
    start = len(reading.text) - len(reading.text.lstrip())
    end = reading.text.find("\n", start)
    return start, end if end > 0 else len(reading.text)


def _tail(reading: Reading) -> tuple[int, int]:
    """The last signs of the last paragraph: where something missing at the foot is shown."""
    last = next(reversed([paragraph.text for paragraph in reading.speech.paragraphs()]), "")
    at = reading.text.rfind(last) if last else -1
    end = at + len(last) if at >= 0 else len(reading.text.rstrip())
    return max(reading.text.rfind("\n", 0, end) + 1, end - 30, 0), end


def _title(reading: Reading, tally: _Tally) -> None:
    # A report to a congress is often handed on without its title.
    if reading.speech.title or reading.genre is Genre.GOVERNMENT_REPORT:
        tally.add(10, 1, [])
    else:
        tally.add(10, 0, [note(reading.text, "structure.title", Severity.WARNING, _head(reading), "缺少标题")])


def _salutation(reading: Reading, wanted: Demands, tally: _Tally) -> None:
    said = reading.speech.salutation
    if not said:
        if wanted.salutation:
            message = f"{reading.genre}应有称谓，如“{wanted.salutation}”"
            tally.add(
                15, 0, [note(reading.text, "structure.salutation", Severity.ERROR, _head(reading), message, wanted.salutation)]
            )
        return
    start = max(reading.text.find(said), 0)
    if wanted.salutation_form and not re.search(wanted.salutation_form, said):
        message = f"{reading.genre}的称谓一般为“{wanted.salutation}”"
        span = (start, start + len(said))
        tally.add(15, 0.6, [note(reading.text, "structure.salutation-form", Severity.WARNING, span, message, wanted.salutation)])
    else:
        tally.add(15, 1, [])


def _opening(reading: Reading, wanted: Demands, tally: _Tally) -> None:
    opening = "".join(reading.speech.opening)
    if not opening:
        tally.add(15, 0, [note(reading.text, "structure.opening", Severity.ERROR, _head(reading), "缺少开头段")])
    elif wanted.opening_form and not re.search(wanted.opening_form, opening):
        first = reading.speech.opening[0]
        start = max(reading.text.find(first[:16]), 0)
        message = f"开头未交代{wanted.opening_says}"
        span = (start, start + len(first))
        tally.add(15, 0.8, [note(reading.text, "structure.opening-form", Severity.INFO, span, message)])
    else:
        tally.add(15, 1, [])


def _sections(reading: Reading, wanted: Demands, placed: list[Placed], tally: _Tally) -> None:
    sections = reading.speech.sections
    asked = reading.brief.sections if reading.brief else None
    if not wanted.sections and not sections:
        return
    findings: list[Finding] = []
    if asked and len(sections) != asked:
        message = f"要求{asked}个部分，实有{len(sections)}个"
        findings.append(note(reading.text, "structure.sections", Severity.ERROR, _head(reading), message))
    elif len(sections) < wanted.sections:
        message = f"{reading.genre or '讲话'}一般不少于{wanted.sections}个部分，实有{len(sections)}个"
        findings.append(note(reading.text, "structure.sections", Severity.ERROR, _head(reading), message))
    findings += _hollow(reading, placed)
    share = min(1.0, len(sections) / wanted.sections) if wanted.sections else 1.0
    tally.add(25, max(0.0, share - 0.25 * len(findings)), findings)


def _hollow(reading: Reading, placed: list[Placed]) -> list[Finding]:
    """Sections without text, a lone （一）, the same heading twice."""
    findings: list[Finding] = []
    headings: dict[str, Placed] = {}
    for place in placed:
        section, span = place.section, (place.start, place.end)
        if not section.paragraphs and not section.sections:
            findings.append(note(reading.text, "structure.empty-section", Severity.ERROR, span, "标题下没有内容"))
        elif section.heading and section.heading in headings:
            findings.append(note(reading.text, "structure.same-heading", Severity.ERROR, span, "标题与前文重复"))
        elif len(section.sections) == 1 and section.sections[0].number:
            number = section.sections[0].number
            findings.append(note(reading.text, "structure.lone", Severity.WARNING, span, f"其下只有“{number}”一项，不必分项"))
        headings.setdefault(section.heading, place)
    return findings


def _closing(reading: Reading, wanted: Demands, tally: _Tally) -> None:
    closing = "".join(reading.speech.closing)
    tail = _tail(reading)
    if reading.speech.truncated:
        tally.add(15, 0, [note(reading.text, "structure.truncated", Severity.ERROR, tail, "文稿结尾不完整")])
    elif not closing and wanted.closing_form and re.search(wanted.closing_form, reading.text[-160:]):
        tally.add(15, 1, [])  # the closing words stand at the end of the last section
    elif not closing and wanted.closing:
        tally.add(15, 0, [note(reading.text, "structure.closing", Severity.ERROR, tail, f"缺少结尾（{wanted.closing}）")])
    elif closing and wanted.closing_form and not re.search(wanted.closing_form, closing):
        tally.add(15, 0.7, [note(reading.text, "structure.closing-form", Severity.INFO, tail, f"结尾一般为：{wanted.closing}")])
    elif closing or wanted.closing:
        tally.add(15, 1, [])


def _numbering(reading: Reading, placed: list[Placed], tally: _Tally) -> None:
    numbers: list[tuple[Number, int]] = []
    for place in placed:
        if place.section.number and (found := read(place.section.number + place.section.heading)):
            # 2、 in the place of 二、 was raised to its level when it was read.
            level = min(found[0].level, place.section.level) if found[0].level == _ARABIC_LEVEL else found[0].level
            numbers.append((replace(found[0], level=level), place.start))
    findings = check_sequence(numbers)
    for paragraph in reading.speech.paragraphs():
        start = reading.text.find(paragraph.text)
        if start >= 0:
            findings += _enumeration_findings(reading.text, start, paragraph.text)
    if numbers or findings:
        tally.add(15, 1 - min(1, sum(f.severity is not Severity.INFO for f in findings) / 5), findings)


def _enumeration_findings(text: str, start: int, paragraph: str) -> list[Finding]:
    """一是…三是…, and 一是…；二是…。三是…。"""
    findings: list[Finding] = []
    for run in enumerations(paragraph):
        span = (start + run.items[0].start, start + run.items[-1].start + len(run.items[-1].mark))
        ordinals = [item.ordinal for item in run.items]
        if ordinals != list(range(1, len(ordinals) + 1)):
            marks = "、".join(item.mark.rstrip("，,、：:") for item in run.items)
            findings.append(note(text, "numbering.enumeration", Severity.WARNING, span, f"序列不连续：{marks}"))
            continue
        ends = [paragraph[: item.start].rstrip()[-1:] for item in run.items[1:]]
        if len({end for end in ends if end in _SEPARATORS}) > 1:
            findings.append(note(text, "numbering.separators", Severity.INFO, span, "各项之间分号、句号混用"))
    return findings


def _balance(reading: Reading, placed: list[Placed], tally: _Tally) -> None:
    speech = reading.speech
    if len(speech.sections) < 2 or speech.truncated:
        return
    sizes = [_size(section) for section in speech.sections]
    inner = sum(sizes)
    whole = inner + characters("".join(speech.opening + speech.closing))
    places = {id(place.section): (place.start, place.end) for place in placed}
    remarks: list[tuple[tuple[int, int], str]] = []
    for section, size in zip(speech.sections, sizes, strict=True):
        span = places.get(id(section), _head(reading))
        if len(sizes) > 2 and size > _LARGEST_SECTION * inner:
            remarks.append((span, f"这一部分占全文{size / whole:.0%}，偏长"))
        # 政府自身建设, the last part of a report to a congress, is always short.
        elif 0 < size < _SMALLEST_SECTION * inner / len(sizes) and reading.genre is not Genre.GOVERNMENT_REPORT:
            remarks.append((span, f"这一部分仅占全文{size / whole:.0%}，偏短"))
    opening, closing = (characters("".join(part)) for part in (speech.opening, speech.closing))
    if opening > _LONGEST_OPENING * whole:
        remarks.append((_head(reading), f"开头占全文{opening / whole:.0%}，偏长"))
    if closing > _LONGEST_CLOSING * whole:
        remarks.append((_tail(reading), f"结尾占全文{closing / whole:.0%}，偏长"))
    findings = [note(reading.text, "structure.balance", Severity.WARNING, span, message) for span, message in remarks]
    tally.add(10, 1 - min(1, len(findings) / 3), findings)


def _size(section: Section) -> int:
    return characters(section.heading + "".join(section.paragraphs)) + sum(_size(below) for below in section.sections)
