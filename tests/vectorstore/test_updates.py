"""What a folder holds now is what the store holds: files changed, renamed and taken away, and runs that were killed."""

import os
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from evals.generated import speech
from speech.errors import StoreError
from tests.vectorstore.documents import zipped
from tests.vectorstore.speeches import GRID, PairEmbedder
from vectorstore import understood
from vectorstore.ingest import IngestRow, ingest
from vectorstore.known import Known
from vectorstore.passages import LAYOUT
from vectorstore.store import PassageStore

ROOT = Path(__file__).parents[2]
Ingest = Callable[..., dict[str, str]]


def _write(folder: Path, numbers: range) -> None:
    folder.mkdir(exist_ok=True)
    for number in numbers:
        (folder / f"{number:02}.txt").write_text(speech(number), encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    _write(tmp_path / "旧稿", range(5))
    return tmp_path / "旧稿"


@pytest.fixture
def run(store: PassageStore, embedder: PairEmbedder, folder: Path) -> Ingest:
    """Ingest a folder (the one of five speeches by default); what became of each file but those unchanged."""

    def said(*paths: Path, prune: bool = False) -> dict[str, str]:
        rows: list[IngestRow] = ingest(paths or [folder], store, embedder, prune=prune)
        return {row.name: row.status.value for row in rows if row.status != "unchanged"}

    assert set(said().values()) == {"added"}
    return said


def _names(store: PassageStore) -> list[str]:
    return [document.name for document in store.documents()]


def test_a_file_taken_away_is_removed(run: Ingest, store: PassageStore, folder: Path) -> None:
    (folder / "03.txt").unlink()
    assert run() == {"03.txt": "removed"}
    assert _names(store) == ["00.txt", "01.txt", "02.txt", "04.txt"]
    assert {passage.document for passage in store.passages()} == {document.id for document in store.documents()}
    assert run() == {}


def test_a_folder_that_lost_more_than_half_keeps_what_it_gave(run: Ingest, store: PassageStore, folder: Path) -> None:
    for name in ("00.txt", "01.txt", "02.txt"):
        (folder / name).unlink()
    assert run() == dict.fromkeys(("00.txt", "01.txt", "02.txt"), "missing")
    assert len(_names(store)) == 5
    assert run(prune=True) == dict.fromkeys(("00.txt", "01.txt", "02.txt"), "removed")
    assert _names(store) == ["03.txt", "04.txt"]


def test_a_folder_that_is_not_there_loses_nothing(run: Ingest, store: PassageStore, folder: Path) -> None:
    folder.rename(folder.with_name("别处"))
    assert run() == {"旧稿": "refused"}
    assert len(_names(store)) == 5
    # Mounted again, it is what it was.
    folder.with_name("别处").rename(folder)
    assert run() == {}


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read anything")
def test_a_folder_that_cannot_be_opened_loses_nothing(run: Ingest, store: PassageStore, folder: Path) -> None:
    _write(folder / "内", range(5, 7))
    run()
    (folder / "内").chmod(0)
    assert run() == {"内": "refused"}
    (folder / "内").chmod(0o700)
    assert len(_names(store)) == 7


def test_a_folder_that_fails_to_list_loses_nothing(
    run: Ingest, store: PassageStore, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _write(folder / "内", range(5, 7))
    run()
    listing = os.scandir

    def scandir(path: str) -> object:
        if str(path).endswith("内"):
            raise PermissionError(13, "Permission denied", str(path))
        return listing(path)

    with monkeypatch.context() as patch:
        patch.setattr(os, "scandir", scandir)
        assert run() == {"内": "refused"}
    assert len(_names(store)) == 7


def test_a_renamed_file_is_not_embedded_again(run: Ingest, store: PassageStore, embedder: PairEmbedder, folder: Path) -> None:
    asked = embedder.asked
    (folder / "年度").mkdir()
    for name in ("00.txt", "01.txt", "02.txt", "03.txt"):
        (folder / name).rename(folder / "年度" / name)
    assert run() == {f"年度/0{number}.txt": "moved" for number in range(4)}
    assert (embedder.asked, _names(store)) == (asked, ["04.txt", *(f"年度/0{number}.txt" for number in range(4))])
    assert run() == {}


def test_what_stands_elsewhere_is_left_alone(run: Ingest, store: PassageStore, folder: Path, tmp_path: Path) -> None:
    _write(tmp_path / "另一处", range(5, 8))
    run(tmp_path / "另一处")
    (folder / "03.txt").unlink()
    assert run(tmp_path / "另一处") == {}
    assert len(_names(store)) == 8
    # Told by the folder above as well.
    assert run(tmp_path)["03.txt"] == "removed"


def test_the_copy_of_a_file_taken_away_takes_its_place(run: Ingest, store: PassageStore, folder: Path) -> None:
    (folder / "副本.txt").write_text(speech(1).replace("，", ","), encoding="utf-8")
    assert run() == {"副本.txt": "duplicate"}
    (folder / "01.txt").unlink()
    assert run() == {"副本.txt": "added", "01.txt": "removed"}
    assert "副本.txt" in _names(store) and "01.txt" not in _names(store)


def test_a_file_that_became_a_copy_gives_up_what_it_held(run: Ingest, store: PassageStore, folder: Path) -> None:
    (folder / "02.txt").write_text(speech(1).replace("，", ","), encoding="utf-8")
    assert run() == {"02.txt": "duplicate"}
    assert _names(store) == ["00.txt", "01.txt", "03.txt", "04.txt"]


def test_a_file_that_is_broken_for_now_keeps_what_it_held(run: Ingest, store: PassageStore, folder: Path) -> None:
    (folder / "02.txt").write_bytes(b"")
    assert run() == {"02.txt": "refused"}
    assert len(_names(store)) == 5


def test_an_archive_is_a_folder(run: Ingest, store: PassageStore, folder: Path) -> None:
    def pack(numbers: range) -> None:
        (folder / "年度.zip").write_bytes(zipped({f"{number}.txt": speech(number).encode() for number in numbers}))

    pack(range(10, 14))
    assert run() == {f"年度.zip/{number}.txt": "added" for number in range(10, 14)}
    pack(range(11, 14))
    assert run() == {"年度.zip/10.txt": "removed"}
    (folder / "年度.zip").write_bytes(b"PK broken")
    assert run() == {"年度.zip": "refused"}
    (folder / "年度.zip").unlink()
    assert run() == {f"年度.zip/{number}.txt": "removed" for number in range(11, 14)}
    assert len(_names(store)) == 5


def test_the_order_of_threads_changes_nothing(embedder: PairEmbedder, folder: Path, tmp_path: Path) -> None:
    _write(folder, range(30))
    (folder / "99.txt").write_text(speech(3).replace("，", ","), encoding="utf-8")
    kept = []
    for threads in (1, 4):
        with PassageStore(tmp_path / f"store{threads}", embedder.name, embedder.dimensions) as store:
            rows = ingest([folder], store, embedder, threads=threads)
            kept.append((rows, store.documents(), store.passages()))
    assert kept[0] == kept[1]
    assert [row.name for row in kept[0][0]] == sorted(row.name for row in kept[0][0])


def test_a_fault_of_ours_in_one_file_does_not_end_the_run(
    store: PassageStore, embedder: PairEmbedder, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = understood.read_loaded

    def faulty(loaded: understood.Loaded) -> understood.Parsed:
        if loaded.name == "02.txt":
            raise ValueError("x")
        return real(loaded)

    monkeypatch.setattr(understood, "read_loaded", faulty)
    rows = {row.name: row for row in ingest([folder], store, embedder)}
    assert rows["02.txt"].status == "refused" and "ValueError" in (rows["02.txt"].reason or "")
    assert sum(row.status == "added" for row in rows.values()) == 4


def test_a_run_killed_at_any_moment_is_gone_on_with(embedder: PairEmbedder, folder: Path, tmp_path: Path) -> None:
    _write(folder, range(14))
    with PassageStore(tmp_path / "whole", embedder.name, embedder.dimensions) as store:
        ingest([folder], store, embedder)
        whole = (store.documents(), store.passages())
    command = [sys.executable, "-m", "tests.vectorstore.killed", str(folder), str(tmp_path / "store")]
    kept = 0
    for lines in (3, 8):
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as running:
            assert running.stdout is not None
            said = [running.stdout.readline().split()[0] for _ in range(lines)]
            running.kill()
        # What was acknowledged is there and is not embedded again.
        assert said.count("unchanged") >= kept
        kept = said.count("added") + said.count("unchanged")
        with PassageStore(tmp_path / "store", embedder.name, embedder.dimensions) as store:
            assert len(store.documents()) >= kept > 0
    with PassageStore(tmp_path / "store", embedder.name, embedder.dimensions) as store:
        rows = ingest([folder], store, embedder)
        assert sum(row.status == "unchanged" for row in rows) >= kept
        assert (store.documents(), store.passages()) == whole
        assert store._passages.count() == len(whole[1])


def test_doubles_are_found_among_many_as_one_by_one() -> None:
    from vectorstore.documents import SourceDocument
    from vectorstore.fingerprint import fingerprint, shingles
    from vectorstore.known import Likeness

    texts = {f"d{number}": speech(number) for number in range(300)}
    marks = {key: fingerprint(text) for key, text in texts.items()}
    known = Known(
        SourceDocument(id=key, name=key, sha256=key, title="", signature=mark.signature, shingles=mark.shingles)
        for key, mark in marks.items()
    )

    def double(text: str) -> str | None:
        own = shingles(text)

        def exact(document: SourceDocument) -> Likeness:
            other = shingles(texts[document.id])
            return Likeness(document, len(own & other) / len(own | other), len(own & other) / len(own))

        found = known.double(fingerprint(text), exact, lambda document: False)
        return found.document.id if found else None

    chance = random.Random(1)
    for key in chance.sample(sorted(texts), 40):
        text = texts[key]
        begin = chance.randrange(len(text) // 2)
        assert double(text.replace("要", "×")) in (key, None)
        assert double(text[: int(len(text) * 0.95)]) == key
        # A quarter of it, the estimate of which alone would be coarse.
        assert double(text[begin : begin + len(text) // 4]) == key
    assert [double(speech(number)) for number in range(1_000, 1_040)] == [None] * 40
    known.drop("d7")
    assert double(texts["d7"]) is None
    assert double(GRID) is None


def _age(store: PassageStore, *names: str, layout: int = 0) -> None:
    """Make the documents of these names (of all, where none are given) look as if another program had cut them."""
    for document in store.documents():
        if not names or document.name in names:
            store.record(document.model_copy(update={"layout": layout}))
    store._documents.modify(metadata={"revision": "an older program's"})


def _opened(store: PassageStore, embedder: PairEmbedder, renewing: bool = False) -> PassageStore:
    store.close()
    return PassageStore(store.folder, embedder.name, embedder.dimensions, renewing=renewing)


def test_what_an_older_program_cut_is_refused_until_it_is_read_anew(
    run: Ingest, store: PassageStore, embedder: PairEmbedder, folder: Path
) -> None:
    before = store.passages()
    _age(store)
    with pytest.raises(StoreError, match=r"5 篇文稿由旧版程序装入（如《00.txt》）.*jianggao ingest 路径"):
        _opened(store, embedder)
    with _opened(store, embedder, renewing=True) as old:
        rows = ingest([folder], old, embedder)
        assert {row.status.value for row in rows} == {"replaced"}
        assert {row.reason for row in rows} == {"旧版程序装入过，已重新读取"}
        assert old.passages() == before and len(before) == old._passages.count()
    with _opened(store, embedder) as renewed:
        assert {row.status.value for row in ingest([folder], renewed, embedder)} == {"unchanged"}
    with _opened(store, embedder) as renewed:
        assert (renewed._documents.metadata or {})["layout"] == LAYOUT


def test_what_was_not_given_again_is_told(run: Ingest, store: PassageStore, embedder: PairEmbedder, folder: Path) -> None:
    _age(store, "00.txt", "03.txt")
    with _opened(store, embedder, renewing=True) as old:
        said = {row.name: row.status.value for row in ingest([folder / "00.txt"], old, embedder)}
        assert said == {"00.txt": "replaced", "03.txt": "outdated"}
        old.remove(next(one.id for one in old.documents() if one.name == "03.txt"))
    _opened(store, embedder).close()


def test_an_aged_file_that_was_renamed_or_is_a_copy_now(
    run: Ingest, store: PassageStore, embedder: PairEmbedder, folder: Path
) -> None:
    (folder / "01.txt").rename(folder / "一.txt")
    (folder / "02.txt").write_text((folder / "00.txt").read_text(encoding="utf-8").replace("，", ","), encoding="utf-8")
    _age(store)
    with _opened(store, embedder, renewing=True) as old:
        said = {row.name: row.status.value for row in ingest([folder], old, embedder)}
        assert said == {
            "00.txt": "replaced",
            "02.txt": "duplicate",
            "03.txt": "replaced",
            "04.txt": "replaced",
            "一.txt": "replaced",
        }
        assert _names(old) == ["00.txt", "03.txt", "04.txt", "一.txt"]
    _opened(store, embedder).close()


def test_what_a_newer_program_cut_is_refused(run: Ingest, store: PassageStore, embedder: PairEmbedder) -> None:
    _age(store, "00.txt", layout=LAYOUT + 1)
    for renewing in (False, True):
        with pytest.raises(StoreError, match="请升级 jianggao"):
            _opened(store, embedder, renewing)
