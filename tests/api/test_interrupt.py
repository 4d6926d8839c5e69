"""Ctrl-C in a real process, in the middle of a part; then `drafts resume` goes on there."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.api.conftest import REQUEST, Ran, Run
from tests.fake_endpoint import FakeEndpoint

ROOT = Path(__file__).parents[2]
PROMPTLY = 2.5  # seconds from Ctrl-C to the prompt, with half a second for a busy machine


def start(*arguments: str) -> "subprocess.Popen[str]":
    code = "from api.cli import main; main()"
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        cwd=ROOT,
        env=os.environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def interrupted(endpoint: FakeEndpoint, *arguments: str) -> tuple[Ran, float]:
    """How the command ended that was sent Ctrl-C as soon as the model stalled, and after how many seconds."""
    with start(*arguments) as process:
        try:
            assert endpoint.stalled.wait(30)
            process.send_signal(signal.SIGINT)
            begun = time.monotonic()
            out, err = process.communicate(timeout=10)
        finally:
            process.kill()
    return Ran(process.returncode, out, err), time.monotonic() - begun


def test_ctrl_c_in_section_three_and_resume(run: Run, home: Path, endpoint: FakeEndpoint) -> None:
    endpoint.stall_from = 7  # the first part of section 三
    ran, seconds = interrupted(endpoint, "draft", REQUEST)
    (kept,) = json.loads(run("drafts", "list", "--json").out)
    assert ran.code == 130 and ran.out == "" and "Traceback" not in ran.err
    assert ran.line == f"已停下，写好的部分都已保存。接着写：jianggao drafts resume {kept['id']}"
    assert kept["status"] == "cancelled"
    assert seconds < PROMPTLY

    written = [body["messages"][-1]["content"] for body in endpoint.free][:6]
    shown = [line.strip() for line in ran.err.splitlines() if line.startswith("  ") and line.endswith("。")]
    assert len(shown) == 6
    endpoint.stall_from = None
    endpoint.release.set()
    before = len(endpoint.asked)
    resumed = run("drafts", "resume", kept["id"], "--json")
    assert resumed.code == 0, resumed.err
    found = json.loads(resumed.out)
    assert found["status"] == "completed" and found["id"] == kept["id"]
    again = [body["messages"][-1]["content"] for body in endpoint.asked[before:]]
    assert not any("response_format" in body for body in endpoint.asked[before:])  # the outline stands
    assert again and not set(written) & set(again)
    assert sum(part[:20] in found["text"] for part in shown) == len(shown)
    assert found["usage"]["calls"] >= before - 1  # what the first run spent is counted too


def test_a_killed_run_resumes_too(run: Run, home: Path, endpoint: FakeEndpoint) -> None:
    endpoint.stall_from = 4
    process = start("draft", REQUEST)
    assert endpoint.stalled.wait(30)
    process.kill()
    process.communicate(timeout=10)
    (kept,) = json.loads(run("drafts", "list", "--json").out)
    assert kept["status"] == "in_progress"
    assert f"jianggao drafts resume {kept['id']}" in run("drafts", "show", kept["id"]).out
    endpoint.stall_from = None
    before = [body["messages"][-1]["content"] for body in endpoint.free]
    resumed = run("drafts", "resume", kept["id"], "--json")
    assert resumed.code == 0 and json.loads(resumed.out)["status"] == "completed"
    assert not set(before[:3]) & {body["messages"][-1]["content"] for body in endpoint.free[len(before) :]}


def test_a_reader_that_leaves_is_no_error(kept: Path) -> None:
    process = start("schema", "draft")
    assert process.stdout and process.stderr
    process.stdout.close()
    assert process.stderr.read() == ""
    process.stderr.close()
    assert process.wait(10) == 1


def test_help_needs_no_heavy_import(empty: Path) -> None:
    code = "import sys\nfrom api.cli import main\ntry: main()\nexcept SystemExit: print(*sys.modules, file=sys.stderr)"
    ran = subprocess.run([sys.executable, "-c", code, "draft", "--help"], cwd=ROOT, capture_output=True, text=True, timeout=20)
    assert not {"chromadb", "langgraph", "openai", "xllamacpp", "numpy"} & set(ran.stderr.split())
