"""The examples of README run as they stand, against a real server."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.api.conftest import REQUEST
from tests.api.test_serve import Process, Start, start  # noqa: F401  the fixture

EXAMPLES = Path(__file__).parents[2] / "examples"

COMMANDS = {
    "draft.py": [sys.executable, str(EXAMPLES / "draft.py"), REQUEST],
    "draft.mjs": ["node", str(EXAMPLES / "draft.mjs"), REQUEST],
    "draft.sh": ["sh", str(EXAMPLES / "draft.sh"), REQUEST],
    "chat.py": [sys.executable, str(EXAMPLES / "chat.py"), f"{REQUEST}，已知数据：全市已划分网格1632个", "导出Word"],
}
TOLD = {"draft.py": ".docx", "draft.mjs": "finished completed", "draft.sh": "event: finished", "chat.py": "export?format=docx"}


def test_the_examples_draft(start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    server: Process = start()
    monkeypatch.setenv("JIANGGAO_URL", str(server.client.base_url).rstrip("/"))
    for name, command in COMMANDS.items():
        if shutil.which(command[0]) is None:
            continue
        ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120)
        assert ran.returncode == 0, (name, ran.stderr)
        assert TOLD[name] in ran.stdout, (name, ran.stdout)
    assert all(file.stat().st_size > 10_000 for file in tmp_path.glob("*.docx"))
    assert len(list(tmp_path.glob("*.docx"))) == 2
