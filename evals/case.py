"""Cases: writing tasks with what a good draft of each must say and must not. One YAML file a genre in cases/."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from speech.brief import SpeechBrief
from speech.errors import BriefError

FOLDER = Path(__file__).with_name("cases")
TODAY = date(2026, 8, 3)
_WAY_ON = "写法见 evals/cases 里的例子"


class Suite(StrEnum):
    """Which cases are run: a few that show that all works, every one, those with a trap, short ones over several genres
    for comparing, or twelve over all genres to be read by a critic."""

    SMOKE = "smoke"
    FULL = "full"
    TRAPS = "traps"
    COMPARE = "compare"
    TWELVE = "twelve"


class SourceText(BaseModel):
    """A past speech that a case brings along, beside the bundled corpus. Of our own writing; its figures and names are invented."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: Annotated[str, Field(min_length=2, max_length=80)]
    text: Annotated[str, Field(min_length=50)]


class Case(BaseModel):
    """A writing task. `brief` is what a draft is held against; where `request` is set, that alone is handed in.

    `must` and `must_not` are regular expressions looked for in the text without white space. `trap` says what may go wrong
    here. `criteria` are for the judge. `today` is the day that the speech is for.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", coerce_numbers_to_str=True)

    id: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
    brief: SpeechBrief
    request: Annotated[str, Field(min_length=4, max_length=2000)] | None = None
    sources: tuple[SourceText, ...] = ()
    today: date = TODAY
    must: tuple[str, ...] = ()
    must_not: tuple[str, ...] = ()
    criteria: tuple[str, ...] = ()
    trap: str | None = None
    tags: tuple[str, ...] = ()
    suites: frozenset[Suite] = frozenset()

    @field_validator("must", "must_not")
    @classmethod
    def _are_patterns(cls, patterns: tuple[str, ...]) -> tuple[str, ...]:
        for pattern in patterns:
            try:
                re.compile(pattern)
            except re.error as error:
                raise ValueError(f"“{pattern}”不是正则表达式") from error
        return patterns

    def belongs_to(self, suite: Suite) -> bool:
        """Every case is of the full suite, one with a trap of the traps; the others are named."""
        return suite == Suite.FULL or suite in self.suites or (suite == Suite.TRAPS and self.trap is not None)


def load_cases(paths: Iterable[Path] = (FOLDER,)) -> list[Case]:
    """The cases of files and folders of YAML, in the order of their ids. Raises BriefError naming the file and what is wrong."""
    cases = [case for path in paths for file in _files(path) for case in _read(file)]
    twice = [name for name, count in Counter(case.id for case in cases).items() if count > 1]
    if twice:
        raise BriefError(f"用例编号重复：{'、'.join(twice)}", "请改用不同的编号")
    return sorted(cases, key=lambda case: case.id)


def chosen(cases: Sequence[Case], suite: Suite, names: Sequence[str] = ()) -> list[Case]:
    """The cases of `suite` (all, where none of them is of it), or those that `names` names: an id, a tag or a genre.

    Raises BriefError where a name fits none.
    """
    if not names:
        return [case for case in cases if case.belongs_to(suite)] or list(cases)
    for name in names:
        if not any(_goes_by(case, name) for case in cases):
            raise BriefError(f"没有叫“{name}”的用例、标签或文种", "用 jianggao eval --list 查看全部用例")
    return [case for case in cases if any(_goes_by(case, name) for name in names)]


def _goes_by(case: Case, name: str) -> bool:
    return name in (case.id, case.brief.genre, *case.tags)


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        return sorted(file for file in path.iterdir() if file.suffix in (".yaml", ".yml"))
    if not path.is_file():
        raise BriefError(f"找不到用例文件 {path}", "请检查路径")
    return [path]


def _read(file: Path) -> list[Case]:
    try:
        data = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise BriefError(f"读不了用例文件 {file.name}", "应为 UTF-8 编码的 YAML") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        line = getattr(getattr(error, "problem_mark", None), "line", 0) + 1
        raise BriefError(f"用例文件 {file.name} 第 {line} 行不合 YAML 格式", _WAY_ON) from error
    if not isinstance(data, list) or not data:
        raise BriefError(f"用例文件 {file.name} 应是用例的列表", _WAY_ON)
    return [_case(item, f"{file.name} 第 {n} 个用例") for n, item in enumerate(data, 1)]


def _case(item: Any, where: str) -> Case:
    if isinstance(item, dict) and isinstance(item.get("id"), str):
        where += f"（{item['id']}）"
    try:
        return Case.model_validate(item)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"]) or "用例"
        reasons = {"extra_forbidden": f"没有 {field} 这个字段", "missing": f"缺少 {field}"}
        why = str(first["ctx"]["error"]) if first["type"] == "value_error" else f"{field} 不合要求（{first['type']}）"
        raise BriefError(f"{where}有误：{reasons.get(first['type'], why)}", _WAY_ON) from error
