"""`jianggao documents …`: what is in the corpus."""

from typing import Annotated

import typer

from agent.settings import read_settings
from api.terminal import REMARKS, Json, corpus, print_json, print_table
from api.usage import ChineseCommand, ChineseGroup
from speech.errors import StoreError

documents_app = typer.Typer(
    cls=ChineseGroup,
    no_args_is_help=True,
    rich_markup_mode=None,
    help="语料库里的文稿：列表、移除。",
    short_help="语料库里的文稿：列表、移除。",
)

# Of no use to a reader: what documents are compared and found by.
_LISTED_NOT = {"signature", "shingles", "origin", "above", "layout"}


@documents_app.command("list", cls=ChineseCommand)
def list_documents(as_json: Json = False) -> None:
    """语料库里的文稿，按文件名。"""
    with corpus(read_settings(), renew=True) as (store, _):
        kept = store.documents()
    if as_json:
        print_json([document.model_dump(mode="json", exclude=_LISTED_NOT) for document in kept])
        return
    print_table(
        ("编号", "文件", "题目", "文种", "片段", "说明"),
        (
            (
                one.id,
                one.name,
                one.title,
                one.genre or "",
                one.passages,
                "；".join(filter(None, ("不完整" * one.truncated, one.remark))),
            )
            for one in kept
        ),
    )
    if not kept:
        REMARKS.print("语料库是空的。先运行 jianggao ingest 路径")


@documents_app.command(cls=ChineseCommand)
def remove(
    documents: Annotated[list[str], typer.Argument(metavar="编号或文件名…", help="见 jianggao documents list。")],
    as_json: Json = False,
) -> None:
    """从语料库里移除文稿；原文件不动。

    原文件还在装入过的文件夹里时，下次装入会再装回来。
    """
    with corpus(read_settings(), renew=True) as (store, _):
        kept = store.documents()
        found = {asked: [one for one in kept if asked in (one.id, one.name)] for asked in documents}
        # Nothing is removed where one of several is wrong.
        if lacking := [asked for asked, ones in found.items() if not ones]:
            raise StoreError(f"语料库里没有“{'、'.join(lacking)}”", "运行 jianggao documents list 查看")
        if unclear := next((asked for asked, ones in found.items() if len({one.id for one in ones}) > 1), None):
            raise StoreError(f"有几篇文稿都叫“{unclear}”", "请改用编号，运行 jianggao documents list 查看")
        removed = {ones[0].id: ones[0] for ones in found.values()}
        for identity in removed:
            store.remove(identity)
    if as_json:
        print_json([one.model_dump(mode="json", exclude=_LISTED_NOT) for one in removed.values()])
    else:
        for one in removed.values():
            print(f"已移除《{one.name}》（{one.passages} 个片段）")
