"""The figures of search: `python -m evals.bench.search [FOLDER]`.

Known items: the headings of the level-2 sections of FOLDER's reports, taken out of what is indexed, are to find their own
sections. Speed: a search among 100,000 passages, the embedding of the query apart. FOLDER is the shared corpus where it is
there, else the bundled samples.
"""

import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from evals.bench.crowd import GivenVectors, documents, perturbed
from evals.bench.known_item import KnownItem, KnownItems, known_items
from evals.bench.vectors import KeptVectors
from speech.brief import Genre
from speech.eras import Era
from vectorstore.embed import LocalEmbedder, Vectors
from vectorstore.ingest import samples
from vectorstore.lexicon import best_rows, build, tokens
from vectorstore.passages import Role
from vectorstore.search import PassageSearch
from vectorstore.store import Entry, PassageStore

CROWD = 100_000
K = 10
_RESAMPLES = 10_000
_SPEED_QUERIES = 200
_A_WRITE = 10  # documents
REPORTS = Path(__file__).parents[2] / "../shared/corpus/reports"

Rows = list[tuple[str, str, str]]
Ranks = NDArray[np.int64]
"""For each item the rank at which it was found, from 1; 0 where it was not among the first K."""


def main(folder: Path | None = None, crowd: int = CROWD) -> Rows:
    """Measure, print a table of measure, value and goal, and give its rows."""
    place = folder or (REPORTS if REPORTS.is_dir() else samples())
    items = known_items(sorted(place.glob("*.txt")))
    embedder = KeptVectors(LocalEmbedder())
    vectors = embedder.passages([passage.indexed for passage in items.passages])
    with tempfile.TemporaryDirectory() as temporary:
        rows = _quality(items, vectors, embedder, Path(temporary) / "items")
        rows += _speed(vectors, crowd, Path(temporary) / "crowd")
    table = Table("measure", "value", "goal", title=f"search: {len(items.items)} known items of {len(items.documents)} documents")
    for row in rows:
        table.add_row(*row)
    Console().print(table)
    return rows


def _quality(items: KnownItems, vectors: Vectors, embedder: KeptVectors, place: Path) -> Rows:
    with PassageStore(place, embedder.name, embedder.dimensions) as store:
        _fill(store, items, vectors)
        search = PassageSearch(store, embedder)
        lexicon = build(items.passages, store.revision)

        def hybrid(query: str) -> list[str]:
            return [hit.passage.id for hit in search.search(query, K, per_document=K)]

        def dense(query: str) -> list[str]:
            return [near.passage.id for near in store.nearest(embedder.query(query), K)]

        def words(query: str) -> list[str]:
            return [str(lexicon.ids[row]) for row in best_rows(lexicon.scores(tokens(query)), K)]

        ranks = {name: _ranks(items.items, find) for name, find in (("hybrid", hybrid), ("dense", dense), ("BM25", words))}
        queries = np.stack([embedder.query(item.heading) for item in items.items])
        recall = _recall(store, [passage.id for passage in items.passages], vectors, queries)
    rows = [
        (f"known item, {name}: MRR@10 · recall@10", f"{_mrr(r).mean():.3f} · {(r > 0).mean():.3f}", "")
        for name, r in ranks.items()
    ]
    for other in ("dense", "BM25"):
        low, mean, high = _bootstrap(_mrr(ranks["hybrid"]) - _mrr(ranks[other]))
        rows.append((f"MRR@10, hybrid − {other} alone (95 %, paired bootstrap)", f"{mean:+.3f} [{low:+.3f}, {high:+.3f}]", "> 0"))
        low, mean, high = _bootstrap((ranks["hybrid"] > 0).astype(float) - (ranks[other] > 0))
        rows.append((f"recall@10, hybrid − {other} alone", f"{mean:+.3f} [{low:+.3f}, {high:+.3f}]", ""))
    return [*rows, (f"vector index against exact search, recall@10, {len(items.passages):,} passages", f"{recall:.4f}", "≥ 0.99")]


def _fill(store: PassageStore, items: KnownItems, vectors: Vectors) -> None:
    at = 0
    for document in items.documents:
        own = items.passages[at : at + document.passages]
        store.add(document, own, vectors[at : at + document.passages])
        at += document.passages


def _ranks(items: Sequence[KnownItem], find: Callable[[str], list[str]]) -> Ranks:
    found = []
    for item in items:
        ids = find(item.heading)
        found.append(next((rank for rank, identity in enumerate(ids, 1) if identity in item.passages), 0))
    return np.array(found)


def _mrr(ranks: Ranks) -> NDArray[np.float64]:
    return np.divide(1.0, ranks, where=ranks > 0, out=np.zeros(len(ranks)))


def _bootstrap(differences: NDArray[np.float64]) -> tuple[float, float, float]:
    chance = np.random.default_rng(20261124)
    means = differences[chance.integers(0, len(differences), (_RESAMPLES, len(differences)))].mean(axis=1)
    low, high = np.percentile(means, [2.5, 97.5])
    return float(low), float(differences.mean()), float(high)


def _recall(store: PassageStore, ids: Sequence[str], vectors: Vectors, queries: Vectors) -> float:
    """The share of the K exact neighbours that the index finds; a tie at the K-th place counts as found."""
    similar = queries @ vectors.T
    row_of = {identity: row for row, identity in enumerate(ids)}
    found = 0
    for query, similarities in zip(queries, similar, strict=True):
        least = np.partition(similarities, -K)[-K] - 1e-6
        found += sum(similarities[row_of[identity]] >= least for identity, _ in store.nearest_ids(query, K))
    return found / (K * len(queries))


def _speed(vectors: Vectors, crowd: int, place: Path) -> Rows:
    chance = np.random.default_rng(20261124)
    every = perturbed(vectors, crowd, chance)
    names = [passage.heading for file in (samples(),) for passage in known_items(sorted(file.glob("*.txt"))).items]
    asked = dict(
        zip((f"{name}{at}" for at in range(20) for name in names), perturbed(vectors, _SPEED_QUERIES, chance), strict=False)
    )
    embedder = GivenVectors("bench/given", asked)
    with PassageStore(place, embedder.name, embedder.dimensions) as store:
        started = time.perf_counter()
        ids = _put(store, every, crowd, chance)
        filled = time.perf_counter() - started
        built = _seconds(lambda: PassageSearch(store, embedder).search(next(iter(asked))))
        rows = [
            (f"{crowd:,} passages put into the store, the vector index built", f"{filled:.0f} s", ""),
            ("first search after a change: the word index is built and kept", f"{built:.1f} s", ""),
        ]
        search = PassageSearch(store, embedder)
        loaded = _seconds(lambda: search.search(next(iter(asked))))
        rows.append(("first search of another process: it is mapped into memory", f"{loaded:.2f} s", ""))
        rows += _latencies(search, list(asked), crowd)
        recall = _recall(store, ids, every, np.stack(list(asked.values())))
    return [*rows, (f"vector index against exact search, recall@10, {crowd:,} passages", f"{recall:.4f}", "≥ 0.99")]


def _put(store: PassageStore, vectors: Vectors, crowd: int, chance: np.random.Generator) -> list[str]:
    """Fill the store, some documents a write; the ids of the passages in the order of their vectors."""
    waiting: list[Entry] = []
    ids: list[str] = []
    for document, passages in documents(sorted(samples().glob("*.txt")), crowd, chance):
        waiting.append(Entry(document, passages, vectors[len(ids) : len(ids) + len(passages)]))
        ids += [passage.id for passage in passages]
        if len(waiting) == _A_WRITE or len(ids) == crowd:
            store.add_all(waiting)
            waiting = []
    return ids


def _latencies(search: PassageSearch, queries: Sequence[str], crowd: int) -> Rows:
    asked: tuple[tuple[str, Callable[[str], object]], ...] = (
        ("all", lambda query: search.search(query)),
        ("one role", lambda query: search.search(query, roles=[Role.MEASURE])),
        ("one genre", lambda query: search.search(query, genres=[Genre.SPEECH])),
        ("of an era", lambda query: search.search(query, era=Era(since=2026, until=2026))),
        (
            "role, genre and era",
            lambda query: search.search(query, roles=[Role.MEASURE], genres=[Genre.SPEECH], era=Era(since=2026, until=2026)),
        ),
        ("explained", lambda query: search.explain(query)),
    )
    rows = []
    for name, ask in asked:
        milliseconds = [1000 * _seconds(partial(ask, query)) for query in queries]
        middle, high = np.percentile(milliseconds, [50, 95])
        rows.append((f"a search among {crowd:,}, {name}: p50 · p95", f"{middle:.0f} · {high:.0f} ms", "p95 < 50 ms"))
    return rows


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
