"""What is the embedded store's own: its lock, its files, a killed run, a rebuild, its index."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from speech.errors import StoreError
from tests.vectorstore.speeches import PairEmbedder, add_document, document_of, passages_of
from vectorstore.store import PassageStore

ROOT = Path(__file__).parents[2]


def test_it_is_all_there_after_closing(tmp_path: Path, embedder: PairEmbedder) -> None:
    for identity in ("甲", "乙"):
        with PassageStore(tmp_path, embedder.name, 64) as store:
            add_document(store, embedder, identity)
    with PassageStore(tmp_path, embedder.name, 64) as store:
        assert [document.id for document in store.documents()] == ["乙", "甲"]
        assert len(store.nearest(embedder.query("段"), 20)) == 12
    store.close()
    with pytest.raises(StoreError, match="关闭"):
        store.documents()


def test_a_run_killed_between_passages_and_record_shows_nothing(
    store: PassageStore, embedder: PairEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def killed(**_: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(store._documents, "upsert", killed)
        with pytest.raises(Killed):
            add_document(store, embedder, "甲")
    assert (store.documents(), store.passages(), store.nearest(embedder.query("甲第1段"), 5)) == ([], [], [])
    assert store.sweep() == 6
    assert store._passages.count() == 0
    assert len(add_document(store, embedder, "甲")) == len(store.passages())


def test_one_process_owns_it_and_is_named(store: PassageStore, tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from vectorstore.store import PassageStore; from speech.errors import StoreError\n"
        "try: PassageStore(Path(sys.argv[1]), 'test/pairs', 64)\n"
        "except StoreError as error: sys.stdout.buffer.write(str(error).encode())"
    )
    other = subprocess.run([sys.executable, "-c", code, str(tmp_path / "store")], cwd=ROOT, capture_output=True, check=True)
    import os

    assert f"进程 {os.getpid()} 使用" in other.stdout.decode()
    with pytest.raises(StoreError, match="使用"):
        PassageStore(tmp_path / "store", "test/pairs", 64)


def test_another_embedding_model_is_refused_and_rebuilds(tmp_path: Path, embedder: PairEmbedder) -> None:
    with PassageStore(tmp_path, embedder.name, 64) as store:
        passages = add_document(store, embedder, "甲")
    with pytest.raises(StoreError, match=r"test/pairs（64 维）.*other（8 维）.*jianggao ingest --rebuild"):
        PassageStore(tmp_path, "other", 8)

    class Other(PairEmbedder):
        name = "other"
        dimensions = 8

    with PassageStore(tmp_path, "other", 8, rebuilding=True) as store:
        assert store.rebuild(Other()) == 6
        assert store.passages() == passages
    with PassageStore(tmp_path, "other", 8) as store:
        assert store.nearest(Other().query(passages[3].text), 1)[0].passage == passages[3]
    with pytest.raises(StoreError, match="other（8 维）建立"):
        PassageStore(tmp_path, embedder.name, 64)


def test_a_rebuild_that_is_killed_leaves_the_old_store(tmp_path: Path, embedder: PairEmbedder) -> None:
    with PassageStore(tmp_path, embedder.name, 64) as store:
        passages = add_document(store, embedder, "甲")

    class Broken(PairEmbedder):
        name = "other"

        def passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
            raise KeyboardInterrupt

    with PassageStore(tmp_path, "other", 64, rebuilding=True) as store, pytest.raises(KeyboardInterrupt):
        store.rebuild(Broken())
    with PassageStore(tmp_path, embedder.name, 64) as store:
        assert store.passages() == passages
        assert len(store._client.list_collections() if store._client else []) == 2


def test_an_empty_store_takes_any_model(tmp_path: Path, embedder: PairEmbedder) -> None:
    PassageStore(tmp_path, "other", 8).close()
    with PassageStore(tmp_path, embedder.name, 64) as store:
        add_document(store, embedder, "甲")
        assert len(store.passages()) == 6


def test_a_folder_that_cannot_be_written_to_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "文件").write_text("")
    with pytest.raises(StoreError, match="不能写入"):
        PassageStore(tmp_path / "文件" / "库", "a", 2)


def test_a_damaged_store_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "chroma").mkdir()
    (tmp_path / "chroma" / "chroma.sqlite3").write_bytes(b"no database" * 1_000)
    with pytest.raises(StoreError):
        PassageStore(tmp_path, "a", 2)


def test_a_server_that_is_not_there_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"连不上 Chroma 服务 127.0.0.1:9"):
        PassageStore(tmp_path, "a", 2, host="127.0.0.1", port=9)


def test_the_index_finds_what_exact_search_finds(tmp_path: Path) -> None:
    chance = np.random.default_rng(1)
    vectors = chance.normal(size=(1_500, 64)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    with PassageStore(tmp_path, "a", 64) as store:
        store.add(document_of("甲"), passages_of("甲", len(vectors)), vectors)
        shares = []
        for asked in vectors[::50]:
            exact = {f"甲-{at}" for at in np.argsort(-(vectors @ asked))[:20]}
            shares.append(len(exact & {one.passage.id for one in store.nearest(asked, 20)}) / 20)
    assert np.mean(shares) >= 0.99
