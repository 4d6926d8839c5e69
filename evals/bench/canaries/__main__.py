"""A thousand requests of two tenants over every route there is, with planted canaries: none crosses.

    python -m evals.bench.canaries [--requests 1000] [--seed 0]

A real `jianggao serve` with two keys. Every document, brief, note, fact, answer and instruction of an office carries its canary;
the other office asks with foreign numbers, the same idempotency keys, and for the words that stand beside the canary. Looked at are
headers and bodies of all answers, Word files unpacked, and every prompt that reached the model.
"""

import argparse
import os
import shutil
import tempfile
import time
from contextlib import ExitStack
from itertools import islice
from pathlib import Path

import httpx
from rich.console import Console
from rich.table import Table

from evals.adversary.server import Mind, Misbehaviour, serving
from evals.adversary.voice import Ask
from evals.bench.canaries.offices import OFFICES
from evals.bench.canaries.run import Found, routes_of, run
from evals.bench.server import ServerProcess, bare_environment


def bench(requests: int, seed: int) -> Found:
    """Start a server, and ask it."""
    home = Path(tempfile.mkdtemp(prefix="jianggao-canaries-"))
    keys = {office.name: office.key for office in OFFICES}
    try:
        with serving() as endpoint, ExitStack() as clients:
            endpoint.mind = Mind(Misbehaviour("honest"))
            environment = bare_environment(
                JIANGGAO_HOME=str(home),
                OPENAI_BASE_URL=endpoint.base_url,
                OPENAI_API_KEY="none",
                JIANGGAO_CHAT="openai",
                JIANGGAO_EMBEDDINGS="openai",
                JIANGGAO_API_KEYS=",".join(f"{name}:{key}" for name, key in keys.items()),
            )
            server = ServerProcess(environment, home / "serve.log")
            try:
                server.start()
                server.wait_ready()

                def connect(name: str) -> httpx.Client:
                    headers = {"Authorization": f"Bearer {keys[name]}"}
                    client = httpx.Client(base_url=server.address, headers=headers, timeout=120, trust_env=False)
                    return clients.enter_context(client)

                document = httpx.get(f"{server.address}/openapi.json", trust_env=False).json()
                prompts = lambda: [Ask(body["messages"], 0).prompt for body in endpoint.mind.asked]  # noqa: E731
                return run(connect, prompts, requests, seed, routes_of(document))
            finally:
                server.kill()
    finally:
        shutil.rmtree(home)


def shown(found: Found, seconds: float) -> Table:
    title = f"{found.routes.total()} requests, {seconds:.0f} s, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
    table = Table("what", "measured", "to reach", title=title)
    table.add_row("routes called", f"{len(found.routes)}, the least {min(found.routes.values())} times", "all")
    table.add_row("with a number of the other office", f"{found.aimed}, {found.refused} answered 404", "all")
    table.add_row("answers that carry the caller's own canary", str(found.owned), "")
    table.add_row("prompts to the model", f"{found.prompts}, {found.prompts_owned} with the canary of their own office", "")
    table.add_row("statuses", ", ".join(f"{status}: {count}" for status, count in sorted(found.statuses.items())), "no 5xx")
    table.add_row("crossed, or amiss", str(len(found.amiss)), "0")
    return table


def main() -> None:
    """Ask, print, and exit with 1 where anything crossed."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--requests", type=int, default=1000)
    options.add_argument("--seed", type=int, default=0)
    asked = options.parse_args()
    begun = time.monotonic()
    found = bench(asked.requests, asked.seed)
    console = Console()
    console.print(shown(found, time.monotonic() - begun))
    for line in islice(found.amiss, 40):
        console.print(line, style="red", markup=False)
    raise SystemExit(bool(found.amiss))


if __name__ == "__main__":
    main()
