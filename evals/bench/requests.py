"""How many fields of a request are read as its label says: a row a field, for each set of labelled requests.

`--misses` prints every field that was read otherwise.
"""

import argparse
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from rich.console import Console
from rich.table import Table

from agent.understand import understand
from speech.brief import Genre, SpeechBrief, brief_from
from speech.errors import BriefError

FOLDER = Path(__file__).parents[1]
SETS = ("requests", "requests_held_out")
FIELDS = tuple(name for name in SpeechBrief.model_fields if name != "notes")


def labelled(name: str) -> list[tuple[str, SpeechBrief]]:
    """The requests of a set, each with the brief that it states."""
    entries = yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
    return [(entry.pop("request"), brief_from(entry)) for entry in entries]


def misread(request: str, label: SpeechBrief) -> Iterator[tuple[str, Any, Any]]:
    """(field, as labelled, as read) for every field read otherwise; a request that is refused has all its told fields wrong."""
    try:
        read: SpeechBrief | None = understand(request)
    except BriefError:
        read = None
    for name in FIELDS:
        wanted, got = getattr(label, name), getattr(read, name) if read else None
        told = wanted not in (None, ()) and not (name == "genre" and wanted == Genre.SPEECH)
        if wanted != got and (read or told):
            yield name, wanted, got


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--misses", action="store_true")
    asked = parser.parse_args()
    console, table = Console(width=200), Table("field", *(f"{name}: right / told" for name in SETS))
    wrong, told, sizes = Counter[tuple[str, str]](), Counter[tuple[str, str]](), {}
    for name in SETS:
        entries = labelled(name)
        sizes[name] = len(entries)
        for request, label in entries:
            told.update((name, field) for field in FIELDS if getattr(label, field) not in (None, ()))
            for field, wanted, got in misread(request, label):
                wrong[name, field] += 1
                if asked.misses:
                    console.print(f"{name}: {request[:40]!r} {field}: {wanted!r}, read {got!r}", markup=False, highlight=False)
    for field in FIELDS:
        table.add_row(field, *(f"{sizes[name] - wrong[name, field]}/{sizes[name]}, told {told[name, field]}" for name in SETS))
    rates = [100 * (1 - sum(wrong[name, f] for f in FIELDS) / max(1, sizes[name] * len(FIELDS))) for name in SETS]
    table.add_row("all", *(f"{rate:.1f} %" for rate in rates))
    console.print(table)


if __name__ == "__main__":
    main()
