"""speech(n): speeches of our own wording without end, each unlike the others, to fill stores and folders of any size."""

import random

_TOPICS = [
    "网格管理",
    "物业服务",
    "安全生产",
    "乡村建设",
    "营商环境",
    "生态保护",
    "项目建设",
    "作风建设",
    "社区养老",
    "防汛抗旱",
    "校园周边",
    "老旧小区",
]
_PLACES = ["街道", "社区", "村居", "园区", "窗口", "企业", "学校", "医院", "市场", "工地", "小区", "站所"]
_VERBS = ["摸清", "理顺", "压实", "盯住", "补齐", "打通", "公开", "核对", "简化", "规范", "更新", "衔接"]
_THINGS = ["底数", "流程", "责任", "短板", "堵点", "清单", "台账", "标准", "时限", "队伍", "经费", "档案", "渠道", "回访", "值班"]
_HOW = [
    "逐户",
    "按月",
    "分片",
    "限时",
    "当面",
    "联合",
    "对照图纸",
    "带着问题",
    "依托平台",
    "会同部门",
    "请群众评议",
    "由专人负责",
]
_WHY = [
    "群众少跑一趟",
    "问题不再反复",
    "矛盾不出门口",
    "家底心中有数",
    "办事有人接手",
    "结果经得起看",
    "干部腾出手来",
    "资金用在明处",
]
_NUMBERS = "一二三四五六七八九十"


def speech(number: int, sentences: int = 6) -> str:
    """The speech of this number: a title, a salutation, three parts of two points, a closing. The same each time."""
    chance = random.Random(number)
    topic, place = chance.choice(_TOPICS), chance.choice(_PLACES)
    lines = [f"在{topic}第{number}次调度会上的讲话", "同志们：", f"今天到{place}看了现场，听了汇报。下面，我讲三点意见。"]
    for part in range(3):
        lines.append(f"{_NUMBERS[part]}、{chance.choice(_VERBS)}{chance.choice(_THINGS)}，抓好{topic}")
        for point in range(2):
            text = "".join(_sentence(chance) for _ in range(sentences))
            lines.append(f"（{_NUMBERS[point]}）{chance.choice(_VERBS)}{chance.choice(_THINGS)}。{text}")
    lines.append(f"同志们，{topic}没有捷径，做一件是一件。让我们从{place}做起！")
    return "\n".join(lines) + "\n"


def _sentence(chance: random.Random) -> str:
    first, second = (
        f"{chance.choice(_PLACES)}要{chance.choice(_HOW)}{chance.choice(_VERBS)}{chance.choice(_THINGS)}" for _ in range(2)
    )
    return f"{first}，{second}，让{chance.choice(_WHY)}。"
