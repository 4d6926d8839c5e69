"""Nothing copied: no run of text longer than the limit stands in a source too."""

from collections.abc import Iterable

from speech.document import characters
from speech.finding import Severity
from speech.formulations import public_spans
from speech.overlap import merged, shared_runs
from speech.review.reading import Checked, Reading, note

LIMIT = 30  # characters, public formulations and what the brief tells not counted
_GRAM = 8
_SHORTEST_TOLD = 6
_COST = 8.0  # of a run over the limit, besides its share of the text


def check(reading: Reading) -> Checked:
    """Score: 100 less the percentage of characters in shared runs of eight or more, less 8 for a run over the limit.

    Public formulations and text told in the brief count for nothing, neither in the share nor in the length of a run.
    None without sources.
    """
    if not reading.sources:
        return Checked(None)
    text = reading.text
    free = free_spans(reading)
    runs = shared_runs(text, reading.sources, _GRAM)
    copied = sum(_net(text, run, free) for run in runs)
    # a run over the limit lies in one of eight or more; the latter may be several that meet
    worth_it = any(_net(text, run, free) > LIMIT for run in runs)
    long = [run for run in shared_runs(text, reading.sources, LIMIT) if _net(text, run, free) > LIMIT] if worth_it else []
    findings = tuple(
        note(text, "originality.copied", Severity.ERROR, run, f"连续{_net(text, run, free)}字与参考材料相同（限{LIMIT}字）")
        for run in long
    )
    share = copied / max(1, characters(text))
    return Checked(round(max(0.0, 100 * (1 - share) - _COST * len(long)), 1), findings)


def free_spans(reading: Reading) -> list[tuple[int, int]]:
    """What may stand in a source too: public formulations and the words of the brief."""
    spans = [(start, end) for start, end, _ in public_spans(reading.text)]
    if reading.brief:
        spans += shared_runs(reading.text, list(reading.brief.told().values()), _SHORTEST_TOLD)
    return merged(spans)


def _net(text: str, run: tuple[int, int], free: Iterable[tuple[int, int]]) -> int:
    """Characters of a run that are in no free span."""
    start, end = run
    inside = sum(characters(text[max(a, start) : min(b, end)]) for a, b in free if a < end and start < b)
    return characters(text[start:end]) - inside
