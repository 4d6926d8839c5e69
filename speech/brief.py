"""SpeechBrief: what is asked, and the facts that a draft may state."""

from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from speech import taboos
from speech.errors import BriefError

SHORTEST, LONGEST = 300, 20_000


class Genre(StrEnum):
    """文种. The first ten are those of a brief; the last two are only read, never drafted."""

    SPEECH = "讲话"
    EXCHANGE = "交流发言"
    REPORT = "汇报发言"
    SEMINAR = "研讨发言"
    PLEDGE = "表态发言"
    MOBILISATION = "动员讲话"
    ADDRESS = "致辞"
    DUTY_REPORT = "述职"
    PARTY_LESSON = "党课"
    SUMMARY = "总结"
    HOSTING = "主持词"
    GOVERNMENT_REPORT = "政府工作报告"


Line = Annotated[str, Field(max_length=200)]
Fact = Annotated[str, Field(min_length=1, max_length=500)]
Taboo = Annotated[str, Field(min_length=2, max_length=100)]


class SpeechBrief(BaseModel):
    """A writing task. `length` counts characters without white space.

    `facts`, with the other fields, are the only specifics that a draft may state; `taboos` is what it must not touch on.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True, coerce_numbers_to_str=True)

    genre: Genre = Genre.SPEECH
    title: Line | None = None
    occasion: Line | None = None
    topic: Line
    speaker: Line | None = None
    audience: Line | None = None
    date: Line | None = None
    place: Line | None = None
    length: int | None = Field(default=None, ge=SHORTEST, le=LONGEST)
    sections: int | None = Field(default=None, ge=2, le=9, description="how many level-1 sections are asked for")
    points: tuple[Line, ...] = Field(default=(), max_length=30)
    facts: tuple[Fact, ...] = Field(default=(), max_length=100)
    taboos: tuple[Taboo, ...] = Field(default=(), max_length=30, description="what must not be mentioned: 不要提…")
    notes: Annotated[str, Field(max_length=4000)] | None = None

    @model_validator(mode="after")
    def _topic_is_said(self) -> "SpeechBrief":
        if not self.topic:
            raise ValueError("topic 不能为空")
        return self

    @model_validator(mode="after")
    def _nothing_told_is_taboo(self) -> "SpeechBrief":
        for name, text in self.told().items():
            if name != "notes" and (touching := taboos.touched(text, self.taboos)):
                raise ValueError(f"taboos 中的“{touching[0][2]}”写在了 {name} 里，二者只能留一个")
        return self

    def told(self) -> dict[str, str]:
        """Every text of the brief that a draft may use, by where it stands: {"title": …, "facts[0]": …}."""
        fields = ("title", "occasion", "topic", "speaker", "audience", "date", "place", "notes")
        texts = {name: value for name in fields if (value := getattr(self, name))}
        texts |= {f"points[{i}]": point for i, point in enumerate(self.points)}
        return texts | {f"facts[{i}]": fact for i, fact in enumerate(self.facts)}


def brief_from(data: Any) -> SpeechBrief:
    """Check `data` (a mapping, as read from YAML or JSON) and make a brief of it.

    Raises BriefError naming each wrong field in one line.
    """
    if not isinstance(data, dict):
        raise BriefError("写作任务应是一组“字段: 内容”", "字段见 jianggao schema brief")
    try:
        return SpeechBrief.model_validate(data)
    except ValidationError as error:
        raise BriefError(
            "写作任务有误：" + "；".join(_remark(e) for e in error.errors()), "字段见 jianggao schema brief"
        ) from error


def _remark(error: Any) -> str:
    where = ".".join(str(part) for part in error["loc"]) or "brief"
    match error["type"]:
        case "extra_forbidden":
            return f"没有 {where} 这个字段"
        case "missing":
            return f"缺少 {where}"
        case "greater_than_equal" | "less_than_equal" if where == "length":
            return f"length 应在 {SHORTEST}—{LONGEST} 字之间，现为 {error['input']}"
        case "enum":
            return f"{where} 不认识“{error['input']}”，可用：{'、'.join(list(Genre)[:10])}"
        case "value_error":
            return str(error["ctx"]["error"])
        case "int_parsing" | "int_type" | "int_from_float" | "float_type":
            return f"{where} 应是整数，现为“{error['input']}”"
        case "string_too_long" | "too_long":
            return f"{where} 过长（上限 {error['ctx']['max_length']}）"
        case "string_too_short":
            return f"{where} 不能为空"
        case "tuple_type" | "list_type":
            return f"{where} 应是一个列表"
        case "string_type":
            return f"{where} 应是一行文字"
        case "greater_than_equal" | "less_than_equal":
            return f"{where} 超出范围，现为 {error['input']}"
        case kind:
            return f"{where} 不合要求（{kind}）"
