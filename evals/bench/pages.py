"""The Word file as it prints: the bundled speeches and made-up outlines of every depth, rendered by LibreOffice and read page by page.

`python -m evals.bench.pages [--keep FOLDER]`. Needs soffice and pdftotext (Debian: libreoffice-writer, poppler-utils).
"""

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console
from rich.table import Table

from speech.document import Section, Speech
from speech.docx import Reference, to_docx
from speech.parse import parse
from vectorstore.read import read

SAMPLES = Path(__file__).parents[2] / "vectorstore/samples"
_NUMBER = re.compile(r"—\s*\d+\s*—")
_HEADING = re.compile(r"(?:[一二三四五六七八九十]+、|（[一二三四五六七八九十]+）|\d+\.)[^。\s]{1,24}$")
_ENDS = re.compile(r"[。！？：；，、”）》]$")
_LINES, _CHARACTERS = 22, 28


def main() -> None:
    """Print how many lines the full pages have, how many characters the full lines, and what stands alone at a page's end."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--keep", type=Path, help="keep the Word and PDF files here")
    keep: Path | None = asked.parse_args().keep
    if not (shutil.which("soffice") and shutil.which("pdftotext")):
        sys.exit("LibreOffice or pdftotext is missing: apt-get install libreoffice-writer poppler-utils")
    with tempfile.TemporaryDirectory() as made:
        folder = keep or Path(made)
        folder.mkdir(parents=True, exist_ok=True)
        pages = [page for pdf in _rendered(folder) for page in _pages(pdf)]
    Console().print(_table(pages))


def _speeches() -> Iterator[tuple[str, Speech]]:
    for path in sorted(SAMPLES.glob("*.txt")):
        yield path.stem[:2], parse(read(path).text)
    for n in range(12):
        yield f"made-{n}", _made(n)


def _made(n: int) -> Speech:
    """Headings of their own line on three levels, under texts that are longer with `n`, so that they fall at every place of a page."""
    third = Section(level=3, number="1.", heading="划好边界", paragraphs=("按标准划分。" * 8,))
    second = [
        Section(
            level=2,
            number=f"（{m}）",
            heading="织密体系",
            paragraphs=("要把网格都建好，" * (9 + n) + "建实。",),
            sections=(third,),
        )
        for m in "一二三"
    ]
    first = tuple(Section(level=1, number=f"{m}、", heading="扛起责任", sections=tuple(second)) for m in "一二三四")
    return Speech(
        title="在全市推进会上的讲话",
        byline=("（2026年3月5日）",),
        salutation="同志们：",
        opening=("今天开会。" * (5 + n),),
        sections=first,
        closing=("同志们，干！",),
        signature="市委办公室\n2026年3月5日",
    )


def _rendered(folder: Path) -> list[Path]:
    files = []
    for name, speech in _speeches():
        files.append(folder / f"{name}.docx")
        to_docx(speech, files[-1], sources=[Reference("在全市推进会上的讲话", "一、扛起责任", ("开头", "一（一）"))])
    subprocess.run(["soffice", "--headless", "--convert-to", "pdf", "--outdir", folder, *files], check=True, capture_output=True)
    return [file.with_suffix(".pdf") for file in files]


def _pages(pdf: Path) -> list[list[str]]:
    """The lines of each page, without blanks; the page number is the last."""
    text = subprocess.run(["pdftotext", "-layout", pdf, "-"], check=True, capture_output=True, text=True).stdout
    return [["".join(line.split()) for line in page.splitlines() if line.strip()] for page in text.split("\f") if page.strip()]


def _table(pages: list[list[str]]) -> Table:
    bodies = [[line for line in page if not _NUMBER.fullmatch(line)] for page in pages]
    table = Table("measure", "found", "goal")
    table.add_row("pages", str(len(pages)), "")
    table.add_row(
        "pages without their number", str(sum(len(page) == len(body) for page, body in zip(pages, bodies, strict=True))), "0"
    )
    table.add_row("most lines on a page (blank ones not counted)", str(max(map(len, bodies))), str(_LINES))
    # Lines of Chinese alone, for figures take half the room; those inside a paragraph, which are full.
    chinese = [line for body in bodies for line in body if re.fullmatch(r"[^\x00-\x7f]{20,}", line)]
    full = Counter(len(line) for line in chinese if len(line) >= _CHARACTERS - 2)
    table.add_row("characters in a full line", ", ".join(f"{n}: {count}" for n, count in sorted(full.items())), f"{_CHARACTERS}")
    orphans = [body[-1] for body in bodies if body and _HEADING.fullmatch(body[-1]) and not _ENDS.search(body[-1])]
    table.add_row("headings alone at the end of a page", f"{len(orphans)} {' '.join(orphans[:3])}", "0")
    alone = sum(bool(body) and body[0].startswith("市委办公室") for body in bodies)
    table.add_row("signatures alone on a page", str(alone), "0")
    return table


if __name__ == "__main__":
    main()
