"""What a model says that does as it is told: running text of any length that never repeats itself, and JSON by a schema."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any


def words(text: str) -> tuple[str, ...]:
    """A list of words, as one writes them down."""
    return tuple(text.split())


# Lists of 19, 13, 17 and 23, pairwise coprime: two phrases stand side by side once in some thousands of sentences.
_WHO = words(
    "街道干部 社区书记 网格人员 物业经理 楼栋组长 包联干部 志愿队员 业主代表 职能部门 驻区单位 督查专班 退役军人 青年团员 环卫工人 社会组织 "
    "热心居民 调解人员 家庭医生 值班人员"
)
_DOES = words("摸清 建好 理顺 公开 配齐 用活 管住 补上 打通 晒出 捋直 攒足 守牢")
_WHAT = words(
    "楼栋底数 议事阵地 职责边界 收支账目 服务力量 闲置空间 多头报表 夜间短板 诉求通道 联系名单 评价链条 应急物资 邻里骨干 便民窗口 值守班次 "
    "巡查路线 回访台账"
)
_SO = words(
    "让群众少跑路 让基层轻装走 把矛盾化在早 把服务送到家 把责任扛在肩 让院落更整洁 让街巷有生气 让老人更舒心 让商户更省心 让办事更顺当 "
    "把好事办得好 把难题当面解 把作风转过来 把底子打扎实 让队伍更有劲 让沟通更顺畅 把规矩立起来 把关口往前移 让口碑立得住 把短处补起来 "
    "让人心聚得拢 让日子更安稳 把话说到心坎"
)
_POINT_DOES = words("组织 完善 推行 健全 落实 统筹 优化 压实 畅通 规范 培育")
_POINT_WHAT = words(
    "干部上门走访制度 居民议事协商办法 部门联席会商机制 事项限时办结流程 骨干轮训结对计划 设施巡检维护责任 服务清单公示做法 意见收集反馈渠道 "
    "困难家庭帮扶措施 公共空间共用规则 邻里互助积分安排 值班备勤交接要求 信息共享比对方式"
)
_ENDINGS = words(
    "回应居民所盼 增强服务实效 共建美好家园 守护一方平安 破解现实难题 激发内在活力 形成长效做法 凝聚各方力量 夯实基层根基 提升治理本领 "
    "擦亮服务底色 拓宽共治路径 守牢安全底线 汇聚实干合力 畅通神经末梢 传递民生温度"
)
_IS = words(
    "顺应群众期盼的现实需要 守护一方平安的重要保证 破解治理难题的必由之路 夯实执政根基的长远之策 凝聚党心民心的关键所在 检验干部作风的现实考卷"
)
_HEADS = words("做实基层基础 提升治理本领 汇聚治理合力 擦亮服务底色 拓宽共治路径 守牢安全底线 健全联动方式 压实各方责任")
_PER_TOKEN = 1.5  # characters
_HANZI = re.compile(r"[\u4e00-\u9fff]")


@dataclass(frozen=True)
class Ask:
    """One request as the model reads it. `choices`: answers wanted; `schema`: None for free text."""

    messages: Sequence[Mapping[str, Any]]
    max_tokens: int
    choices: int = 1
    schema: Mapping[str, Any] | None = None
    number: int = 0

    @property
    def prompt(self) -> str:
        """Everything that reached the model."""
        return "\n".join(str(message.get("content", "")) for message in self.messages)

    @property
    def lead(self) -> str:
        """The beginning of the answer, where the caller sets it."""
        last = self.messages[-1] if self.messages else {}
        return str(last.get("content", "")) if last.get("role") == "assistant" else ""

    @property
    def room(self) -> int:
        """The characters asked for: said outright, or what the tokens allow."""
        said = re.findall(r"写(\d+)字", str(self.messages[-1].get("content", ""))) if self.messages else []
        return int(said[-1]) if said else round(self.max_tokens * _PER_TOKEN) - 20


@dataclass
class Voice:
    """One run's model. `said` holds all that it sent, `heard` all that it read, `planted` what no finished draft may carry.

    `sources`: the passages that the draft is written from, for a model that knows them by heart; `unseen`: the others of the corpus.
    """

    turn: int = 0
    listed: int = 0
    said: list[str] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)
    planted: set[str] = field(default_factory=set)
    sources: tuple[str, ...] = ()
    unseen: tuple[str, ...] = ()

    def plant(self, *signs: str) -> None:
        """From now on `signs` are lies: no draft may carry one."""
        self.planted.update(signs)

    def sentence(self) -> str:
        """A sentence of some thirty characters that was not said before."""
        turn, self.turn = self.turn, self.turn + 1
        first, second = 2 * turn, 2 * turn + 1 + 7 * (turn // 221)
        who, so = _WHO[turn % 19], _SO[(turn + turn // 23) % 23]
        # 221 beginnings: a writer lets few sentences begin alike
        return f"{_DOES[first % 13]}{_WHAT[first % 17]}，{_DOES[second % 13]}{_WHAT[second % 17]}，{who}要{so}。"

    def text(self, room: int) -> str:
        """Sentences of about `room` characters, one at least."""
        text = self.sentence()
        while len(text) < room - 14:
            text += self.sentence()
        return text

    def fields(self, schema: Mapping[str, Any], prompt: str) -> str:
        """An answer that `schema` admits, as JSON."""
        return json.dumps(self._fitting(schema, prompt), ensure_ascii=False)

    def _fitting(self, schema: Mapping[str, Any], prompt: str) -> Any:
        if "enum" in schema:
            return schema["enum"][0]
        match schema.get("type"):
            case "object":
                return {key: self._fitting(kind, prompt) for key, kind in schema.get("properties", {}).items()}
            case "array":
                return [self._fitting(schema.get("items", {}), prompt) for _ in range(schema.get("minItems", 1))]
            case "integer" | "number":
                return schema.get("minimum", 1)
            case "boolean":
                return True
        self.listed += 1
        if "pattern" in schema:
            return heading(schema["pattern"], self.listed, _subject(prompt))
        return _POINT_DOES[self.listed % 11] + _POINT_WHAT[self.listed % 13]


def heading(pattern: str, turn: int, subject: str = "") -> str:
    """A heading that `pattern` admits: how it must begin, then words of ours."""
    begun = re.match(r"\^?\((?:\?:)?(.+?)\)", pattern)
    starts = [re.sub(r"\\(.)", r"\1", start) for start in begun[1].split("|")] if begun else [f"{subject}，"]
    starts = [*starts[turn % len(starts) :], *starts[: turn % len(starts)], *(f"{head}，" for head in _HEADS)]
    ending, reason = _ENDINGS[turn % len(_ENDINGS)], _IS[turn % len(_IS)]
    for start, rest in product(starts, ("", reason, ending) if starts[0].endswith("是") else ("", ending, reason)):
        if re.search(pattern, start + rest):
            return start + rest
    return f"{starts[0]}{ending}"


def _subject(prompt: str) -> str:
    """Some words on the subject of a prompt, for a heading that may begin as it likes."""
    said = re.findall(r"(?:小标题|题目)：([^。\n]+)", prompt)
    return "抓好" + "".join(_HANZI.findall(said[-1]))[:6] if said else "抓好当前工作"
