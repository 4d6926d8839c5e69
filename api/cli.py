"""`jianggao …`: the command line. Results go to standard output, progress and remarks to standard error."""

import os
import sys
import tempfile
import traceback
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer
from pydantic import BaseModel
from typer.exceptions import TyperException

from agent.settings import read_settings
from api.documents import documents_app
from api.evaluate import evaluate_command
from api.filters import Genres, InEra, Roles, era_named, genres_of, roles_of
from api.interrupt import INTERRUPTED, ending_promptly
from api.kept import drafts_app
from api.revising import revising_app
from api.talk import chat
from api.terminal import (
    REMARKS,
    BriefFile,
    Json,
    Length,
    Out,
    Request,
    brief_for,
    brief_of,
    corpus,
    drafter,
    print_json,
    print_table,
)
from api.usage import USAGE, ChineseCommand, ChineseGroup, refused, wrong_usage
from speech.brief import SpeechBrief
from speech.eras import Era
from speech.errors import FileRefused, JianggaoError

DONE, NOT_DONE, WRONG_USAGE = 0, 1, 2

app = typer.Typer(
    cls=ChineseGroup,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="""讲稿：照本单位的文风，起草讲话、交流发言、汇报发言等公文讲稿。没有告诉它的数字、人名、日期，一律留作待填项。

    \b
    从这里开始：
      jianggao doctor                 看看还缺什么
      jianggao ingest 旧稿文件夹      装入本单位的旧稿（没有旧稿：jianggao ingest --samples）
      jianggao draft "请为市委书记起草在全市安全生产工作会议上的讲话，约2000字"
      jianggao chat                   对话着写：起草、改写、填空、问出处、导出
      jianggao drafts list            已有的稿子，可接着写、填空、导出

    \b
    每个命令都可加 --help；加 --json 时标准输出只有一个 JSON 值。
    退出码：0 办成了，1 没办成（有一行说明原因和办法），2 用法有误，130 按了 Ctrl-C。
    """,
)
drafts_app.add_typer(revising_app)
app.add_typer(drafts_app, name="drafts")
app.add_typer(documents_app, name="documents")
evaluate_command(app)
app.command("chat", cls=ChineseCommand)(chat)


def main() -> None:
    """The entry point: a user's error is one line and exit code 1; wrong usage is 2; Ctrl-C is 130. Never a traceback."""
    try:
        code = app(prog_name="jianggao", standalone_mode=False)
        if code == INTERRUPTED:  # before there was anything to save
            REMARKS.print("已停下。", style="yellow")
    except TyperException as error:
        code = _say_usage(error)
    except JianggaoError as error:
        code = _say(str(error))
    except KeyboardInterrupt:
        code = INTERRUPTED
    except BrokenPipeError:
        # the reader (head, less) has gone: what is left in the buffer must not complain at exit either
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = NOT_DONE
    except OSError as error:
        code = _say(f"{refused(error)}。请检查磁盘空间与文件权限")
    except Exception as error:
        code = _say_fault(error)
    sys.exit(code if isinstance(code, int) else DONE)


def _say(line: str) -> int:
    REMARKS.print(f"错误：{line}", style="red")
    return NOT_DONE


def _say_usage(error: TyperException) -> int:
    message = error.format_message()
    if message.startswith(USAGE):  # called without arguments: the help is the answer
        REMARKS.print(message)
    else:
        command = getattr(getattr(error, "ctx", None), "command_path", "jianggao")
        REMARKS.print(f"用法有误：{wrong_usage(message)}。运行 {command} --help 查看用法", style="red")
    return WRONG_USAGE


def _say_fault(error: Exception) -> int:
    """A fault of ours: the user gets a line, whoever mends it gets the traceback in a file."""
    handle, name = tempfile.mkstemp(prefix="jianggao-", suffix=".log")
    with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as log:
        traceback.print_exception(error, file=log)
    reason = str(error).splitlines()[0][:200] if str(error) else ""
    return _say(f"程序内部出错（{type(error).__name__}：{reason}）。已写好的部分都已保存；请把 {name} 发给维护人员")


@app.command(cls=ChineseCommand)
def ingest(
    paths: Annotated[
        list[Path] | None, typer.Argument(metavar="路径", help="文件、文件夹或压缩包：.txt .md .docx .html .pdf .zip。")
    ] = None,
    samples: Annotated[bool, typer.Option("--samples", help="装入自带的示例语料。")] = False,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="换了向量模型后，用新模型重算全部向量。")] = False,
    prune: Annotated[bool, typer.Option("--prune", help="文件夹里已删除的文件，不论多少，其语料一律移除。")] = False,
    as_json: Json = False,
) -> None:
    """把文件、文件夹或压缩包里的旧稿装入语料库；一行一个文件，重复装入不会多出一份。

    改过的文件再装一次就更新，文件夹里删掉的文件，其语料随之移除；一下子少了一半以上时先保留，加 --prune 才移除。
    """
    from vectorstore.ingest import ingest as load_in
    from vectorstore.ingest import samples as bundled

    wanted = [*(paths or []), *([bundled()] if samples else [])]
    if not wanted and not rebuild:
        raise typer.BadParameter("请给出文件或文件夹，或用 --samples 装入自带语料")
    with corpus(read_settings(), rebuild, renew=True) as (store, embedder), REMARKS.status("读取…") as status:
        if rebuild:
            store.rebuild(embedder, lambda done, total: status.update(f"重算向量 {done}/{total}"))
        with ending_promptly(
            lambda: REMARKS.print("已停下，装好的文件都已保存；再运行一次同样的命令即可接着装。", style="yellow")
        ):
            rows = load_in(wanted, store, embedder, lambda done, total, row: status.update(f"读取 {done}/{total}"), prune=prune)
    if as_json:
        print_json(rows)
    elif rows:
        words = {
            "added": "已装入",
            "unchanged": "没有变化",
            "replaced": "已更新",
            "duplicate": "重复，未装入",
            "refused": "未装入",
            "moved": "已改名",
            "removed": "已移除",
            "missing": "文件不见了",
            "outdated": "待重新装入",
        }
        print_table(
            ("文件", "结果", "片段", "去噪行", "说明"),
            ((r.name, words[r.status], r.passages, r.noise, r.reason or "") for r in rows),
        )
        counted = Counter(words[row.status] for row in rows).most_common()
        REMARKS.print(f"共 {len(rows)} 行：{'；'.join(f'{word} {count}' for word, count in counted)}", highlight=False)
    if missing := sum(row.status == "missing" for row in rows):
        REMARKS.print(
            f"有 {missing} 篇的原文件不见了，语料暂且保留：文件夹可能没有挂载。确已删除时，加 --prune 再运行一次。",
            style="yellow",
        )
    if wanted and all(row.status == "refused" for row in rows):
        raise FileRefused(
            "没有装入任何文件" if rows else "文件夹里没有可装入的文件", "可装入 .txt .md .docx .html .pdf .zip，请检查路径"
        )


@app.command(cls=ChineseCommand)
def parse(
    file: Annotated[Path, typer.Argument(metavar="文件", help="要查看的文件：.txt .md .docx .html .pdf。")], as_json: Json = False
) -> None:
    """看一个文件被读成了什么：去了哪些噪声、结构如何、有哪些待填项。"""
    from api.live import noise_text
    from speech.render import to_text
    from vectorstore.read import read

    parsed = read(file)
    if as_json:
        print_json(parsed)
        return
    if parsed.joined:
        REMARKS.print(f"文件里有 {1 + len(parsed.joined)} 篇讲稿，逐篇列出。", style="yellow")
    for part in (parsed, *parsed.joined):
        print(to_text(part.speech()))
        REMARKS.print(noise_text(part))


@app.command(cls=ChineseCommand)
def search(
    query: Annotated[str, typer.Argument(metavar="内容", help="要找的内容。")],
    k: Annotated[int, typer.Option("-k", metavar="条数", help="最多几条。", min=1, max=100)] = 8,
    genre: Genres = None,
    role: Roles = None,
    era: InEra = None,
    explain: Annotated[bool, typer.Option("--explain", help="说明每条为什么入选，哪些落选。")] = False,
    as_json: Json = False,
) -> None:
    """在语料库里找片段，附得分与出处。

    \b
    示例：
      jianggao search 红色物业 --role measure --genre 讲话
      jianggao search 基层减负 --era 2023-2026 --explain
    """
    from api.found import hits_text, report_text
    from vectorstore.search import PassageSearch

    roles, genres, years = roles_of(role), genres_of(genre), era_named(era)
    with corpus(read_settings()) as (store, embedder):
        ready = PassageSearch(store, embedder)
        if explain:
            report = ready.explain(query, k, roles=roles, genres=genres, era=years)
            print_json(report) if as_json else print(report_text(report))
            return
        hits = ready.search(query, k, roles=roles, genres=genres, era=years)
    if as_json:
        print_json(hits)
        return
    print(hits_text(hits), end="")
    if not hits:
        REMARKS.print("没有找到。可放宽 --genre --role --era；语料库为空时，先运行 jianggao ingest 路径")


@app.command(cls=ChineseCommand)
def style(genre: Genres = None, as_json: Json = False) -> None:
    """看语料库的文风：序号、标题、句长、列举、开头、过渡、结尾、四字词，一律从旧稿里数出来。"""
    from api.found import style_text
    from vectorstore.style import house_style

    genres = genres_of(genre)
    with corpus(read_settings()) as (store, _):
        counted = house_style(store.passages(), genres)
    if as_json:
        print_json(counted)
    else:
        print(style_text(counted))
    if not counted.documents:
        REMARKS.print("没有可数的文稿。可放宽 --genre；语料库为空时，先运行 jianggao ingest 路径")


@app.command(cls=ChineseCommand)
def outline(request: Request = None, brief: BriefFile = None, length: Length = None, as_json: Json = False) -> None:
    """只理解要求、拟出提纲，不写正文。"""
    from agent.gather import gather
    from agent.outline import plan
    from api.live import outline_text

    task = brief_for(request, brief, length)
    with drafter(read_settings()) as ready, REMARKS.status("拟提纲…") as status:
        made = plan(
            task,
            gather(task, ready.search, Era(since=ready.settings.today.year, until=ready.settings.today.year)),
            ready.model,
            on_call=lambda what: status.update("拟提纲…"),
        )
    if as_json:
        print_json({"brief": task.model_dump(mode="json"), "outline": made.model_dump(mode="json")})
    else:
        print(outline_text(made))


@app.command(cls=ChineseCommand)
def draft(
    request: Request = None,
    brief: BriefFile = None,
    length: Length = None,
    approve: Annotated[bool, typer.Option("--approve", help="拟好提纲先停下，看过、改过再写。")] = False,
    out: Out = None,
    as_json: Json = False,
) -> None:
    """起草一篇讲稿：理解要求、检索语料、拟提纲、逐段写、审核。

    写成的稿子附待填单、来源和审核，并存成 .docx .md .json。中断后用 jianggao drafts resume 编号 接着写。

    \b
    示例：
      jianggao draft "请为市委书记起草在全市城市基层治理重点工作推进会上的讲话，约2000字，讲三个方面，突出网格化管理、红色物业和为基层减负"
      jianggao draft "以县应急局名义写一篇安全生产工作的汇报发言" --length 1500 --out 汇报.docx
      jianggao draft --brief 任务.yaml --json > 稿子.json

    \b
    任务.yaml（facts 是稿中唯一可以写的数字和名称）：
      genre: 讲话
      occasion: 全市城市基层治理重点工作推进会
      topic: 党建引领城市基层治理
      speaker: 市委书记
      length: 3000
      points: [网格化管理, 红色物业, 为基层减负]
      facts: ["全市已划分网格1632个"]
    """
    from api.live import check_out
    from api.writing import write_out

    check_out(out)
    task = brief_for(request, brief, length)
    with drafter(read_settings()) as ready:
        write_out(ready, ready.begin(task, request, approve), out, as_json)


@app.command(cls=ChineseCommand)
def review(
    file: Annotated[Path, typer.Argument(metavar="文件", help="要审核的文稿：.txt .md .docx .html .pdf。")],
    brief: BriefFile = None,
    as_json: Json = False,
) -> None:
    """审核任何一篇文稿，不论是谁写的；给出 --brief 时一并核对篇幅和事实。"""
    from api.live import review_text
    from speech.review import review as check
    from vectorstore.load import load

    made = check(load(file).text, brief_of(brief) if brief else None, (), read_settings().today)
    if as_json:
        print_json(made)
    else:
        print(review_text(made))


@app.command(cls=ChineseCommand)
def serve(
    host: Annotated[
        str, typer.Option("--host", metavar="地址", help="监听的地址；不是本机时须设 JIANGGAO_API_KEYS。")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", metavar="端口", help="监听的端口。", min=0, max=65535)] = 8000,
    workers: Annotated[
        int, typer.Option("--workers", metavar="进程数", help="只能是 1；同时写几篇由 JIANGGAO_JOBS 定。", min=1)
    ] = 1,
) -> None:
    """开网页和 HTTP 接口，直到按 Ctrl-C；没写完的稿子下次启动时接着写。

    \b
    示例：
      jianggao serve                                     只供本机，http://127.0.0.1:8000
      JIANGGAO_API_KEYS=甲科:密钥 jianggao serve --host 0.0.0.0
    """
    from api.serve import serve as run

    REMARKS.print(f"讲稿服务：http://{host}:{port}（Ctrl-C 停止）")
    run(read_settings(), host, port, workers)


@app.command(cls=ChineseCommand)
def doctor(as_json: Json = False) -> None:
    """检查配置：用哪个模型、语料库有多少、缺什么。缺东西时退出码为 1。"""
    from agent.doctor import examine

    rows = examine(read_settings())
    if as_json:
        print_json(rows)
    else:
        print_table(("项目", "情况", "说明"), ((row.name, "正常" if row.ok else "待解决", row.detail) for row in rows))
    if lacking := [row.name for row in rows if not row.ok]:
        raise JianggaoError(f"还不能起草，请先解决：{'、'.join(lacking)}", "办法见上面的说明")


@app.command(cls=ChineseCommand)
def schema(
    name: Annotated[
        str, typer.Argument(metavar="名称", help="brief、parsed、review、draft、revision、change、outline 或 passage。")
    ],
) -> None:
    """打印一种数据的 JSON Schema。"""
    from agent.drafts import Draft, Revision
    from agent.outline import Outline
    from agent.revision.compare import Change
    from speech.review import Review
    from vectorstore.passages import Passage
    from vectorstore.read import Parsed

    shapes: dict[str, type[BaseModel]] = {
        "brief": SpeechBrief, "parsed": Parsed, "review": Review, "draft": Draft, "revision": Revision, "change": Change,
        "outline": Outline, "passage": Passage,
    }  # fmt: skip
    if name not in shapes:
        raise typer.BadParameter(f"没有“{name}”，可用：{'、'.join(shapes)}")
    print_json(shapes[name].model_json_schema())
