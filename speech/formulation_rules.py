"""Wordings, pairs and quotation marks of canonical formulations: what is wrong, and how it is put right.

Every rule is a generator of Remark over a whole text. The data and where each rule comes from: formulations.yaml.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache

from speech.finding import Finding, Severity
from speech.formulation_table import Formulation, Misplaced, Wording, table

OPENING_MARKS, CLOSING_MARKS, STRAIGHT = "“‘「『", "”’」』", "\"'"
_LEFT, _RIGHT = f"[{OPENING_MARKS}{STRAIGHT}]?", f"[{CLOSING_MARKS}{STRAIGHT}]?"
SENTENCE_END = "。！？!?；;\n"


@dataclass(frozen=True)
class Remark:
    """A finding, and whether its suggestion may be put in its place without asking."""

    finding: Finding
    mend: bool = False


def remark(
    rule: str, severity: Severity, text: str, span: tuple[int, int], message: str, right: str | None = None, mend: bool = False
) -> Remark:
    start, end = span
    found = Finding(rule=rule, severity=severity, start=start, end=end, text=text[start:end], message=message, suggestion=right)
    return Remark(found, mend)


def sentence_round(text: str, start: int, end: int) -> tuple[int, int]:
    """The span of the sentence round text[start:end], its final mark left out."""
    left = max(text.rfind(sign, 0, start) for sign in SENTENCE_END) + 1
    rights = [at for sign in SENTENCE_END if (at := text.find(sign, end)) >= 0]
    return left, min(rights, default=len(text))


def formulation_remarks(text: str, today: date) -> Iterator[Remark]:
    """Every remark on wording, pairing, quotation marks and words written wrong."""
    for wording in (*table().wordings, *table().doubtful):
        if wording.since is None or today >= wording.since:
            yield from _wording(text, wording)
    for formulation in table().formulations:
        for misplaced in formulation.misplaced:
            yield from _pair(text, formulation, misplaced)
        if formulation.quoted:
            yield from _bare_of_marks(text, formulation)
    yield from _typos(text)
    yield from _doubled(text)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def _wording(text: str, wording: Wording) -> Iterator[Remark]:
    for match in _compiled(wording.pattern).finditer(text):
        left, right = sentence_round(text, *match.span())
        if wording.unless and re.search(wording.unless, text[left:right]):
            continue
        suggestion = match.expand(wording.right) if wording.right else wording.suggestion
        yield remark(wording.rule, wording.severity, text, match.span(), wording.message, suggestion, wording.mend)


def _pair(text: str, formulation: Formulation, misplaced: Misplaced) -> Iterator[Remark]:
    pattern = rf"(?P<verb>{misplaced.verb})(?P<rest>{_LEFT}{formulation.name}{_RIGHT}(?:{formulation.scope})?)"
    for match in _compiled(pattern).finditer(text):
        left, right = sentence_round(text, *match.span())
        before, sentence = text[left : match.start()], text[left:right]
        if _meant_is_next_link(before, sentence, misplaced.belongs):
            suggestion = match.group().replace(formulation.name, misplaced.belongs)
        else:
            suggestion = misplaced.instead + match["rest"]
        verb = formulation.verbs[0]
        message = f"“{formulation.name}”与“{verb}”搭配，不与“{misplaced.verb}”搭配"
        yield remark("formulation.pairing", misplaced.severity, text, match.span(), message, suggestion, misplaced.mend)


def _meant_is_next_link(before: str, sentence: str, belongs: str) -> bool:
    """增强“四个意识”、坚定“四个意识”: the verb is right and the noun is wrong, for the chain has come to 四个自信."""
    chain = table().chain
    at = chain.index(belongs) if belongs in chain else 0
    return at > 0 and chain[at - 1] in before and belongs not in sentence


def _bare_of_marks(text: str, formulation: Formulation) -> Iterator[Remark]:
    marks = OPENING_MARKS + CLOSING_MARKS + STRAIGHT
    for match in _compiled(rf"(?<![{marks}《]){formulation.name}(?![{marks}》])").finditer(text):
        if _is_inside_marks(text, match.start()):
            continue
        message = f"“{formulation.name}”应加引号"
        yield remark("formulation.quotes", Severity.WARNING, text, match.span(), message, f"“{formulation.name}”", mend=True)


def _is_inside_marks(text: str, at: int) -> bool:
    line = text[text.rfind("\n", 0, at) + 1 : at]
    return any(line.rfind(left) > line.rfind(right) for left, right in ("“”", "《》", "‘’"))


def _typos(text: str) -> Iterator[Remark]:
    for wrong, right in table().typos.items():
        at = text.find(wrong)
        while at >= 0:
            yield remark("typo.word", Severity.ERROR, text, (at, at + len(wrong)), f"“{wrong}”应为“{right}”", right, mend=True)
            at = text.find(wrong, at + len(wrong))


def _doubled(text: str) -> Iterator[Remark]:
    """开展开展. Only words of a list: 一件一件, and 业创业创 inside 就业创业创新, are right."""
    for match in _compiled(rf"({'|'.join(table().doubled)})\1").finditer(text):
        message = f"“{match[1]}”重复"
        yield remark("typo.doubled", Severity.WARNING, text, match.span(), message, match[1], mend=True)
