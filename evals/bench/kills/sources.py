"""What the clients hand in: topics that tell the prompts of one draft from another's, and speeches to upload."""

import random

from evals.scripted import sentence

_PLACES = ("社区", "园区", "校园", "医院", "景区", "集镇", "港口", "车站", "林场", "牧区", "渔村", "矿山", "茶乡", "库区", "口岸")
_MATTERS = (
    "志愿服务",
    "垃圾分类",
    "停车秩序",
    "夜间照明",
    "文明养犬",
    "绿化养护",
    "图书借阅",
    "广场文化",
    "邻里食堂",
    "儿童托管",
)
MOST_SPEECHES = 200
MOST_DRAFTS = len(_PLACES) * len(_MATTERS)


def topic(number: int) -> str:
    """A topic that no other draft has; none is a part of another."""
    return _PLACES[number % len(_PLACES)] + _MATTERS[number // len(_PLACES) % len(_MATTERS)]


def brief(topic: str) -> dict[str, object]:
    return {
        "genre": "讲话",
        "topic": topic,
        "occasion": f"全市{topic}工作推进会",
        "length": 800,
        "points": ["摸清底数", "办好实事"],
    }


def subject(number: int) -> str:
    """What speech `number` is about, and no other one."""
    return f"SD{number:03d}湿地"


def speech(number: int) -> tuple[str, str]:
    """Name and text of a speech unlike any other."""
    about = subject(number)
    # other words than the model's: a draft may not say again what stands in a source
    told = [sentence(one) for one in random.Random(number).sample(range(529), 24)]
    headings = ("提高认识，增强做好工作的自觉", "突出重点，把各项任务抓实", "加强领导，确保工作落到实处")
    lines = [f"在{about}第{number}次工作例会上的讲话", "同志们：", f"保护好{about}是大事。{''.join(told[:3])}"]
    for at, heading in enumerate(headings):
        own = told[3 + 7 * at : 10 + 7 * at]
        lines += [f"{'一二三'[at]}、{heading}", f"守好{about}。{''.join(own[:4])}", "".join(own[4:])]
    return f"例会讲话{number:03d}.txt", "\n".join(lines)
