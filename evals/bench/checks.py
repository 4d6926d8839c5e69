"""What scoring costs: python -m evals.bench.checks. A text of 3,000 characters, first with nothing known, then once more and on."""

import statistics
import time
from collections.abc import Callable
from functools import partial

from rich.console import Console
from rich.table import Table

from evals.checks import CHECKS, Subject, score
from evals.good import TODAY, GoodText, good_texts
from speech.document import characters
from speech.parse import parse
from speech.placeholders import fill_in_sheet
from speech.review import noise
from speech.review.reading import Reading

LENGTH, RUNS = 3000, 20


def _long(texts: list[GoodText]) -> GoodText:
    """The sample nearest to `LENGTH`."""
    return min(texts, key=lambda text: abs(characters(text.text) - LENGTH))


def _milliseconds(job: Callable[[], object]) -> float:
    """Of processor time, so that what else the machine does is not counted."""
    start = time.process_time()
    job()
    return 1000 * (time.process_time() - start)


def _fresh(text: str, turn: int) -> str:
    """The text with a sentence more, so that nothing kept from the last turn helps."""
    return f"{text.rstrip()}\n这件事我们说到做到，说了{'又说' * turn}就要算数。\n"


def main() -> None:
    """Print the times of a whole score, and of each check by itself."""
    good = _long(good_texts())
    sheet = fill_in_sheet(good.text)
    scored = partial(score, brief=good.brief, sources=good.sources, style=good.style, fill_in=sheet, today=TODAY)
    first = _milliseconds(partial(scored, good.text))
    times = [_milliseconds(partial(scored, _fresh(good.text, turn))) for turn in range(RUNS)]
    shown = Table(title=f"评分用时：{characters(good.text)} 字，{len(good.sources)} 篇参考材料，{len(good.brief.facts)} 条事实")
    shown.add_column("项目")
    shown.add_column("毫秒（处理器）", justify="right")
    shown.add_row("首次（含载入词表、读参考材料）", f"{first:.0f}")
    shown.add_row("其后，中位数", f"{statistics.median(times):.0f}")
    shown.add_row("其后，最慢", f"{max(times):.0f}")
    text = _fresh(good.text, RUNS)
    reading = Reading(text, parse(noise.blanked(text)), good.brief, good.sources, TODAY)
    subject = Subject(reading, good.style, tuple(sheet))
    for name, check in CHECKS.items():
        shown.add_row(f"　{name}", f"{_milliseconds(partial(check, subject)):.1f}")
    Console().print(shown)


if __name__ == "__main__":
    main()
