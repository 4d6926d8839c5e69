"""The arrows of the house: who may import whom."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ALLOWED = {
    "speech": set(),
    "prompts": set(),
    "vectorstore": {"speech"},
    "agent": {"speech", "prompts", "vectorstore"},
    "evals": {"agent", "vectorstore", "speech", "prompts"},
    "api": {"agent", "vectorstore", "speech"},
}
FILES = [file for room in ALLOWED for file in sorted((ROOT / room).rglob("*.py"))]


def imported(source: str) -> set[str]:
    """The first names of every import, those inside functions too."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, "relative imports hide the arrow"
            names.add(node.module.split(".")[0])
    return names


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_arrows_run_down(file: Path) -> None:
    room = file.relative_to(ROOT).parts[0]
    # the `eval` command, in a file of its own, may call `evals`
    allowed = ALLOWED[room] | {room} | ({"evals"} if file == ROOT / "api/evaluate.py" else set())
    assert imported(file.read_text(encoding="utf-8")) & ALLOWED.keys() <= allowed


def test_only_one_file_knows_chroma() -> None:
    users = [file for file in FILES if "chromadb" in imported(file.read_text(encoding="utf-8"))]
    assert users == [ROOT / "vectorstore/chroma.py"]


def test_only_settings_read_the_environment() -> None:
    for file in FILES:
        if file.relative_to(ROOT).parts[0] == "agent" and file.name not in ("settings.py", "tokens.py"):
            assert "environ" not in file.read_text(encoding="utf-8"), file


def test_a_backward_arrow_is_seen() -> None:
    assert "agent" in imported("def f():\n    from agent.write import write\n")
