"""The contract of the store, on the embedded client and on a real server."""

import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from speech.brief import Genre
from speech.eras import Era
from speech.errors import StoreError
from tests.vectorstore.speeches import PairEmbedder, add_document, document_of, passages_of
from vectorstore.documents import Where
from vectorstore.passages import Role
from vectorstore.store import PassageStore

CHROMA = shutil.which("chroma", path=str(Path(sys.executable).parent))


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    if CHROMA is None:
        pytest.skip("no chroma command beside this interpreter")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    path = tmp_path_factory.mktemp("server")
    command = [CHROMA, "run", "--path", str(path), "--host", "127.0.0.1", "--port", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=path)
    try:
        for _ in range(100):
            with socket.socket() as there:
                if there.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield port
    finally:
        server.terminate()
        server.wait(10)


@pytest.fixture(params=["embedded", "server"])
def store(request: pytest.FixtureRequest, tmp_path: Path, embedder: PairEmbedder) -> Iterator[PassageStore]:
    if request.param == "embedded":
        with PassageStore(tmp_path / "store", embedder.name, embedder.dimensions) as opened:
            yield opened
        return
    port = request.getfixturevalue("port")
    with PassageStore(tmp_path / "none", embedder.name, embedder.dimensions, host="127.0.0.1", port=port) as opened:
        yield opened
        client = opened._open()
        for collection in client.list_collections():
            client.delete_collection(collection.name)
    assert not (tmp_path / "none").exists()


def test_what_is_put_in_comes_out(store: PassageStore, embedder: PairEmbedder) -> None:
    passages = add_document(store, embedder, "甲甲甲")
    assert store.passages() == passages
    assert store.documents() == [document_of("甲甲甲", 6)]
    near = store.nearest(embedder.query(passages[2].text), 3)
    assert near[0].passage == passages[2]
    assert near[0].similarity == pytest.approx(1, abs=1e-4)
    assert [one.similarity for one in near] == sorted((one.similarity for one in near), reverse=True)


def test_an_empty_store_answers(store: PassageStore, embedder: PairEmbedder) -> None:
    assert (store.documents(), store.passages(), store.nearest(embedder.query("会"), 5)) == ([], [], [])
    assert store.remove("没有") is False


def test_passages_are_found_by_role_and_genre(store: PassageStore, embedder: PairEmbedder) -> None:
    add_document(store, embedder, "甲", 8)
    others = passages_of("乙", 8, None)
    store.add(document_of("乙"), others, embedder.passages([passage.text for passage in others]))
    asked = embedder.query("甲第1段")
    leads = store.nearest(asked, 20, Where(roles=(Role.LEAD,)))
    assert len(leads) == 4 and {one.passage.role for one in leads} == {Role.LEAD}
    both = store.nearest(asked, 20, Where(roles=(Role.LEAD, Role.CLOSING), genres=(Genre.SPEECH,)))
    assert len(both) == 4 and {one.passage.document for one in both} == {"甲"}


def test_a_document_taken_out_leaves_nothing(store: PassageStore, embedder: PairEmbedder) -> None:
    add_document(store, embedder, "甲")
    kept = add_document(store, embedder, "乙")
    assert store.remove("甲") is True
    assert store.passages() == kept
    assert {one.passage.document for one in store.nearest(embedder.query("甲第1段"), 20)} == {"乙"}


def test_a_document_put_in_again_replaces_itself(store: PassageStore, embedder: PairEmbedder) -> None:
    add_document(store, embedder, "甲", 9)
    shorter = add_document(store, embedder, "甲", 4)
    assert store.passages() == shorter


def test_every_change_changes_the_revision(store: PassageStore, embedder: PairEmbedder) -> None:
    seen = [store.revision]
    add_document(store, embedder, "甲")
    seen.append(store.revision)
    store.remove("甲")
    seen.append(store.revision)
    assert len(set(seen)) == 3
    assert store.revision == seen[-1]


def test_vectors_of_another_size_are_refused(store: PassageStore) -> None:
    with pytest.raises(StoreError, match="8 维"):
        store.add(document_of("甲"), passages_of("甲", 2), np.ones((2, 8), np.float32))
    with pytest.raises(ValueError, match="1 vectors"):
        store.add(document_of("甲"), passages_of("甲", 2), np.ones((1, 64), np.float32))


def test_threads_share_a_store(store: PassageStore, embedder: PairEmbedder) -> None:
    failed: list[BaseException] = []

    def work(identity: str) -> None:
        try:
            add_document(store, embedder, identity)
            store.nearest(embedder.query(identity), 5)
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=work, args=(identity,)) for identity in "甲乙丙丁"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    assert len(store.passages()) == 24


def test_passages_are_found_by_era(store: PassageStore, embedder: PairEmbedder) -> None:
    old, new = passages_of("甲", 3), passages_of("乙", 3)
    for identity, passages, years in (("甲", old, (2016, 2019)), ("乙", new, (2023, 9999))):
        dated = [passage.model_copy(update={"since": years[0], "until": years[1]}) for passage in passages]
        store.add(document_of(identity), dated, embedder.passages([passage.text for passage in dated]))
    asked = embedder.query("第1段")
    assert {one.passage.document for one in store.nearest(asked, 9, Where(era=Era(since=2024, until=2024)))} == {"乙"}
    assert {one.passage.document for one in store.nearest(asked, 9, Where(era=Era(until=2023)))} == {"甲", "乙"}


def test_passages_are_fetched_by_their_ids(store: PassageStore, embedder: PairEmbedder) -> None:
    passages = add_document(store, embedder, "甲", 4)
    assert {passage.id: passage for passage in store.fetch([passages[2].id, passages[0].id, "none"])} == {
        passages[0].id: passages[0],
        passages[2].id: passages[2],
    }
    assert store.fetch([]) == []
