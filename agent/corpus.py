"""The store, the embedder and the drafter that the settings name, opened together and closed together."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from agent.settings import Settings
from speech.errors import StoreError
from vectorstore.embed import Embedder, embedder_for
from vectorstore.store import PassageStore

if TYPE_CHECKING:
    from agent.drafter import Drafter


@contextmanager
def corpus(settings: Settings, rebuild: bool = False, renew: bool = False) -> Iterator[tuple[PassageStore, Embedder]]:
    """The store with the embedder that fills and asks it. Raises StoreError or ModelError.

    `rebuild` opens a store of another embedding model, `renew` one with documents that an older program cut.
    """
    embedder = embedder_of(settings)
    with store_of(settings, embedder, rebuild, renew) as store:
        yield store, embedder


def embedder_of(settings: Settings) -> Embedder:
    """The embedder that the settings name. Raises ModelError."""
    key = settings.openai_api_key.get_secret_value() if settings.openai_api_key else None
    return embedder_for(settings.embeddings, model=settings.embedding_model, api_key=key, base_url=settings.openai_base_url)


def store_of(settings: Settings, embedder: Embedder, rebuild: bool = False, renew: bool = False) -> PassageStore:
    """The store that the settings name, open. Raises StoreError."""
    host, port = settings.chroma_host, settings.chroma_port
    name, dimensions = embedder.name, embedder.dimensions
    return PassageStore(settings.store, name, dimensions, host=host, port=port, rebuilding=rebuild, renewing=renew)


@contextmanager
def drafter(settings: Settings) -> "Iterator[Drafter]":
    """Everything that a draft needs. What is missing is a ModelError or StoreError before any work is done."""
    from agent.drafter import Drafter
    from agent.drafts import DraftStore
    from agent.models import connect
    from agent.ready import made_ready
    from vectorstore.search import PassageSearch

    drafts = DraftStore(settings.database)
    with corpus(settings) as (store, embedder):
        if not store.documents():
            raise StoreError(
                "语料库是空的，没有可参考的文稿", "请先运行 jianggao ingest 路径，或 jianggao ingest --samples 装入自带语料"
            )
        search = PassageSearch(store, embedder)
        with made_ready(search, settings.today):
            model = connect(settings)
        yield Drafter(settings, model, search, drafts)
