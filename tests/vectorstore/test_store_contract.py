"""The contract of the store, on the embedded client and on a real server."""

import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Never

import numpy as np
import pytest

from evals.generated import speech
from speech.brief import Genre
from speech.eras import Era
from speech.errors import StoreError
from tests.vectorstore.speeches import PairEmbedder, add_document, document_of, passages_of
from vectorstore.documents import Where
from vectorstore.ingest import ingest
from vectorstore.passages import Role
from vectorstore.search import PassageSearch
from vectorstore.store import Entry, PassageStore

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
    assert not (tmp_path / "none" / "chroma").exists()


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


def test_several_documents_are_kept_by_one_write(store: PassageStore, embedder: PairEmbedder) -> None:
    entries = []
    for identity, count in (("甲", 4), ("乙", 0), ("丙", 7)):
        passages = passages_of(identity, count)
        entries.append(Entry(document_of(identity, count), passages, embedder.passages([one.text for one in passages])))
    store.add_all([])
    before = store.revision
    store.add_all(entries)
    assert store.revision != before
    assert {document.id: document.passages for document in store.documents()} == {"甲": 4, "乙": 0, "丙": 7}
    assert len(store.passages()) == 11
    store.add_all(entries[2:])
    assert len(store.passages()) == 11


def test_nothing_is_kept_where_one_of_several_does_not_fit(store: PassageStore, embedder: PairEmbedder) -> None:
    passages = passages_of("甲", 2)
    fit = Entry(document_of("甲"), passages, embedder.passages([one.text for one in passages]))
    with pytest.raises(StoreError, match="8 维"):
        store.add_all([fit, Entry(document_of("乙"), passages_of("乙", 2), np.ones((2, 8), np.float32))])
    assert store.documents() == []


def test_the_passages_of_one_document_come_in_order(store: PassageStore, embedder: PairEmbedder) -> None:
    kept = add_document(store, embedder, "甲", 12)
    add_document(store, embedder, "乙")
    assert store.passages_of("甲") == kept
    assert store.passages_of("没有") == []


def test_a_record_is_written_anew_and_its_passages_stay(store: PassageStore, embedder: PairEmbedder) -> None:
    kept = add_document(store, embedder, "甲")
    renamed = document_of("甲", 6).model_copy(update={"name": "新名.txt", "remark": "第 2 页是图像"})
    before = store.revision
    assert store.record(renamed) is True
    assert (store.documents(), store.passages()) == ([renamed], kept)
    assert store.revision != before
    assert store.record(document_of("没有")) is False
    assert len(store.documents()) == 1


def test_passages_without_a_record_are_never_shown(store: PassageStore, embedder: PairEmbedder) -> None:
    """What a killed run leaves: on a server it stays unseen, and goes when its document is put in again."""
    kept = add_document(store, embedder, "甲")
    left = passages_of("乙", 3)
    store._put(store._passages, left, embedder.passages([one.text for one in left]))
    assert (store.passages(), store.passages_of("乙")) == (kept, [])
    assert {one.passage.document for one in store.nearest(embedder.query("乙第1段"), 20)} == {"甲"}
    fewer = add_document(store, embedder, "乙", 2)
    assert store.passages_of("乙") == fewer
    assert store._passages.count() == 8
    assert store.sweep() == 0


def test_a_rebuild_switches_to_another_model(store: PassageStore, embedder: PairEmbedder) -> None:
    class Other(PairEmbedder):
        name, dimensions = "other", 8

    kept = add_document(store, embedder, "甲", 40)
    told: list[tuple[int, int]] = []
    assert store.rebuild(Other(), lambda done, total: told.append((done, total))) == 40
    assert told[-1] == (40, 40)
    assert store.embedding == "other"
    assert store.passages() == kept
    assert store.nearest(Other().query(kept[7].text), 1)[0].similarity == pytest.approx(1, abs=1e-4)
    with pytest.raises(StoreError, match="64 维，语料库是 8 维"):
        add_document(store, embedder, "乙")


def test_a_folder_is_ingested_updated_and_found(store: PassageStore, embedder: PairEmbedder, tmp_path: Path) -> None:
    folder = tmp_path / "旧稿"
    folder.mkdir()
    for number in range(8):
        (folder / f"{number}.txt").write_text(speech(number), encoding="utf-8")
    (folder / "重复.txt").write_text(speech(3).replace("，", ","), encoding="utf-8")
    rows = ingest([folder], store, embedder)
    assert [row.status.value for row in rows] == ["added"] * 8 + ["duplicate"]
    assert {row.status.value for row in ingest([folder], store, embedder)} == {"unchanged", "duplicate"}
    (folder / "2.txt").unlink()
    (folder / "5.txt").write_text(speech(50), encoding="utf-8")
    (folder / "6.txt").rename(folder / "六.txt")
    changed = {row.name: row.status.value for row in ingest([folder], store, embedder) if row.status != "unchanged"}
    assert changed == {"5.txt": "replaced", "六.txt": "moved", "重复.txt": "duplicate", "2.txt": "removed"}
    assert [document.name for document in store.documents()] == ["0.txt", "1.txt", "3.txt", "4.txt", "5.txt", "7.txt", "六.txt"]
    assert sum(document.passages for document in store.documents()) == len(store.passages()) == store._passages.count()


def test_another_process_sees_what_a_server_was_given(port: int, embedder: PairEmbedder, tmp_path: Path) -> None:
    places = [PassageStore(tmp_path, embedder.name, 64, host="127.0.0.1", port=port) for _ in range(2)]
    try:
        passages = add_document(places[0], embedder, "甲")
        assert places[1].passages() == passages
        assert places[1].revision == places[0].revision
        with pytest.raises(StoreError, match="other（8 维）"):
            PassageStore(tmp_path, "other", 8, host="127.0.0.1", port=port)
        assert places[1].remove("甲") is True
        assert places[0].documents() == []
    finally:
        for one in places:
            one.close()


def test_passages_are_found_by_era(store: PassageStore, embedder: PairEmbedder) -> None:
    old, new = passages_of("甲", 3), passages_of("乙", 3)
    for identity, passages, years in (("甲", old, (2016, 2019)), ("乙", new, (2023, 9999))):
        dated = [passage.model_copy(update={"since": years[0], "until": years[1]}) for passage in passages]
        store.add(document_of(identity), dated, embedder.passages([passage.text for passage in dated]))
    asked = embedder.query("第1段")
    assert {one.passage.document for one in store.nearest(asked, 9, Where(era=Era(since=2024, until=2024)))} == {"乙"}
    assert {one.passage.document for one in store.nearest(asked, 9, Where(era=Era(until=2023)))} == {"甲", "乙"}


def test_the_next_process_finds_the_word_index_built(
    store: PassageStore, embedder: PairEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_document(store, embedder, "甲", 8)
    asked = PassageSearch(store, embedder).explain("甲第7段", 3)

    def refused(*_: object) -> Never:
        raise AssertionError("built anew")

    monkeypatch.setattr("vectorstore.search.build", refused)
    assert PassageSearch(store, embedder).explain("甲第7段", 3) == asked
    store.remove("甲")
    with pytest.raises(AssertionError, match="built anew"):
        PassageSearch(store, embedder).search("甲第7段")


def test_passages_are_fetched_by_their_ids(store: PassageStore, embedder: PairEmbedder) -> None:
    passages = add_document(store, embedder, "甲", 4)
    assert {passage.id: passage for passage in store.fetch([passages[2].id, passages[0].id, "none"])} == {
        passages[0].id: passages[0],
        passages[2].id: passages[2],
    }
    assert store.fetch([]) == []
