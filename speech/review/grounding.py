"""Every specific of the text comes from the brief or is a public formulation, no taboo of the brief is touched, and what its facts
dispute is settled."""

from collections.abc import Iterator, Sequence

from speech import specifics, taboos
from speech.disputed import disputes
from speech.finding import Finding, Severity
from speech.review.reading import Checked, Reading, note

_NAMES = {
    "date": "日期",
    "person": "人名",
    "place": "地名",
    "organisation": "单位",
    "count": "数量",
    "amount": "金额",
    "percent": "比例",
    "document": "文件",
    "name": "名称",
    "quotation": "引文",
    "programme": "专项名称",
}


def check(reading: Reading) -> Checked:
    """Score: the share of specifics that are supported; 100 where there is none, 0 where a taboo is touched, None without a brief."""
    if reading.brief is None:
        return Checked(None)
    claims = specifics.check(reading.text, reading.brief)
    missing = [claim for claim in claims if not claim.supported]
    findings = tuple(
        note(
            reading.text,
            f"grounding.{claim.kind.value}",
            Severity.ERROR,
            (claim.start, claim.end),
            f"{_NAMES.get(claim.kind.value, '内容')}“{claim.text.strip('“”')}”在写作任务中没有依据",
        )
        for claim in missing
    )
    touched = tuple(
        note(reading.text, "grounding.taboo", Severity.ERROR, (start, end), f"写作任务要求不提“{taboo}”")
        for start, end, taboo in taboos.touched(reading.text, reading.brief.taboos)
    )
    share = round(100 * (1 - len(missing) / len(claims)), 1) if claims else 100.0
    return Checked(0.0 if touched else share, (*findings, *touched, *_disputed(reading.text, reading.brief.facts)))


def _disputed(text: str, facts: Sequence[str]) -> Iterator[Finding]:
    """What the brief tells in several ways and the text leaves open, or states in more ways than one."""
    for masked, several in disputes(facts).items():
        stated = [fact for fact in several if fact in text]
        for said in (masked,) if masked in text else stated if len(stated) > 1 else ():
            message = f"写作任务里有几种说法，请核定：{'；'.join(several)}"
            yield note(text, "grounding.disputed", Severity.WARNING, (text.index(said), text.index(said) + len(said)), message)
