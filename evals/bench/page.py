"""The page in a browser: how soon it can be used, how a long draft scrolls and fills. Figures are printed, never asserted.

    python -m evals.bench.page [--length 10000] [--loads 10]

Needs Chromium and playwright. A frame counts as missed where it took longer than two of a 60 Hz screen.
"""

import argparse
import os
import shutil
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from agent.drafts import DraftParagraph, DraftStore, Status, Why, new_draft
from agent.settings import Settings
from evals.bench.http import BRIEF, p95, server
from evals.bench.server import ROOT
from evals.scripted import PairEmbedder, sentence
from speech.brief import SpeechBrief
from speech.document import characters
from speech.parse import parse
from speech.placeholders import fill_in_sheet
from speech.review import review
from vectorstore.ingest import ingest, samples
from vectorstore.store import PassageStore

WEB = ROOT / "api" / "web"
# Scrolls the whole page in two seconds and gives how long every frame took, in milliseconds.
_SCROLL = """() => new Promise((done) => {
  const frames = [], far = document.documentElement.scrollHeight - innerHeight, begun = performance.now();
  let last = begun;
  const step = (now) => {
    frames.push(now - last);
    last = now;
    scrollTo(0, far * Math.min(1, (now - begun) / 2000));
    if (now - begun < 2000) requestAnimationFrame(step); else done(frames.slice(1));
  };
  requestAnimationFrame(step);
})"""


def long_text(length: int) -> str:
    """A speech of about `length` characters, a gap in every paragraph."""
    each, lines, turn = length // 24, ["在全市城市基层治理推进会上的讲话", "同志们："], 0
    for part in "一二三":
        lines.append(f"{part}、抓好城市基层治理的第{part}件事")
        for below in "一二三四五六七八":
            text = f"（{below}）做实第{part}项工作的第{below}步。全市已建成{below}类网格×个。"
            while len(text) < each:
                text += sentence(turn)
                turn += 1
            lines.append(text)
    return "\n".join(lines) + "\n"


def keep_draft(home: Path, text: str) -> str:
    """A finished draft that says `text`; its id."""
    brief, speech = SpeechBrief.model_validate(BRIEF), parse(text)
    made = {
        "status": Status.COMPLETED,
        "speech": speech,
        "text": text,
        "paragraphs": tuple(DraftParagraph(path=one.path, text=one.text, sources=()) for one in speech.paragraphs()),
        "placeholders": tuple(fill_in_sheet(text)),
        "review": review(text, brief),
    }
    store = DraftStore(Settings(JIANGGAO_HOME=home).database)  # type: ignore[call-arg]
    return store.keep(store.save(new_draft(brief, None)).model_copy(update=made), Why.FIRST).id


def usable(browser: Any, address: str, loads: int) -> list[float]:
    """Milliseconds from the request for the page until one can write into it, every time in a browser that has nothing of it."""
    taken = []
    for _ in range(loads):
        page = browser.new_context().new_page()
        begun = time.perf_counter()
        page.goto(address)
        page.locator("#request").fill("请")
        taken.append(1000 * (time.perf_counter() - begun))
        page.context.close()
    return taken


def long_draft(browser: Any, address: str, draft: str) -> tuple[float, list[float], float]:
    """Milliseconds until a draft is shown, of every frame while it is scrolled, and until an answer stands in it."""
    page = browser.new_context(viewport={"width": 1280, "height": 860}).new_page()
    begun = time.perf_counter()
    page.goto(f"{address}/#/drafts/{draft}")
    page.wait_for_selector(".paper.read")
    shown = 1000 * (time.perf_counter() - begun)
    frames = page.evaluate(_SCROLL)
    page.locator(".sheet input").first.fill("88")
    begun = time.perf_counter()
    page.keyboard.press("Enter")
    page.get_by_text("填好了").wait_for()
    return shown, frames, 1000 * (time.perf_counter() - begun)


def main() -> None:
    """Measure and print."""
    from playwright.sync_api import sync_playwright

    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--length", type=int, default=10_000)
    options.add_argument("--loads", type=int, default=10)
    asked = options.parse_args()
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        raise SystemExit("no Chromium here, no figures")
    home, embedder = Path(tempfile.mkdtemp(prefix="jianggao-bench-")), PairEmbedder()
    try:
        with PassageStore(home / "store", embedder.name, embedder.dimensions) as store:
            ingest([samples()], store, embedder)
        text = long_text(asked.length)
        identity = keep_draft(home, text)
        with server(home, 0, 0, 1) as address, sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=chromium)
            first, *loads = usable(browser, address, asked.loads + 1)
            shown, frames, filled = long_draft(browser, address, identity)
            browser.close()
    finally:
        shutil.rmtree(home)
    files = [path for path in WEB.rglob("*") if path.is_file()]
    table = Table("figure", "measured", "to reach", title=f"The page, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    table.add_row("all files", f"{sum(path.stat().st_size for path in files) / 1000:.0f} KB in {len(files)}", "200 KB")
    table.add_row(
        "usable after, cold, median, p95", f"{first:.0f}, {statistics.median(loads):.0f}, {p95(loads):.0f} ms", "1000 ms"
    )
    table.add_row(f"a draft of {characters(text)} characters, shown after", f"{shown:.0f} ms", "")
    missed = sum(frame > 34 for frame in frames)
    table.add_row("frames while it scrolls, longest, missed", f"{max(frames):.0f} ms, {missed} of {len(frames)}", "no stutter")
    table.add_row("an answer filled in and shown", f"{filled:.0f} ms", "")
    Console().print(table)


if __name__ == "__main__":
    main()
