"""What a case asks of its text by name: the `content` check, beside those that hold for any text."""

import re

from evals.case import Case
from evals.checks import CheckScore
from speech.finding import Finding, Severity

CONTENT = "content"


def expected(case: Case, text: str) -> CheckScore:
    """The share of the case's demands that `text` meets, 0–100; None where the case makes none.

    Patterns are looked for in the text without white space; findings stand where the text has what it must not.
    """
    places = [n for n, letter in enumerate(text) if not letter.isspace()]
    bare = "".join(text[n] for n in places)
    lacking = [_lacking(pattern) for pattern in case.must if not re.search(pattern, bare)]
    shown = [_shown(match, places, text) for pattern in case.must_not for match in re.finditer(pattern, bare) if match[0]]
    broken = sum(re.search(pattern, bare) is not None for pattern in case.must_not)
    demands = len(case.must) + len(case.must_not)
    met = demands - len(lacking) - broken
    return CheckScore(CONTENT, round(100 * met / demands, 1) if demands else None, (*lacking, *shown))


def _lacking(pattern: str) -> Finding:
    plain = pattern.replace("\\", "")
    return Finding(rule="content.missing", severity=Severity.ERROR, start=0, end=0, text="", message=f"没有写到“{plain}”")


def _shown(match: re.Match[str], places: list[int], text: str) -> Finding:
    start, end = places[match.start()], places[match.end() - 1] + 1
    return Finding(
        rule="content.forbidden", severity=Severity.ERROR, start=start, end=end, text=text[start:end], message="这里不该写这些"
    )
