"""A draft with its findings marked in the text and its sources beside each paragraph."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from agent.drafts import DraftParagraph
from evals.html import Html, join, tag
from evals.outcome import Outcome
from speech.finding import Finding, Severity

_NEAR_THE_TOP, _LONGEST_SALUTATION = 6, 40
_RANK = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}


def findings_of(outcome: Outcome) -> list[tuple[str, Finding]]:
    """Every finding once, with the first check that made it: in the order of the text, those of no place at the end."""
    found: dict[tuple[str, int, int], tuple[str, Finding]] = {}
    for name, check in outcome.checks.items():
        for finding in check.findings:
            found.setdefault(
                (finding.rule, finding.start, finding.end) if finding.end else (finding.message, 0, 0), (name, finding)
            )
    return sorted(found.values(), key=lambda one: (one[1].start >= one[1].end, one[1].start, one[1].end))


def marked(outcome: Outcome) -> Html:
    """The text a paragraph a line. What a finding speaks of is marked; where several meet, the gravest colours it."""
    placed = [finding for _, finding in findings_of(outcome) if finding.start < finding.end]
    lines, start = [], 0
    for n, line in enumerate(outcome.text.splitlines(keepends=True)):
        body = join(*_pieces(line.rstrip("\n"), start, placed))
        if line.strip():
            lines.append(tag("p", body, _sources(line, outcome.paragraphs), class_=_look(n, line)))
        start += len(line)
    return tag("div", *lines, class_="text")


def _look(number: int, line: str) -> str | None:
    """The title is centred; a salutation, a short line near the top that ends in a colon, stands flush left (GB/T 9704 7.3.2)."""
    if number == 0:
        return "title"
    said = line.strip()
    return "salutation" if number < _NEAR_THE_TOP and len(said) < _LONGEST_SALUTATION and said.endswith(("：", ":")) else None


def _pieces(line: str, start: int, findings: Sequence[Finding]) -> Iterator[Html | str]:
    """`line`, which begins at `start`, cut where findings begin and end."""
    end = start + len(line)
    over = [one for one in findings if one.start < end and start < one.end]
    edges = sorted({start, end, *(min(max(at, start), end) for one in over for at in (one.start, one.end))})
    for left, right in pairwise(edges):
        piece = line[left - start : right - start]
        here = [one for one in over if one.start < right and left < one.end]
        if not here:
            yield piece
            continue
        gravest = min(here, key=lambda one: _RANK[one.severity])
        said = "\n".join(one.message + (f" → {one.suggestion}" if one.suggestion else "") for one in here)
        yield tag("mark", piece, class_=gravest.severity, data_start=left, title=said)


def _sources(line: str, paragraphs: Sequence[DraftParagraph]) -> Html | None:
    """The passages that the paragraph in `line` was written from."""
    own = next((one for one in paragraphs if one.sources and one.text and one.text.strip() in line), None)
    if own is None:
        return None
    items = [
        tag(
            "li",
            source.document,
            f" · {source.heading}" if source.heading else "",
            tag("code", f"{source.passage} {source.score:.2f}"),
        )
        for source in own.sources
    ]
    return tag("details", tag("summary", f"来源 {len(items)}"), tag("ul", *items), class_="sources")
