"""Which passages of a whole corpus share a long run of text with another text, told in a fraction of a millisecond.

Of every passage the grams at every sixth place are kept, as hashes in order. A run of `FOUND` signs holds two of them whole, so
that none as long is missed; what is found is the passage, to be held against the text letter for letter.
"""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from speech.overlap import signs_of

_GRAM, _STRIDE = 12, 6  # signs
FOUND = _GRAM + 2 * _STRIDE - 1


class Runs:
    """The runs of `texts`, read as speech.overlap does: blanks left out, marks alike, every mask and figure one sign."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.texts = tuple(texts)
        grams: list[int] = []
        owners: list[int] = []
        for number, text in enumerate(texts):
            signs = signs_of(text)
            found = [hash(signs[at : at + _GRAM]) for at in range(0, len(signs) - _GRAM + 1, _STRIDE)]
            grams += found
            owners += [number] * len(found)
        every = np.asarray(grams, np.int64)
        order = np.argsort(every, kind="stable")
        self._grams: NDArray[np.int64] = every[order]
        self._owners: NDArray[np.int32] = np.asarray(owners, np.int32)[order]

    def near(self, text: str) -> list[str]:
        """The texts that share a run of `FOUND` signs or more with `text`, and perhaps some that share a little less."""
        signs = signs_of(text)
        asked = np.asarray([hash(signs[at : at + _GRAM]) for at in range(len(signs) - _GRAM + 1)], np.int64)
        first = np.searchsorted(self._grams, asked)
        hits: Counter[int] = Counter()
        for at in np.flatnonzero(self._grams[np.minimum(first, len(self._grams) - 1)] == asked) if len(self._grams) else ():
            past = np.searchsorted(self._grams, asked[at], side="right")
            hits.update(map(int, self._owners[first[at] : past]))
        return [self.texts[owner] for owner, times in sorted(hits.items()) if times > 1]
