"""`jianggao eval`: the eval suite from the command line. The one file of api/ that calls evals."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from agent.settings import read_settings
from api.interrupt import ending_promptly
from api.terminal import REMARKS, print_table
from api.usage import ChineseCommand
from speech.errors import JianggaoError

if TYPE_CHECKING:
    from evals.case import Case
    from evals.outcome import Report

SUITES = ("smoke", "full", "traps", "compare", "twelve")

Suite = Annotated[str, typer.Option("--suite", metavar="套件", help="smoke、full、traps、compare 或 twelve。")]
Targets = Annotated[
    list[str] | None,
    typer.Option(
        "--target",
        metavar="对象",
        help="可多次给出，第一个须过门槛：pipeline、single、stuffed、agentwrite、no-retrieval、no-repair、no-planning、all、texts=文件夹、recorded=文件。",
    ),
]
Model = Annotated[str | None, typer.Option("--model", metavar="模型", help="settings（按设置）或 scripted（固定应答，不花钱）。")]
Cases = Annotated[
    list[str] | None,
    typer.Option("--cases", metavar="用例", help="只跑这些：编号、标签或文种；或自己的用例文件、文件夹（YAML）。可多次给出。"),
]
JsonFile = Annotated[Path | None, typer.Option("--json", metavar="文件", help="存成 JSON，可作下次的基线。")]
HtmlFile = Annotated[Path | None, typer.Option("--html", metavar="文件", help="存成一页 HTML。")]
JUnitFile = Annotated[Path | None, typer.Option("--junit", metavar="文件", help="存成 JUnit XML。")]
Baseline = Annotated[Path | None, typer.Option("--baseline", metavar="文件", help="与上次存下的 JSON 比较。")]
Seed = Annotated[int, typer.Option("--seed", metavar="种子", min=0, help="第一次的种子。")]
Repeats = Annotated[int, typer.Option("--repeats", metavar="次数", min=1, max=100, help="每个用例写几次。")]
Parallel = Annotated[int | None, typer.Option("--parallel", metavar="篇数", min=1, max=64, help="同时写几篇；内置模型一次一篇。")]
WithJudge = Annotated[bool, typer.Option("--judge", help="另请模型评审，与各项检查分开。")]
JudgeModel = Annotated[str | None, typer.Option("--judge-model", metavar="名称", help="评审用的模型名。")]
Listed = Annotated[bool, typer.Option("--list", help="只列出用例。")]


def evaluate_command(app: typer.Typer) -> None:
    """Add `eval` to the commands of `app`."""
    app.command("eval", cls=ChineseCommand)(evaluate)


def evaluate(
    suite: Suite = "smoke",
    target: Targets = None,
    model: Model = None,
    cases: Cases = None,
    json: JsonFile = None,
    html: HtmlFile = None,
    junit: JUnitFile = None,
    baseline: Baseline = None,
    seed: Seed = 0,
    repeats: Repeats = 1,
    parallel: Parallel = None,
    judge: WithJudge = False,
    judge_model: JudgeModel = None,
    listed: Listed = False,
) -> None:
    """评测：让各对象写同样的用例，逐项打分、比较。低于门槛，或比基线退步超出误差时，退出码为 1。

    \b
    示例：
      jianggao eval                                        十来个用例，固定应答，几秒
      jianggao eval --suite full --html 评测.html          全部用例，用设置的模型
      jianggao eval --suite compare --target all           与各种简单写法比较
      jianggao eval --target texts=文件夹                  给现成的文稿打分，文件名为 用例编号.txt
      jianggao eval --baseline 上次.json                   与上次比较
    """
    from evals.case import FOLDER, chosen, load_cases
    from evals.case import Suite as Suites
    from evals.evaluation import Asked
    from evals.evaluation import evaluate as run
    from evals.outcome import read_report

    if suite not in SUITES:
        raise typer.BadParameter(f"没有“{suite}”这个套件，可用：{'、'.join(SUITES)}")
    if model not in (None, "scripted", "settings"):
        raise typer.BadParameter("--model 应是 scripted 或 settings")
    files = [Path(name) for name in cases or () if _is_file(name)] or [FOLDER]
    names = [name for name in cases or () if not _is_file(name)]
    if listed:
        _list(chosen(load_cases(files), Suites(suite), names))
        return
    stored = read_report(baseline) if baseline else None
    asked = Asked(
        Suites(suite),
        target or ["pipeline"],
        model,
        names,
        files,
        seed,
        repeats,
        parallel,
        judge or bool(judge_model),
        judge_model,
    )
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with (
        ending_promptly(lambda: REMARKS.print("\n已停下，写好的都已保存；再运行一次同样的命令即可接着评。", style="yellow")),
        Progress(*columns, console=REMARKS, transient=True) as shown,
    ):
        bar = shown.add_task("准备", total=None)

        def told(what: str, done: int, total: int) -> None:
            shown.update(bar, description=what, completed=done, total=total)
            if not REMARKS.is_terminal:
                REMARKS.print(f"· {done}/{total} {what}")

        report = run(asked, read_settings(), told)
    _save(report, stored, json, html, junit)
    _show(report, stored)


def _is_file(name: str) -> bool:
    return name.endswith((".yaml", ".yml")) or "/" in name or Path(name).is_dir()


def _save(report: "Report", stored: "Report | None", json: Path | None, html: Path | None, junit: Path | None) -> None:
    from evals.junit import to_junit
    from evals.outcome import to_json
    from evals.page import to_html

    made: tuple[tuple[Path | None, Callable[[], str]], ...] = (
        (json, lambda: to_json(report)),
        (html, lambda: to_html(report, stored)),
        (junit, lambda: to_junit(report, stored)),
    )
    for file, text in made:
        if file is not None:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text(), encoding="utf-8")
            REMARKS.print(f"已存：{file}")


def _show(report: "Report", stored: "Report | None") -> None:
    """The tables, and the one line that says why a run does not pass."""
    from rich.console import Console

    from evals.compare import shortfalls
    from evals.table import tables

    console = Console(file=sys.stdout, highlight=False, markup=False)
    if not console.is_terminal:
        console.width = 200
    for table in tables(report, stored):
        console.print(table)
    if lines := shortfalls(report, stored):
        for line in lines[1:]:
            REMARKS.print(line, style="red")
        raise JianggaoError(f"评测没有通过（{len(lines)} 项）：{lines[0]}", "详见 --html 的页面")
    REMARKS.print("评测通过。", style="green")


def _list(cases: "list[Case]") -> None:
    print_table(
        ("编号", "文种", "字数", "事实", "陷阱", "标签"),
        ((c.id, c.brief.genre, c.brief.length or "", len(c.brief.facts), c.trap or "", " ".join(c.tags)) for c in cases),
    )
