"""How long the parts of a draft are beside how long they were planned: what is missing where, and what is too much."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from agent.mend import fit
from agent.outline import Outline, Part
from speech.document import characters

_FULL = 1.04  # of the length planned: what stands above it is cut
_SHORT = 0.06  # of it: less that is missing is left as it is
# Of its own length: what a section has at least however long the others are, and at most however short (DESIGN, 6: spread as planned).
_THIN, _THICK = 0.6, 1.6
_MORE = 24  # characters: less is not asked for


@dataclass
class Lengths:
    """The texts of an outline's parts, in their order."""

    outline: Outline
    texts: list[str]
    parts: list[Part] = field(init=False)
    _together: list[list[int]] = field(init=False)

    def __post_init__(self) -> None:
        self.parts = list(self.outline.parts())
        numbers = [0, *(n for n, section in enumerate(self.outline.sections, 1) for _ in section.parts), -1]
        self._together = [[at for at, other in enumerate(numbers) if other == number] for number in numbers]

    @property
    def target(self) -> int:
        """Characters that were planned."""
        return sum(part.length for part in self.parts)

    @property
    def written(self) -> int:
        return sum(map(characters, self.texts))

    def trim(self, facts: Sequence[str]) -> None:
        """Cut what is too much, from the ends of the longest parts; what states one of `facts` stays."""
        self.texts = fit(self.texts, round(self.target * _FULL), facts)

    def lacking(self, index: int) -> int:
        """Characters to go on with part `index` for: what the whole is short of and its section has room for, or what this lacks of
        the least that it has. 0 where neither."""
        short = self.target - self.written
        room = self._beside(_THICK, index)
        missing = max(min(short, room) if short >= self.target * _SHORT else 0, self._beside(_THIN, index))
        return missing if missing >= _MORE else 0

    def missing(self) -> int:
        """Characters that must be written at least."""
        sections = {tuple(together): together[0] for together in self._together[1:-1]}
        return max(0, self.target - self.written, sum(max(0, self._beside(_THIN, index)) for index in sections.values()))

    def around(self, index: int) -> str:
        """Everything but part `index`."""
        return "".join(text for other, text in enumerate(self.texts) if other != index)

    def shortest_first(self, among: Sequence[int]) -> list[int]:
        """The parts `among`, the one that has least of its length first."""
        return sorted(among, key=lambda index: characters(self.texts[index]) / self.parts[index].length)

    def _beside(self, share: float, index: int) -> int:
        """Characters that the section of part `index` is short of `share` of its length; below 0 where it is over."""
        section = self._together[index]
        return round(share * sum(self.parts[n].length for n in section)) - sum(characters(self.texts[n]) for n in section)
