"""`jianggao drafts …`: the drafts that are kept."""

from pathlib import Path
from typing import Annotated

import typer

from agent.settings import read_settings
from api.terminal import Json, Out, drafter, print_json, print_table, write_out
from api.usage import ChineseCommand, ChineseGroup

drafts_app = typer.Typer(
    cls=ChineseGroup,
    no_args_is_help=True,
    rich_markup_mode=None,
    help="已有的稿子：列表、查看、接着写、填空、导出。",
    short_help="已有的稿子：列表、查看、接着写、填空、导出。",
)

DraftId = Annotated[str, typer.Argument(metavar="编号", help="稿子编号，见 jianggao drafts list。")]


@drafts_app.command("list", cls=ChineseCommand)
def list_drafts(as_json: Json = False) -> None:
    """已有的稿子，新的在前。"""
    from agent.drafts import DraftStore
    from api.live import STATUS

    kept = DraftStore(read_settings().database).list()
    if as_json:
        print_json(kept)
        return
    print_table(
        ("编号", "状态", "时间", "题目"),
        ((one.id, STATUS[one.status], f"{one.created.astimezone():%m-%d %H:%M}", one.title) for one in kept),
    )


@drafts_app.command(cls=ChineseCommand)
def show(draft_id: DraftId, as_json: Json = False) -> None:
    """看一篇稿子，附待填单、来源和审核。"""
    from agent.drafts import DraftStore
    from api.live import draft_text

    kept = DraftStore(read_settings().database).get(draft_id)
    if as_json:
        print_json(kept)
    else:
        print(draft_text(kept))


@drafts_app.command(cls=ChineseCommand)
def resume(draft_id: DraftId, out: Out = None, as_json: Json = False) -> None:
    """接着写一篇中断的稿子；写好的部分不会重写。"""
    from agent.drafts import DraftStore
    from api.live import check_out

    check_out(out)
    settings = read_settings()
    kept = DraftStore(settings.database).get(draft_id)
    with drafter(settings) as ready:
        write_out(ready, kept, out, as_json)


@drafts_app.command(cls=ChineseCommand)
def fill(
    draft_id: DraftId,
    answers: Annotated[list[str], typer.Argument(metavar="待填项=内容", help="如 p1=3月5日 p2=王××；可写多个。")],
    as_json: Json = False,
) -> None:
    """填空：一个答案填到每一处。

    \b
    示例：
      jianggao drafts fill 0305-ab12cd p1=3月5日 p2=市民政局
    """
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
        print_json(kept)
    else:
        print(draft_text(kept))


@drafts_app.command(cls=ChineseCommand)
def export(
    draft_id: DraftId,
    out: Annotated[Path, typer.Argument(metavar="文件", help=".docx .md .txt 或 .json 文件。")],
    highlight: Annotated[bool, typer.Option("--highlight/--no-highlight", help="Word 中待填项是否标黄，默认标黄。")] = True,
    sources: Annotated[bool, typer.Option("--sources", help="Word 末尾另起一页附素材来源。")] = False,
) -> None:
    """导出成文件。Word 按 GB/T 9704 排版。"""
    from agent.drafts import DraftStore
    from api.live import check_out, save_as

    check_out(out)
    save_as(DraftStore(read_settings().database).get(draft_id), out, highlight, sources)
    print(out)
