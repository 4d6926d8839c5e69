"""Sentences and long runs said twice, and clauses that go round in a loop."""

import re
from collections import Counter
from collections.abc import Iterator

from speech.document import characters
from speech.finding import Finding, Severity
from speech.overlap import merged
from speech.review.originality import free_spans
from speech.review.reading import Checked, Reading, lines, note, placed_sections

_GRAM = 12
_LONG = 20  # a repeated run of this many characters is worth a warning; a shorter one is remarked on
_SHORTEST_SENTENCE = 10
_LOOP, _SHORTEST_CLAUSE = 5, 4  # the same beginning of so many signs, that many times in one paragraph
_SENTENCE = re.compile(r"[^。！？!?\n]+[。！？!?]?")
_CLAUSE = re.compile(r"[^，。；！？、：,;!?:\n]+")


def check(reading: Reading) -> Checked:
    """Score: 100 less twice the percentage of characters that were said before in another place, less 5 for a loop."""
    text = reading.text
    places = placed_sections(reading)
    apart = merged([*free_spans(reading), *((place.start, place.end) for place in places), *_title(reading)])
    sentences = list(_sentences(text, apart))
    said = [(finding.start, finding.end) for finding in sentences]
    runs = [finding for finding in _runs(text, apart) if not any(a < finding.end and finding.start < b for a, b in said)]
    loops = list(_loops(text))
    again = sum(characters(finding.text) for finding in sentences + runs)
    score = 100 - 200 * again / max(1, characters(text)) - 5 * len(loops)
    found = sorted([*sentences, *runs, *loops], key=lambda finding: finding.start)
    return Checked(round(max(0.0, score), 1), tuple(found))


def _title(reading: Reading) -> list[tuple[int, int]]:
    title = reading.speech.title
    at = reading.text.find(title) if title else -1
    return [(at, at + len(title))] if title and at >= 0 else []


def _bare(words: str) -> str:
    return "".join(sign for sign in words if sign.isalnum())


def _sentences(text: str, apart: list[tuple[int, int]]) -> Iterator[Finding]:
    seen: set[str] = set()
    for match in _SENTENCE.finditer(text):
        bare = _bare(match.group())
        if len(bare) < _SHORTEST_SENTENCE or any(a <= match.start() and match.end() <= b + 1 for a, b in apart):
            continue
        if bare in seen:
            start = match.end() - len(match.group().lstrip())
            yield note(text, "repetition.sentence", Severity.WARNING, (start, match.end()), "这句话前文已经说过")
        seen.add(bare)


def _runs(text: str, apart: list[tuple[int, int]]) -> Iterator[Finding]:
    """Runs of twelve characters or more that stand in an earlier paragraph too; nothing of `apart` counts."""
    first: dict[str, int] = {}
    for number, (start, line) in enumerate(lines(text)):
        spans: list[tuple[int, int]] = []
        grams = [(start + i, line[i : i + _GRAM]) for i in range(len(line) - _GRAM + 1)]
        for at, gram in grams:
            if first.get(gram, number) == number or not gram.isprintable():
                continue
            told = sum(min(b, at + _GRAM) - max(a, at) for a, b in apart if a < at + _GRAM and at < b)
            if _GRAM - told >= _GRAM // 2:
                spans.append((at, at + _GRAM))
        for a, b in (_trimmed(text, span) for span in merged(spans)):
            if b - a < _GRAM:
                continue
            severity = Severity.WARNING if b - a >= _LONG else Severity.INFO
            yield note(text, "repetition.run", severity, (a, b), f"连续{b - a}字与前文相同")
        for _, gram in grams:
            first.setdefault(gram, number)


def _trimmed(text: str, span: tuple[int, int]) -> tuple[int, int]:
    """`span` without the marks at its ends."""
    start, end = span
    while start < end and not text[start].isalnum() and text[start] not in "“《":
        start += 1
    while start < end and not text[end - 1].isalnum() and text[end - 1] not in "”》":
        end -= 1
    return start, end


def _loops(text: str) -> Iterator[Finding]:
    """让居民的……，让居民的……: the same four signs at the head of five clauses of one paragraph."""
    for start, line in lines(text):
        heads = [(match.start(), match.group().strip()[:_SHORTEST_CLAUSE]) for match in _CLAUSE.finditer(line)]
        counts = Counter(head for _, head in heads if len(head) == _SHORTEST_CLAUSE)
        for head, count in counts.items():
            if count >= _LOOP:
                at = [place for place, words in heads if words == head]
                span = (start + at[0], start + at[-1] + _SHORTEST_CLAUSE)
                yield note(text, "repetition.loop", Severity.WARNING, span, f"“{head}”在一段中作为分句开头重复{count}次")
