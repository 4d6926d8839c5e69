"""`jianggao chat`: a conversation in the terminal."""

import sys
from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated

import typer

from agent.settings import read_settings
from api.interrupt import ending_promptly
from api.terminal import REMARKS, drafter
from speech.errors import JianggaoError

if TYPE_CHECKING:
    from agent.chat import Conversation

_GREETING = "说说要写什么，例如：请为市委书记起草在全市安全生产会议上的讲话，约2000字。写成后可接着改；“填空”逐项填，“退出”结束。"
_LEAVE = {"退出", "再见", "结束", "quit", "exit", "bye", ":q"}
_FILL_IN = {"填空", "逐项填", "开始填空", "填"}

DraftId = Annotated[str | None, typer.Option("--draft", metavar="编号", help="接着谈这一篇，见 jianggao drafts list。")]
Approve = Annotated[bool, typer.Option("--approve", help="提纲拟好后先给我看，同意了再写。")]


def chat(draft_id: DraftId = None, approve: Approve = False) -> None:
    """在终端里对话：起草、改写、填空、问出处、导出。

    \b
    写成之后可以说：
      第二部分再充实一些        全文压缩到1500字        讲话人改成市长
      时间定在3月5日            补充：……                这段出自哪里：“……”
      刚才改了什么              撤销                    导出Word
    """
    from agent.chat import Conversation
    from agent.conversation.desk import OwnDesk
    from api.live import save_as

    with drafter(read_settings()) as ready:
        desk = OwnDesk(ready, ready.settings.home / "drafts" / "chat", save_as, approve)
        if draft_id:
            desk.draft(draft_id)  # an unknown one is said before the first word
        talk = Conversation(desk, draft_id)
        REMARKS.print(_GREETING, style="dim")
        for message in _messages():
            if message in _FILL_IN and talk.draft_id:
                _fill_in(talk)
            else:
                _answer(talk, message)
        if talk.draft_id:
            REMARKS.print(f"稿子 {talk.draft_id} 已保存。接着谈：jianggao chat --draft {talk.draft_id}", style="dim")


def _messages() -> Iterator[str]:
    """What the user says, a line a time, until he leaves. With readline, as Python's input has it, lines said before come back."""
    with suppress(ImportError):  # Windows has none, and no history
        import readline  # noqa: F401
    while True:
        try:
            message = _asked("› ")
        except (EOFError, KeyboardInterrupt):
            return
        if message.lower() in _LEAVE:
            return
        if message:
            yield message


def _asked(prompt: str) -> str:
    """A line from the terminal; the prompt goes to it alone, so that a piped answer is all that standard output has."""
    if not sys.stdin.isatty():
        line = sys.stdin.readline()
        if not line:
            raise EOFError
        return line.strip()
    return input(prompt).strip()


def _answer(talk: "Conversation", message: str) -> None:
    from agent.chat import Progress

    def last_words() -> None:
        REMARKS.print("\n已停下，写好的部分都已保存。", style="yellow")

    with ending_promptly(last_words):
        for piece in talk.hear(message):
            if isinstance(piece, Progress):
                REMARKS.print(piece.text, style="dim", end="", markup=False, highlight=False)
            else:
                print(piece.text, flush=True)


def _fill_in(talk: "Conversation") -> None:
    """Ask for every open item in turn; an empty line leaves one open. All answers are one revision."""
    assert talk.draft_id is not None
    draft = talk.desk.draft(talk.draft_id)
    if not draft.placeholders:
        REMARKS.print("没有待填项。")
        return
    answers: dict[str, str] = {}
    REMARKS.print("逐项填写，回车跳过，Ctrl-D 提前结束。", style="dim")
    for item in draft.placeholders:
        REMARKS.print(f"{item.id}　{item.question}（{item.context}）", markup=False, highlight=False)
        try:
            if answer := _asked("  = "):
                answers[item.id] = answer
        except EOFError:
            break
    if answers:
        try:
            filled = talk.desk.fill(draft, answers)
        except JianggaoError as error:
            REMARKS.print(str(error), style="red")
            return
        REMARKS.print(f"已填 {len(answers)} 项，还有 {len(filled.placeholders)} 项。说“看全文”查看。")
