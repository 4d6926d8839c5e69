"""Ingest measured: against bare embedding, in memory, and what reading ahead pays.

python -m evals.bench.ingest [FILES] — needs the embedded embedding model; about two minutes on two idle cores.
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from evals.generated import speech
from speech.docx import to_docx
from speech.parse import parse
from vectorstore.ahead import read_ahead, reading
from vectorstore.documents import SourceDocument
from vectorstore.embed import Embedder, LocalEmbedder, Vectors
from vectorstore.files import Found, listed
from vectorstore.fingerprint import fingerprint
from vectorstore.ingest import ingest
from vectorstore.known import Known, Likeness
from vectorstore.store import PassageStore

FILES = 24
READ = 60
ROUNDS = 2
MANY = 10_000

Row = tuple[str, str, str, str]


class HashedEmbedder:
    """Vectors from the texts' hashes, at no cost: what remains is the rest of an ingest."""

    name, dimensions = "bench/hashed", 384

    def passages(self, texts: Sequence[str]) -> Vectors:
        return np.stack([self.query(text) for text in texts]) if texts else np.empty((0, self.dimensions), np.float32)

    def query(self, text: str) -> Vectors:
        vector = np.random.default_rng(abs(hash(text))).standard_normal(self.dimensions, np.float32)
        return np.asarray(vector / np.linalg.norm(vector), np.float32)


def main() -> None:
    if sys.argv[1:2] == ["--peak"]:
        print(_peak(int(sys.argv[2])))
        return
    files = int(sys.argv[1]) if len(sys.argv) > 1 else FILES
    table = Table("measure", "value", "goal", "", box=None)
    for row in (*_speed(files), *_memory(files), *_reading(), _doubles()):
        table.add_row(*row)
    Console(soft_wrap=True, width=130).print(table)


def _written(folder: Path, numbers: range, suffix: str = ".txt") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for number in numbers:
        text = speech(number)
        path = folder / f"{number:05}{suffix}"
        if suffix == ".docx":
            to_docx(parse(text), path)
        else:
            path.write_text("<p>" + text.replace("\n", "<p>") if suffix == ".html" else text, encoding="utf-8")
    return folder


def _timed(work: Callable[..., object], *given: object) -> float:
    started = time.perf_counter()
    work(*given)
    return time.perf_counter() - started


def _spent(work: Callable[..., object], *given: object) -> tuple[float, float]:
    """Seconds by the clock, and of processor time in all threads."""
    processor = time.process_time()
    seconds = _timed(work, *given)
    return seconds, time.process_time() - processor


def _ingested(folder: Path, home: Path, embedder: Embedder) -> int:
    with PassageStore(home, embedder.name, embedder.dimensions) as store:
        return sum(row.passages for row in ingest([folder], store, embedder))


def _speed(files: int) -> list[Row]:
    """Passages a second in an ingest and in the bare embedder, by turns in one run, so that both meet the same machine."""
    embedder = LocalEmbedder()
    with tempfile.TemporaryDirectory() as place:
        folder = _written(Path(place, "files"), range(files))
        empty = Known([])
        texts = [p.indexed for one in listed([folder]) for s in reading(one, empty).speeches for p in s.passages]
        # Neither side pays for the first start of the engine and of the store.
        embedder.passages(texts[:16])
        _ingested(_written(Path(place, "first"), range(1)), Path(place, "warm"), HashedEmbedder())
        _, beside = _spent(_ingested, folder, Path(place, "hashed"), HashedEmbedder())
        bare = whole = embedding = 0.0
        for turn in range(ROUNDS):
            seconds, processor = _spent(embedder.passages, texts)
            bare, embedding = bare + seconds, embedding + processor / ROUNDS
            whole += _timed(_ingested, folder, Path(place, f"store{turn}"), embedder)
        again = _timed(_ingested, folder, Path(place, "store0"), embedder)
    total = ROUNDS * len(texts)
    return [
        (
            "ingest ÷ bare embedder, passages a second",
            f"{bare / whole:.2f}",
            "≥ 0.90",
            f"{total / whole:.1f} ÷ {total / bare:.1f}",
        ),
        (
            "embedding, of the processor time of an ingest",
            f"{embedding / (embedding + beside):.3f}",
            "≥ 0.90",
            f"{embedding:.1f} s, and {beside:.2f} s for all else; holds on a busy machine too",
        ),
        ("the same files again, files a second", f"{files / again:.0f}", "", "nothing changed; opening the store included"),
    ]


def _peak(files: int) -> float:
    """The peak memory of this process, in MB, once it has ingested so many files."""
    with tempfile.TemporaryDirectory() as place:
        _ingested(_written(Path(place, "files"), range(files)), Path(place, "store"), HashedEmbedder())
    return int(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0]) / 1024


def _memory(files: int) -> list[Row]:
    few, many = files * 5, files * 20
    peaks = []
    for count in (few, many):
        command = [sys.executable, "-m", "evals.bench.ingest", "--peak", str(count)]
        peaks.append(float(subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, check=True).stdout))
    each = 1024 * (peaks[1] - peaks[0]) / (many - few)
    return [
        (
            f"peak memory of {many} files and of {few}, MB",
            f"{peaks[1]:.0f} and {peaks[0]:.0f}",
            "flat",
            f"{each:.0f} KB a file more, index included",
        )
    ]


def _reading() -> list[Row]:
    rows = []
    for suffix in (".txt", ".html", ".docx"):
        with tempfile.TemporaryDirectory() as place:
            found = listed([_written(Path(place), range(READ), suffix)])
            seconds = {threads: _timed(_read_all, found, threads) for threads in (1, 2, 4)}
            with ProcessPoolExecutor(2) as pool:
                list(pool.map(_read_alone, found[:2]))
                processes = _timed(_read_apart, pool, found)
        said = " · ".join(f"{threads} thr {1000 * took / READ:.0f}" for threads, took in seconds.items())
        rows.append((f"reading a {suffix} file, ms", said, "", f"two processes {1000 * processes / READ:.0f}"))
    return rows


def _read_all(found: list[Found], threads: int) -> None:
    for _ in read_ahead(found, Known([]), threads):
        pass


def _read_apart(pool: ProcessPoolExecutor, found: list[Found]) -> list[str]:
    return list(pool.map(_read_alone, found, chunksize=4))


def _read_alone(found: Found) -> str:
    return reading(found, Known([])).sha256


def _doubles() -> Row:
    chance = np.random.default_rng(1)
    known = Known(
        SourceDocument(
            id=str(at), name=str(at), sha256=str(at), title="", shingles=1_500, signature=chance.integers(0, 2**31, 256, np.uint32).astype(">u4").tobytes().hex()
        )
        for at in range(MANY)
    )  # fmt: skip
    marks = [fingerprint(speech(number)) for number in range(50)]
    took = _timed(lambda: [known.double(mark, lambda one: Likeness(one, 0.0, 0.0), lambda one: False) for mark in marks])
    return (f"looking for doubles among {MANY} documents, ms", f"{1000 * took / len(marks):.1f}", "", "compared all at once")


if __name__ == "__main__":
    main()
