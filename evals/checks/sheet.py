"""The fill-in sheet: every mask of the text is asked for once, and nothing is asked that is no mask."""

from collections import Counter

from evals.checks.subject import CheckScore, Subject
from speech.finding import Finding, Severity
from speech.review.reading import note


def check(subject: Subject) -> CheckScore:
    """Score: the percentage of places, in the text or on the sheet, that agree. None where no sheet was handed over.

    A place agrees where the sheet has a line for the whole mask, only one, and the line shows the mask as it is printed.
    """
    if subject.fill_in is None:
        return CheckScore("sheet", None)
    asked = Counter(span for line in subject.fill_in for span in line.spans)
    masks = {(mask.start, mask.end) for mask in subject.masks}
    findings: list[Finding] = []
    for span in sorted(masks | set(asked)):
        start, end = max(0, span[0]), min(len(subject.text), span[1])
        if span not in masks:
            remark = ("placeholder.sheet-extra", "待填单所列之处没有待填项")
        elif asked[span] == 0:
            remark = ("placeholder.sheet-missing", f"“{subject.text[start:end]}”没有列入待填单")
        elif asked[span] > 1:
            remark = ("placeholder.sheet-twice", f"“{subject.text[start:end]}”在待填单上列了{asked[span]}次")
        else:
            continue
        findings.append(note(subject.text, remark[0], Severity.ERROR, (min(start, end), end), remark[1]))
    whole = len(masks | set(asked))
    score = 100 * (1 - len(findings) / whole) if whole else 100.0
    return CheckScore("sheet", round(score, 1), tuple(findings))
