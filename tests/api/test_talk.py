"""`jianggao chat`, its lines piped in."""

import io
import json
import sys
from pathlib import Path

import pytest

from tests.api.conftest import Run
from tests.fake_endpoint import FakeEndpoint


def _say(monkeypatch: pytest.MonkeyPatch, *lines: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("\n".join(lines) + "\n"))


def test_a_conversation_about_a_kept_draft(run: Run, kept: Path, endpoint: FakeEndpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    draft = json.loads(run("drafts", "list", "--json").out)[0]["id"]
    sheet = json.loads(run("drafts", "show", draft, "--json").out)["placeholders"]
    _say(
        monkeypatch,
        "还有哪些要填？",
        "填空",
        "3721" if sheet[0]["kind"] == "count" else "3月5日",
        *[""] * (len(sheet) - 1),
        "导出txt",
        "退出",
        "没人听",
    )
    ran = run("chat", "--draft", draft)
    assert ran.code == 0 and sheet[0]["question"] in ran.out
    assert "已填 1 项" in ran.err and f"jianggao chat --draft {draft}" in ran.err
    exported = ran.out.split("已导出：")[1].splitlines()[0]
    assert Path(exported).read_text(encoding="utf-8") == json.loads(run("drafts", "show", draft, "--json").out)["text"]


def test_an_unknown_draft_ends_the_command(run: Run, kept: Path, endpoint: FakeEndpoint) -> None:
    ran = run("chat", "--draft", "0101-ffffff")
    assert ran.code == 1 and "没有编号为 0101-ffffff" in ran.line


def test_a_model_that_fails_ends_an_answer_and_not_the_conversation(
    run: Run, home: Path, endpoint: FakeEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint.speak = lambda prompt, turn: ""
    _say(monkeypatch, "写一篇安全生产会议上的讲话", "直接写", "今天天气不错", "退出")
    ran = run("chat")
    assert ran.code == 0 and "动笔前想确认" in ran.out and len(ran.out.strip().splitlines()) >= 3
