"""Every mask is of a kind that can be asked for, and nothing hangs in the air where one was."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from speech.finding import Finding, Severity
from speech.placeholders import Placeholder, PlaceholderKind, find
from speech.review.reading import Checked, Reading, note

_COST = 10.0
_FORMS = {"×": "×✕╳", "X": "XxＸｘ", "*": "*＊", "〔〕": "〔", "_": "_＿", "○": "○□■"}
_ALIKE = (
    (PlaceholderKind.COUNT, PlaceholderKind.AMOUNT, PlaceholderKind.PERCENT),
    (PlaceholderKind.DATE,),
    (PlaceholderKind.PERSON,),
    (PlaceholderKind.PLACE, PlaceholderKind.ORGANISATION),
    (PlaceholderKind.DOCUMENT, PlaceholderKind.NAME),
)
# What is left where a mask was dropped, filled badly, or written as an instruction.
_DANGLING: tuple[tuple[str, Severity, str, re.Pattern[str]], ...] = (
    ("empty", Severity.WARNING, "空的引号、书名号或括号", re.compile(r"“”|‘’|《》|（[、，；\s]*）|\([、，；\s]*\)|【\s*】")),
    ("dangling", Severity.WARNING, "顿号后面缺内容", re.compile(r"、(?=[）)》。；])")),
    ("date", Severity.WARNING, "日期缺少数字", re.compile(r"年月日|(?<=[于在自至从到，。（])(?:年月|月日)(?![常程子期])")),
    (
        "mixed",
        Severity.ERROR,
        "日期填了又留着待填项",
        re.compile(r"[0-9]+月[0-9]+日[×*Xx]*[月日]|[0-9]+年[×*Xx]+年|[0-9]+月[×*Xx]+月"),
    ),
    (
        "template",
        Severity.ERROR,
        "模板里的填写说明",
        re.compile(
            r"\{\{[^{}\n]*\}\}|\$\{[^{}\n]*\}|\{[^{}\n\"]{1,12}\}"
            r"|[\[【（(<〈](?:此处|请填|填写|待填|待补|插入|具体|可根据|请根据|XX单位|单位名称|姓名|时间|地点|数据)"
            r"[^\]】）)>〉\n]{0,24}[\]】）)>〉]"
        ),
    ),
)


def check(reading: Reading) -> Checked:
    """Score: the percentage of masks whose kind is known, less 10 for each thing that dangles and for each sign besides the
    usual one that masks of its sort are printed with; 100 where there is no mask."""
    masks = find(reading.text)
    untyped = [mask for mask in masks if mask.kind is PlaceholderKind.OTHER]
    findings = [
        note(reading.text, "placeholder.untyped", Severity.INFO, (mask.start, mask.end), f"看不出“{mask.text}”应填什么")
        for mask in untyped
    ]
    dangling = [*_dangling(reading.text), *_of_another_form(reading.text, masks)]
    share = 1 - len(untyped) / len(masks) if masks else 1.0
    found = sorted([*findings, *dangling], key=lambda finding: finding.start)
    return Checked(round(max(0.0, 100 * share - _COST * len(dangling)), 1), tuple(found))


def _dangling(text: str) -> Iterator[Finding]:
    taken: list[tuple[int, int]] = []
    for rule, severity, message, pattern in _DANGLING:
        for match in pattern.finditer(text):
            if not any(match.start() < b and a < match.end() for a, b in taken):
                taken.append(match.span())
                yield note(text, f"placeholder.{rule}", severity, match.span(), message)


def _of_another_form(text: str, masks: Sequence[Placeholder]) -> Iterator[Finding]:
    """The first mask of each form that is not the one of most: × here, ** or 〔〕 there.

    Figures, dates, people, bodies and names each have a form of their own: an office may print XX县 and ×个.
    """
    for kinds in _ALIKE:
        forms = [(_form(mask), mask) for mask in masks if mask.kind in kinds]
        counts = Counter(form for form, _ in forms if form)
        usual = counts.most_common(1)[0][0] if counts else ""
        for form in counts:
            if form != usual:
                mask = next(one for of, one in forms if of == form)
                message = f"待填项写法不一：多数用“{usual}”，这里用“{mask.mask}”"
                yield note(text, "placeholder.form", Severity.WARNING, (mask.start, mask.end), message)


def _form(mask: Placeholder) -> str:
    """The sign that a mask is printed with; of XXXX年×月×日 the last."""
    signs = (form for sign in reversed(mask.mask) for form, signs in _FORMS.items() if sign in signs)
    return next(signs, "")
