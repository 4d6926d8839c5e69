"""The tenants of a server, each with a store, drafts and a ledger of its own; the models are shared."""

import threading
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from agent.corpus import embedder_of, store_of
from agent.drafter import Drafter
from agent.drafts import DraftStore
from agent.models import ChatModel, connect
from agent.revise import Reviser
from agent.settings import Settings
from api.ledger import Ledger
from api.security import OFFICE, Keys, read_keys
from speech.errors import JianggaoError, ModelError
from vectorstore.embed import Embedder
from vectorstore.search import PassageSearch
from vectorstore.store import PassageStore


@dataclass(frozen=True)
class Tenant:
    """One tenant. Nothing of another can be reached from here: the folder and the database are its own.

    `editing`: held while a draft is changed, `filling`: while the corpus is, so that no change is lost to another.
    `reviser` makes the changes that need no model.
    """

    name: str
    settings: Settings
    drafts: DraftStore
    ledger: Ledger
    store: PassageStore
    embedder: Embedder
    search: PassageSearch
    reviser: Reviser
    editing: threading.RLock = field(default_factory=threading.RLock)
    filling: threading.Lock = field(default_factory=threading.Lock)


class Premises:
    """All that a server owns while it runs: the tenants, the embedder, the chat model.

    Raises StoreError where a store is in use by another process, ModelError where there is no embedder.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        connecting: Callable[[Settings], ChatModel] = connect,
        embedder: Embedder | None = None,
    ) -> None:
        self.settings = settings
        self.keys: Keys = read_keys(settings.api_keys.get_secret_value() if settings.api_keys else None)
        self._connecting = connecting
        self._model: ChatModel | None = None
        self._model_error: ModelError | None = None
        self._lock = threading.Lock()
        self._open = ExitStack()
        names = self.keys.names()
        if settings.chroma_host and names != [OFFICE]:
            raise JianggaoError("Chroma 服务上的语料库目前只能归一家使用", "请去掉 JIANGGAO_API_KEYS 里的名字，或改用内嵌库")
        try:
            self.embedder = embedder or embedder_of(settings)
            self.tenants = {name: self._tenant(name) for name in names}
        except BaseException:
            self.close()
            raise

    def _tenant(self, name: str) -> Tenant:
        own = self.settings.of_tenant(name)
        database = own.database
        drafts, ledger = DraftStore(database), Ledger(database)
        self._open.enter_context(database.held())
        store = self._open.enter_context(store_of(own, self.embedder))
        search = PassageSearch(store, self.embedder)
        return Tenant(name, own, drafts, ledger, store, self.embedder, search, Reviser(own, drafts, search=search))

    def model(self) -> ChatModel:
        """The chat model, connected on the first call. Raises ModelError."""
        with self._lock:
            if self._model is None:
                try:
                    self._model = self._connecting(self.settings)
                except ModelError as error:
                    self._model_error = error
                    raise
                self._model_error = None
            return self._model

    def connect_ahead(self) -> None:
        """Connect the model in a thread, so that the first draft does not wait for it."""

        def ahead() -> None:
            try:
                self.model()
            except ModelError:
                return  # told by readiness, and by the first draft

        threading.Thread(target=ahead, name="connect", daemon=True).start()

    def model_state(self) -> tuple[bool, str]:
        """Whether the model is connected, and its name or what is wrong. Makes no call and waits for none."""
        if self._model is not None:
            return True, self._model.name
        if self._model_error is not None:
            return False, self._model_error.message
        return False, "正在装载模型"

    def drafter(self, tenant: Tenant, stop: threading.Event) -> Drafter:
        """A drafter for one run. Raises ModelError."""
        return Drafter(tenant.settings, self.model(), tenant.search, tenant.drafts, stop)

    def reviser(self, tenant: Tenant, stop: threading.Event) -> Reviser:
        """A reviser for one change that needs the model. Raises ModelError."""
        return Reviser(tenant.settings, tenant.drafts, self.model(), tenant.search, stop)

    def close(self) -> None:
        self._open.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()
