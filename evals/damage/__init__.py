"""Ways to damage a good text, each with known truth: which check must fall, by how much, and what it must say."""

from evals.damage.claims import CLAIMS
from evals.damage.form import FORM
from evals.damage.kind import Anatomy, Damaged, Kind
from evals.damage.wording import WORDING

__all__ = ["KINDS", "Anatomy", "Damaged", "Kind"]

KINDS: tuple[Kind, ...] = (*CLAIMS, *FORM, *WORDING)
