"""understood(loaded): a file's speeches with their passages and fingerprints; a long text in a process that can be ended."""

import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter

from speech.errors import FileRefused
from vectorstore.extract.__main__ import hold_to
from vectorstore.fingerprint import Fingerprint, fingerprint
from vectorstore.load import Loaded
from vectorstore.passages import Passage, cut
from vectorstore.read import Parsed, read_loaded

# Characters. A speech has some 20,000 at most and takes less than a second, and none of what was tried on the reader took a text
# of this length more than a few; a longer one may have been made to take minutes.
LONG = 50_000
# Processor time and address space of the process that reads a long text; on a busy machine the clock runs faster.
SECONDS, MEGABYTES = 60, 4_096
_PATIENCE = 4


@dataclass(frozen=True)
class Understood:
    """A speech with its passages and its fingerprint. `remark`: what of its file could not be read."""

    parsed: Parsed
    passages: Sequence[Passage]
    mark: Fingerprint
    remark: str = ""


_SPEECHES: TypeAdapter[tuple[Understood, ...]] = TypeAdapter(tuple[Understood, ...])
_ROOT = str(Path(__file__).parents[1])
_PROGRAM = "import sys; sys.path.insert(0, sys.argv[1]); from vectorstore.understood import main; main()"


def understood(loaded: Loaded) -> tuple[Understood, ...]:
    """The speeches in a file whose text is at hand. Raises FileRefused where nothing in it can be kept, or it takes too long."""
    found = _here(loaded) if len(loaded.text) <= LONG else _apart(loaded)
    if not any(one.passages for one in found):
        raise FileRefused(f"《{loaded.name}》里没有读到正文")
    return found


def body(passages: Iterable[Passage]) -> str:
    """The text by which documents are compared."""
    return "\n".join(passage.text for passage in passages)


def main() -> None:
    """The other process: a text from standard input, its speeches on standard output."""
    hold_to(MEGABYTES, SECONDS)
    found = _here(Loaded.model_validate_json(sys.stdin.buffer.read()))
    sys.stdout.buffer.write(_SPEECHES.dump_json(found))


def _here(loaded: Loaded) -> tuple[Understood, ...]:
    parsed = read_loaded(loaded)
    passages = cut(parsed)
    return (Understood(parsed, passages, fingerprint(body(passages)), loaded.remark),)


def _apart(loaded: Loaded) -> tuple[Understood, ...]:
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-c", _PROGRAM, _ROOT],
            input=loaded.model_dump_json().encode(),
            capture_output=True,
            timeout=_PATIENCE * SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise FileRefused(f"《{loaded.name}》读取超过 {_PATIENCE * SECONDS} 秒，已放弃", _SPLIT) from error
    if done.returncode != 0:
        raise FileRefused(f"《{loaded.name}》读取时超出时间、内存限制，已放弃", _SPLIT)
    return _SPEECHES.validate_json(done.stdout)


_SPLIT = "请拆成单篇再装入"
