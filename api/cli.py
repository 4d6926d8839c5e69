"""`jianggao …`: the command line. Results go to standard output, progress and remarks to standard error."""

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import typer
import yaml
from pydantic import BaseModel
from rich.console import Console
from rich.table import Table

from agent.settings import Settings, read_settings
from speech.brief import SpeechBrief, brief_from
from speech.errors import BriefError, JianggaoError

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    help="讲稿：照本单位的文风，起草讲话、交流发言、汇报发言等公文讲稿。",
)
drafts_app = typer.Typer(no_args_is_help=True, help="已有的稿子：列表、查看、接着写、填空、导出。")
app.add_typer(drafts_app, name="drafts")

_err = Console(stderr=True, highlight=False)

Json = Annotated[bool, typer.Option("--json", help="标准输出只打印一个 JSON 值。")]
BriefFile = Annotated[Path | None, typer.Option("--brief", help="写作任务文件（YAML 或 JSON），字段见 jianggao schema brief。")]
Length = Annotated[int | None, typer.Option("--length", help="字数（不计空白），如 2000。")]
Request = Annotated[str, typer.Argument(help="写作要求，如：为市委书记起草在全市安全生产工作会议上的讲话，约2000字。")]


def main() -> None:
    """The entry point: a user's error is one line and exit code 1; wrong usage is 2."""
    try:
        app()
    except JianggaoError as error:
        _err.print(f"错误：{error}", style="red", markup=False, soft_wrap=True)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
    except OSError as error:
        _err.print(f"错误：{error}。请检查磁盘空间与文件权限", style="red", markup=False, soft_wrap=True)
        sys.exit(1)


@app.command()
def ingest(
    paths: Annotated[list[Path] | None, typer.Argument(help="文件或文件夹。")] = None,
    samples: Annotated[bool, typer.Option("--samples", help="装入自带的示例语料。")] = False,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="换了向量模型后，用新模型重算全部向量。")] = False,
    as_json: Json = False,
) -> None:
    """把文件或文件夹里的旧稿装入语料库；一行一个文件，重复装入不会多出一份。"""
    from vectorstore.ingest import ingest as load_in
    from vectorstore.ingest import samples as bundled

    wanted = [*(paths or []), *([bundled()] if samples else [])]
    if not wanted and not rebuild:
        raise typer.BadParameter("请给出文件或文件夹，或用 --samples 装入自带语料")
    settings = read_settings()
    with _store(settings, rebuild=rebuild) as (store, embedder), _err.status("读取…") as status:
        if rebuild:
            store.rebuild(embedder, lambda done, total: status.update(f"重算向量 {done}/{total}"))
        rows = load_in(wanted, store, embedder, lambda done, total, row: status.update(f"读取 {done}/{total} {row.name}"))
    if as_json:
        _print_json([row.model_dump(mode="json") for row in rows])
        return
    words = {"added": "已装入", "unchanged": "没有变化", "replaced": "已更新", "duplicate": "重复，未装入", "refused": "未装入"}
    _table(
        ("文件", "结果", "片段", "去噪行", "说明"), ((r.name, words[r.status], r.passages, r.noise, r.reason or "") for r in rows)
    )


@app.command()
def parse(file: Annotated[Path, typer.Argument(help="要查看的文件。")], as_json: Json = False) -> None:
    """看一个文件被读成了什么：去了哪些噪声、结构如何、有哪些待填项。"""
    from speech.render import to_text
    from vectorstore.read import read

    parsed = read(file)
    if as_json:
        _print_json(parsed.model_dump(mode="json"))
        return
    print(to_text(parsed.speech()))
    _err.print(
        f"\n文种 {parsed.genre or '未识别'}；一级标题 {len(parsed.sections)} 个；待填项 {len(parsed.placeholders)} 处；"
        + ("文本被截断" if parsed.truncated else "文本完整")
    )
    for line in parsed.noise:
        _err.print(f"去掉第 {line.line} 行（{line.reason}）：{line.text}", markup=False)


@app.command()
def search(
    query: Annotated[str, typer.Argument(help="要找的内容。")],
    k: Annotated[int, typer.Option("-k", help="最多几条。", min=1, max=100)] = 8,
    as_json: Json = False,
) -> None:
    """在语料库里找片段，附得分与出处。"""
    from vectorstore.search import PassageSearch

    with _store(read_settings()) as (store, embedder):
        hits = PassageSearch(store, embedder).search(query, k=k)
    if as_json:
        _print_json([hit.model_dump(mode="json") for hit in hits])
        return
    for hit in hits:
        print(f"{hit.score:.2f}  《{hit.passage.title}》{hit.passage.path} {hit.passage.heading}\n      {hit.passage.text}\n")


@app.command()
def outline(
    request: Annotated[str | None, typer.Argument(help="写作要求。")] = None,
    brief: BriefFile = None,
    length: Length = None,
    as_json: Json = False,
) -> None:
    """只理解要求、拟出提纲，不写正文。"""
    from agent.gather import gather
    from agent.outline import plan
    from api.live import outline_text

    task = _brief(request, brief, length)
    with _drafter(read_settings()) as drafter, _err.status("拟提纲…") as status:
        made = plan(task, gather(task, drafter.search), drafter.model, on_call=lambda what: status.update(f"拟提纲：{what}"))
    if as_json:
        _print_json({"brief": task.model_dump(mode="json"), "outline": made.model_dump(mode="json")})
    else:
        print(outline_text(made))


@app.command()
def draft(
    request: Annotated[
        str | None, typer.Argument(help="写作要求，如：为市委书记起草在全市安全生产工作会议上的讲话，约2000字。")
    ] = None,
    brief: BriefFile = None,
    length: Length = None,
    out: Annotated[Path | None, typer.Option("--out", help="另存为 .txt .md .docx 或 .json 文件。")] = None,
    as_json: Json = False,
) -> None:
    """起草一篇讲稿：理解要求、检索语料、拟提纲、逐段写、审核。中断后可用 jianggao drafts resume 接着写。"""
    from api.live import check_out

    check_out(out)
    task = _brief(request, brief, length)
    with _drafter(read_settings()) as drafter:
        _run(drafter, drafter.begin(task, request), out, as_json)


@app.command()
def review(file: Annotated[Path, typer.Argument(help="要审核的文稿。")], brief: BriefFile = None, as_json: Json = False) -> None:
    """审核任何一篇文稿，不论是谁写的。"""
    from api.live import review_text
    from speech.review import review as check
    from vectorstore.load import load

    made = check(load(file).text, _brief_of(brief) if brief else None, (), read_settings().today)
    if as_json:
        _print_json(made.model_dump(mode="json"))
    else:
        print(review_text(made))


@drafts_app.command("list")
def list_drafts(as_json: Json = False) -> None:
    """已有的稿子，新的在前。"""
    from agent.drafts import DraftStore

    kept = DraftStore(read_settings().database).list()
    if as_json:
        _print_json(
            [one.model_dump(mode="json", include={"id", "status", "created", "updated", "brief", "error"}) for one in kept]
        )
        return
    title = [one.outline.title if one.outline else one.brief.occasion or one.brief.topic for one in kept]
    _table(
        ("编号", "状态", "时间", "题目"),
        ((d.id, d.status, f"{d.created.astimezone():%m-%d %H:%M}", t) for d, t in zip(kept, title, strict=True)),
    )


DraftId = Annotated[str, typer.Argument(help="稿子编号，见 jianggao drafts list。")]


@drafts_app.command()
def show(draft_id: DraftId, as_json: Json = False) -> None:
    """看一篇稿子，附待填单、来源和审核。"""
    from agent.drafts import DraftStore
    from api.live import draft_text

    kept = DraftStore(read_settings().database).get(draft_id)
    if as_json:
        _print_json(kept.model_dump(mode="json"))
    else:
        print(draft_text(kept))


@drafts_app.command()
def resume(
    draft_id: DraftId, out: Annotated[Path | None, typer.Option("--out", help="另存为文件。")] = None, as_json: Json = False
) -> None:
    """接着写一篇中断的稿子；写好的部分不会重写。"""
    from agent.drafts import DraftStore
    from api.live import check_out

    check_out(out)
    settings = read_settings()
    kept = DraftStore(settings.database).get(draft_id)
    with _drafter(settings) as drafter:
        _run(drafter, kept, out, as_json)


@drafts_app.command()
def fill(
    draft_id: DraftId,
    answers: Annotated[list[str], typer.Argument(help="待填项=内容，如 p1=3月5日；可写多个。")],
    as_json: Json = False,
) -> None:
    """填空：一个答案填到每一处。"""
    from agent.drafts import DraftStore
    from agent.revise import fill as fill_in
    from api.live import draft_text

    settings = read_settings()
    store = DraftStore(settings.database)
    pairs = [answer.partition("=") for answer in answers]
    if wrong := [answer for answer, (key, sign, value) in zip(answers, pairs, strict=True) if not (key and sign and value)]:
        raise typer.BadParameter(f"“{wrong[0]}”应写成 p1=内容")
    kept = store.save(fill_in(store.get(draft_id), {key: value for key, _, value in pairs}, settings.today))
    if as_json:
        _print_json(kept.model_dump(mode="json"))
    else:
        print(draft_text(kept))


@drafts_app.command()
def export(draft_id: DraftId, out: Annotated[Path, typer.Argument(help=".txt .md .docx 或 .json 文件。")]) -> None:
    """导出成文件。"""
    from agent.drafts import DraftStore
    from api.live import check_out, save_as

    check_out(out)
    save_as(DraftStore(read_settings().database).get(draft_id), out)
    print(out)


@app.command()
def doctor(as_json: Json = False) -> None:
    """检查配置：用哪个模型、语料库有多少、缺什么。"""
    from agent.doctor import examine

    rows = examine(read_settings())
    if as_json:
        _print_json([row.model_dump(mode="json") for row in rows])
    else:
        _table(("项目", "情况", "说明"), ((row.name, "正常" if row.ok else "缺少", row.detail) for row in rows))
    if not all(row.ok for row in rows):
        sys.exit(1)


@app.command()
def schema(name: Annotated[str, typer.Argument(help="brief、parsed、review、draft、outline 或 passage。")]) -> None:
    """打印一种数据的 JSON Schema。"""
    from agent.drafts import Draft
    from agent.outline import Outline
    from speech.review import Review
    from vectorstore.passages import Passage
    from vectorstore.read import Parsed

    shapes: dict[str, type[BaseModel]] = {
        "brief": SpeechBrief, "parsed": Parsed, "review": Review, "draft": Draft, "outline": Outline, "passage": Passage,
    }  # fmt: skip
    if name not in shapes:
        raise typer.BadParameter(f"没有“{name}”，可用：{'、'.join(shapes)}")
    _print_json(shapes[name].model_json_schema())


def _brief(request: str | None, file: Path | None, length: int | None) -> SpeechBrief:
    """The brief of a file, or else of the request; `--length` goes before both."""
    from agent.understand import understand

    if file is None and request is None:
        raise typer.BadParameter("请写出写作要求，或用 --brief 给出写作任务文件")
    made = _brief_of(file) if file else understand(request or "")
    return brief_from(made.model_dump(exclude_unset=True, mode="json") | {"length": length}) if length is not None else made


def _brief_of(file: Path) -> SpeechBrief:
    try:
        return brief_from(yaml.safe_load(file.read_text(encoding="utf-8-sig")))
    except (OSError, UnicodeDecodeError) as error:
        raise BriefError(f"读不了写作任务文件 {file}", "请检查路径，文件应为 UTF-8 编码的 YAML 或 JSON") from error
    except yaml.YAMLError as error:
        line = getattr(getattr(error, "problem_mark", None), "line", 0) + 1
        raise BriefError(f"写作任务文件 {file.name} 第 {line} 行不合 YAML 格式", "字段见 jianggao schema brief") from error


def _store(settings: Settings, rebuild: bool = False) -> Any:
    from agent.corpus import corpus

    return corpus(settings, rebuild)


def _drafter(settings: Settings) -> Any:
    from agent.corpus import drafter

    return drafter(settings)


def _run(drafter: Any, kept: Any, out: Path | None, as_json: bool) -> None:
    from api.live import draft_text, follow, save_all, save_as

    done = follow(drafter, kept, _err)
    files = save_all(done, drafter.settings.home / "drafts" / done.id)
    if out:
        save_as(done, out)
        files.append(out)
    if as_json:
        _print_json(done.model_dump(mode="json"))
        return
    print(draft_text(done))
    print("\n【文件】\n" + "\n".join(map(str, files)))


def _print_json(value: Any) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2))


def _table(heads: Iterable[str], rows: Iterable[Iterable[Any]]) -> None:
    table = Table(*heads, box=None, pad_edge=False)
    for row in rows:
        table.add_row(*map(str, row))
    Console(highlight=False, markup=False, soft_wrap=True).print(table)
