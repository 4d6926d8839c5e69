"""PassageStore: passages, their vectors and the documents they come from, in Chroma (chroma.py, rows.py).

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
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from filelock import FileLock
from numpy.typing import NDArray

from speech.errors import StoreError
from vectorstore import chroma, rows
from vectorstore.documents import Near, SourceDocument, Where
from vectorstore.owner import own
from vectorstore.passages import LAYOUT, Passage

if TYPE_CHECKING:
    from vectorstore.chroma import Client, Collection
    from vectorstore.embed import Embedder

DOCUMENTS = "jianggao-documents"
PASSAGES = "jianggao-passages-"
_REBUILD_BATCH = 32
_RENEW = "请对原文件再运行一次 jianggao ingest 路径；原文件已不在的，用 jianggao documents remove 移除"
_REBUILD = "请运行 jianggao ingest --rebuild 重建语料库"


@dataclass(frozen=True)
class Entry:
    """A document to be kept with its passages and their vectors, shape (passages, dimensions)."""

    document: SourceDocument
    passages: Sequence[Passage]
    vectors: NDArray[Any]


class PassageStore:
    """The store in `folder`, or on a Chroma server where `host` is given: then only a search keeps its word index in `folder`.

    The embedded store has one owning process, held to by a lock file; threads may share it.
    Raises StoreError where another process owns it, the server does not answer, the files are damaged, the store was
    filled by another embedding model (`rebuilding` lets that pass, for `rebuild` to be called next), or it has documents that
    an older program cut (`renewing` lets that pass, for an ingest to read their files anew).
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
        renewing: bool = False,
    ) -> None:
        self.folder = folder
        self._embedding = embedding
        self._dimensions = dimensions
        self._writing = threading.RLock()
        self._whole: tuple[str, frozenset[str]] = ("", frozenset())
        self._lock: FileLock | None = None
        self._client: Client | None = None
        if host is None:
            self._lock = own(folder)
        try:
            with chroma.clear_errors():
                self._client = chroma.server(host, port) if host else chroma.embedded(folder / "chroma")
                self._documents = chroma.collection(self._client, DOCUMENTS, _about(LAYOUT))
                self._passages = self._current()
                if not rebuilding:
                    self._check_embedding()
                self._check_layout(renewing)
        except BaseException:
            self.close()
            raise

    @property
    def embedding(self) -> str:
        """The name of the embedding model that filled the store."""
        return self._embedding

    @property
    def revision(self) -> str:
        """Changes with every change of the store, whichever process made it."""
        if self._lock is not None:  # nobody else may change a store in a folder, and every search asks
            self._open()
            return str((self._documents.metadata or {}).get("revision", ""))
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
            for batch in rows.batches(entries, self._most()):
                rows.put_documents(self._documents, [entry.document for entry in batch])
            self._changed()

    def record(self, document: SourceDocument) -> bool:
        """Write the record of a document anew, its passages left as they are. False where there is none of its id."""
        with self._writing, self._working():
            if not self._documents.get(ids=[document.id], include=[])["ids"]:
                return False
            rows.put_documents(self._documents, [document])
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
            found = [SourceDocument.model_validate(record) for _, record in rows.all_records(self._documents)]
        return sorted(found, key=lambda document: (document.name, document.id))

    def passages(self) -> list[Passage]:
        """All passages of whole documents, in the order of their documents' ids and their positions."""
        with self._working():
            known = self._known()
            found = [passage for passage in rows.all_passages(self._passages) if passage.document in known]
        return sorted(found, key=lambda passage: (passage.document, passage.position))

    def passages_of(self, document: str) -> list[Passage]:
        """The passages of one document in order; [] where there is none."""
        with self._working():
            if not self._documents.get(ids=[document], include=[])["ids"]:
                return []
            found = self._passages.get(where={"document": document}, include=["documents", "metadatas"])
        return sorted(rows.passages_in(found), key=lambda passage: passage.position)

    def fetch(self, ids: Sequence[str]) -> list[Passage]:
        """The passages of these ids, in no order; those that are not there are left out."""
        if not ids:
            return []
        with self._working():
            return rows.passages_in(self._passages.get(ids=list(ids), include=["documents", "metadatas"]))

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
                where=rows.condition(where or Where()),
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
            if self._passages.count() == sum(record.get("passages", 0) for _, record in rows.all_records(self._documents)):
                return 0
            known = self._known()
            left = [identity for identity, record in rows.all_records(self._passages) if record["document"] not in known]
            for batch in rows.batches(left, self._most()):
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
            for batch in rows.batches(passages, _REBUILD_BATCH):
                self._put(new, batch, embedder.passages([passage.indexed for passage in batch]))
                progress(new.count(), len(passages))
            self._switch(new)
            self._changed()
            return len(passages)

    def close(self) -> None:
        """Let go of the store; another process may open it then."""
        if self._client is not None:
            chroma.close(self._client)
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
        with chroma.clear_errors():
            yield

    def _open(self) -> "Client":
        if self._client is None:
            raise StoreError("语料库已经关闭")
        return self._client

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
        return chroma.collection(self._open(), f"{PASSAGES}{number}", about)

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

    def _check_layout(self, renewing: bool) -> None:
        """Every document is looked at only until all are found to be of this layout, which is noted then."""
        if (self._documents.metadata or {}).get("layout") == LAYOUT:
            return
        others = [document for document in self.documents() if document.layout != LAYOUT]
        if any(document.layout > LAYOUT for document in others):
            raise StoreError("语料库由更新版本的程序建立，这个版本读不了", "请升级 jianggao，或另设 JIANGGAO_HOME")
        if not others:
            self._documents.modify(metadata=_about(LAYOUT))
        elif not renewing:
            raise StoreError(
                f"语料库里有 {len(others)} 篇文稿由旧版程序装入（如《{others[0].name}》），缺少检索要用的信息", _RENEW
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
        self._documents.modify(metadata=_about((self._documents.metadata or {}).get("layout")))

    def _known(self) -> set[str]:
        return set(self._documents.get(include=[])["ids"])

    def _known_now(self) -> frozenset[str]:
        """The same, read again only when the store has changed: every search asks."""
        revision = self.revision
        if not revision or self._whole[0] != revision:
            self._whole = (revision, frozenset(self._known()))
        return self._whole[1]

    def _most(self) -> int:
        return rows.most(self._open().get_max_batch_size())

    def _put(self, collection: "Collection", passages: Sequence[Passage], vectors: NDArray[Any]) -> None:
        for begin in range(0, len(passages), self._most()):
            end = begin + self._most()
            rows.put_passages(collection, passages[begin:end], vectors[begin:end])


def _about(layout: int | None) -> dict[str, Any]:
    """What is noted on the collection of documents; no layout while some are of an older one."""
    return {"revision": secrets.token_hex(8)} | ({"layout": layout} if layout is not None else {})


def _number(name: str) -> int:
    tail = name.removeprefix(PASSAGES)
    return int(tail) if tail.isdigit() else 0
