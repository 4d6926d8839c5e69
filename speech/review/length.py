"""The length asked for, in characters without white space."""

from speech.document import characters
from speech.finding import Severity
from speech.review.reading import Checked, Reading, note

_TOLERATED, _GRAVE = 0.10, 0.30


def score(asked: int, got: int) -> float:
    """LongWriter's S_l (LongBench-Write): 100·max(0, 1−(y/x−1)/3) where y > x, else 100·max(0, 1−(x/y−1)/2)."""
    if got <= 0:
        return 0.0
    share = 1 - (got / asked - 1) / 3 if got > asked else 1 - (asked / got - 1) / 2
    return round(100 * max(0.0, share), 1)


def check(reading: Reading) -> Checked:
    """None where no length was asked. A remark from 10 % off, an error from 30 %."""
    asked = reading.brief.length if reading.brief else None
    if asked is None:
        return Checked(None)
    got = characters(reading.text)
    off = abs(got - asked) / asked
    if off <= _TOLERATED:
        return Checked(score(asked, got))
    rule, word = ("length.long", "超出") if got > asked else ("length.short", "不足")
    severity = Severity.ERROR if off > _GRAVE else Severity.WARNING
    end = len(reading.text)
    finding = note(reading.text, rule, severity, (end, end), f"要求{asked}字，实有{got}字，{word}{abs(got - asked)}字")
    return Checked(score(asked, got), (finding,))
