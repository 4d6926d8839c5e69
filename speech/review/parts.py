"""Is everything there that the genre demands: title, salutation, opening, sections, closing."""

import re

from speech.brief import Genre
from speech.document import characters
from speech.finding import Finding, Severity
from speech.review.genre_demands import Demands, demands
from speech.review.reading import Checked, Placed, Reading, note, placed_sections
from speech.review.tally import Tally, head, tail

_LONGEST_CLOSING = 400  # characters; what is longer and does not end as a closing does is the last part of the body


def check(reading: Reading) -> Checked:
    """Score: the share of the parts that are as they should be.

    title 10 · salutation 15 · opening 15 · sections 25 · closing 15; what the genre does not demand is left out of the sum.
    Sections lose a quarter for each remark.
    """
    tally = Tally()
    weigh(reading, tally)
    return tally.checked()


def weigh(reading: Reading, tally: Tally) -> None:
    """Add the parts of the speech to `tally`."""
    if not reading.text.strip():
        tally.add(1, 0, [note("", "structure.empty", Severity.ERROR, (0, 0), "文稿为空")])
        return
    wanted = demands(reading.genre)
    _title(reading, tally)
    _salutation(reading, wanted, tally)
    _opening(reading, wanted, tally)
    _sections(reading, wanted, placed_sections(reading), tally)
    _closing(reading, wanted, tally)


def _title(reading: Reading, tally: Tally) -> None:
    # A report to a congress is often handed on without its title.
    if reading.speech.title or reading.genre is Genre.GOVERNMENT_REPORT:
        tally.add(10, 1, [])
    else:
        tally.add(10, 0, [note(reading.text, "structure.title", Severity.WARNING, head(reading), "缺少标题")])


def _salutation(reading: Reading, wanted: Demands, tally: Tally) -> None:
    said = reading.speech.salutation
    if not said:
        if wanted.salutation:
            message = f"{reading.genre}应有称谓，如“{wanted.salutation}”"
            tally.add(
                15, 0, [note(reading.text, "structure.salutation", Severity.ERROR, head(reading), message, wanted.salutation)]
            )
        return
    start = max(reading.text.find(said), 0)
    if wanted.salutation_form and not re.search(wanted.salutation_form, said):
        message = f"{reading.genre}的称谓一般为“{wanted.salutation}”"
        span = (start, start + len(said))
        tally.add(15, 0.6, [note(reading.text, "structure.salutation-form", Severity.WARNING, span, message, wanted.salutation)])
    else:
        tally.add(15, 1, [])


def _opening(reading: Reading, wanted: Demands, tally: Tally) -> None:
    opening = "".join(reading.speech.opening)
    if not opening:
        tally.add(15, 0, [note(reading.text, "structure.opening", Severity.ERROR, head(reading), "缺少开头段")])
    elif wanted.opening_form and not re.search(wanted.opening_form, opening):
        first = reading.speech.opening[0]
        start = max(reading.text.find(first[:16]), 0)
        message = f"开头未交代{wanted.opening_says}"
        span = (start, start + len(first))
        tally.add(15, 0.8, [note(reading.text, "structure.opening-form", Severity.INFO, span, message)])
    else:
        tally.add(15, 1, [])


def _sections(reading: Reading, wanted: Demands, placed: list[Placed], tally: Tally) -> None:
    sections = reading.speech.sections
    asked = reading.brief.sections if reading.brief else None
    if not wanted.sections and not sections:
        return
    findings: list[Finding] = []
    if asked and len(sections) != asked:
        message = f"要求{asked}个部分，实有{len(sections)}个"
        findings.append(note(reading.text, "structure.sections", Severity.ERROR, head(reading), message))
    elif len(sections) < wanted.sections:
        message = f"{reading.genre or '讲话'}一般不少于{wanted.sections}个部分，实有{len(sections)}个"
        findings.append(note(reading.text, "structure.sections", Severity.ERROR, head(reading), message))
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


def _closing(reading: Reading, wanted: Demands, tally: Tally) -> None:
    closing = "".join(reading.speech.closing)
    foot = tail(reading)
    if reading.speech.truncated:
        tally.add(15, 0, [note(reading.text, "structure.truncated", Severity.ERROR, foot, "文稿结尾不完整")])
    elif not closing and wanted.closing_form and re.search(wanted.closing_form, reading.text[-160:]):
        tally.add(15, 1, [])  # the closing words stand at the end of the last section
    elif wanted.closing and (not closing or _is_body(closing, wanted)):
        tally.add(15, 0, [note(reading.text, "structure.closing", Severity.ERROR, foot, f"缺少结尾（{wanted.closing}）")])
    elif closing and wanted.closing_form and not re.search(wanted.closing_form, closing):
        tally.add(15, 0.7, [note(reading.text, "structure.closing-form", Severity.INFO, foot, f"结尾一般为：{wanted.closing}")])
    elif closing or wanted.closing:
        tally.add(15, 1, [])


def _is_body(closing: str, wanted: Demands) -> bool:
    return (
        bool(wanted.closing_form) and characters(closing) > _LONGEST_CLOSING and not re.search(wanted.closing_form or "", closing)
    )
