"""No section swallows the speech, none is a stub, and opening and closing stay short."""

from speech.brief import Genre
from speech.document import Section, characters
from speech.finding import Severity
from speech.review.reading import Checked, Reading, note, placed_sections
from speech.review.tally import Tally, head, tail

_LONGEST_OPENING, _LONGEST_CLOSING = 0.28, 0.20
_LARGEST_SECTION, _SMALLEST_SECTION = 0.72, 0.2  # of all sections; of the mean of what stands under a heading


def check(reading: Reading) -> Checked:
    """Score: a third less for each part that is too long or too short; None for a text of fewer than two sections."""
    tally = Tally()
    weigh(reading, tally)
    return tally.checked()


def weigh(reading: Reading, tally: Tally) -> None:
    """Add the balance to `tally`; nothing is added for a text of fewer than two sections, or one that breaks off."""
    speech = reading.speech
    if len(speech.sections) < 2 or speech.truncated:
        return
    sizes = [_size(section) for section in speech.sections]
    inner = sum(sizes)
    # in a short speech a heading is as long as the one sentence of a stub
    under = [size - characters(section.heading) for section, size in zip(speech.sections, sizes, strict=True)]
    whole = inner + characters("".join(speech.opening + speech.closing))
    places = {id(place.section): (place.start, place.end) for place in placed_sections(reading)}
    remarks: list[tuple[tuple[int, int], str]] = []
    for section, size, below in zip(speech.sections, sizes, under, strict=True):
        span = places.get(id(section), head(reading))
        if len(sizes) > 2 and size > _LARGEST_SECTION * inner:
            remarks.append((span, f"这一部分占全文{size / whole:.0%}，偏长"))
        # 政府自身建设, the last part of a report to a congress, is always short.
        elif 0 < below < _SMALLEST_SECTION * sum(under) / len(under) and reading.genre is not Genre.GOVERNMENT_REPORT:
            remarks.append((span, f"这一部分仅占全文{size / whole:.0%}，偏短"))
    opening, closing = (characters("".join(part)) for part in (speech.opening, speech.closing))
    if opening > _LONGEST_OPENING * whole:
        remarks.append((head(reading), f"开头占全文{opening / whole:.0%}，偏长"))
    if closing > _LONGEST_CLOSING * whole:
        remarks.append((tail(reading), f"结尾占全文{closing / whole:.0%}，偏长"))
    findings = [note(reading.text, "structure.balance", Severity.WARNING, span, message) for span, message in remarks]
    tally.add(10, 1 - min(1, len(findings) / 3), findings)


def _size(section: Section) -> int:
    return characters(section.heading + "".join(section.paragraphs)) + sum(_size(below) for below in section.sections)
