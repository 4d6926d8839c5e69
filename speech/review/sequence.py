"""Numbers in order, each under its level, and enumerations that do not jump."""

from dataclasses import replace

from speech.finding import Finding, Severity
from speech.numbering import Number, check_sequence, enumerations, read
from speech.review.reading import Checked, Reading, note, placed_sections
from speech.review.tally import Tally

_ARABIC_LEVEL = 3
_SEPARATORS = "；;。"


def check(reading: Reading) -> Checked:
    """Score: a fifth less for each remark that is more than an info; None where nothing is numbered."""
    tally = Tally()
    weigh(reading, tally)
    return tally.checked()


def weigh(reading: Reading, tally: Tally) -> None:
    """Add the numbering to `tally`; nothing is added where nothing is numbered."""
    groups = _numbers(reading)
    findings = [finding for group in groups for finding in check_sequence(group)]
    for paragraph in reading.speech.paragraphs():
        start = reading.text.find(paragraph.text)
        if start >= 0:
            findings += _enumeration_findings(reading.text, start, paragraph.text)
    if any(groups) or findings:
        tally.add(15, 1 - min(1, sum(f.severity is not Severity.INFO for f in findings) / 5), findings)


def _numbers(reading: Reading) -> list[list[tuple[Number, int]]]:
    """The numbers of the sections with their places. Where no part of the whole is numbered (2023年工作回顾, 2024年工作安排) each
    part counts for itself, from 一、 or （一）."""
    roots = {id(section) for section in reading.speech.sections}
    bare = not any(section.number for section in reading.speech.sections)
    groups: list[list[tuple[Number, int]]] = [[]]
    for place in placed_sections(reading):
        if bare and id(place.section) in roots:
            groups.append([])
        if place.section.number and (found := read(place.section.number + place.section.heading)):
            # 2、 in the place of 二、 was raised to its level when it was read.
            level = min(found[0].level, place.section.level) if found[0].level == _ARABIC_LEVEL else found[0].level
            groups[-1].append((replace(found[0], level=level), place.start))
    return groups


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
