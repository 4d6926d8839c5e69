"""`jianggao drafts …`: what changes a finished draft. Each change is a revision, to be compared and taken back."""

from typing import TYPE_CHECKING, Annotated

import typer

from agent.settings import Settings, read_settings
from api.terminal import REMARKS, Json, drafter, print_json, prompt
from api.usage import ChineseCommand, ChineseGroup
from speech.errors import DraftError

if TYPE_CHECKING:
    from agent.drafts import Draft
    from agent.revise import Reviser

revising_app = typer.Typer(cls=ChineseGroup, rich_markup_mode=None)

DraftId = Annotated[str, typer.Argument(metavar="编号", help="稿子编号，见 jianggao drafts list。")]


@revising_app.command(cls=ChineseCommand)
def fill(
    draft_id: DraftId,
    answers: Annotated[list[str] | None, typer.Argument(metavar="待填项=内容", help="如 p1=3月5日 p2=王××；可写多个。")] = None,
    interactive: Annotated[bool, typer.Option("--interactive", "-i", help="一项一项地问。")] = False,
    as_json: Json = False,
) -> None:
    """填空：一个答案填到每一处。

    \b
    示例：
      jianggao drafts fill 0305-ab12cd p1=3月5日 p2=市民政局
      jianggao drafts fill 0305-ab12cd --interactive
    """
    from api.live import draft_text

    pairs = [answer.partition("=") for answer in answers or ()]
    if wrong := [one for one, (key, sign, value) in zip(answers or (), pairs, strict=True) if not (key and sign and value)]:
        raise typer.BadParameter(f"“{wrong[0]}”应写成 p1=内容")
    if not pairs and not interactive:
        raise typer.BadParameter("请写 p1=内容，或用 --interactive 一项一项地填")
    reviser = _without_model(read_settings())
    before = reviser.drafts.get(draft_id)
    told = {key: value for key, _, value in pairs}
    if interactive:
        told = _asked(before, told, reviser)
    after = reviser.fill(before, told) if told else before
    if as_json:
        print_json(after)
    else:
        print(draft_text(after))


@revising_app.command(cls=ChineseCommand)
def rewrite(
    draft_id: DraftId,
    path: Annotated[str, typer.Argument(metavar="部分", help="如 二、二（一）、开头、结尾。")],
    instruction: Annotated[str, typer.Argument(metavar="要求", help="如 再充实一些、压缩一半、突出网格长职责。")],
    as_json: Json = False,
) -> None:
    """按要求改写一个部分，其余一字不动；要求里写明的数字、名称算是告诉过的。

    \b
    示例：
      jianggao drafts rewrite 0305-ab12cd 二（一） "突出网格长职责"
      jianggao drafts rewrite 0305-ab12cd 三 "压缩一半"
    """
    with drafter(read_settings()) as ready, REMARKS.status("改写…"):
        before = ready.drafts.get(draft_id)
        after = ready.reviser.rewrite(before, path, instruction)
    _show(before, after, as_json)


@revising_app.command("add-fact", cls=ChineseCommand)
def add_fact(
    draft_id: DraftId,
    fact: Annotated[str, typer.Argument(metavar="事实", help="一句话，如 全市红色物业示范小区达到210个。")],
    as_json: Json = False,
) -> None:
    """补充一个事实，写进它该在的那一段，其余一字不动。"""
    reviser = _without_model(read_settings())
    before = reviser.drafts.get(draft_id)
    _show(before, reviser.add_fact(before, fact), as_json)


@revising_app.command(cls=ChineseCommand)
def change(
    draft_id: DraftId,
    speaker: Annotated[str | None, typer.Option("--speaker", metavar="讲话人", help="换一个讲话人。")] = None,
    audience: Annotated[str | None, typer.Option("--audience", metavar="听众", help="换一批听众。")] = None,
    day: Annotated[str | None, typer.Option("--date", metavar="日期", help="换一个日期，如 2026年3月5日。")] = None,
    length: Annotated[int | None, typer.Option("--length", metavar="字数", help="改到这么长，结构不变。")] = None,
    as_json: Json = False,
) -> None:
    """换讲话人、听众、日期，或改到另一个篇幅。"""

    def changed(reviser: "Reviser") -> None:
        before = reviser.drafts.get(draft_id)
        after = reviser.change(before, speaker=speaker, audience=audience, date=day, length=length)
        _show(before, after, as_json)

    settings = read_settings()
    if length is None:
        changed(_without_model(settings))
        return
    with drafter(settings) as ready, REMARKS.status("调整篇幅…"):
        changed(ready.reviser)


@revising_app.command(cls=ChineseCommand)
def undo(
    draft_id: DraftId,
    to: Annotated[int | None, typer.Option("--to", metavar="稿次", help="回到第几稿；不写是上一稿。")] = None,
    as_json: Json = False,
) -> None:
    """撤回上一次修改；撤回本身也是一稿，还能再回来。"""
    reviser = _without_model(read_settings())
    before = reviser.drafts.get(draft_id)
    _show(before, reviser.take_back(before, to), as_json)


def _without_model(settings: Settings) -> "Reviser":
    """What changes drafts where no word has to be written."""
    from agent.drafts import DraftStore
    from agent.revise import Reviser

    return Reviser(settings, DraftStore(settings.database))


def _show(before: "Draft", after: "Draft", as_json: bool) -> None:
    from agent.revision.compare import compare
    from api.live import changes_text
    from speech.document import characters

    if as_json:
        print_json(after)
        return
    print(changes_text(compare(before, after)))
    gaps = f"，待填 {len(after.placeholders)} 项" if after.placeholders else ""
    print(f"\n第 {after.revision} 稿，全文 {characters(after.text)} 字{gaps}。撤回：jianggao drafts undo {after.id}")


def _asked(draft: "Draft", told: dict[str, str], reviser: "Reviser") -> dict[str, str]:
    """`told` with what is answered to each line of the sheet; an answer that will not do is asked for again."""
    from agent.revise import fill as filled

    REMARKS.print(f"共 {len(draft.placeholders)} 项。回车跳过，Ctrl-D 结束。")
    for row in draft.placeholders:
        while row.id not in told:
            answer = prompt(f"{row.id} {row.question}（……{row.context}……）> ")
            if answer is None:
                return told
            if not answer:
                break
            try:
                filled(draft, {row.id: answer}, reviser.settings.today)
            except DraftError as error:
                REMARKS.print(str(error), style="yellow")
                continue
            told = told | {row.id: answer}
    return told
