"""A crowd of passages for measuring speed: sentences of the bundled samples shuffled, vectors perturbed from real ones."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from speech.brief import Genre
from vectorstore.documents import SourceDocument
from vectorstore.embed import Vectors
from vectorstore.passages import BODY, Passage, cut
from vectorstore.read import read

A_DOCUMENT = 200  # passages
_SENTENCES = (4, 9)
# Perturbed vectors keep a cosine of about 0.93 to the one they were made from: passages on one topic.
_NOISE = 0.4
_GENRES = (Genre.SPEECH, Genre.EXCHANGE, Genre.REPORT, Genre.SEMINAR)
_ERAS = ((0, 9999), (2016, 2020), (2018, 2022), (2022, 2025), (2024, 9999), (2025, 9999))


class GivenVectors:
    """An embedder whose vectors are given: a search is timed apart from the embedding of its query."""

    def __init__(self, name: str, queries: dict[str, Vectors]) -> None:
        self.name = name
        self._queries = queries
        self.dimensions = len(next(iter(queries.values())))

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Never asked for."""
        raise NotImplementedError

    def query(self, text: str) -> Vectors:
        """The vector that was given for `text`."""
        return self._queries[text]


def perturbed(vectors: Vectors, count: int, chance: np.random.Generator) -> Vectors:
    """`count` unit vectors, each near one of `vectors`."""
    chosen = vectors[chance.integers(0, len(vectors), count)]
    noise = chance.standard_normal(chosen.shape, np.float32) * np.float32(_NOISE / np.sqrt(chosen.shape[1]))
    moved = chosen + noise
    return np.asarray(moved / np.linalg.norm(moved, axis=1, keepdims=True), np.float32)


def documents(files: list[Path], count: int, chance: np.random.Generator) -> Iterator[tuple[SourceDocument, list[Passage]]]:
    """Documents with `count` passages in all, made of the sentences of `files`, with roles, genres and eras by chance."""
    sentences = [
        found for file in files for passage in cut(read(file)) for found in re.findall(r"[^。！？\n]+[。！？]", passage.text)
    ]
    for number in range(0, count, A_DOCUMENT):
        identity = f"d{number:07d}"
        genre = _GENRES[chance.integers(len(_GENRES))]
        since, until = _ERAS[chance.integers(len(_ERAS))]
        passages = []
        for position in range(min(A_DOCUMENT, count - number)):
            chosen = chance.choice(len(sentences), chance.integers(*_SENTENCES), replace=False)
            passages.append(
                Passage(
                    id=f"p{number + position:07d}",
                    document=identity,
                    title="讲话",
                    genre=genre,
                    path="二（一）",
                    heading="",
                    role=BODY[chance.integers(len(BODY))],
                    text="".join(sentences[at] for at in chosen),
                    position=position,
                    since=since,
                    until=until,
                )
            )
        record = SourceDocument(
            id=identity,
            name=identity,
            sha256=identity,
            title="讲话",
            genre=genre,
            passages=len(passages),
            since=since,
            until=until,
        )
        yield record, passages
