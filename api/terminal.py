"""What the commands share: results to standard output, remarks to standard error, options, and how a brief is read."""

import json
import sys
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
import yaml
from pydantic import BaseModel
from rich.console import Console
from rich.table import Table

from agent.settings import Settings
from speech.brief import SpeechBrief, brief_from
from speech.errors import BriefError

if TYPE_CHECKING:
    from agent.drafter import Drafter
    from vectorstore.embed import Embedder
    from vectorstore.store import PassageStore

REMARKS = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)
BRIEF_BYTES = 1_000_000

Json = Annotated[bool, typer.Option("--json", help="标准输出只打印一个 JSON 值，其余都到标准错误。")]
BriefFile = Annotated[
    Path | None, typer.Option("--brief", metavar="文件", help="写作任务文件（YAML 或 JSON），字段见 jianggao schema brief。")
]
Length = Annotated[int | None, typer.Option("--length", metavar="字数", help="不计空白，300—20000，如 2000；以此为准。")]
Request = Annotated[str | None, typer.Argument(metavar="写作要求", help="一句话说明谁、在什么场合、讲什么；也可只用 --brief。")]
Out = Annotated[Path | None, typer.Option("--out", metavar="文件", help="另存为 .docx .md .txt 或 .json 文件。")]


def print_json(value: BaseModel | Sequence[BaseModel] | dict[str, Any] | list[dict[str, Any]]) -> None:
    """One JSON value on standard output."""

    def plain(one: Any) -> Any:
        return one.model_dump(mode="json") if isinstance(one, BaseModel) else one

    shown = plain(value) if isinstance(value, BaseModel | dict) else [plain(one) for one in value]
    print(json.dumps(shown, ensure_ascii=False, indent=2))


def print_table(heads: Iterable[str], rows: Iterable[Iterable[Any]]) -> None:
    """Rows in columns; a long cell goes on below in a terminal, and stays on its line in a pipe."""
    console = Console(highlight=False, markup=False)
    if not console.is_terminal:
        console.width = 400
    table = Table(*heads, box=None, pad_edge=False)
    for row in rows:
        table.add_row(*(str(cell) for cell in row))
    with console.capture() as shown:
        console.print(table)
    print("\n".join(line.rstrip() for line in shown.get().splitlines()))


def prompt(question: str) -> str | None:
    """A line typed in answer to `question`, without outer white space; None where there is no more to come."""
    REMARKS.print(question, end="")
    line = sys.stdin.readline()
    return line.strip() if line else None


def brief_for(request: str | None, file: Path | None, length: int | None) -> SpeechBrief:
    """The brief of `file`, or else of the request; `length` goes before both. Raises BriefError."""
    from agent.understand import understand

    if file is None and request is None:
        raise typer.BadParameter("请写出写作要求，或用 --brief 给出写作任务文件")
    if request and not request.isprintable() and any("\ud800" <= letter <= "\udfff" for letter in request):
        raise BriefError("写作要求不是 UTF-8 文字", "请检查终端的编码，或改用 --brief 给出写作任务文件")
    made = brief_of(file) if file else understand(request or "")
    if file and request:
        REMARKS.print("以写作任务文件为准，命令行里的写作要求只随稿保存。")
    if length is None:
        return made
    return brief_from(made.model_dump(exclude_unset=True, mode="json") | {"length": length})


def brief_of(file: Path) -> SpeechBrief:
    """The brief in a YAML or JSON file. Raises BriefError that names the field or the line that is wrong."""
    try:
        with file.open("rb") as opened:
            content = opened.read(BRIEF_BYTES + 1)
        if len(content) > BRIEF_BYTES:
            raise BriefError(f"写作任务文件 {file.name} 太大（超过 1 MB）", "材料请用 jianggao ingest 装入语料库")
        data = yaml.safe_load(content.decode("utf-8-sig"))
    except FileNotFoundError as error:
        raise BriefError(f"找不到写作任务文件 {file}", "请检查路径") from error
    except (OSError, UnicodeDecodeError) as error:
        raise BriefError(f"读不了写作任务文件 {file}", "请检查权限，文件应为 UTF-8 编码的 YAML 或 JSON") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        line = getattr(getattr(error, "problem_mark", None), "line", 0) + 1
        raise BriefError(f"写作任务文件 {file.name} 第 {line} 行不合 YAML 格式", "字段见 jianggao schema brief") from error
    if data is None:
        raise BriefError(f"写作任务文件 {file.name} 是空的", "字段见 jianggao schema brief")
    if not isinstance(data, dict):
        return brief_from(data)
    return brief_from({str(key): _spoken(value) for key, value in data.items()})


def _spoken(value: Any) -> Any:
    """YAML reads 2026-03-05 as a date; a brief holds the words 2026年3月5日 (GB/T 9704 7.3.5.4: no zero padding)."""
    return f"{value.year}年{value.month}月{value.day}日" if isinstance(value, date) else value


def corpus(
    settings: Settings, rebuild: bool = False, renew: bool = False
) -> "AbstractContextManager[tuple[PassageStore, Embedder]]":
    """The store and its embedder, imported only when a command needs them: chromadb takes a second."""
    from agent.corpus import corpus as opened

    return opened(settings, rebuild, renew)


def drafter(settings: Settings) -> "AbstractContextManager[Drafter]":
    """All that a draft needs, imported only when a command needs it."""
    from agent.corpus import drafter as opened

    return opened(settings)
