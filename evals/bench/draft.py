"""One draft by the embedded model against bare decoding of as many tokens by the same model, in the same process.

python -m evals.bench.draft [REQUEST] — needs `make setup`; uses a home of its own, filled with the bundled corpus.
"""

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from agent import embedded, tokens
from agent.corpus import corpus, drafter
from agent.drafter import Drafter, Finished
from agent.drafts import Draft
from agent.settings import Settings, read_settings
from agent.understand import understand
from speech.document import characters
from vectorstore.embed import Embedder, Vectors
from vectorstore.ingest import ingest, samples

REQUEST = (
    "请为市委书记起草一篇在全市城市基层治理重点工作推进会上的讲话，约2000字，讲三个方面，突出网格化管理、红色物业和为基层减负"
)


class Timed:
    """An embedder and the seconds spent in it."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self.name, self.dimensions = embedder.name, embedder.dimensions
        self.seconds = 0.0

    def passages(self, texts: Sequence[str]) -> Vectors:
        return self._timed(self._embedder.passages, texts)

    def query(self, text: str) -> Vectors:
        return self._timed(self._embedder.query, text)

    def _timed(self, call: Any, given: Any) -> Vectors:
        started = time.perf_counter()
        try:
            vectors: Vectors = call(given)
            return vectors
        finally:
            self.seconds += time.perf_counter() - started


def main() -> None:
    request = sys.argv[1] if len(sys.argv) > 1 else REQUEST
    models = read_settings().models
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(JIANGGAO_HOME=folder, JIANGGAO_CHAT="local", JIANGGAO_GGUF=str(models / embedded.FILE))  # type: ignore[call-arg]
        started = time.perf_counter()
        with corpus(settings) as (store, embedder):
            ingest([samples()], store, embedder)
        ingested = time.perf_counter() - started
        first = _first_text(settings, request)
        with drafter(settings) as made:
            draft, wall, embedding = _drafted(made, request)
            bare = _bare_decode(settings, draft.usage.completion_tokens)
            printed = tokens.gguf_counter(embedded.model_file(settings.models, settings.gguf))(draft.text)
        _print(draft, wall, embedding, bare, first, ingested, printed)


def _drafted(made: Drafter, request: str) -> tuple[Draft, float, float]:
    """The draft, its wall seconds, and those of them spent in embedding."""
    search, timed = made.search, Timed(made.search._embedder)
    search._embedder, search._asked = timed, lru_cache(timed.query)
    started = time.perf_counter()
    events = list(made.run(made.begin(understand(request), request)))
    wall = time.perf_counter() - started
    assert isinstance(events[-1], Finished)
    return events[-1].draft, wall, timed.seconds


def _bare_decode(settings: Settings, count: int) -> float:
    """Seconds that the model takes to decode `count` tokens in one call on an empty prompt.

    Timed on a thousand at most: a longer text than any that a draft is written in would slow the model down.
    """
    from openai import OpenAI

    endpoint = embedded.serve(embedded.model_file(settings.models, settings.gguf))
    client = OpenAI(base_url=endpoint.base_url, api_key=endpoint.key, timeout=600, max_retries=0)
    started = time.perf_counter()
    answer = client.chat.completions.create(
        model="bare",
        messages=[{"role": "user", "content": "写一篇长文。"}],
        max_tokens=min(count, 1000),
        extra_body={"ignore_eos": True},
    )
    assert answer.usage is not None
    return (time.perf_counter() - started) * count / answer.usage.completion_tokens


def _first_text(settings: Settings, request: str) -> float:
    """Seconds from the start of the command to the first heading that the model worded; the run is then ended."""
    variables = {
        "JIANGGAO_HOME": str(settings.home),
        "JIANGGAO_GGUF": str(settings.gguf),
        "JIANGGAO_CHAT": "local",
        "PATH": "/usr/bin:/bin",
    }
    command = [sys.executable, "-c", "from api.cli import main; main()", "draft", request]
    started = time.perf_counter()
    root = Path(__file__).parents[2]
    with subprocess.Popen(command, cwd=root, env=variables, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as run:
        assert run.stderr is not None
        for line in run.stderr:
            if "，" in line and "拟提纲" in line:
                break
        seconds = time.perf_counter() - started
        run.terminate()
    return seconds


def _print(draft: Draft, wall: float, embedding: float, bare: float, first: float, ingested: float, printed: int) -> None:
    """`bare`: seconds of a bare call for as many tokens as the draft took; `printed`: tokens of its finished text."""
    usage = draft.usage
    of_text = bare * printed / usage.completion_tokens
    fresh = usage.prompt_tokens - usage.cached_tokens
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    rows = (
        (
            "draft, seconds ÷ bare decode of as many tokens",
            f"{wall / bare:.2f}",
            "≤ 2.0",
            f"{wall:.0f} s ÷ {bare:.0f} s, {usage.calls} calls",
        ),
        (
            "the same ÷ bare decode of the finished text alone",
            f"{wall / of_text:.2f}",
            "",
            f"{wall:.0f} s ÷ {of_text:.0f} s for {printed} tokens",
        ),
        (
            "prompt ÷ completion tokens, cached apart",
            f"{fresh / usage.completion_tokens:.2f}",
            "≤ 2.5",
            f"{fresh} ÷ {usage.completion_tokens}",
        ),
        (
            "prompt ÷ completion tokens, cached included",
            f"{usage.prompt_tokens / usage.completion_tokens:.2f}",
            "",
            f"{usage.cached_tokens} cached",
        ),
        (
            "all but model and embedding, ms",
            f"{1000 * (wall - usage.seconds - embedding):.0f}",
            "< 300",
            f"embedding {1000 * embedding:.0f} ms",
        ),
        ("peak memory of the process, GiB", f"{peak:.2f}", "< 2.5", ""),
        ("start to first worded heading, s", f"{first:.1f}", "< 20", ""),
        ("characters", f"{characters(draft.text)}", f"{draft.brief.length}", ""),
        ("ingest of the bundled corpus, s", f"{ingested:.0f}", "", ""),
    )
    table = Table("measure", "value", "goal", "", box=None)
    for row in rows:
        table.add_row(*row)
    Console(soft_wrap=True).print(table)


if __name__ == "__main__":
    main()
