"""How many points a speech promises: 讲三点意见."""

import re
from collections.abc import Sequence

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
