"""A conversation from the request to the file, by a client that keeps everything and by one that keeps nothing."""

from collections.abc import Callable
from pathlib import Path

import pytest

from agent.chat import Conversation, Piece, Progress, Said, recalled
from agent.conversation.desk import OwnDesk
from agent.conversation.side_tasks import is_side_task, side_answer
from agent.drafts import Draft
from prompts import Message
from tests.agent.conftest import Begin
from tests.scripted import ScriptedModel

REQUEST = "请为市委书记起草在全市城市基层治理推进会上的讲话，约900字，突出网格化管理和红色物业，已知数据：全市已划分网格1632个"
Talk = Callable[[str], str]


def _save(draft: Draft, file: Path) -> None:
    file.write_text(draft.text, encoding="utf-8")


def _answer(pieces: list[Piece]) -> str:
    return "".join(piece.text for piece in pieces if isinstance(piece, Said))


@pytest.fixture
def desk(begin: Begin, tmp_path: Path) -> OwnDesk:
    return OwnDesk(begin(ScriptedModel()), tmp_path / "out", _save)


@pytest.fixture
def talk(desk: OwnDesk) -> Talk:
    held = Conversation(desk)
    return lambda message: _answer(list(held.hear(message)))


def test_a_conversation_drafts_revises_fills_explains_and_exports(talk: Talk, desk: OwnDesk, tmp_path: Path) -> None:
    first = talk(REQUEST)
    assert "同志们：" in first and "1632个" in first and "（稿号：" in first
    draft_id = first.rsplit("（稿号：", 1)[1].rstrip("）\n")

    open_items = talk("还有哪些要填？")
    sheet = desk.draft(draft_id).placeholders
    assert sheet and sheet[0].id in open_items and sheet[0].question in open_items

    before = desk.draft(draft_id).text
    assert "二（一）" in talk("第二部分第一点再充实一些")
    assert desk.draft(draft_id).text != before
    assert "改写" in talk("刚才改了哪些地方？")
    talk("撤销")
    assert desk.draft(draft_id).text == before

    filled = talk(f"{sheet[0].id}=王力")
    assert "王力" in filled and "王力" in desk.draft(draft_id).text

    assert "《" in talk("第二部分第一点出自哪里？")
    talk("补充：去年办结群众诉求3.2万件")
    assert "3.2万件" in desk.draft(draft_id).text
    assert "总分" in talk("帮我审核一下")
    exported = talk("导出txt")
    assert [file.suffix for file in (tmp_path / "out").iterdir()] == [".txt"] and ".txt" in exported


def test_what_matters_most_is_asked_once(talk: Talk) -> None:
    asked = talk("写一篇安全生产会议上的讲话")
    assert asked.startswith("动笔前想确认") and "\n1. " in asked and "稿号" not in asked
    drafted = talk("1. 全县排查燃气隐患420处\n2. 燃气整治、隐患排查\n3. 县委书记")
    assert "420处" in drafted and "燃气" in drafted and "（稿号：" in drafted


def test_one_may_go_ahead_without_answers(talk: Talk) -> None:
    assert talk("写一篇安全生产会议上的讲话").startswith("动笔前想确认")
    assert "（稿号：" in talk("直接写吧")


def test_a_client_that_sends_everything_anew_is_understood(desk: OwnDesk) -> None:
    turns = [Message("user", "写一篇安全生产会议上的讲话")]
    turns.append(Message("assistant", _answer(list(recalled(desk, turns).hear(turns[-1].content)))))
    turns.append(Message("user", "县委书记讲，800字，突出燃气整治"))
    drafted = _answer(list(recalled(desk, turns).hear(turns[-1].content)))
    draft_id = drafted.rsplit("（稿号：", 1)[1].rstrip("）\n")
    assert (desk.draft(draft_id).brief.points, desk.draft(draft_id).brief.speaker) == (("燃气整治",), "县委书记")
    turns += [Message("assistant", drafted), Message("user", "还有哪些要填？")]
    assert "p1" in _answer(list(recalled(desk, turns).hear(turns[-1].content)))


def test_progress_is_apart_from_the_answer(desk: OwnDesk) -> None:
    pieces = list(Conversation(desk).hear(f"{REQUEST}，在市会议中心开"))
    assert any(isinstance(piece, Progress) and "拟提纲" in piece.text for piece in pieces)
    assert sum(isinstance(piece, Said) for piece in pieces) == 1


def test_an_outline_is_worded_anew_and_approved(desk: OwnDesk) -> None:
    desk.approve_outline = True
    held = Conversation(desk)
    waiting = _answer(list(held.hear(REQUEST)))
    assert "开始写" in waiting and "同志们：" not in waiting
    drafted = _answer(list(held.hear("第二部分的标题改成“用好网格化管理这把钥匙”")))
    assert "二、用好网格化管理这把钥匙" in drafted and "同志们：" in drafted


@pytest.mark.parametrize("message", ["", "hello", "🙂🙂", "今天天气不错", "<script>alert(1)</script>"])
def test_what_is_no_request_gets_one_line(talk: Talk, message: str) -> None:
    answer = talk(message)
    assert answer and "稿号" not in answer and "Traceback" not in answer


def test_a_draft_that_broke_off_is_gone_on_with(desk: OwnDesk) -> None:
    assert isinstance(desk.drafter.model, ScriptedModel)
    desk.drafter.model.speak = lambda messages, turn: ""
    held = Conversation(desk)
    failed = _answer(list(held.hear(REQUEST)))
    assert held.draft_id and f"（稿号：{held.draft_id}）" in failed and "同志们：" not in failed
    assert "接着写" in _answer(list(held.hear("今天天气不错")))
    desk.drafter.model.speak = None
    assert "同志们：" in _answer(list(held.hear("继续"))) and len(desk.drafter.drafts.list()) == 1


def test_a_draft_is_taken_up_by_its_number(desk: OwnDesk) -> None:
    held = Conversation(desk)
    list(held.hear(REQUEST))
    draft_id = held.draft_id
    other = Conversation(desk)
    assert "同志们：" in _answer(list(other.hear(f"接着谈稿子 {draft_id}")))
    assert "稿号" in _answer(list(Conversation(desk).hear(f"稿子{draft_id}还有哪些要填？")))
    turns = [Message("user", f"看看 {draft_id}"), Message("assistant", ""), Message("user", "还有哪些要填？")]
    assert recalled(desk, turns).draft_id == draft_id


def test_an_unknown_draft_is_said(desk: OwnDesk) -> None:
    held = Conversation(desk, draft_id="0101-ffffff")
    assert "没有编号为 0101-ffffff" in _answer(list(held.hear("导出Word")))


def test_side_tasks_are_told_apart() -> None:
    task = [Message("user", '### Task:\nGenerate a concise title.\n{ "title": "" }\nUSER: 写一篇安全生产讲话')]
    assert is_side_task(task) and '"title"' in side_answer(task)
    assert not is_side_task([Message("user", REQUEST)])
    assert side_answer([Message("user", '### Task:\nGenerate tags\nJSON: { "tags": ["tag1"] }')]) == '{"tags": ["讲稿"]}'


@pytest.mark.parametrize(
    "message",
    [
        "请总结这次会议的讲话，给会议起个标题",
        "写一篇主题党课，标题叫“守初心”",
        "在职工座谈会话筒前的讲话，题目自拟，10个字以内的标题",
        "任务：起草讲话",
    ],
)
def test_a_request_is_no_side_task(message: str) -> None:
    assert not is_side_task([Message("system", "你是讲稿助手，回答要简洁"), Message("user", message)])


def test_a_draft_that_was_removed_stands_in_no_new_one_s_way(desk: OwnDesk) -> None:
    turns = [Message("user", REQUEST), Message("assistant", "……\n（稿号：0101-ffffff）")]
    removed = recalled(desk, [*turns, Message("user", "撤销")])
    assert "没有编号为 0101-ffffff" in _answer(list(removed.hear("撤销")))
    again = recalled(desk, [*turns, Message("user", REQUEST)])
    assert "同志们：" in _answer(list(again.hear(REQUEST)))
