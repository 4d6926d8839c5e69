"""PassageStore: passages, their vectors and the documents they come from. The only file that imports chromadb.

Two collections in one Chroma database: `jianggao-documents`, a record a document, and `jianggao-passages-N`, the passages
with their vectors. A document counts only once its record is there, and the record is written last: passages without one
are left over from a run that was killed, are never shown, and are swept away by the next ingest. The collection of passages
remembers the embedding model; another model goes into a new collection N+1, which is switched to by one write (`rebuild`).
"""

import secrets
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

import numpy as np
from filelock import FileLock
from numpy.typing import NDArray

from speech.errors import StoreError
from vectorstore.documents import Near, SourceDocument, Where
from vectorstore.owner import own
from vectorstore.passages import Passage

if TYPE_CHECKING:
    import httpx
    from chromadb.api.client import Client
    from chromadb.api.collection_configuration import CreateHNSWConfiguration
    from chromadb.api.models.Collection import Collection

    from vectorstore.embed import Embedder

_T = TypeVar("_T")


@dataclass(frozen=True)
class Entry:
    """A document to be kept with its passages and their vectors, shape (passages, dimensions)."""

    document: SourceDocument
    passages: Sequence[Passage]
    vectors: NDArray[Any]


DOCUMENTS = "jianggao-documents"
PASSAGES = "jianggao-passages-"
_PAGE = 2_000
# Chroma would take settings from a .env in whatever folder the program is started in.
_NO_ENV_FILE: dict[str, Any] = {"_env_file": None}
_REBUILD_BATCH = 32
_SERVER_SECONDS = 60.0
_REBUILD = "请运行 jianggao ingest --rebuild 重建语料库"
# Measured against exact search (tests): the defaults miss neighbours once some thousand passages are in.
_HNSW: "CreateHNSWConfiguration" = {"space": "cosine", "ef_construction": 200, "ef_search": 200, "max_neighbors": 32}


class PassageStore:
    """The store in `folder`, or on a Chroma server where `host` is given (then `folder` is not touched).

    The embedded store has one owning process, held to by a lock file; threads may share it.
    Raises StoreError where another process owns it, the server does not answer, the files are damaged, or the store was
    filled by another embedding model; `rebuilding` lets that pass, for `rebuild` to be called next.
    """

    def __init__(
        self,
        folder: Path,
        embedding: str,
        dimensions: int,
        *,
        host: str | None = None,
        port: int = 8000,
        rebuilding: bool = False,
    ) -> None:
        self.folder = folder
        self._embedding = embedding
        self._dimensions = dimensions
        self._writing = threading.RLock()
        self._host = host
        self._whole: tuple[str, frozenset[str]] = ("", frozenset())
        self._lock: FileLock | None = None
        self._client: Client | None = None
        if host is None:
            self._lock = own(folder)
        try:
            with _clear_errors():
                self._client = _server(host, port) if host else _embedded(folder)
                self._documents = self._collection(DOCUMENTS, {"revision": secrets.token_hex(8)})
                self._passages = self._current()
            if not rebuilding:
                self._check_embedding()
        except BaseException:
            self.close()
            raise

    @property
    def embedding(self) -> str:
        """The name of the embedding model that filled the store."""
        return self._embedding

    @property
    def embedded(self) -> bool:
        """Is the store in `folder`, owned by this process, rather than on a server?"""
        return self._host is None

    @property
    def revision(self) -> str:
        """Changes with every change of the store, whichever process made it."""
        with self._working():
            found = self._open().get_collection(DOCUMENTS, embedding_function=None)
        return str((found.metadata or {}).get("revision", ""))

    def add(self, document: SourceDocument, passages: Sequence[Passage], vectors: NDArray[Any]) -> None:
        """Keep a document: its passages first, its record last. One of the same id is replaced."""
        self.add_all([Entry(document, passages, vectors)])

    def add_all(self, entries: Sequence[Entry]) -> None:
        """Keep several documents by few writes: all passages first, the records last. Those of the same ids are replaced."""
        for entry in entries:
            if len(entry.passages) != len(entry.vectors):
                raise ValueError(f"{len(entry.passages)} passages, {len(entry.vectors)} vectors")
            if len(entry.vectors) and entry.vectors.shape[1] != self._dimensions:
                raise StoreError(f"向量是 {entry.vectors.shape[1]} 维，语料库是 {self._dimensions} 维", _REBUILD)
        if not entries:
            return
        with self._writing, self._working():
            # Passages of a killed run may be there without a record.
            self._forget([entry.document.id for entry in entries])
            passages = [passage for entry in entries for passage in entry.passages]
            if passages:
                self._put(self._passages, passages, np.concatenate([entry.vectors for entry in entries if len(entry.vectors)]))
            for batch in _batches(entries, self._most()):
                self._write_records([entry.document for entry in batch])
            self._changed()

    def record(self, document: SourceDocument) -> bool:
        """Write the record of a document anew, its passages left as they are. False where there is none of its id."""
        with self._writing, self._working():
            if not self._documents.get(ids=[document.id], include=[])["ids"]:
                return False
            self._write_records([document])
            self._changed()
            return True

    def remove(self, document: str) -> bool:
        """Remove a document by its id, the record first. False where there is none."""
        with self._writing, self._working():
            if not self._documents.get(ids=[document], include=[])["ids"]:
                return False
            self._forget([document])
            self._changed()
            return True

    def documents(self) -> list[SourceDocument]:
        """All documents, by name."""
        with self._working():
            found = [SourceDocument.model_validate(record) for record in self._records()]
        return sorted(found, key=lambda document: (document.name, document.id))

    def passages(self) -> list[Passage]:
        """All passages of whole documents, in the order of their documents' ids and their positions."""
        with self._working():
            known = self._known()
            found = [_passage(*row) for row in self._rows()]
        return sorted((p for p in found if p.document in known), key=lambda passage: (passage.document, passage.position))

    def passages_of(self, document: str) -> list[Passage]:
        """The passages of one document in order; [] where there is none."""
        with self._working():
            if not self._documents.get(ids=[document], include=[])["ids"]:
                return []
            found = self._passages.get(where={"document": document}, include=["documents", "metadatas"])
        rows = zip(found["ids"], found["documents"] or [], found["metadatas"] or [], strict=True)
        return sorted((_passage(*row) for row in rows), key=lambda passage: passage.position)

    def fetch(self, ids: Sequence[str]) -> list[Passage]:
        """The passages of these ids, in no order; those that are not there are left out."""
        if not ids:
            return []
        with self._working():
            found = self._passages.get(ids=list(ids), include=["documents", "metadatas"])
        rows = zip(found["ids"], found["documents"] or [], found["metadatas"] or [], strict=True)
        return [_passage(*row) for row in rows]

    def vectors(self, ids: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        """The vectors of the passages of these ids, as far as they are there."""
        if not ids:
            return {}
        with self._working():
            found = self._passages.get(ids=list(ids), include=["embeddings"])
        vectors = found["embeddings"]
        return {} if vectors is None else dict(zip(found["ids"], np.asarray(vectors, np.float32), strict=True))

    def nearest(self, vector: NDArray[Any], k: int, where: Where | None = None) -> list[Near]:
        """The `k` passages nearest to `vector`, the nearest first."""
        near = dict(self.nearest_ids(vector, k, where))
        with self._working():
            known = self._known_now() if near else frozenset()
        found = {passage.id: passage for passage in self.fetch(list(near)) if passage.document in known}
        return [Near(passage=found[identity], similarity=near[identity]) for identity in near if identity in found]

    def nearest_ids(self, vector: NDArray[Any], k: int, where: Where | None = None) -> list[tuple[str, float]]:
        """The ids and similarities alone, quicker; those of a document that is not whole yet may be among them."""
        if k < 1:
            return []
        with self._working():
            found = self._passages.query(
                query_embeddings=np.asarray(vector, np.float32)[np.newaxis],
                n_results=k,
                where=_condition(where or Where()),
                include=["distances"],
            )
        distances = found["distances"]
        return [(identity, 1 - far) for identity, far in zip(found["ids"][0], distances[0], strict=True)] if distances else []

    def sweep(self) -> int:
        """Remove passages that a killed run left without a document; how many. Not on a server, where others may be writing."""
        if self._lock is None:
            return 0
        with self._writing, self._working():
            # What stands in the records is counted first, since reading all passages takes long in a large store.
            if self._passages.count() == sum(record.get("passages", 0) for record in self._records()):
                return 0
            known = self._known()
            left = [identity for identity, record in self._places() if record["document"] not in known]
            for batch in _batches(left, self._most()):
                self._passages.delete(ids=list(batch))
            return len(left)

    def rebuild(self, embedder: "Embedder", progress: Callable[[int, int], None] = lambda done, total: None) -> int:
        """Embed every passage anew with another model, and switch to the new vectors by one write; how many passages.

        No source file is needed. Killed at any moment, the store is the old one or the new one.
        """
        with self._writing, self._working():
            passages = self.passages()
            self._embedding, self._dimensions = embedder.name, embedder.dimensions
            new = self._new(_number(self._passages.name) + 1, complete=False)
            for batch in _batches(passages, _REBUILD_BATCH):
                self._put(new, batch, embedder.passages([passage.indexed for passage in batch]))
                progress(new.count(), len(passages))
            self._switch(new)
            self._changed()
            return len(passages)

    def close(self) -> None:
        """Let go of the store; another process may open it then."""
        if self._client is not None:
            for session in _sessions(self._client):
                session.close()
            self._client.close()
            self._client = None
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    # --- inside -----------------------------------------------------------------------------------------------------

    @contextmanager
    def _working(self) -> Iterator[None]:
        self._open()
        with _clear_errors():
            yield

    def _open(self) -> "Client":
        if self._client is None:
            raise StoreError("语料库已经关闭")
        return self._client

    def _collection(self, name: str, metadata: dict[str, Any]) -> "Collection":
        client = self._open()
        if name in (found.name for found in client.list_collections()):
            return client.get_collection(name, embedding_function=None)
        return client.create_collection(name, embedding_function=None, metadata=metadata, configuration={"hnsw": _HNSW})

    def _current(self) -> "Collection":
        """The newest whole collection of passages; a half-built newer one is left over from a killed rebuild."""
        client = self._open()
        found = {_number(one.name): one for one in client.list_collections() if one.name.startswith(PASSAGES)}
        whole = [number for number, one in found.items() if (one.metadata or {}).get("complete")]
        if not whole:
            return self._new(max(found, default=0) + 1, complete=True)
        for number, one in found.items():
            if number != max(whole) and self._lock is not None:
                client.delete_collection(one.name)
        return client.get_collection(found[max(whole)].name, embedding_function=None)

    def _new(self, number: int, complete: bool) -> "Collection":
        about = {"embedding": self._embedding, "dimensions": self._dimensions, "complete": complete}
        return self._collection(f"{PASSAGES}{number}", about)

    def _check_embedding(self) -> None:
        about = self._passages.metadata or {}
        kept = (about.get("embedding"), about.get("dimensions"))
        if kept == (self._embedding, self._dimensions):
            return
        if not self._documents.count():
            # Nothing is lost with an empty store: it is begun anew.
            self._switch(self._new(_number(self._passages.name) + 1, complete=True))
            return
        raise StoreError(
            f"语料库由向量模型 {kept[0]}（{kept[1]} 维）建立，现在用的是 {self._embedding}（{self._dimensions} 维）", _REBUILD
        )

    def _switch(self, new: "Collection") -> None:
        old = self._passages
        new.modify(metadata={"embedding": self._embedding, "dimensions": self._dimensions, "complete": True})
        self._passages = new
        self._open().delete_collection(old.name)

    def _forget(self, documents: list[str]) -> None:
        self._documents.delete(ids=documents)
        meant: dict[str, Any] = {"document": {"$in": documents}}
        self._passages.delete(where=meant)

    def _changed(self) -> None:
        self._documents.modify(metadata={"revision": secrets.token_hex(8)})

    def _known(self) -> set[str]:
        return set(self._documents.get(include=[])["ids"])

    def _known_now(self) -> frozenset[str]:
        """The same, read again only when the store has changed: every search asks."""
        revision = self.revision
        if not revision or self._whole[0] != revision:
            self._whole = (revision, frozenset(self._known()))
        return self._whole[1]

    def _most(self) -> int:
        return max(1, min(self._open().get_max_batch_size(), _PAGE))

    def _put(self, collection: "Collection", passages: Sequence[Passage], vectors: NDArray[Any]) -> None:
        rows = list(zip(passages, np.asarray(vectors, np.float32), strict=True))
        for batch in _batches(rows, self._most()):
            collection.upsert(
                ids=[passage.id for passage, _ in batch],
                embeddings=np.stack([vector for _, vector in batch]),
                documents=[passage.text for passage, _ in batch],
                metadatas=[passage.model_dump(mode="json", exclude={"id", "text"}, exclude_none=True) for passage, _ in batch],
            )

    def _rows(self) -> Iterator[tuple[str, str, Any]]:
        for offset in range(0, max(self._passages.count(), 1), _PAGE):
            found = self._passages.get(limit=_PAGE, offset=offset, include=["documents", "metadatas"])
            yield from zip(found["ids"], found["documents"] or [], found["metadatas"] or [], strict=True)

    def _places(self) -> Iterator[tuple[str, Any]]:
        for offset in range(0, max(self._passages.count(), 1), _PAGE):
            found = self._passages.get(limit=_PAGE, offset=offset, include=["metadatas"])
            yield from zip(found["ids"], found["metadatas"] or [], strict=True)

    def _write_records(self, documents: Sequence[SourceDocument]) -> None:
        self._documents.upsert(
            ids=[document.id for document in documents],
            embeddings=np.ones((len(documents), 1), np.float32),
            documents=[document.name for document in documents],
            metadatas=[document.model_dump(mode="json", exclude_none=True) for document in documents],
        )

    def _records(self) -> Iterator[Any]:
        for offset in range(0, max(self._documents.count(), 1), _PAGE):
            yield from self._documents.get(limit=_PAGE, offset=offset, include=["metadatas"])["metadatas"] or []


def _embedded(folder: Path) -> "Client":
    import chromadb
    from chromadb.config import Settings

    path = folder / "chroma"
    settings = Settings(anonymized_telemetry=False, chroma_api_impl="chromadb.api.rust.RustBindingsAPI", **_NO_ENV_FILE)
    return cast("Client", chromadb.PersistentClient(path, settings=settings))


def _server(host: str, port: int) -> "Client":
    import chromadb
    from chromadb.config import Settings

    settings = Settings(anonymized_telemetry=False, chroma_server_host=host, chroma_server_http_port=port, **_NO_ENV_FILE)
    try:
        client = cast("Client", chromadb.HttpClient(host=host, port=port, settings=settings))
    except ValueError as error:
        raise StoreError(f"连不上 Chroma 服务 {host}:{port}", "请检查 CHROMA_HOST、CHROMA_PORT，或取消设置改用内嵌库") from error
    for session in _sessions(client):
        session.timeout = _SERVER_SECONDS
    return client


def _sessions(client: "Client") -> list["httpx.Client"]:
    """The connections of an HTTP client: Chroma waits on them for ever and does not close them."""
    servers = [getattr(part, "_server", None) for part in (client, getattr(client, "_admin_client", None))]
    return [session for server in servers if (session := getattr(server, "_session", None)) is not None]


@contextmanager
def _clear_errors() -> Iterator[None]:
    """What Chroma or its transport raises, as one clear line."""
    import httpx
    from chromadb.errors import ChromaError

    try:
        yield
    except (ChromaError, httpx.HTTPError) as error:
        reason = " ".join(str(error).split())[:160] or type(error).__name__
        raise StoreError(
            f"语料库读写失败（{reason}）", "请检查磁盘空间和 Chroma 服务；文件已损坏时，请移走语料库文件夹后重新 ingest"
        ) from error


def _number(name: str) -> int:
    tail = name.removeprefix(PASSAGES)
    return int(tail) if tail.isdigit() else 0


def _condition(where: Where) -> dict[str, Any] | None:
    sides: list[dict[str, Any]] = []
    if where.roles:
        sides.append({"role": {"$in": [role.value for role in where.roles]}})
    if where.genres:
        sides.append({"genre": {"$in": [genre.value for genre in where.genres]}})
    if where.era:
        sides += [{"since": {"$lte": where.era.until}}, {"until": {"$gte": where.era.since}}]
    return {"$and": sides} if len(sides) > 1 else (sides[0] if sides else None)


def _passage(identity: str, text: str, record: Any) -> Passage:
    return Passage.model_validate({"genre": None, **record, "id": identity, "text": text})


def _batches(rows: Sequence[_T], size: int) -> Iterator[Sequence[_T]]:
    for at in range(0, len(rows), size):
        yield rows[at : at + size]
