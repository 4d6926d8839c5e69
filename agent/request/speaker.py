"""Who speaks, as a request says it: an office (市委书记, 区委副书记、区长王某), a role (企业代表), or a body (以区住建局名义)."""

import re
from collections.abc import Iterator

from agent.request.text import Prose
from speech import words
from speech.lexicon import TITLES, either

_ADDRESSED = frozenset(
    ["同志", "委员", "老师", "先生", "女士", "网格员", "大姐", "大爷", "阿姨", "师傅", "奶奶", "爷爷", "医生"]
)  # no one speaks as these
_OFFICE = re.compile(
    rf"(?:{either(title for title in (*TITLES, '负责同志', '一把手') if title not in _ADDRESSED)}|[省市县区镇乡局校院]级?领导"
    r"|(?<=[\u4e00-\u9fff]{2})代表(?=[，。；\n在]|发言|$))(?![们会])"
)
_BODY = r"局|部|办|院|委|中心|会|处|科|站|所|公司|支行|大队|支队"
_PART_OF_AN_OFFICE = ("n", "j", "b", "zg", "l")  # tags of the words that an office is called by
_OTHERS = re.compile(r"(?:各|全体|参会|所有|受表彰|先进|等|和|与|向|部分|有关|历任|听|请)$")
_EXPLICIT = (
    re.compile(r"(?:讲话人|发言人|主讲人|致辞人)(?:是|为|：)?(?P<speaker>[^，。；\n]{2,30})"),
    re.compile(r"以(?P<speaker>[^，。；\n]{2,30}?)(?:的)?(?:名义|身份|口吻)"),
    re.compile(r"作为(?P<speaker>[^，。；\n]{2,16}?)(?=发言|讲|表态|[，。；\n在])"),
    re.compile(r"[我他她]是(?:一名|一位|咱们?)?(?P<speaker>[^，。；\n]{2,20}?)(?=[，。；\n]|$)"),
)
# Where no office is named: 为X写, 代拟X在…上的.
_LOOSE = (
    re.compile(
        r"(?:为|替|帮|给)(?:我们?|咱们?|你们?)?(?:为|替|给)?(?P<speaker>[^，。；：\n]{2,30}?)(?=起草|草拟|拟写|撰写|写|准备|弄|整(?![改治])|拟|的?名义|[在，])"
    ),
    re.compile(
        rf"(?:代拟|代写|拟|写|起草)(?:一?[篇份个])?(?P<speaker>[\u4e00-\u9fff]{{1,16}}?(?:{_BODY}|街道|镇|乡|村|社区|协会|联|学校))(?=在，)"
    ),
)
_NOBODY = re.compile(
    r"^[把将]|^(?:一下|我们?|咱们?|你|领导|大家|单位|局里|群众|企业|基层|表态|发言|讲话)$|[写稿字篇份]|讲话|党课|发言|表态|材料|^(?:各|全体|参会|所有)|\d"
)


def speaker_in(prose: Prose) -> str | None:
    """The speaker, word for word; None where the request names none."""
    for found in (_said(prose.text, _EXPLICIT), _offices(prose.text), _said(prose.text, _LOOSE)):
        for speaker in found:
            return speaker
    return None


def _said(text: str, patterns: tuple[re.Pattern[str], ...]) -> Iterator[str]:
    for pattern in patterns:
        for match in pattern.finditer(text):
            speaker = match["speaker"].strip(" “”\"'")
            if not _NOBODY.search(speaker):
                yield speaker


def _offices(text: str) -> Iterator[str]:
    """Every office in `text` that somebody speaks in, with the words that belong to it: those before it, and a name after."""
    cut = words.cut(text)
    after = 0
    for match in _OFFICE.finditer(text):
        if match.start() < after:
            continue
        first = _first_word(cut, match.start())
        start = min(match.start(), cut.words[first].start)
        last = cut.index_at(match.end() - 1) + 1
        end = match.end()
        while another := _joined(text, end):
            end = another
        if end == match.end() and last < len(cut.words) and cut.words[last].tag == "nr" and cut.words[last].start == end:
            end = cut.words[last].end
        after = end
        office = re.sub("^[帮替给为]", "", text[start:end])
        if not _OTHERS.search(text[:start]) and not re.match(r"各|全体", office) and cut.words[last - 1].end <= end:
            yield office


def _first_word(cut: words.CutText, at: int) -> int:
    """The index of the first word that belongs to the office which stands at `at`."""
    index = cut.index_at(at)
    while index:
        word, following = cut.words[index - 1], cut.words[index].text
        belongs = (
            word.tag.startswith(_PART_OF_AN_OFFICE)
            or word.tag == "vn"
            or (word.tag == "v" and (re.match(_BODY, following) or word.text in ("分管", "常务")))
        )
        if not belongs or not re.fullmatch("[\u4e00-\u9fff]+", word.text):
            break
        index -= 1
    return index


def _joined(text: str, at: int) -> int | None:
    """Where a second office ends that is joined on: 区委副书记、区长."""
    further = re.compile(rf"、[\u4e00-\u9fff]{{0,8}}?{_OFFICE.pattern}").match(text, at)
    return further.end() if further else None
