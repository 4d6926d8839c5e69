"""Is everything there that the genre demands, numbered in order, and as many parts as were promised."""

from speech.review import balance, parts, promises, sequence
from speech.review.reading import Checked, Reading
from speech.review.tally import Tally


def check(reading: Reading) -> Checked:
    """Score: the share of what is as it should be, weighted: the parts 80 · promise 15 · numbering 15 · balance 10.

    Each is a check of its own too (parts, promises, sequence, balance); what the genre does not demand is left out of the sum.
    """
    tally = Tally()
    parts.weigh(reading, tally)
    if reading.text.strip():
        promises.weigh(reading, tally)
        sequence.weigh(reading, tally)
        balance.weigh(reading, tally)
    return tally.checked()
