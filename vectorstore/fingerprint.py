"""Near-duplicates: the same speech under another mask, with other punctuation, in another edition."""

import hashlib
import re
from functools import cache

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

SHINGLE = 5
# A standard error of 0.025 at a likeness of 0.8; 64 values would give 0.05.
PERMUTATIONS = 256
ALIKE, CONTAINED = 0.8, 0.9
_PRIME = (1 << 31) - 1

_MASKS = re.compile(r"[×xXⅩＸ*＊○〇●◯□■_＿]+")


class Fingerprint(BaseModel):
    """The MinHash of a text's shingles, `signature` in hex (8 digits a value), and how many shingles there are."""

    model_config = ConfigDict(frozen=True)

    signature: str = ""
    shingles: int = 0

    def likeness(self, other: "Fingerprint") -> float:
        """Estimated Jaccard likeness of the shingle sets, 0 to 1; 0 where one of them is empty."""
        if not (self.shingles and other.shingles) or len(self.signature) != len(other.signature):
            return 0.0
        return float(np.mean(_values(self.signature) == _values(other.signature)))

    def contained_in(self, other: "Fingerprint") -> float:
        """Estimated share of this text's shingles that `other` has too, 0 to 1."""
        alike = self.likeness(other)
        both = alike / (1 + alike) * (self.shingles + other.shingles)
        return min(1.0, both / self.shingles) if self.shingles else 0.0


def normalised(text: str) -> str:
    """`text` as compared: every mask one sign however long, no punctuation, no white space."""
    return re.sub(r"[^\w×]", "", _MASKS.sub("×", text))


def shingles(text: str) -> set[str]:
    """The runs of five characters of a text as compared."""
    bare = normalised(text)
    return {bare[at : at + SHINGLE] for at in range(len(bare) - SHINGLE + 1)}


def fingerprint(text: str) -> Fingerprint:
    """The fingerprint of a document's body."""
    found = shingles(text)
    if not found:
        return Fingerprint()
    hashes = np.array([_hash(shingle) for shingle in found], np.uint64)
    a, b = _permutations()
    # In blocks, so that a long document does not take a table of all its shingles times all permutations.
    least = np.full(PERMUTATIONS, _PRIME, np.uint64)
    for at in range(0, len(hashes), 2_000):
        table = (hashes[at : at + 2_000, None] * a + b) % np.uint64(_PRIME)
        least = np.minimum(least, table.min(axis=0))
    return Fingerprint(signature=least.astype(">u4").tobytes().hex(), shingles=len(found))


def _hash(shingle: str) -> int:
    return int.from_bytes(hashlib.blake2b(shingle.encode(), digest_size=8).digest()) % _PRIME


@cache
def _permutations() -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    chance = np.random.default_rng(20120701)
    return chance.integers(1, _PRIME, PERMUTATIONS, np.uint64), chance.integers(0, _PRIME, PERMUTATIONS, np.uint64)


def _values(signature: str) -> NDArray[np.uint32]:
    return np.frombuffer(bytes.fromhex(signature), ">u4")
