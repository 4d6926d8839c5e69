"""What a speech says of itself: how many points it promises (讲三点意见), and which 文种 it is."""

import re
from collections.abc import Sequence

from speech.brief import Genre
from speech.lines import POST
from speech.numbering import arabic

_NUMERAL = "([一二两三四五六七八九十]{1,2}|[0-9]{1,2})"
_PROMISE = re.compile(
    r"(?:讲|谈|提(?=出|[一二两三四五六七八九十0-9]|如下|以下)|说(?!起)|强调|汇报|报告|介绍|交流|分享|通报|部署|述职)(?!了|过)[^。！？；了]{0,14}?"
    + _NUMERAL
    + r"(?:个(?:方面|问题|层面|部分|字|词|关键词|维度|意见|体会)|点|方面|条|句话|项(?:工作|任务|要求|内容)|件事)"
)
_PROMISE_FROM = re.compile(
    r"(?:从|就|围绕|分)(?:以下|如下|下面)?"
    + _NUMERAL
    + r"(?:个)?(?:方面|问题|层面|部分|维度)[^。！？；]{0,16}(?:讲|谈|说|汇报|报告|交流|介绍)"
)
# What is demanded or stressed is announced only where the speaker says so; a meeting or a leader does it too.
_DEMANDED = re.compile("提|强调|部署")
_ANNOUNCED = re.compile("我|下面|这里|现在|今天|借此|再|[，,]就")
_BY_ANOTHER = re.compile(rf"(?:{POST}|同志|会议|讲话|总书记)[^，,。！？；]{{0,6}}(?:又|还|也|对[^，,]{{0,16}})?$")


def promised_points(opening: Sequence[str]) -> int | None:
    """The number of the announcing sentence (讲三点意见); what others said (×书记提了三点要求) is none."""
    promised = None
    for sentence in re.split("(?<=[。！？；])", "".join(opening)):
        for found in [*_PROMISE.finditer(sentence), *_PROMISE_FROM.finditer(sentence)]:
            before = sentence[: found.start()]
            announced = not _DEMANDED.match(found[0]) or _ANNOUNCED.search(before)
            if announced and not _BY_ANOTHER.search(before):
                promised = 2 if found[1] == "两" else arabic(found[1])
                break
    return promised


_BY_TITLE: tuple[tuple[str, Genre], ...] = (
    ("政府工作报告", Genre.GOVERNMENT_REPORT),
    ("交流发言|发言交流|经验交流材料", Genre.EXCHANGE),
    ("汇报发言|工作汇报|情况汇报|汇报材料", Genre.REPORT),
    ("研讨发言|研讨交流|学习研讨|心得体会|学习体会", Genre.SEMINAR),
    ("表态发言|表态", Genre.PLEDGE),
    ("动员讲话|动员.{0,12}会.{0,8}讲话|动员部署", Genre.MOBILISATION),
    ("致[辞词]|贺[辞词]|祝[辞词]|开幕[辞词]|闭幕[辞词]", Genre.ADDRESS),
    ("述职|述责述廉|述廉", Genre.DUTY_REPORT),
    ("党课", Genre.PARTY_LESSON),
    ("主持[辞词]|主持讲话", Genre.HOSTING),
    ("讲话", Genre.SPEECH),
    ("总结", Genre.SUMMARY),
)
_BY_TEXT: tuple[tuple[str, Genre], ...] = (
    (r"代表.{0,16}政府[，,]?.{0,4}大会.{0,6}(?:报告|工作报告)", Genre.GOVERNMENT_REPORT),
    (r"散会", Genre.HOSTING),
    (r"(?:现|以上).{0,6}述职|请.{0,8}评议", Genre.DUTY_REPORT),
    (r"(?:以上|我的)汇报|汇报(?:完毕|如下)", Genre.REPORT),
    (r"(?:热烈的?欢迎|热烈的?祝贺|预?祝.{0,20}圆满成功)", Genre.ADDRESS),
)


def genre_of(title: str | None, salutation: str | None, opening: Sequence[str], closing: Sequence[str]) -> Genre | None:
    """By the words of the title, else by how the speech opens and closes; None where neither tells."""
    ends = "\n".join((*opening[:2], *closing))
    for forms, text in ((_BY_TITLE, title or ""), (_BY_TEXT, ends)):
        for words, genre in forms:
            if re.search(words, text):
                return genre
    called = (salutation or "").startswith("同志们") and any(text.startswith("同志们") for text in closing)
    return Genre.SPEECH if called or ((salutation or "").startswith("同志们") and promised_points(opening)) else None
