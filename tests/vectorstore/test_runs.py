"""A long run that a text shares with any passage of a corpus is found, whatever stands round it."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from speech.overlap import shared_runs
from tests.vectorstore.speeches import PairEmbedder
from vectorstore.ingest import ingest, samples
from vectorstore.runs import FOUND, Runs
from vectorstore.search import PassageSearch
from vectorstore.store import PassageStore

SIGNS = "治理群众网格物业责任落实党建引领服务矛盾，。、"
PASSAGES = st.lists(st.text(SIGNS, max_size=90), min_size=1, max_size=6)


@given(PASSAGES, st.data())
def test_a_run_is_found_wherever_it_begins(texts: list[str], data: st.DataObject) -> None:
    text = data.draw(st.sampled_from(texts))
    start = data.draw(st.integers(0, max(0, len(text) - FOUND)))
    run = text[start : start + FOUND + data.draw(st.integers(0, 20))]
    found = Runs(texts).near(f"前言{run}后语")
    assert text in found if len(run) >= FOUND else True
    assert set(found) <= set(texts)


@given(PASSAGES, st.text(SIGNS, max_size=90))
def test_nothing_is_missed_that_is_found_letter_for_letter(texts: list[str], text: str) -> None:
    found = Runs(texts).near(text)
    assert all(one in found for one in texts if shared_runs(text, [one], FOUND))


def test_marks_masks_and_blanks_do_not_hide_a_run() -> None:
    kept = "全市已划分网格**个，配备专职网格员XX名；底数清、情况明，群众看得见。"
    said = "全市 已划分网格1632个、配备专职网格员 2100名，底数清，情况明、群众看得见"
    assert Runs([kept]).near(said) == [kept]


def test_an_empty_corpus_and_an_empty_text() -> None:
    assert Runs([]).near("要把群众最急最盼的事情一件一件写在账本上，办完一件划掉一件。") == []
    assert Runs(["一段"]).near("") == []


def test_the_runs_of_a_search_follow_its_store(tmp_path: Path) -> None:
    embedder = PairEmbedder()
    first, second = sorted(samples().iterdir())[:2]
    with PassageStore(tmp_path / "store", embedder.name, embedder.dimensions) as store:
        ingest([first], store, embedder)
        search = PassageSearch(store, embedder)
        before = search.runs()
        assert search.runs() is before
        ingest([second], store, embedder)
        added = [passage for passage in store.passages() if not before.near(passage.text)]
        assert added and all(search.runs().near(passage.text) for passage in added if len(passage.text) > 2 * FOUND)
