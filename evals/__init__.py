"""Does it write well: measures of drafts, and of what they cost."""

from evals.checks import CheckScore, by_family, score

__all__ = ["CheckScore", "by_family", "score"]
