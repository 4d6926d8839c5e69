"""On whose behalf a speaker speaks: 我代表市委、市政府 is for those to say who hold an office there."""

import re

_OFFICE = re.compile(r"(?<!社)(?P<level>[省市州县区镇乡])(?P<body>党?委(?!员)|长|(?:人民)?政府|人大|政协)")
_BODIES = {"长": "政府", "人民政府": "政府", "人大": "人大常委会"}
_ON_BEHALF = re.compile(
    r"(?:我们?(?:谨|仅)?|(?<=[，。])谨)代表(?![团们])(?P<whom>[^，。；！？：]{2,30}?)(?=向|对|致以|表示|热烈|真诚|衷心|诚挚|[，。；！？：])"
)
_AND = re.compile("[、和及与]")


def mandate(speaker: str | None) -> str | None:
    """The bodies that `speaker` may speak for, as he says them: 市委、市政府 for a 市委书记, 市政府 for a 副市长; None where his
    office does not tell."""
    bodies: dict[str, None] = {}
    for office in _OFFICE.finditer(speaker or ""):
        body, level = office["body"], office["level"]
        bodies[level + _BODIES.get(body, body)] = None
        if body.endswith("委") and (speaker or "").startswith("书记", office.end()):
            bodies[f"{level}政府"] = None  # the first secretary leads the government's work too
    return "、".join(bodies) or None


def usurped(text: str, speaker: str | None) -> str:
    """Whom `text` speaks for though its speaker does not: 市第一中学全体师生 in the mouth of a 副市长; "" where there is nobody, or
    where the speaker's office does not tell."""
    office = _OFFICE.search(speaker or "")
    if office is None:
        return ""
    own = re.compile(rf"{office['level']}(?:党?委|(?:人民)?政府|人大|政协)|全{office['level']}|(?:本人|个人)$")
    for found in _ON_BEHALF.finditer(text):
        if not all(own.search(whom) for whom in _AND.split(found["whom"]) if whom):
            return found["whom"]
    return ""
