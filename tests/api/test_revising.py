"""The commands that settle an outline and change a finished draft."""

import io
import json
import stat
import sys
from pathlib import Path
from typing import Any

import pytest

from agent.database import SqliteDatabase
from agent.drafts import DraftStore
from tests.api.conftest import REQUEST, Ran, Run
from tests.fake_endpoint import FakeEndpoint

FACT = "红色物业示范小区达到210个"


@pytest.fixture
def name(kept: Path, run: Run) -> str:
    """The number of a finished draft."""
    return str(json.loads(run("drafts", "list", "--json").out)[0]["id"])


def shown(run: Run, name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run("drafts", "show", name, "--json").out)
    return found


def typed(monkeypatch: pytest.MonkeyPatch, *lines: str) -> None:
    """Somebody sits there and types."""
    typing = io.StringIO("".join(f"{line}\n" for line in lines))
    monkeypatch.setattr(typing, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stdin", typing)


def waiting(run: Run) -> dict[str, Any]:
    ran = run("draft", REQUEST, "--approve", "--json")
    assert ran.code == 0, ran.err
    found: dict[str, Any] = json.loads(ran.out)
    assert found["status"] == "waiting" and found["text"] == ""
    return found


def test_a_draft_waits_for_its_outline(run: Run, home: Path, endpoint: FakeEndpoint) -> None:
    found = waiting(run)
    assert endpoint.free == []
    shown = run("drafts", "show", found["id"])
    assert f"jianggao drafts approve {found['id']}" in shown.out and found["outline"]["sections"][0]["heading"] in shown.out
    assert "等着定提纲" in run("drafts", "list").out
    refused = run("drafts", "resume", found["id"])
    assert refused.code == 1 and f"drafts approve {found['id']}" in refused.line
    asked = len(endpoint.asked)
    ran = run("drafts", "approve", found["id"], "--json")
    done = json.loads(ran.out)
    assert ran.code == 0 and done["status"] == "completed" and done["revision"] == 1
    assert all(body in endpoint.free for body in endpoint.asked[asked:])  # no heading, no point was asked for again


@pytest.mark.parametrize("suffix", [".txt", ".json"])
def test_an_outline_is_edited_in_a_file(suffix: str, run: Run, home: Path, endpoint: FakeEndpoint, tmp_path: Path) -> None:
    found = waiting(run)
    file = tmp_path / f"提纲{suffix}"
    heading = found["outline"]["sections"][1]["heading"]
    text = run("drafts", "show", found["id"]).out if suffix == ".txt" else json.dumps(found["outline"], ensure_ascii=False)
    assert heading in text
    file.write_text(text.replace(heading, "办好民生小事，建设幸福社区"), encoding="utf-8")
    ran = run("drafts", "approve", found["id"], "--outline", str(file), "--json")
    assert ran.code == 0, ran.err
    assert "\n二、办好民生小事，建设幸福社区\n" in json.loads(ran.out)["text"]


@pytest.mark.parametrize("content", ["随手写的一句\n又一句\n", '{"sections": 1}', "", "\x00" * 10])
def test_an_outline_file_that_will_not_do_is_one_line(
    content: str, run: Run, home: Path, endpoint: FakeEndpoint, tmp_path: Path
) -> None:
    found = waiting(run)
    file = tmp_path / "提纲.txt"
    file.write_text(content, encoding="utf-8")
    for path in (file, tmp_path / "没有.txt"):
        ran = run("drafts", "approve", found["id"], "--outline", str(path))
        assert ran.code == 1 and ran.line.startswith("错误：") and ran.out == ""
    assert shown(run, found["id"])["status"] == "waiting"


def test_an_outline_is_edited_at_the_terminal(
    run: Run, home: Path, endpoint: FakeEndpoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    editor = tmp_path / "editor"
    editor.write_text('#!/bin/sh\nsed -i "s/^一、.*/一、办好民生小事，建设幸福社区/" "$1"\n', encoding="utf-8")
    editor.chmod(editor.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("VISUAL", str(editor))
    typed(monkeypatch, "？", "e", "")
    ran = run("draft", REQUEST, "--approve")
    assert ran.code == 0, ran.err
    assert "\n一、办好民生小事，建设幸福社区\n" in ran.out and "【待填单】" in ran.out


def test_an_outline_may_be_left_for_later(run: Run, home: Path, endpoint: FakeEndpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    for lines in (("q",), ()):
        typed(monkeypatch, *lines)
        ran = run("draft", REQUEST, "--approve")
        assert ran.code == 0 and "jianggao drafts approve" in ran.out and endpoint.free == []


def test_an_editor_that_fails_leaves_the_outline(
    run: Run, home: Path, endpoint: FakeEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VISUAL", "/没有/这个编辑器")
    typed(monkeypatch, "e", "")
    ran = run("draft", REQUEST, "--approve")
    assert ran.code == 1 and "编辑器" in ran.line
    assert json.loads(run("drafts", "list", "--json").out)[0]["status"] == "waiting"


def test_a_fact_is_added_and_taken_back(name: str, run: Run) -> None:
    before = shown(run, name)
    ran = run("drafts", "add-fact", name, FACT)
    assert ran.code == 0 and FACT in ran.out and "第 2 稿" in ran.out and f"drafts undo {name}" in ran.out
    assert FACT in shown(run, name)["text"]
    again = run("drafts", "add-fact", name, FACT)
    assert again.code == 1 and "已经写了" in again.line
    undone = run("drafts", "undo", name, "--json")
    assert json.loads(undone.out)["text"] == before["text"] and json.loads(undone.out)["revision"] == 3
    first = run("drafts", "undo", name)
    assert first.code == 1 and "已经是初稿" in first.line
    assert FACT in json.loads(run("drafts", "undo", name, "--to", "2", "--json").out)["text"]


def test_history_and_comparison(name: str, run: Run) -> None:
    assert [row["why"] for row in json.loads(run("drafts", "history", name, "--json").out)] == ["初稿"]
    run("drafts", "add-fact", name, FACT)
    run("drafts", "change", name, "--speaker", "市长", "--date", "2026年3月9日")
    rows = json.loads(run("drafts", "history", name, "--json").out)
    assert [(row["number"], row["why"]) for row in rows] == [(1, "初稿"), (2, "补充事实"), (3, "调整")]
    assert rows[2]["note"] == "讲话人：市长；日期：2026年3月9日"
    table = run("drafts", "history", name).out
    assert "补充事实" in table and "市长" in table
    latest = run("drafts", "compare", name).out
    assert "第 2 稿 → 第 3 稿" in latest and "{+（2026年3月9日）+}" in latest and FACT not in latest
    whole = json.loads(run("drafts", "compare", name, "1", "3", "--json").out)
    assert {change["kind"] for change in whole} == {"修改", "增加"} and any(FACT in change["after"] for change in whole)
    assert "没有不同" in run("drafts", "compare", name, "2", "2").out
    assert "没有第 9 稿" in run("drafts", "compare", name, "1", "9").line


def test_a_section_is_rewritten(name: str, run: Run, endpoint: FakeEndpoint) -> None:
    before = shown(run, name)
    endpoint.speak = lambda prompt, turn: "网格长每天进楼入户，把群众的话记下来，件件有人管。大事小事有人问，难事急事有人跟。"
    ran = run("drafts", "rewrite", name, "二（一）", "突出网格长职责，写60字")
    assert ran.code == 0, ran.err
    assert ran.out.startswith("二（一）（修改）") and "网格长每天进楼入户" in ran.out and "第 2 稿" in ran.out
    after = shown(run, name)
    assert [p["text"] for p in after["paragraphs"] if p["path"] != "二（一）"] == [
        p["text"] for p in before["paragraphs"] if p["path"] != "二（一）"
    ]
    wrong = run("drafts", "rewrite", name, "九", "压缩一半")
    assert wrong.code == 1 and "可改的部分" in wrong.line


def test_a_length_is_changed(name: str, run: Run, endpoint: FakeEndpoint) -> None:
    ran = run("drafts", "change", name, "--length", "900", "--json")
    assert ran.code == 0, ran.err
    assert 810 <= len("".join(json.loads(ran.out)["text"].split())) <= 990


def test_gaps_are_filled_one_after_another(name: str, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    sheet = shown(run, name)["placeholders"]
    typed(monkeypatch, *[f"{n + 31}" if row["kind"] == "count" else "" for n, row in enumerate(sheet)])
    ran = run("drafts", "fill", name, "--interactive", "--json")
    assert ran.code == 0, ran.err
    assert all(row["question"] in ran.err for row in sheet)
    after = json.loads(ran.out)
    assert len(after["placeholders"]) == sum(row["kind"] != "count" for row in sheet) < len(sheet)
    typed(monkeypatch)
    assert json.loads(run("drafts", "fill", name, "-i", "--json").out)["revision"] == after["revision"]


def test_export_takes_its_file_either_way(name: str, run: Run, tmp_path: Path) -> None:
    for arguments in ((str(tmp_path / "a.txt"),), ("--out", str(tmp_path / "b.txt"))):
        assert run("drafts", "export", name, *arguments).code == 0
    assert (tmp_path / "a.txt").read_text(encoding="utf-8") == (tmp_path / "b.txt").read_text(encoding="utf-8")


def test_a_draft_is_deleted_for_good(name: str, kept: Path, run: Run) -> None:
    assert run("drafts", "delete", name).code == 2
    run("drafts", "add-fact", name, FACT)
    assert run("drafts", "delete", name, "--yes").code == 0
    assert run("drafts", "show", name).code == 1 and json.loads(run("drafts", "list", "--json").out) == []
    store = DraftStore(SqliteDatabase(kept / "drafts.sqlite"))
    with store.database.reading() as connection:
        for table, column in (("revisions", "draft"), ("checkpoints", "thread_id"), ("writes", "thread_id")):
            assert connection.execute(f"SELECT count(*) FROM {table} WHERE {column} = ?", (name,)).fetchone() == (0,)


@pytest.mark.parametrize(
    "arguments",
    [
        ("show",),
        ("history",),
        ("compare",),
        ("undo",),
        ("add-fact", FACT),
        ("change", "--speaker", "市长"),
        ("approve",),
        ("delete", "--yes"),
    ],
    ids=" ".join,
)
def test_an_unknown_draft_is_one_line(arguments: tuple[str, ...], run: Run, empty: Path) -> None:
    ran: Ran = run("drafts", arguments[0], "0101-abcdef", *arguments[1:])
    assert ran.code == 1 and "没有编号为 0101-abcdef" in ran.line and ran.out == ""


def test_a_cap_stops_a_run_which_goes_on_when_it_is_raised(
    run: Run, home: Path, endpoint: FakeEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JIANGGAO_MAX_TOKENS", "3000")
    ran = run("draft", REQUEST)
    assert ran.code == 1 and "JIANGGAO_MAX_TOKENS" in ran.line and "jianggao drafts resume" in ran.line
    stopped = json.loads(run("drafts", "list", "--json").out)[0]
    monkeypatch.setenv("JIANGGAO_MAX_TOKENS", "300000")
    monkeypatch.setenv("JIANGGAO_PRICE_IN", "2")
    monkeypatch.setenv("JIANGGAO_PRICE_OUT", "8")
    done = json.loads(run("drafts", "resume", stopped["id"], "--json").out)
    usage = done["usage"]
    assert done["status"] == "completed" and usage["prompt_tokens"] == 300 * usage["calls"]
    assert usage["cost"] is None  # the first run's calls had no price
    assert "费用" not in run("drafts", "show", stopped["id"]).out
