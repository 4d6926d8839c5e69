"""Models whose every word is set by a test."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from agent.models import SMALL, Answer, ModelProfile
from prompts import Message

_WHO = (
    "街道党工委",
    "社区党组织",
    "行业主管部门",
    "包联干部",
    "物业企业",
    "专职网格员",
    "职能部门",
    "楼栋长",
    "志愿服务队",
    "业主代表",
    "驻区单位",
    "督查专班",
)
_DOES = (
    "每天走访一遍楼栋",
    "把问题记在台账上",
    "当面听取居民意见",
    "现场协调解决难题",
    "定期公开办理结果",
    "主动认领服务事项",
    "按月对账逐条销号",
    "提前告知办理时限",
    "带头到岗值班守夜",
)
_SO = (
    "让小事不出网格",
    "使群众少跑冤枉路",
    "把矛盾化在门口",
    "确保责任落到肩上",
    "推动服务送到家中",
    "赢得居民真心认可",
    "叫干部腾出手来",
    "保证件件都有回音",
)
_HEADS = (
    "做实基层治理基础",
    "提升基层治理本领",
    "汇聚基层治理合力",
    "擦亮基层治理底色",
    "拓宽基层治理路径",
    "守牢基层治理底线",
    "健全基层治理机制",
    "压实基层治理责任",
)
_TAILS = (
    "回应居民所盼",
    "增强服务实效",
    "共建美好家园",
    "守护一方平安",
    "破解现实难题",
    "激发内在活力",
    "形成长效机制",
    "凝聚各方力量",
)
_VERBS = ("摸清", "建好", "理顺", "公开", "配齐", "用活", "管住", "补上", "打通", "晒出", "捋直", "攒足")
_THINGS = (
    "楼栋底数台账",
    "议事协商阵地",
    "部门职责边界",
    "物业收支账目",
    "网格服务力量",
    "闲置公共空间",
    "多头重复报表",
    "夜间巡查短板",
    "诉求办理通道",
    "干部联系名单",
    "考核评价链条",
    "应急处置物资",
)


@dataclass
class ScriptedModel:
    """Answers in the shape that was asked for. `speak` gives the text of a free answer, `list` the items of a constrained one."""

    name: str = "scripted"
    profile: ModelProfile = SMALL
    speak: Callable[[Sequence[Message], int], str] | None = None
    list: Callable[[str, int, int], Any] | None = None
    asked: list[Sequence[Message]] = field(default_factory=list)

    def ask(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int,
        schema: Mapping[str, Any] | None = None,
        stop: Sequence[str] = (),
        seed: int | None = None,
        on_text: Callable[[str], None] | None = None,
    ) -> Answer:
        turn = len(self.asked)
        self.asked.append(messages)
        if schema:
            ((key, items),) = schema["properties"].items()
            found = (self.list or items_of)(key, items["minItems"], turn)
            text = found if isinstance(found, str) else json.dumps({key: found}, ensure_ascii=False)
        else:
            text = (self.speak or sentences_of)(messages, turn)
        if on_text:
            on_text(text)
        return Answer(
            text, cut=False, prompt_tokens=sum(len(m.content) for m in messages), cached_tokens=0, completion_tokens=len(text)
        )


def items_of(key: str, count: int, turn: int) -> list[str]:
    """Headings or points, all different over some hundred turns."""
    if key == "headings":
        return [f"{_HEADS[(turn + n) % 8]}，{_TAILS[(turn * 3 + n) % 8]}" for n in range(count)]
    return [f"{_VERBS[(turn * 5 + n * 7) % 12]}{_THINGS[(turn * 7 + n * 5 + turn // 12) % 12]}" for n in range(count)]


def sentences_of(messages: Sequence[Message], turn: int) -> str:
    """Two sentences that no other turn has."""

    def one(n: int) -> str:
        return f"{_WHO[n % 12]}{_DOES[(n // 12 + n) % 9]}，{_SO[(n // 7 + n * 3) % 8]}。"

    return one(turn * 2) + one(turn * 2 + 1)
