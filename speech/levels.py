"""The administrative level that a speech is given at, and words of another level that a text has taken over from elsewhere."""

import re
from enum import StrEnum

from speech.brief import Genre, SpeechBrief


class Level(StrEnum):
    """层级, by the word that a speaker calls his own by: 全市, 我县. A firm and a school stand outside the order."""

    PROVINCE = "省"
    CITY = "市"
    PREFECTURE = "州"
    COUNTY = "县"
    DISTRICT = "区"
    TOWN = "镇"
    TOWNSHIP = "乡"
    STREET = "街道"
    VILLAGE = "村"
    COMMUNITY = "社区"
    FIRM = "企业"
    SCHOOL = "学校"


_RANKS = (
    (Level.PROVINCE,),
    (Level.CITY, Level.PREFECTURE),
    (Level.COUNTY, Level.DISTRICT),
    (Level.TOWN, Level.TOWNSHIP, Level.STREET),
    (Level.VILLAGE, Level.COMMUNITY),
)
_RANK = {level: rank for rank, levels in enumerate(_RANKS) for level in levels}
_WORDS = "社区|街道|省|市|州|县|区|镇|乡|村"
_FIRM = re.compile(r"公司|集团|董事长|总经理|国企|企业(?:代表|负责人|家)|厂长")
_SCHOOL = re.compile(r"校长|学校|校党委|教师|院系|[中小大]学(?!习|生)|学院")
# 市委, 县长, 区应急局, 街道党工委, 村支书: the level stands before its office.
_OFFICE = re.compile(
    rf"(?P<level>{_WORDS})(?=委|长|政府|人大|政协|纪委|党|工委|支书|支部|书记|主任|主席|两委|领导|里|[\u4e00-\u9fff]{{1,12}}(?:局|厅|办|部|院|会|中心|公司|联)(?![\u4e00-\u9fff]{{0,3}}社区)|$)"
)
_HOST = re.compile(rf"全(?P<all>{_WORDS})|^(?:在|[\u4e00-\u9fff]{{2,3}}(?=[市县区]))?(?P<level>{_WORDS})(?!场|民|域)")
# At these a speaker is often from below the host, and only what he is called tells his level.
_GUESTS = frozenset({Genre.EXCHANGE, Genre.REPORT, Genre.SEMINAR, Genre.PLEDGE, Genre.ADDRESS, Genre.DUTY_REPORT})
# 天全县 is a name; 全区 beside a rank (排全区第一, 在全区率先) is an autonomous region in which a city may stand.
_OWN = re.compile(
    rf"(?<![安健完齐自天])(?P<whose>[全我])(?P<level>{_WORDS})(?![域别间场民园外内级属长委])"
    r"(?<!排全区)(?<!居全区)(?<!列全区)(?<!名全区)(?<!增全区)(?<!在全区)(?<!高于全区)(?<!占全区)(?!(?:GDP|第|首|前|唯一|平均|推广|率先|通办|经济工作会议|\d))"
)
_BESTIR = re.compile("上下|各级|广大")  # 全市上下齐抓共管: who does so is one's own, and nobody above
_CLAUSE = re.compile(r"[^，。；！？\n]*")
_OWN_LEADERS = re.compile(
    r"(?<![各市县区省、和及])(?P<level>[市州县区])委、?(?P=level)(?:政府|人民政府)(?![各下])"
    r"|(?<![各市省和及])(?<![市省州委]、)县(?:纪委|直(?:机关|部门|各?单位))"
)


def level_of(brief: SpeechBrief) -> Level | None:
    """The level of who speaks, by the speaker's office, else by the host of the occasion; None where neither tells it."""
    speaker = brief.speaker or ""
    if _FIRM.search(speaker):
        return Level.FIRM
    if _SCHOOL.search(speaker) and not re.search(r"教育局|教育厅", speaker):
        return Level.SCHOOL
    if office := _OFFICE.search(speaker):
        return Level(office["level"])
    if brief.genre in _GUESTS:
        return None
    host = next(filter(None, (_HOST.search(text or "") for text in (brief.occasion, brief.title))), None)
    return Level(host["all"] or host["level"]) if host else None


def misplaced(text: str, brief: SpeechBrief) -> list[tuple[int, int, str]]:
    """(start, end, what to say instead) for every word by which `text` calls a level that is not the brief's its own.

    全县 in a speech to a city is a county's word; 全村 may be said of a village that is spoken of. 全省 may be said by anyone, but
    neither 我省 nor 全省上下 by a county that was not told of it. What the brief itself says stays.
    """
    own = level_of(brief)
    if own not in _RANK:
        return []
    told = "\n".join(brief.told().values())
    found = []
    for match in (*_OWN.finditer(text), *_OWN_LEADERS.finditer(text)):
        level = Level(match["level"] or Level.COUNTY)
        # a level's own leaders are named as 县委、县政府; a village or a street has none so called
        nameless = match.re is _OWN_LEADERS and _RANK[own] > _RANK[Level.DISTRICT]
        spoken_of = match.re is _OWN and match["whose"] == "全" and _RANK[level] > _RANK[Level.DISTRICT] >= _RANK[own]
        if spoken_of:
            continue
        if _RANK[level] < _RANK[own] and (match.re is not _OWN or level in told or not _claims(text, match)):
            continue
        if level != own and not nameless and match[0] not in told:
            found.append((match.start(), match.end(), match[0].replace(level, own)))
    return sorted(found)


def _claims(text: str, match: re.Match[str]) -> bool:
    """Whether a word of a level above is said as one's own, in a clause that says nothing else of that level (我省是农业大省)."""
    end = match.end()
    clause = text[max(text.rfind(mark, 0, end) for mark in "，。；！？\n") + 1 : end]
    rest = _CLAUSE.match(text, end)
    own = match["whose"] == "我" or _BESTIR.match(text, end) is not None
    return own and (clause + (rest[0] if rest else "")).count(match["level"]) == 1


def mended(text: str, brief: SpeechBrief) -> str:
    """`text` with the words of its own level in place of another's: 全县 → 全市."""
    for start, end, right in reversed(misplaced(text, brief)):
        text = text[:start] + right + text[end:]
    return text
