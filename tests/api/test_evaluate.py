"""`jianggao eval` as a user runs it."""

import json
from pathlib import Path

import pytest

from tests.api.conftest import Run

CASES = """
- id: own-case
  brief: {genre: 讲话, topic: 安全生产, occasion: 全县安全生产工作调度会, length: 600, points: [隐患排查, 燃气整治]}
  must: [隐患]
  suites: [smoke]
"""


@pytest.fixture
def own(empty: Path, tmp_path: Path) -> str:
    file = tmp_path / "own.yaml"
    file.write_text(CASES, encoding="utf-8")
    return str(file)


def test_a_run_is_scored_shown_and_stored(own: str, run: Run, tmp_path: Path) -> None:
    files = [f"--{kind}={tmp_path / f'a.{kind}'}" for kind in ("json", "html", "junit")]
    ran = run("eval", "--cases", own, "--target", "pipeline", "--target", "single", *files)
    assert ran.code == 0 and "评测通过" in ran.err
    assert [line.split()[1] for line in ran.err.splitlines() if line.startswith("· ")] == ["0/2", "1/2", "2/2"]
    assert "结构" in ran.out and "单个提示词" in ran.out and "每篇花费" in ran.out
    stored = json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))
    assert [(one["case"], one["target"]) for one in stored["outcomes"]] == [("own-case", "pipeline"), ("own-case", "single")]
    assert (tmp_path / "a.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    again = run("eval", "--cases", own, "--baseline", str(tmp_path / "a.json"))
    assert again.code == 0 and "比基线高出" in again.out


def test_a_run_below_its_gates_ends_with_one(own: str, run: Run, tmp_path: Path) -> None:
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "own-case.txt").write_text("一、隐患\n三、更多微信公众号\n", encoding="utf-8")
    ran = run("eval", "--cases", own, "--target", f"texts={tmp_path / 'texts'}")
    assert ran.code == 1 and "评测没有通过" in ran.line and "低于门槛" in ran.err


def test_a_run_worse_than_its_baseline_ends_with_one(own: str, run: Run, tmp_path: Path) -> None:
    Path(own).write_text(CASES + CASES.replace("own-case", "own-other"), encoding="utf-8")
    assert run("eval", "--cases", own, f"--json={tmp_path / 'good.json'}").code == 0
    stored = json.loads((tmp_path / "good.json").read_text(encoding="utf-8"))
    for outcome in stored["outcomes"]:
        outcome["checks"]["length"]["score"] = 100.0
    (tmp_path / "good.json").write_text(json.dumps(stored), encoding="utf-8")
    ran = run("eval", "--cases", own, f"--baseline={tmp_path / 'good.json'}")
    assert ran.code == 1 and "（length）比基线低" in ran.line


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("--suite", "huge"), 2, "没有“huge”这个套件"),
        (("--model", "gpt"), 2, "--model 应是"),
        (("--target", "bogus"), 1, "没有叫“bogus”的评测对象"),
        (("--cases", "bogus"), 1, "没有叫“bogus”的用例"),
        (("--cases", "bogus.yaml"), 1, "找不到用例文件 bogus.yaml"),
        (("--baseline", "bogus.json"), 1, "找不到评测结果 bogus.json"),
        (("--seed", "-1"), 2, "--seed"),
    ],
)
def test_what_is_wrong_is_said_in_a_line(arguments: tuple[str, ...], code: int, said: str, empty: Path, run: Run) -> None:
    ran = run("eval", *arguments)
    assert ran.code == code and said in ran.line and ran.out == ""


def test_cases_are_listed(empty: Path, run: Run) -> None:
    ran = run("eval", "--suite", "traps", "--list")
    assert ran.code == 0 and "trap-figures" in ran.out and "speech-safety-600" not in ran.out
