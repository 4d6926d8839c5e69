"""`jianggao drafts …`: the drafts that are kept."""

from pathlib import Path
from typing import Annotated

import typer

from agent.settings import read_settings
from api.terminal import REMARKS, Json, Out, drafter, print_json, print_table
from api.usage import ChineseCommand, ChineseGroup
from speech.errors import DraftError

drafts_app = typer.Typer(
    cls=ChineseGroup,
    no_args_is_help=True,
    rich_markup_mode=None,
    help="已有的稿子：列表、查看、定提纲、接着写、填空、改写、比较、导出。",
    short_help="已有的稿子：列表、查看、定提纲、接着写、填空、改写、比较、导出。",
)

DraftId = Annotated[str, typer.Argument(metavar="编号", help="稿子编号，见 jianggao drafts list。")]
_IN_HISTORY = {"number", "made", "why", "note", "of"}


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
    from api.writing import write_out

    check_out(out)
    settings = read_settings()
    kept = DraftStore(settings.database).get(draft_id)
    with drafter(settings) as ready:
        write_out(ready, kept, out, as_json)


@drafts_app.command(cls=ChineseCommand)
def approve(
    draft_id: DraftId,
    outline: Annotated[
        Path | None, typer.Option("--outline", metavar="文件", help="改好的提纲：drafts show 打印的那些行，或 JSON。")
    ] = None,
    out: Out = None,
    as_json: Json = False,
) -> None:
    """定下等着的提纲，接着写。

    \b
    示例：
      jianggao drafts show 0305-ab12cd > 提纲.txt        改好标题、要点，再
      jianggao drafts approve 0305-ab12cd --outline 提纲.txt
    """
    from agent.approve import approved
    from agent.drafts import DraftStore
    from api.approving import outline_of
    from api.live import check_out
    from api.writing import write_out

    check_out(out)
    settings = read_settings()
    store = DraftStore(settings.database)
    ready_to_write = approved(store.get(draft_id), outline_of(outline) if outline else None)
    with drafter(settings) as ready:
        write_out(ready, store.save(ready_to_write), out, as_json)


@drafts_app.command(cls=ChineseCommand)
def history(draft_id: DraftId, as_json: Json = False) -> None:
    """一篇稿子的每一稿：何时、为什么改、改了什么。"""
    from agent.drafts import DraftStore
    from speech.document import characters

    kept = DraftStore(read_settings().database).revisions(draft_id)
    if as_json:
        print_json([one.model_dump(mode="json", include=_IN_HISTORY) for one in kept])
        return
    rows = ((one.number, f"{one.made.astimezone():%m-%d %H:%M}", one.why, characters(one.text), one.note) for one in kept)
    print_table(("稿次", "时间", "缘由", "字数", "说明"), rows)
    if not kept:
        REMARKS.print(f"这篇稿子还没写完。接着写：jianggao drafts resume {draft_id}")


@drafts_app.command(cls=ChineseCommand)
def compare(
    draft_id: DraftId,
    first: Annotated[int | None, typer.Argument(metavar="稿次", help="从哪一稿；不写是上一稿。")] = None,
    second: Annotated[int | None, typer.Argument(metavar="稿次", help="到哪一稿；不写是最新一稿。")] = None,
    as_json: Json = False,
) -> None:
    """比较两稿，逐段列出：[-去掉的-] {+加上的+}。"""
    from agent.drafts import DraftStore
    from agent.revision.compare import compare as changes_between
    from api.live import changes_text

    kept = {one.number: one for one in DraftStore(read_settings().database).revisions(draft_id)}
    if not kept:
        raise DraftError(f"稿子 {draft_id} 还没写完，没有可比较的", f"先运行 jianggao drafts resume {draft_id}")
    last = max(kept)
    asked = [max(1, last - 1) if first is None else first, last if second is None else second]
    if unknown := next((number for number in asked if number not in kept), None):
        raise DraftError(f"没有第 {unknown} 稿", f"现有第 1—{last} 稿，见 jianggao drafts history {draft_id}")
    found = changes_between(kept[asked[0]], kept[asked[1]])
    if as_json:
        print_json(found)
    else:
        print(f"第 {asked[0]} 稿 → 第 {asked[1]} 稿\n{changes_text(found)}")


@drafts_app.command(cls=ChineseCommand)
def delete(draft_id: DraftId, yes: Annotated[bool, typer.Option("--yes", help="确定要删；删了就没有了。")] = False) -> None:
    """删除一篇稿子和它的每一稿；另存出去的文件不动。"""
    from agent.drafts import DraftStore

    store = DraftStore(read_settings().database)
    title = store.get(draft_id).title
    if not yes:
        raise typer.BadParameter(f"要删除《{title}》，请加 --yes；删了就没有了")
    store.delete(draft_id)
    print(f"已删除《{title}》")


@drafts_app.command(cls=ChineseCommand)
def export(
    draft_id: DraftId,
    file: Annotated[Path | None, typer.Argument(metavar="文件", help=".docx .md .txt 或 .json 文件。")] = None,
    out: Out = None,
    highlight: Annotated[bool, typer.Option("--highlight/--no-highlight", help="Word 中待填项是否标黄，默认标黄。")] = True,
    sources: Annotated[bool, typer.Option("--sources", help="Word 末尾另起一页附素材来源。")] = False,
) -> None:
    """导出成文件。Word 按 GB/T 9704 排版。"""
    from agent.drafts import DraftStore
    from api.live import check_out, save_as

    target = file or out
    if target is None or (file and out):
        raise typer.BadParameter("请写明导出到哪个文件，如 稿子.docx")
    check_out(target)
    save_as(DraftStore(read_settings().database).get(draft_id), target, highlight, sources)
    print(target)
