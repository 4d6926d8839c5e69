"""What a request says of the task: genre, occasion, speaker, audience, date, place, length, sections. Read by rule: a rule does not invent."""

import re

from agent.request.text import Prose
from speech.brief import Genre
from speech.numerals import ARABIC, CHINESE, value

PACE = 220  # characters a minute, the middle of the 200–250 of practice (domain notes, B2)
# A draft keeps to its length within 10 %: 3000字以内 is asked for as what stays within 3000 so, 3000字以上 as what stays above.

_GENRES = (
    (r"交流发言|经验交流|交流材料|典型发言|介绍经验|经验介绍|经验材料", Genre.EXCHANGE),
    (r"汇报(?:发言|材料|稿|提纲)?", Genre.REPORT),
    (r"研讨|心得体会|学习体会", Genre.SEMINAR),
    (r"表态", Genre.PLEDGE),
    (r"动员(?:讲话|部署讲话|稿)", Genre.MOBILISATION),
    (r"致[辞词]|致?(?:欢迎|答谢|开幕|祝贺|贺)[辞词]|主持开幕", Genre.ADDRESS),
    (r"述职|述责|述廉|述德", Genre.DUTY_REPORT),
    (r"党课", Genre.PARTY_LESSON),
    (r"总结(?=报告|材料|稿|发言|一[份篇]|[，。；！\s]|$)", Genre.SUMMARY),
)
_ANY_SPEECH = ((r"讲话|讲稿", Genre.SPEECH), (r"发言|发个言", Genre.EXCHANGE))

_MEETING = r"(?:会议|大会|[\u4e00-\u9fff](?<![社机工协商不体都才就将公一幸仍先])(?<!委员)(?<!联合)(?<!常委)会|联席会议|论坛|仪式|典礼|活动|培训班|开班式|开幕式|启动式|交流活动|运动会)"
_AFTER_MEETING = r"(?=[上中的，。；：！、）\s\"”」讲作致用并发]|要|介绍|表态|动员|交流|汇报|召开|于|通知|$)"
_BEFORE_MEETING = re.compile(
    r"^.*(?:(?<![存现正内实所旨])在|去|参加|出席|召开|要开|开个|举办|举行|主持|(?:写|起草|拟|弄|整|来|准备)(?:一?[篇份个堂下]|的))(?:咱们?|我们?|你们?)?"
    r"|^(?:请|帮|麻烦)?(?:写|起草|拟|关于)|^(?:场合|会议|活动)?(?:是|为|叫|：|用于|用在|给)|^(?:场合|会议)(?:名称|名)|^(?:明天|后天|今天|下周[一二三四五六日]?|本周[一二三四五六日]?|周[一二三四五六日])"
)
_OCCASION = re.compile(rf"[^，。；：！？\n]{{1,60}}{_MEETING}{_AFTER_MEETING}")
_SHORT_OCCASION = re.compile("年会|例会|晨会")
_NO_OCCASION = re.compile(r"^(?:这次|本次|此次|该|上次|全体)?(?:会议|大会|活动|仪式)$|名义|口吻|机会|不要")
_OF_PLACES = re.compile(
    r"^(?:[\u4e00-\u9fff]{2,3}[市县区](?=第.{1,3}届)|全[省市县区州镇乡村校局院](?:[市县])?|[省市县区镇乡](?:里|级)|乡镇|市级|[省市县区镇乡](?=[\u4e00-\u9fff]{4})(?!两会|村|[属直级管委镇])|(?:省|市|县|区|镇|乡)(?:委(?!员)|政府|直机关|直)|公司|集团|组织部)"
)
_OF_TIMES = re.compile(r"^(?:\d{4}年度?|年度|第[一二三四五六七八九十\d]+[届次])")
_ABOUT_ITSELF = re.compile(r"^(?:开学|毕业|升旗|入学|成人|拜师|奠基|揭牌|签约|颁奖|启动|开工|竣工)(?:典礼|仪式)$")
_KIND_OF_MEETING = re.compile(
    r"(?:重点)?(?:工作)?(?:攻坚|集中|(?:模范|先进|优秀)(?:集体|个人|单位|工作者)[和、与]?)*(?:指挥部|领导小组)?(?:推进|动员|部署|专题|座谈|经验交流|交流|研讨|现场|观摩|培训|总结表彰|表彰|庆祝|调度|理论学习中心组|颁奖|启动|开幕|闭幕|开班"
    r"|博览|推介|传达|联席|总结|电视电话|视频|誓师|工作汇报|汇报|务虚|通报|警示|点评|全体|开工|签约|揭牌|揭晓|竣工|现场推进)*(?:会议|大会|全会|会|论坛|仪式|典礼|活动|培训班|式)$"
)

_AUDIENCES = (
    re.compile(
        r"(?:听课的|参训的|在座的|听讲的|到场的|听众|听讲对象|受众|参会(?:的|人员|对象)?(?:有|是)?|参加人员|参会人员|对象|台下)(?:是|为|有|：)+(?P<audience>[^，。；\n]{2,60}(?:，(?!地点|时间|约|突出|重点|要求|会议|日期)[^，。；：\n\d字]{4,30}(?=；))*)"
    ),
    re.compile(r"向(?P<audience>[^，。；\n]{2,20}?)(?:作(?:工作)?汇报|汇报|述职)"),
    re.compile(r"(?:面向|讲给|说给)(?P<audience>[^，。；\n]{2,40}?)(?=听|讲|[，。；的\n]|$)"),
)
_DATE = r"(?:(?:\d{4}|[二〇零一三四五六七八九]{4})年)?(?:\d{1,2}|[一二三四五六七八九十]{1,2})月(?:\d{1,2}|[一二三四五六七八九十]{1,3})[日号]|\d{4}[-./]\d{1,2}[-./]\d{1,2}"
_DATES = (
    re.compile(rf"(?:会议(?:时间)?|活动|时间|日期|定于|拟于|将于|于)(?:于|是|为|在|：|定在)?\s*(?P<date>{_DATE})"),
    re.compile(rf"(?P<date>{_DATE})(?:（[^）]{{1,6}}）)?(?:[上下]午|晚上?|早上)?(?:\d{{1,2}}[:：点时]\d{{0,2}}分?)?(?=[，。；\s]*(?:在|召开|举行|举办|开会|开$|要开|要在))"),
)  # fmt: skip
_PLACES = (
    re.compile(r"地点(?:是|为|在|：|设在)?\s*(?P<place>[^，。；\n]{2,40})"),
    re.compile(r"(?<![存现正])在(?P<place>[^，。；\n在]{2,30}?)(?:召开|举行|举办|开会|开(?=[，。；\n]|$))"),
)
_SECTIONS = re.compile(
    rf"(?:讲|谈|分|从|写|按|^|(?<=[，。；\n])(?=[^：\n]{{1,8}}：))(?:成|为|作)?\s*(?P<count>{ARABIC}|{CHINESE})\s*(?:个|大|条)?(?:方面|部分|问题|意见|体会|点|层次|块)(?:意见|体会|要求|内容)?"
)
_SECTIONS_AFTER = re.compile(
    r"(?:分|按|从|围绕)(?P<named>[^，。；\n]{2,12}(?:、[^，。；\n、]{2,12})+?)(?P<count>[2-9]|[两二三四五六七八九])(?:个)?(?:部分|方面|块|层次)"
)

_NUMBER = rf"(?:{ARABIC}|{CHINESE})"
_MOST = 10**9  # what a longer number is taken for: it is refused all the same, in a line that can be read
_SCALED = rf"(?:{ARABIC}\s*万\s*{ARABIC}\s*千|{_NUMBER}\s*[千万]?)"
_TO = r"\s*[-—–~～至到]+\s*"
_CAP = r"(?P<cap>不超过?|不多于|控制在|别超过?|最多|不要超过|[限在](?=[^，。]{2,10}(?:以内|之内|内)))?"
_FLOOR = r"(?P<floor>不少于|不低于|至少|最少)?"
_MORE = r"(?:[余多来]|左右|上下)?"
_WITHIN = r"(?P<within>以内|之内|内|以下)?(?P<over>以上)?"
_LENGTHS = re.compile(
    rf"{_CAP}{_FLOOR}\s*(?:(?P<low>{_SCALED}){_TO})?(?P<length>{_SCALED}|[一两二三四五六七八九]{{2}}[百千]|千把?)\s*{_MORE}\s*个?(?P<unit>字(?![方诀典样眼])|分钟|个?小时|[kK]字?)\s*{_MORE}{_WITHIN}"
)
_BARE_LENGTH = re.compile(r"(?:字数|篇幅)(?:要求)?(?:是|为|：|，|大概|大约|约|控制在)*\s*(?P<length>\d{3,5})(?!\d)")
_HALF_HOUR = re.compile(r"半个?(?:小时|钟头)|一刻钟")
_TWO_RUNNING = re.compile(r"([一两二三四五六七八])([二三四五六七八九])")
_TWO_DIGITS = re.compile(r"([一两二三四五六七八])([二三四五六七八九])([百千])")


def genre_of(prose: str, occasion: str | None) -> Genre | None:
    """The genre that is asked for; what only the occasion's name says (总结表彰大会) does not count, 动员大会 apart."""
    asked = prose.replace(occasion, "") if occasion else prose
    for pattern, genre in _GENRES:
        if re.search(pattern, asked):
            return genre
    if occasion and re.search(r"动员|誓师", occasion) and re.search(r"讲话|讲稿|稿|讲(?:$|[，。])", asked):
        return Genre.MOBILISATION
    if occasion and "研讨" in occasion and "发言" in asked:
        return Genre.SEMINAR
    return next((genre for pattern, genre in _ANY_SPEECH if re.search(pattern, asked)), None)


def occasion_in(text: str) -> re.Match[str] | None:
    """The occasion: the group `occasion` of the match; None where no meeting is named."""
    for found in _OCCASION.finditer(text):
        lead = _BEFORE_MEETING.match(found[0])
        start = found.start() + (lead.end() if lead else 0)
        named = re.compile(r"\s*(?P<occasion>.+)", re.S).match(text, start, found.end())
        if (
            named
            and (len(named["occasion"]) >= 4 or _SHORT_OCCASION.fullmatch(named["occasion"]))
            and not _NO_OCCASION.search(named["occasion"])
        ):
            return named
    return None


def topic_of(occasion: str) -> str | None:
    """全市城市基层治理重点工作推进会 → 城市基层治理; 开学典礼, which is about itself, stays."""
    topic = _OF_TIMES.sub("", _OF_PLACES.sub("", occasion))
    while not _ABOUT_ITSELF.match(topic) and (shorter := _KIND_OF_MEETING.sub("", topic)) != topic:
        topic = shorter
    topic = _OF_TIMES.sub("", re.sub("暨“.*", "", topic))
    topic = re.sub(r"^“(?P<named>[^”]{2,})”.*", r"\g<named>", topic).strip("“”《》")
    return topic if len(topic) >= 2 else occasion


def audience_in(prose: Prose) -> str | None:
    match = next(filter(None, map(prose.find, _AUDIENCES)), None)
    return match["audience"].strip() if match else None


def date_in(prose: Prose, labelled: bool = False) -> str | None:
    """The day as 2026年3月5日 (GB/T 9704 7.3.5.4); relative days (下周三) are none."""
    patterns = (re.compile(rf"(?P<date>{_DATE})"),) if labelled else _DATES
    match = next(filter(None, map(prose.find, patterns)), None)
    return _day(match["date"]) if match else None


def place_in(prose: Prose) -> str | None:
    match = next(filter(None, map(prose.find, _PLACES)), None)
    return match["place"].strip() if match else None


def length_in(prose: Prose) -> int | None:
    """Characters asked for, minutes at PACE; of a range the middle, of a limit what stays within it by 10 %."""
    # where both are told the minutes may be those of others (每人发言8分钟)
    for match in sorted(_LENGTHS.finditer(prose.text), key=lambda match: match["unit"] != "字"):
        length = _worth(match["length"])
        # “严实细快”四个字 is a slogan, 五百字 a length
        if match["unit"] == "字" and length < 100 and not re.search(r"\d|千|百", match["length"]):
            continue
        prose.take(match)
        scale = {"字": 1, "分钟": PACE}.get(match["unit"], 1000 if match["unit"][0] in "kK" else 60 * PACE)
        low = _worth(match["low"]) if match["low"] else length
        if two := _TWO_RUNNING.fullmatch(match["length"]):
            low, length = _integer(two[1]), _integer(two[2])  # 五六分钟
        low *= 1 if low * 20 > length else 1000 if low * 1000 <= length else 1
        if match["within"] or match["cap"]:
            return length * scale // 11 * 10
        if match["over"] or match["floor"]:
            return -(-low * scale // 9) * 10
        return (low + length) * scale // 2
    if bare := prose.find(_BARE_LENGTH):
        return _integer(bare["length"])
    if half := prose.find(_HALF_HOUR):
        return (15 if "刻" in half[0] else 30) * PACE
    return None


def sections_in(prose: Prose) -> int | None:
    """How many sections: 讲三点, 分三部分. The mark stays in the text for the points that may follow it."""
    match = _SECTIONS.search(prose.text) or _SECTIONS_AFTER.search(prose.text)
    # 谈一点体会 is a manner of speaking
    return _integer(match["count"]) if match and match["count"] not in ("一", "1") else None


def _day(date: str) -> str:
    parts = re.findall(r"[0-9]+|[一二三四五六七八九十〇零]+", date)
    day = [str(_integer(part)) if n or len(parts) < 3 else _year(part) for n, part in enumerate(parts)]
    return "".join(part + unit for part, unit in zip(day, "年月日"[3 - len(day) :], strict=True))


def _year(part: str) -> str:
    return part if part.isdecimal() else str(_integer(part))


def _worth(told: str) -> int:
    """两千五百, 1万5千, 七八百 (750), 两三千 (2500), 千把 (1000)."""
    told = re.sub(r"\s", "", told)
    if told in ("千", "千把"):
        return 1000
    if two := _TWO_DIGITS.fullmatch(told):
        return (_integer(two[1]) + _integer(two[2])) * (50 if two[3] == "百" else 500)
    if re.match(r"\d.*万\d.*千", told):
        whole, rest = told.rstrip("千").split("万")
        return _integer(whole, "万") + _integer(rest, "千")
    scale = re.search(r"(?<=[\d.])[千万]$", told)
    return _integer(told[: -len(scale[0])], scale[0]) if scale else _integer(told)


def _integer(number: str, scale: str = "") -> int:
    worth = value(number, scale)
    return 0 if worth is None else _MOST if worth > _MOST else int(worth)
