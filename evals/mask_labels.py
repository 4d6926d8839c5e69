"""Placeholder kinds against a set labelled by hand: mask_labels.yaml."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path

import yaml

from speech.masks import PlaceholderKind
from speech.placeholders import find
from vectorstore.clean import readable
from vectorstore.load import Loaded


@cache
def labels() -> dict[str, dict[int, PlaceholderKind]]:
    """By the SHA-256 of a file: the kind of the mask at each offset (see the file)."""
    table = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8"))
    return {
        sha256: {offset: PlaceholderKind(kind) for kind, offsets in kinds.items() for offset in offsets}
        for sha256, kinds in table.items()
    }


def compared(files: Iterable[Loaded]) -> list[tuple[str, int, PlaceholderKind, PlaceholderKind | None]]:
    """Every label of the files among `files`: name, offset, the kind labelled, and the kind told (None: the mask was not seen)."""
    rows: list[tuple[str, int, PlaceholderKind, PlaceholderKind | None]] = []
    for file in {file.sha256: file for file in files}.values():
        wanted = labels().get(file.sha256)
        if wanted is None:
            continue
        told = {placeholder.start: placeholder.kind for placeholder in find(readable(file.text))}
        rows += [(file.name, offset, kind, told.get(offset)) for offset, kind in sorted(wanted.items())]
    return rows
