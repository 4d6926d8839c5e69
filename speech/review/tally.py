"""Tally: shares of what is right, each with its weight; and where a remark on something missing is shown."""

from dataclasses import dataclass, field

from speech.finding import Finding
from speech.review.reading import Checked, Reading


@dataclass
class Tally:
    """Shares of what is right, each with its weight, and the findings made on the way."""

    parts: list[tuple[float, float]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def add(self, weight: float, share: float, findings: list[Finding]) -> None:
        self.parts.append((weight, share))
        self.findings += findings

    def checked(self) -> Checked:
        """The weighted share as a score of 0–100; None where nothing was to be weighed."""
        whole = sum(weight for weight, _ in self.parts)
        score = round(100 * sum(weight * share for weight, share in self.parts) / whole, 1) if whole else None
        return Checked(score, tuple(self.findings))


def head(reading: Reading) -> tuple[int, int]:
    """The first line of the text: where something missing at the top is shown."""
    start = len(reading.text) - len(reading.text.lstrip())
    end = reading.text.find("\n", start)
    return start, end if end > 0 else len(reading.text)


def tail(reading: Reading) -> tuple[int, int]:
    """The last signs of the last paragraph: where something missing at the foot is shown."""
    last = next(reversed([paragraph.text for paragraph in reading.speech.paragraphs()]), "")
    at = reading.text.rfind(last) if last else -1
    end = at + len(last) if at >= 0 else len(reading.text.rstrip())
    return max(reading.text.rfind("\n", 0, end) + 1, end - 30, 0), end
