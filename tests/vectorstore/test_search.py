"""Search by meaning and by word."""

from pathlib import Path
from typing import Never

import pytest

from speech.brief import Genre
from speech.eras import Era
from tests.vectorstore.speeches import PairEmbedder, add_document, document_of, passages_of
from vectorstore.documents import SourceDocument
from vectorstore.embed import LocalEmbedder
from vectorstore.ingest import ingest
from vectorstore.lexicon import build, keep, kept
from vectorstore.passages import BODY, Passage, Role
from vectorstore.search import Decision, PassageSearch, tokens
from vectorstore.store import PassageStore


@pytest.fixture
def search(store: PassageStore, embedder: PairEmbedder, corpus: Path) -> PassageSearch:
    ingest([corpus], store, embedder)
    return PassageSearch(store, embedder)


def test_the_passage_about_it_comes_first(search: PassageSearch) -> None:
    hits = search.search("物业企业公开收费标准，收集居民意见", 4)
    assert hits[0].passage.heading == "服务沉到楼栋"
    assert hits[0].lexical_rank == 1
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert all(0 < hit.score <= 1 for hit in hits)


def test_roles_and_genres_narrow_the_search(search: PassageSearch) -> None:
    closings = search.search("让我们抓出成效", 9, roles=[Role.CLOSING])
    assert {hit.passage.role for hit in closings} == {Role.CLOSING}
    assert closings[0].passage.genre == Genre.SPEECH
    exchanges = search.search("网格", 9, genres=[Genre.EXCHANGE])
    assert exchanges and {hit.passage.genre for hit in exchanges} == {Genre.EXCHANGE}


def test_nothing_is_asked_nothing_is_found(search: PassageSearch) -> None:
    assert search.search(" \n") == []
    assert search.search("网格", 0) == []
    assert search.search("，。", 3, roles=[Role.CLOSING])[0].lexical_rank is None


def test_an_empty_store_gives_nothing(store: PassageStore, embedder: PairEmbedder) -> None:
    assert PassageSearch(store, embedder).search("网格") == []


def test_no_document_gives_more_than_its_share(search: PassageSearch) -> None:
    strict = search.search("网格员在网格里解决群众问题", 8, per_document=1)
    assert len(strict) == 2
    assert len({hit.passage.document for hit in strict}) == 2
    # Without a limit the hits are spread, but not left empty where one document has the rest.
    assert len(search.search("网格员在网格里解决群众问题", 7)) == 7


def test_the_same_text_is_given_once(store: PassageStore, embedder: PairEmbedder) -> None:
    for document in ("甲", "乙"):
        passage = Passage(
            id=document,
            document=document,
            title="",
            genre=None,
            path="一",
            heading="",
            role=Role.MEASURE,
            text="抓好落实。",
            position=0,
        )
        record = SourceDocument(id=document, name=document, sha256=document, title="")
        store.add(record, [passage], embedder.passages([passage.text]))
    assert len(PassageSearch(store, embedder).search("抓好落实")) == 1


def test_a_change_of_the_store_is_seen(search: PassageSearch, store: PassageStore) -> None:
    found = search.search("楼栋长收集意见", 1)[0].passage
    store.remove(found.document)
    assert all(hit.passage.document != found.document for hit in search.search("楼栋长收集意见", 5))


def test_an_era_narrows_the_search_and_keeps_what_nothing_dates(store: PassageStore, embedder: PairEmbedder) -> None:
    for name, since, until in (("旧", 2017, 2020), ("新", 2023, 9999), ("无", 0, 9999)):
        passage = Passage(
            id=name, document=name, title="", genre=None, path="一", heading="", role=Role.MEASURE,
            text=f"{name}文：抓好落实。", position=0, since=since, until=until,
        )  # fmt: skip
        store.add(SourceDocument(id=name, name=name, sha256=name, title=""), [passage], embedder.passages([passage.text]))
    search = PassageSearch(store, embedder)

    def found(era: Era) -> set[str]:
        return {hit.passage.id for hit in search.search("抓好落实", era=era)}

    assert found(Era(since=2026, until=2026)) == {"新", "无"}
    assert found(Era(since=2018, until=2019)) == {"旧", "无"}
    assert found(Era(since=2019, until=2024)) == {"旧", "新", "无"}

    hits = search.search("旧文：抓好落实。", prefer=Era(since=2026, until=2026))
    assert {hit.passage.id for hit in hits[:2]} == {"新", "无"} and hits[2].passage.id == "旧"


def test_a_search_is_explained(search: PassageSearch) -> None:
    query = "物业企业公开收费标准，收集居民意见"
    report = search.explain(query, 2, per_document=1)
    assert [one.hit for one in report.hits] == search.search(query, 2, per_document=1)
    first = report.hits[0]
    assert first.hit.score == pytest.approx(first.dense_share + first.lexical_share)
    by_terms = sum(term.weight for term in first.terms)
    assert first.hit.lexical_score == pytest.approx(by_terms + first.from_section, rel=1e-3)
    assert {"物业", "收费"} <= {term.text for term in first.terms} and first.decision is Decision.TAKEN
    assert Decision.DOCUMENT_FULL in {one.decision for one in report.passed_over}
    every = search.explain(query, 7)
    assert Decision.FILLED in {one.decision for one in every.hits}
    assert {one.hit.passage.id for one in (*every.hits, *every.passed_over)} == {p.id for p in search._store.passages()}
    assert search.explain(" ", 3).hits == ()


def test_a_passage_has_something_of_its_section() -> None:
    one, two, apart = (
        passage.model_copy(update={"text": text, "path": path})
        for passage, text, path in zip(
            passages_of("甲", 3),
            ("楼道照明及时维修。", "电梯故障当天处置。", "电梯年检按期办理。"),
            ("一", "一", "二"),
            strict=True,
        )
    )
    made = build([one, two, apart], "r1")
    scores = made.scores(tokens("楼道照明"))
    assert scores[0] > 0 and scores[1] == scores[2] == 0
    assert made.from_sections(scores).tolist() == [0, pytest.approx(scores[0]), 0]


def test_a_few_meant_among_many_are_found(store: PassageStore, embedder: PairEmbedder) -> None:
    add_document(store, embedder, "甲", 400)
    rare = passages_of("乙", 3, Genre.SEMINAR)
    store.add(document_of("乙"), rare, embedder.passages([passage.text for passage in rare]))
    hits = PassageSearch(store, embedder).search("甲第7段", 5, genres=[Genre.SEMINAR])
    assert {hit.passage.id for hit in hits} == {passage.id for passage in rare}


def test_the_word_index_is_kept_and_read_again(
    search: PassageSearch, store: PassageStore, embedder: PairEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    query, roles = "公开收费标准，收集居民意见", [Role.PRACTICE, Role.MEASURE]
    asked = search.explain(query, 3, roles=roles)

    def refused(*_: object) -> Never:
        raise AssertionError("built anew")

    with monkeypatch.context() as patch:
        patch.setattr("vectorstore.search.build", refused)
        assert PassageSearch(store, embedder).explain(query, 3, roles=roles) == asked
    store.remove(store.documents()[0].id)
    PassageSearch(store, embedder).search(query)
    assert [place.name for place in (store.folder / "words").iterdir()] == [store.revision]


@pytest.mark.parametrize("left", [b"", b"{}", b"\x93NUMPY"])
def test_a_damaged_word_index_is_not_read(tmp_path: Path, left: bytes) -> None:
    made = build(passages_of("甲", 6), "r1")
    for file in ("about.json", "rows.npz", "data.csc.index.npy", "indptr.csc.index.npy", "vocab.index.json", "params.index.json"):
        keep(made, tmp_path)
        assert kept(tmp_path, "r1") is not None
        (tmp_path / "r1" / file).write_bytes(left)
        assert kept(tmp_path, "r1") is None, file
    keep(made, tmp_path)
    assert kept(tmp_path, "r1") is not None and kept(tmp_path, "r2") is None


def test_a_full_disk_is_no_error(search: PassageSearch, store: PassageStore) -> None:
    (store.folder / "words").write_text("in the way")
    assert search.search("收费标准")[0].lexical_rank == 1


def test_pairs_and_figures_are_looked_up() -> None:
    assert tokens("网格化，5G专线3项，党") == ["网格", "格化", "5g", "专线", "3", "项", "党"]
    assert tokens("，。！_") == []


def test_the_embedded_model_finds_by_meaning(tmp_path: Path, corpus: Path) -> None:
    embedder = LocalEmbedder()
    with PassageStore(tmp_path / "e5", embedder.name, embedder.dimensions) as store:
        ingest([corpus], store, embedder)
        hits = PassageSearch(store, embedder).search("住户投诉有人管", 3)
    assert hits[0].dense_rank is not None
    assert {hit.passage.title for hit in hits} & {"在红色物业建设现场会上的交流发言", "在全市网格化管理工作推进会上的讲话"}
    assert hits[0].passage.role in BODY
