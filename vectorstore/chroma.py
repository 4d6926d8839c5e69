"""Chroma opened, in a folder or on a server, and what it raises said in one clear line. The only file that imports chromadb."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from speech.errors import StoreError

if TYPE_CHECKING:
    import httpx
    from chromadb.api.client import Client as Client
    from chromadb.api.collection_configuration import CreateHNSWConfiguration
    from chromadb.api.models.Collection import Collection as Collection

# Chroma would take settings from a .env in whatever folder the program is started in.
_NO_ENV_FILE: dict[str, Any] = {"_env_file": None}
_SERVER_SECONDS = 60.0
# Measured against exact search (tests): the defaults miss neighbours once some thousand passages are in.
_HNSW: "CreateHNSWConfiguration" = {"space": "cosine", "ef_construction": 200, "ef_search": 200, "max_neighbors": 32}


def embedded(folder: Path) -> "Client":
    """Chroma inside this process, its files in `folder`."""
    import chromadb
    from chromadb.config import Settings

    settings = Settings(anonymized_telemetry=False, chroma_api_impl="chromadb.api.rust.RustBindingsAPI", **_NO_ENV_FILE)
    return cast("Client", chromadb.PersistentClient(folder, settings=settings))


def server(host: str, port: int) -> "Client":
    """A Chroma server (`chroma run`). Raises StoreError where none answers."""
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


def close(client: "Client") -> None:
    """Let go of it, its connections included."""
    for session in _sessions(client):
        session.close()
    client.close()


def collection(client: "Client", name: str, metadata: dict[str, Any]) -> "Collection":
    """The collection of this name; made with `metadata` where there is none."""
    if name in (found.name for found in client.list_collections()):
        return client.get_collection(name, embedding_function=None)
    return client.create_collection(name, embedding_function=None, metadata=metadata, configuration={"hnsw": _HNSW})


@contextmanager
def clear_errors() -> Iterator[None]:
    """What Chroma or its transport raises, as a StoreError of one clear line."""
    import httpx
    from chromadb.errors import ChromaError

    try:
        yield
    except (ChromaError, httpx.HTTPError) as error:
        reason = " ".join(str(error).split())[:160] or type(error).__name__
        raise StoreError(
            f"语料库读写失败（{reason}）", "请检查磁盘空间和 Chroma 服务；文件已损坏时，请移走语料库文件夹后重新 ingest"
        ) from error


def _sessions(client: "Client") -> list["httpx.Client"]:
    """The connections of an HTTP client: Chroma waits on them for ever and does not close them."""
    servers = [getattr(part, "_server", None) for part in (client, getattr(client, "_admin_client", None))]
    return [session for server in servers if (session := getattr(server, "_session", None)) is not None]
