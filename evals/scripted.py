"""Models whose every word is set by whoever made them, and an embedder that needs no model: runs that are quick and come out the same."""

import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agent.models import SMALL, Answer, ModelProfile
from prompts import Message
from speech import numbering

# Four lists of 23, a prime: any two words that stand side by side do so once in 529 sentences.
_WHO = [
    "街道干部",
    "社区书记",
    "网格人员",
    "物业经理",
    "楼栋组长",
    "包联干部",
    "志愿队员",
    "业主代表",
    "职能部门",
    "驻区单位",
    "督查专班",
    "退役军人",
    "青年团员",
    "片区民警",
    "环卫工人",
    "快递小哥",
    "社会组织",
    "热心居民",
    "调解人员",
    "家庭医生",
    "商户代表",
    "离任教师",
    "值班人员",
]
_DOES = [
    "上门走访",
    "登记造册",
    "听取意见",
    "现场会商",
    "公开结果",
    "认领事项",
    "按月对账",
    "销号管理",
    "提前告知",
    "带头值守",
    "逐项复核",
    "跟踪问效",
    "分类交办",
    "当面答复",
    "定期回看",
    "限时办结",
    "梳理清单",
    "入户宣讲",
    "联合巡查",
    "结对帮扶",
    "轮流坐班",
    "牵线搭桥",
    "查漏补缺",
]
_SO = [
    "小事就地",
    "难题共商",
    "矛盾早解",
    "服务上门",
    "诉求有应",
    "责任到肩",
    "流程更短",
    "台账更清",
    "作风更实",
    "环境更美",
    "邻里更亲",
    "关系更顺",
    "队伍更强",
    "办法更活",
    "底数更明",
    "安全更稳",
    "阵地更暖",
    "沟通更畅",
    "效率更高",
    "口碑更好",
    "氛围更浓",
    "机制更全",
    "保障更足",
]
_END = [
    "群众放心",
    "居民满意",
    "基层轻装",
    "干部安心",
    "社区和睦",
    "商户省心",
    "老人舒心",
    "家庭安宁",
    "院落整洁",
    "街巷有序",
    "人人参与",
    "处处有人",
    "件件落地",
    "事事有着",
    "户户知晓",
    "天天见效",
    "久久为功",
    "上下同心",
    "左右联动",
    "内外协力",
    "前后衔接",
    "条块合力",
    "远近相宜",
]
_STRIDES = ((1, 0), (1, 1), (1, 2), (1, 3))
_TAILS = [
    "回应居民所盼",
    "增强服务实效",
    "共建美好家园",
    "守护一方平安",
    "破解现实难题",
    "激发内在活力",
    "形成长效机制",
    "凝聚各方力量",
]
_NOUNS = ["时代要求", "重要意义", "工作合力", "关键环节", "强大动能", "坚实基础", "思想自觉", "行动自觉"]
_REASONS = ["顺应群众期盼的现实需要", "守护一方平安的重要保证", "破解治理难题的必由之路", "夯实执政根基的长远之策"]
_VERBS = ["摸清", "建好", "理顺", "公开", "配齐", "用活", "管住", "补上", "打通", "晒出", "捋直", "攒足"]
_THINGS = [
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
]


@dataclass
class ScriptedModel:
    """Answers in the shape that was asked for. `speak` gives the text of a free answer, `answer` that of a constrained one:
    an object, or the very text. Both get the messages and the number of the turn, which begins at `first`."""

    name: str = "scripted"
    profile: ModelProfile = SMALL
    speak: Callable[[Sequence[Message], int], str] | None = None
    answer: Callable[[Mapping[str, Any], Sequence[Message], int], Any] | None = None
    first: int = 0
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
        turn = self.first + len(self.asked)
        self.asked.append(messages)
        if schema:
            found = (self.answer or fields_of)(schema["properties"], messages, turn)
            text = found if isinstance(found, str) else json.dumps(found, ensure_ascii=False)
        else:
            text = (self.speak or sentences_of)(messages, turn)
        if on_text:
            on_text(text)
        return Answer(
            text, cut=False, prompt_tokens=sum(len(m.content) for m in messages), cached_tokens=0, completion_tokens=len(text)
        )

    def offer(self, messages: Sequence[Message], *, count: int, max_tokens: int, **options: Any) -> list[Answer]:
        """One answer to all that is asked for: a model that always says the same."""
        answer = self.ask(messages, max_tokens=max_tokens, **options)
        return [answer] * count


def fields_of(fields: Mapping[str, Any], messages: Sequence[Message], turn: int) -> dict[str, Any]:
    """What the fields of a schema ask for: a heading by its pattern, a list of points by its count."""
    return {
        key: points_of(form["minItems"], turn) if form["type"] == "array" else _heading(form["pattern"], key, messages, turn + n)
        for n, (key, form) in enumerate(fields.items())
    }


def points_of(count: int, turn: int) -> list[str]:
    """Points of one part, no two alike."""
    return [f"{_VERBS[(turn * 5 + n * 7) % 12]}{_THINGS[(turn * 7 + n * 5 + turn // 12) % 12]}" for n in range(count)]


def _heading(pattern: str, key: str, messages: Sequence[Message], turn: int) -> str:
    """A heading that `pattern` takes, on what the prompt says under `key`."""
    starts: list[str] = begun[1].split("|") if (begun := re.match(r"\^\((?:\?:)?(.+?)\)", pattern)) else [_subject(key, messages)]
    turned = [*starts[turn % len(starts) :], *starts[: turn % len(starts)]]
    endings = [words[turn % len(words)] for words in (("",), _NOUNS, _REASONS, _TAILS)]
    order = [3, 0, 1, 2] if turned[0].endswith("，") else [0, 2, 1, 3] if turned[0].endswith("是") else [0, 1, 2, 3]
    found = (start + endings[n] for start in turned for n in order if re.fullmatch(pattern, start + endings[n]))
    return next(found, turned[0] + endings[order[0]])


def _subject(key: str, messages: Sequence[Message]) -> str:
    """The first clause of a heading on what the prompt says under `key`."""
    contents = messages[-1].content.split("（注意")[0]
    after = numbering.chinese(numbering.arabic(key) + 1)
    about = re.search(rf"[。、]{key}(.+?)(?:、{after}|$)", contents)
    return "".join(re.findall(r"[\u4e00-\u9fff]", about[1] if about else "抓好工作"))[:10] + "，"


def sentence(number: int) -> str:
    """One of 529 sentences that have nothing long in common."""
    at = [(a * number + b * (number // 23)) % 23 for a, b in _STRIDES]
    return f"{_WHO[at[0]]}{_DOES[at[1]]}，{_SO[at[2]]}，{_END[at[3]]}。"


def sentences_of(messages: Sequence[Message], turn: int) -> str:
    """Two sentences that no other turn has."""
    return sentence(turn * 2) + sentence(turn * 2 + 1)


class PairEmbedder:
    """Counts of hashed character pairs: texts that share words are near."""

    name = "test/pairs"
    dimensions = 64

    def __init__(self) -> None:
        self.asked = 0

    def passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.asked += len(texts)
        return np.stack([self.query(text) for text in texts]) if texts else np.empty((0, self.dimensions), np.float32)

    def query(self, text: str) -> NDArray[np.float32]:
        vector = np.full(self.dimensions, 1e-3, np.float32)
        for at in range(len(text) - 1):
            vector[hashlib.md5(text[at : at + 2].encode()).digest()[0] % self.dimensions] += 1
        return vector / np.float32(np.linalg.norm(vector))
