"""Which code made something: a hash of every file that has a part in it."""

import hashlib
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
READING = ("speech", "vectorstore")  # what a corpus is read and searched with
WRITING = (*READING, "agent", "prompts")
WRITING_HERE = ("ablations", "baselines", "corpora", "meter", "scripted", "targets", "told")


@cache
def reading() -> str:
    """The version of what fills a corpus."""
    return _hash(READING)


@cache
def writing() -> str:
    """The version of all that has a part in what a target writes; the templates are told apart by their own hashes."""
    return _hash(WRITING, WRITING_HERE)


def _hash(rooms: tuple[str, ...], here: tuple[str, ...] = ()) -> str:
    files = [file for room in rooms for file in (ROOT / room).rglob("*") if file.suffix in (".py", ".yaml", ".txt")]
    files += [ROOT / "evals" / f"{name}.py" for name in here]
    whole = hashlib.sha256()
    for file in sorted(files):
        whole.update(file.relative_to(ROOT).as_posix().encode() + b"\0" + hashlib.sha256(file.read_bytes()).digest())
    return whole.hexdigest()[:12]
