"""Fixtures of the vector store's tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.vectorstore.speeches import GRID, PROPERTY, PairEmbedder
from vectorstore.store import PassageStore


@pytest.fixture
def embedder() -> PairEmbedder:
    return PairEmbedder()


@pytest.fixture
def store(tmp_path: Path, embedder: PairEmbedder) -> Iterator[PassageStore]:
    with PassageStore(tmp_path / "store", embedder.name, embedder.dimensions) as opened:
        yield opened


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    folder.mkdir()
    (folder / "网格.txt").write_text(GRID, encoding="utf-8")
    (folder / "物业.txt").write_text(PROPERTY, encoding="gb18030")
    return folder
