"""What a user or a machine can get wrong: each ends in one clear line with a way on, exit code 1, and loses nothing."""

import errno
import json
import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from agent import embedded
from tests.api.conftest import REQUEST, Ran, Run
from tests.fake_endpoint import KEY, FakeEndpoint
from vectorstore.owner import own


def refused(ran: Ran, *said: str) -> None:
    """One line, in Chinese, that says each of `said`; nothing on standard output."""
    assert ran.code == 1 and ran.out == "", ran
    assert ran.line.startswith("错误：") and ran.err.count("错误：") == 1
    assert "程序内部出错" not in ran.line and "[Errno" not in ran.line
    for part in said:
        assert part in ran.line


def drafts(run: Run) -> list[dict[str, object]]:
    found = json.loads(run("drafts", "list", "--json").out)
    assert isinstance(found, list)
    return found


def test_no_model_and_no_key(run: Run, home: Path) -> None:
    refused(run("draft", REQUEST), "没有可用的模型", "make setup", "OPENAI_API_KEY")
    assert drafts(run) == []


def test_an_endpoint_is_wanted_but_not_named(run: Run, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JIANGGAO_CHAT", "openai")
    refused(run("draft", REQUEST), "OPENAI_API_KEY", "OPENAI_BASE_URL")


def test_a_model_file_with_a_wrong_hash(run: Run, home: Path) -> None:
    (home / "models").mkdir()
    (home / "models" / embedded.FILE).write_bytes(b"GGUF" + bytes(100))
    refused(run("draft", REQUEST), "SHA-256", "make setup")
    rows = {row["name"]: row for row in json.loads(run("doctor", "--json").out)}
    assert not rows["对话模型"]["ok"] and "SHA-256" in rows["对话模型"]["detail"]


def test_a_model_file_that_is_not_there(run: Run, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JIANGGAO_GGUF", str(home / "没有.gguf"))
    refused(run("draft", REQUEST), "没有.gguf", "JIANGGAO_GGUF")


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("OPENAI_BASE_URL", "localhost:8000", "http://"),
        ("JIANGGAO_CHAT", "remote", "JIANGGAO_CHAT"),
        ("DATABASE_URL", "mysql://x", "sqlite:///"),
        ("DATABASE_URL", "postgresql://clerk:geheim@127.0.0.1:9/x", "数据库连不上：服务没有启动"),
        ("CHROMA_PORT", "eighty", "CHROMA_PORT"),
    ],
)
def test_a_wrong_setting_is_named(
    name: str, value: str, said: str, run: Run, empty: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    refused(run("draft", REQUEST), said)


def test_an_unreachable_endpoint(run: Run, home: Path, endpoint: FakeEndpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    ran = run("draft", REQUEST)
    refused(ran, "连不上", "127.0.0.1:9", "drafts resume")
    assert [one["status"] for one in drafts(run)] == ["failed"]


def test_a_wrong_key(run: Run, home: Path, endpoint: FakeEndpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret-but-wrong")
    ran = run("draft", REQUEST)
    refused(ran, "拒绝了密钥", "OPENAI_API_KEY")
    assert "sk-secret" not in ran.err
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    resumed = run("drafts", "resume", str(drafts(run)[0]["id"]), "--json")
    assert resumed.code == 0 and json.loads(resumed.out)["status"] == "completed"


@pytest.mark.parametrize(("status", "said"), [(404, "JIANGGAO_MODEL"), (400, "JSON schema"), (429, "限流"), (500, "500")])
def test_an_endpoint_that_refuses(status: int, said: str, run: Run, home: Path, endpoint: FakeEndpoint) -> None:
    endpoint.status = status
    refused(run("draft", REQUEST), said)


@pytest.mark.parametrize("answer", ["", "抱歉，我不能回答这个问题。", "{}", "[1, 2]"])
def test_a_model_that_answers_nonsense(answer: str, run: Run, home: Path, endpoint: FakeEndpoint) -> None:
    endpoint.constrained = lambda schema, turn: answer
    endpoint.speak = lambda prompt, turn: answer
    refused(run("draft", REQUEST, "--json"))
    assert [one["status"] for one in drafts(run)] == ["failed"]


@pytest.mark.parametrize("command", ["draft", "outline"])
def test_an_empty_corpus(command: str, run: Run, empty: Path, endpoint: FakeEndpoint) -> None:
    refused(run(command, REQUEST), "语料库是空的", "jianggao ingest")
    assert endpoint.asked == []


@pytest.mark.parametrize(
    "request_",
    [
        "",
        "   ",
        "Write me a speech about safety",
        "12345 !!!",
        "今天天气真好啊",
        "写",
        "啊" * 5000,
        "\x00\x01",
        "\udcff\udcfe讲话稿关于安全",
    ],
    ids=["empty", "blank", "english", "signs", "absurd", "short", "long", "control", "not-utf8"],
)
def test_a_request_that_cannot_be_worked_from(request_: str, run: Run, empty: Path, endpoint: FakeEndpoint) -> None:
    refused(run("draft", request_), "写作要求" if request_ not in ("今天天气真好啊",) else "没看懂", "。")
    assert drafts(run) == [] and endpoint.asked == []


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("topic: 安全生产\ntpoic: x\n", "没有 tpoic 这个字段"),
        ("topic: 安全生产\nlength: 0\n", "300—20000"),
        ("topic: 安全生产\nlength: 10000000\n", "300—20000"),
        ("topic: 安全生产\nlength: 很长\n", "length"),
        ("length: 2000\n", "缺少 topic"),
        ("topic: ''\n", "topic 不能为空"),
        ("topic: 安全生产\ngenre: 诗歌\n", "可用：讲话"),
        ("topic: [安全\nlength 5\n", "行不合 YAML"),
        ("topic: 安全生产\n\tlength: 5\n", "不合 YAML"),
        ("- topic: 安全生产\n", "字段: 内容"),
        ("安全生产\n", "字段: 内容"),
        ("", "是空的"),
        ("1: 2\n", "没有 1 这个字段"),
        ("topic: !!python/object/apply:os.system [echo]\n", "不合 YAML"),
        ("[" * 1500, "不合 YAML"),
        ("topic: 2026-13-45\n2026-13-45: x", "YAML"),
        ("topic: 安全生产\nnotes: " + "长" * 5000, "notes"),
        ("x" * 1_100_000, "太大"),
    ],
    ids=map(str, range(18)),
)
def test_a_brief_that_is_wrong(content: str, said: str, run: Run, empty: Path, endpoint: FakeEndpoint, tmp_path: Path) -> None:
    task = tmp_path / "任务.yaml"
    task.write_text(content, encoding="utf-8")
    refused(run("draft", "--brief", str(task)), said)
    assert drafts(run) == [] and endpoint.asked == []


@pytest.mark.parametrize("content", ["points: [100, 为基层减负]", "facts: [1632]", "length: 很长", "topic: [一, 二]"])
def test_a_brief_error_is_all_chinese(content: str, run: Run, empty: Path, tmp_path: Path) -> None:
    task = tmp_path / "任务.yaml"
    task.write_text(f"{content}\n" if content.startswith("topic") else f"topic: 安全生产\n{content}\n", encoding="utf-8")
    assert "Input" not in run("draft", "--brief", str(task)).err


def test_a_brief_that_is_no_text(run: Run, empty: Path, tmp_path: Path) -> None:
    refused(run("draft", "--brief", str(tmp_path / "没有.yaml")), "找不到", "没有.yaml")
    refused(run("draft", "--brief", str(tmp_path)), "读不了")
    (tmp_path / "任务.yaml").write_bytes("topic: 安全生产".encode("gb18030"))
    refused(run("draft", "--brief", str(tmp_path / "任务.yaml")), "UTF-8")
    refused(run("review", str(tmp_path / "任务.yaml"), "--brief", str(tmp_path / "任务.yaml")))


@pytest.mark.parametrize("length", ["0", "-5", "10000000"])
def test_a_length_that_cannot_be(length: str, run: Run, empty: Path, endpoint: FakeEndpoint) -> None:
    refused(run("draft", REQUEST, "--length", length), "300—20000", length)


@pytest.mark.parametrize("name", ["稿.pdf", "稿", "稿.docx.zip"])
def test_an_out_file_of_unknown_kind(name: str, run: Run, empty: Path, endpoint: FakeEndpoint, tmp_path: Path) -> None:
    refused(run("draft", REQUEST, "--out", str(tmp_path / name)), ".docx、.md、.json、.txt")
    assert endpoint.asked == []


def test_an_out_folder_that_is_missing_or_not_writable(run: Run, empty: Path, endpoint: FakeEndpoint, tmp_path: Path) -> None:
    refused(run("draft", REQUEST, "--out", str(tmp_path / "没有/稿.docx")), "文件夹不存在")
    (tmp_path / "夹.docx").mkdir()
    refused(run("draft", REQUEST, "--out", str(tmp_path / "夹.docx")), "是文件夹")
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    if os.access(closed, os.W_OK):  # root may write anywhere but where the kernel says no
        closed = Path("/proc")
    refused(run("draft", REQUEST, "--out", str(closed / "稿.docx")), "不能写入")
    assert endpoint.asked == []


def test_a_home_that_cannot_be_written(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, empty: Path) -> None:
    (tmp_path / "file").write_text("x")
    monkeypatch.setenv("JIANGGAO_HOME", str(tmp_path / "file"))
    for command in (("draft", REQUEST), ("drafts", "list"), ("search", "网格"), ("ingest", "--samples")):
        ran = run(*command)
        assert ran.code == 1 and ran.out == "" and "JIANGGAO_HOME" in ran.line
    assert run("doctor", "--json").code == 1


def test_a_store_that_another_process_holds(run: Run, home: Path, endpoint: FakeEndpoint) -> None:
    lock = own(home / "store")
    try:
        for command in (("draft", REQUEST), ("search", "网格"), ("ingest", "--samples")):
            refused(run(*command), f"进程 {os.getpid()}", "CHROMA_HOST")
        rows = {row["name"]: row for row in json.loads(run("doctor", "--json").out)}
        assert not rows["语料库"]["ok"] and str(os.getpid()) in rows["语料库"]["detail"]
    finally:
        lock.release()
    assert run("search", "网格").code == 0


@pytest.mark.parametrize("command", [("show", "x"), ("resume", "x"), ("fill", "x", "p1=1"), ("export", "x", "x.md")])
def test_an_unknown_draft(command: tuple[str, ...], run: Run, empty: Path, endpoint: FakeEndpoint) -> None:
    refused(run("drafts", *command), "没有编号为 x 的稿子", "jianggao drafts list")


def test_an_unfinished_draft_is_shown_and_kept(run: Run, home: Path, endpoint: FakeEndpoint, tmp_path: Path) -> None:
    endpoint.status = 401
    run("draft", REQUEST)
    name = str(drafts(run)[0]["id"])
    shown = run("drafts", "show", name)
    assert shown.code == 0 and "出错中断" in shown.out and f"jianggao drafts resume {name}" in shown.out
    for command in (("fill", name, "p1=1"), ("export", name, str(tmp_path / "x.md")), ("export", name, str(tmp_path / "x.docx"))):
        refused(run("drafts", *command), f"drafts resume {name}")


def test_a_disk_that_fills_up_as_the_files_are_written(
    run: Run, home: Path, endpoint: FakeEndpoint, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", "稿.docx")

    monkeypatch.setattr("api.live.to_docx", full)
    ran = run("draft", REQUEST, "--json")
    name = str(drafts(run)[0]["id"])
    refused(ran, "磁盘已满", f"jianggao drafts export {name}")
    assert run("drafts", "export", name, str(tmp_path / "x.md")).code == 0


@contextmanager
def full_disk(endpoint: FakeEndpoint, home: Path, turn: int) -> Iterator[None]:
    """No file of this process can grow any more from the free answer `turn` on."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)

    def speak(prompt: str, _: int) -> str:
        if len(endpoint.free) + 1 >= turn:
            resource.setrlimit(resource.RLIMIT_FSIZE, ((home / "drafts.sqlite").stat().st_size, hard))
        return endpoint.spoken(prompt)

    endpoint.speak = speak
    try:
        yield
    finally:
        endpoint.speak = None
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def asked(endpoint: FakeEndpoint) -> list[str]:
    return [str(body["messages"][-1]["content"]) for body in endpoint.free]


def test_a_disk_that_fills_up_in_mid_run(run: Run, home: Path, endpoint: FakeEndpoint) -> None:
    with full_disk(endpoint, home, turn=4):
        ran = run("draft", REQUEST, "--json")
    name = str(drafts(run)[0]["id"])
    refused(ran, "磁盘", f"jianggao drafts resume {name}")
    before = asked(endpoint)
    resumed = run("drafts", "resume", name, "--json")
    assert resumed.code == 0 and json.loads(resumed.out)["status"] == "completed"
    again = asked(endpoint)[len(before) :]
    assert again and not set(before[:2]) & set(again)  # what was saved is not asked for a second time


def test_a_run_that_cannot_be_saved_stops_paying(run: Run, home: Path, endpoint: FakeEndpoint) -> None:
    with full_disk(endpoint, home, turn=4):
        run("draft", REQUEST)
    assert len(endpoint.free) <= 5


def test_a_fault_of_ours_is_a_line_and_a_log(run: Run, empty: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("slip")

    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr("agent.doctor.examine", broken)
    ran = run("doctor")
    assert ran.code == 1 and ran.out == "" and "ZeroDivisionError" in ran.line
    (log,) = tmp_path.glob("jianggao-*.log")
    assert str(log) in ran.line and "Traceback" in log.read_text(encoding="utf-8")
