"""Files into the store: once, resumably, a row a file."""

from pathlib import Path

import pytest

from tests.vectorstore.speeches import GRID, PROPERTY, PairEmbedder
from vectorstore.fingerprint import fingerprint, normalised
from vectorstore.ingest import IngestRow, ingest, ingest_loaded, samples
from vectorstore.load import load_bytes
from vectorstore.store import PassageStore


def _said(rows: list[IngestRow]) -> list[tuple[str, str]]:
    return [(row.name, row.status.value) for row in rows]


def test_a_folder_is_taken_in_once(store: PassageStore, embedder: PairEmbedder, corpus: Path) -> None:
    told: list[tuple[int, int, str]] = []
    rows = ingest([corpus], store, embedder, lambda done, total, row: told.append((done, total, row.name)))
    assert _said(rows) == [("物业.txt", "added"), ("网格.txt", "added")]
    assert told == [(1, 2, "物业.txt"), (2, 2, "网格.txt")]
    assert [row.passages for row in rows] == [document.passages for document in store.documents()]
    asked, revision = embedder.asked, store.revision
    assert {row.status.value for row in ingest([corpus], store, embedder)} == {"unchanged"}
    assert (embedder.asked, store.revision) == (asked, revision)


def test_a_changed_file_replaces_what_it_gave(store: PassageStore, embedder: PairEmbedder, corpus: Path) -> None:
    ingest([corpus], store, embedder)
    (corpus / "网格.txt").write_text(GRID.replace("专职网格员", "两名专职网格员"), encoding="utf-8")
    assert _said(ingest([corpus], store, embedder)) == [("物业.txt", "unchanged"), ("网格.txt", "replaced")]
    assert len(store.documents()) == 2
    assert sum("两名专职" in passage.text for passage in store.passages()) == 1


def test_the_same_text_under_other_masks_and_marks_is_kept_out(
    store: PassageStore, embedder: PairEmbedder, tmp_path: Path
) -> None:
    masked = PROPERTY.replace("近年来", "×月×日，××市").replace("三方", "×方")
    for name, text in {
        "a.txt": masked,
        "b.txt": "严禁外传\n\n" + masked.replace("×", "XX").replace("，", ","),
        "c.txt": masked.replace("×", "**"),
        "d.txt": masked,
        "e.txt": masked[: masked.index("二、")],
    }.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    rows = ingest(sorted(tmp_path.glob("*.txt")), store, embedder)
    assert [row.status.value for row in rows] == ["added", *["duplicate"] * 4]
    assert all("《a.txt》" in (row.reason or "") for row in rows[1:])
    assert rows[1].noise == 1
    assert len(store.documents()) == 1


def test_a_file_that_cannot_be_read_is_a_row(store: PassageStore, embedder: PairEmbedder, corpus: Path) -> None:
    (corpus / "坏.docx").write_bytes(b"PK\x03\x04")
    (corpus / "图.png").write_bytes(b"\x89PNG")
    (corpus / "广告.txt").write_text("加微信abcd1234\n扫码入群领取资料", encoding="utf-8")
    rows = ingest([corpus, corpus / "没有.txt"], store, embedder)
    refused = {row.name: row.reason for row in rows if row.status == "refused"}
    assert set(refused) == {"坏.docx", "图.png", "广告.txt", "没有.txt"}
    assert "正文" in (refused["广告.txt"] or "")
    assert len(store.documents()) == 2


def test_a_text_that_breaks_off_is_taken_and_said(store: PassageStore, embedder: PairEmbedder) -> None:
    [row] = ingest_loaded(load_bytes("a.txt", GRID[: GRID.index("每个网格配备")].encode()), store, embedder)
    assert row.status == "added" and "不完整" in (row.reason or "")


def test_files_of_one_name_in_two_folders_are_two_documents(store: PassageStore, embedder: PairEmbedder, tmp_path: Path) -> None:
    for folder, text in (("甲", GRID), ("乙", PROPERTY)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "讲话.txt").write_text(text, encoding="utf-8")
    rows = ingest([tmp_path / "甲" / "讲话.txt", tmp_path / "乙" / "讲话.txt"], store, embedder)
    assert _said(rows) == [("讲话.txt", "added"), ("乙/讲话.txt", "added")]
    # In a later run too: the other folder's file is no new edition of the first.
    assert _said(ingest([tmp_path / "乙"], store, embedder)) == [("讲话.txt", "duplicate")]
    assert len(store.documents()) == 2


def test_a_new_edition_from_another_folder_replaces_the_old(store: PassageStore, embedder: PairEmbedder, tmp_path: Path) -> None:
    for folder, text in (("旧", GRID), ("新", GRID.replace("刚才，三个街道", "刚才，四个街道"))):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "讲话.txt").write_text(text, encoding="utf-8")
        rows = ingest([tmp_path / folder], store, embedder)
    assert _said(rows) == [("讲话.txt", "replaced")]
    assert len(store.documents()) == 1


def test_a_run_killed_in_a_document_goes_on_with_it(
    store: PassageStore, embedder: PairEmbedder, corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(**_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(store._documents, "upsert", killed)
        with pytest.raises(KeyboardInterrupt):
            ingest([corpus], store, embedder)
    rows = ingest([corpus], store, embedder)
    assert {row.status.value for row in rows} == {"added"}
    assert store._passages.count() == sum(row.passages for row in rows) == len(store.passages())


def test_a_run_killed_before_the_old_edition_was_removed_is_brought_to_its_end(
    store: PassageStore, embedder: PairEmbedder, corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ingest([corpus], store, embedder)
    (corpus / "网格.txt").write_text(GRID.replace("专职网格员", "两名专职网格员"), encoding="utf-8")

    def killed(document: str) -> bool:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(store, "remove", killed)
        with pytest.raises(KeyboardInterrupt):
            ingest([corpus], store, embedder)
    assert len(store.documents()) == 3
    ingest([corpus], store, embedder)
    assert len(store.documents()) == 2


def test_fingerprints_measure_likeness() -> None:
    assert normalised("×月×日，XX市**个 x人") == normalised("xx月*日XXX市×个×人")
    grid, prop = fingerprint(GRID), fingerprint(PROPERTY)
    assert grid.likeness(grid) == 1.0
    assert grid.likeness(prop) < 0.1
    head = fingerprint(GRID[: len(GRID) // 2])
    assert head.contained_in(grid) > 0.9 > grid.contained_in(head)
    assert fingerprint("短").likeness(grid) == 0.0
    shingles = [{text[at : at + 5] for at in range(len(text) - 4)} for text in (normalised(GRID), normalised(GRID + PROPERTY))]
    exact = len(shingles[0] & shingles[1]) / len(shingles[0] | shingles[1])
    assert grid.likeness(fingerprint(GRID + PROPERTY)) == pytest.approx(exact, abs=0.08)


def test_the_samples_come_with_the_program() -> None:
    assert samples().is_dir()
    assert samples().name == "samples"


def test_a_whole_text_takes_the_place_of_its_excerpt(store: PassageStore, embedder: PairEmbedder, tmp_path: Path) -> None:
    """Cut by a paywall here, whole and with other masks there: the whole one is kept, whichever comes first."""
    folder = tmp_path / "旧稿"
    folder.mkdir()
    cut_off = GRID[: GRID.index("（二）")]
    (folder / "1 试读.txt").write_text(cut_off + "\n……试读结束，查看全文请充值会员", encoding="utf-8")
    (folder / "2 全文.txt").write_text(GRID.replace("三个街道", "×个街道").replace("，", ","), encoding="utf-8")
    rows = ingest([folder], store, embedder)
    assert _said(rows) == [("1 试读.txt", "added"), ("2 全文.txt", "replaced")]
    assert rows[1].reason == "比《1 试读.txt》完整，已取代"
    assert [document.name for document in store.documents()] == ["2 全文.txt"]
    rows = ingest([folder], store, embedder)
    assert _said(rows) == [("1 试读.txt", "duplicate"), ("2 全文.txt", "unchanged")]
    assert rows[0].reason == "是《2 全文.txt》的一部分"
    (folder / "2 全文.txt").unlink()
    assert _said(ingest([folder], store, embedder, prune=True)) == [("1 试读.txt", "added"), ("2 全文.txt", "removed")]


def test_an_excerpt_of_an_earlier_run_goes(store: PassageStore, embedder: PairEmbedder, tmp_path: Path) -> None:
    for number, text in enumerate((GRID[: GRID.index("（二）")], PROPERTY, GRID + "\n" + PROPERTY)):
        (tmp_path / f"{number}.txt").write_text(text, encoding="utf-8")
        rows = ingest([tmp_path / f"{number}.txt"], store, embedder)
    assert (rows[0].status, rows[0].reason) == ("replaced", "比《0.txt》、《1.txt》完整，已取代")
    assert [document.name for document in store.documents()] == ["2.txt"]
