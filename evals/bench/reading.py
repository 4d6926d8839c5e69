"""How well files are read: headings, noise, cuts, wrong numbers and promises, joined files, placeholder kinds, speed.

python -m evals.bench.reading [FOLDER] [--half development|held_out] [--seeds N] [--misses] — FOLDER holds clean texts in UTF-8
whose headings stand at the head of a line; without one ../shared/corpus/reports is read, else the bundled samples.
"""

import argparse
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.table import Table

from evals import mask_labels
from evals.corrupt import Corrupted, Damage, corrupt, draw, join
from evals.truth import truth
from evals.wording import Half
from speech.document import Section
from speech.parse import parse
from vectorstore.clean import clean, readable
from vectorstore.ingest import samples
from vectorstore.load import load, load_bytes
from vectorstore.read import Parsed, read_loaded

_REPORTS, _SEEDS = Path("../shared/corpus/reports"), Path("../shared/corpus/seeds")
_NUMBERING = frozenset({"numbering.gap", "numbering.duplicate", "numbering.order", "numbering.form", "numbering.mixed"})
_FOUND = 0.9  # of the signs of a line of noise


@dataclass
class Tally:
    """Hits out of trials, with what was missed."""

    hits: int = 0
    of: int = 0
    missed: list[str] = field(default_factory=list)

    def add(self, hit: bool, what: str) -> None:
        self.of += 1
        self.hits += hit
        if not hit:
            self.missed.append(what)

    @property
    def share(self) -> float:
        return self.hits / self.of if self.of else float("nan")


@dataclass
class Measured:
    """All that is counted over a set of files."""

    numbers: Tally = field(default_factory=Tally)
    noise: Tally = field(default_factory=Tally)
    reasons: Tally = field(default_factory=Tally)
    cuts: Tally = field(default_factory=Tally)
    whole: Tally = field(default_factory=Tally)
    slips: Tally = field(default_factory=Tally)
    unslipped: Tally = field(default_factory=Tally)
    broken: Tally = field(default_factory=Tally)
    kept: Tally = field(default_factory=Tally)
    joined: Tally = field(default_factory=Tally)
    body: int = 0
    lost: int = 0
    lost_from: list[str] = field(default_factory=list)
    seconds: float = 0.0
    bare_seconds: float = 0.0  # of cleaning and parsing alone
    size: int = 0


def measure(name: str, given: Corrupted, into: Measured) -> None:
    """Read one text and count what was seen of what is true of it."""
    data = given.text.encode()
    loaded = load_bytes(f"{name}.txt", data)
    started = time.process_time()
    first = read_loaded(loaded)
    into.seconds += time.process_time() - started
    started = time.process_time()
    parse(readable(clean(loaded.text).text))
    into.bare_seconds += time.process_time() - started
    into.size += len(data)
    parts = (first, *first.joined)
    numbers = [number for part in parts for number in _numbers(part.sections)]
    wanted = [(heading.level, _plain(heading.number)) for heading in given.headings]
    into.numbers.add(numbers == wanted, f"{name}: {_difference(numbers, wanted)}")
    _noise(name, given, first, into)
    alarm = parts[-1].truncated
    (into.cuts if given.cut else into.whole).add(alarm == given.cut, f"{name}: …{given.text.rstrip()[-60:]!r}")
    rules = {finding.rule for part in parts for finding in part.findings}
    if given.slip:
        line = given.text.split("\n")[given.slip - 1].strip()
        here = [f for part in parts for f in part.findings if f.rule in _NUMBERING and _plain(line).startswith(_plain(f.text))]
        into.slips.add(bool(here), f"{name}: {line[:20]}")
    else:
        into.unslipped.add(not (rules & _NUMBERING), f"{name}: {sorted(rules & _NUMBERING)}")
    if given.lead:
        into.broken.add("promise.inner" in rules, f"{name}: {given.text.split(chr(10))[given.lead - 1][-30:]}")
    elif not given.cut and not given.slip:
        into.kept.add("promise.inner" not in rules, f"{name}: inner")
    if given.promise:
        broken = "promise.count" in rules
        tally = into.broken if given.promise == "broken" else into.kept
        tally.add(broken == (given.promise == "broken"), f"{name}: {first.promised_points}")
    into.joined.add(len(parts) == len(given.starts), f"{name}: {len(parts)} of {len(given.starts)}")


def _numbers(sections: tuple[Section, ...]) -> Iterator[tuple[int, str]]:
    for section in sections:
        if section.level <= 2:
            yield section.level, _plain(section.number)
            yield from _numbers(section.sections)


def _plain(number: str) -> str:
    return number.replace("(", "（").replace(")", "）").replace(" ", "")


def _difference(numbers: list[tuple[int, str]], wanted: list[tuple[int, str]]) -> str:
    at = next((at for at, pair in enumerate(zip(numbers, wanted, strict=False)) if pair[0] != pair[1]), -1)
    return f"{len(numbers)} for {len(wanted)}, at {at} {numbers[at] if numbers else None} for {wanted[at] if wanted else None}"


def _noise(name: str, given: Corrupted, parsed: Parsed, into: Measured) -> None:
    """What of the planted noise was dropped, and what was dropped besides."""
    dropped: dict[int, list[tuple[str, str]]] = {}
    for noise in (*parsed.noise, *(noise for part in parsed.joined for noise in part.noise)):
        dropped.setdefault(noise.line, []).append((noise.text, noise.reason))
    lines = given.text.split("\n")
    planted: dict[int, list[tuple[int, int]]] = {}
    for one in given.noise:
        planted.setdefault(one.line, []).append((one.start, one.end))
        gone = [(text, reason) for text, reason in dropped.get(one.line, ()) if _overlap(one.text, text) >= _FOUND]
        into.noise.add(bool(gone), f"{name}:{one.line} {one.reason}{'' if one.whole else ' inline'}: {one.text}")
        if gone:
            into.reasons.add(any(reason == one.reason for _, reason in gone), f"{one.reason} as {gone[0][1]}: {one.text}")
    for number, line in enumerate(lines, 1):
        if number in given.left:
            continue
        body = _signs(line) - sum(_signs(line[a:b]) for a, b in planted.get(number, ()))
        gone_signs = sum(_signs(text) for text, _ in dropped.get(number, ()))
        noise_signs = sum(
            _signs(one.text)
            for one in given.noise
            if one.line == number and any(_overlap(one.text, text) >= _FOUND for text, _ in dropped.get(number, ()))
        )
        into.body += body
        if gone_signs > noise_signs and body:
            into.lost += gone_signs - noise_signs
            into.lost_from.append(f"{name}:{number} {[text[:60] for text, _ in dropped[number]]}")


def _overlap(wanted: str, text: str) -> float:
    """The share of `wanted` that `text` holds: all of it, or as much as it is part of it."""
    a, b = "".join(wanted.split()), "".join(text.split())
    if a in b:
        return 1.0
    return len(b) / len(a) if b and b in a else 0.0


def _signs(text: str) -> int:
    return len("".join(text.split()))


def plain_set(files: list[Path]) -> Measured:
    """The files as they are."""
    measured = Measured()
    for path in files:
        data = path.read_bytes()
        measure(path.stem, corrupt(data, truth(data), Damage(), 0, Half.DEVELOPMENT), measured)
    return measured


def corrupted_set(files: list[Path], half: Half, seeds: range) -> Measured:
    """Every file under a damage of each seed."""
    measured = Measured()
    for path in files:
        data = path.read_bytes()
        known = truth(data)
        for seed in seeds:
            damage = draw(random.Random(f"{path.stem}:{seed}"))
            measure(f"{path.stem}#{seed}", corrupt(data, known, damage, seed, half), measured)
    return measured


def joined_set(files: list[Path], half: Half, seeds: range) -> Measured:
    """Two or three files as one, some with noise of their own."""
    measured = Measured()
    for seed in seeds:
        chance = random.Random(seed)
        for _ in range(len(files)):
            chosen = chance.sample(files, min(len(files), chance.choice((2, 2, 3))))
            parts = []
            for path in chosen:
                data = path.read_bytes()
                damage = Damage(above=chance.choice((0, 0, 3)), under=chance.choice((0, 0, 2)), half_width=chance.random() < 0.2)
                parts.append(corrupt(data, truth(data), damage, seed, half))
            measure("+".join(path.stem for path in chosen) + f"#{seed}", join(parts, chance.choice((0, 1, 3))), measured)
    return measured


def kinds(folders: list[Path]) -> Tally:
    """The hand-labelled masks of the files in `folders`."""
    tally = Tally()
    files = [load(path) for folder in folders if folder.is_dir() for path in sorted(folder.glob("*.txt"))]
    for name, offset, wanted, told in mask_labels.compared(files):
        tally.add(told == wanted, f"{name}:{offset} {told} for {wanted}")
    return tally


Row = tuple[str, str, str, str]


def rows(plain: Measured, damaged: Measured, joined: Measured, kinds: Tally) -> list[Row]:
    """The table: measure, value, goal, remark."""

    def share(tally: Tally) -> str:
        return f"{tally.share:.1%}" if tally.of else "–"

    def of(tally: Tally) -> str:
        return f"{tally.hits} of {tally.of}"

    size = (plain.size + damaged.size) / 1e6
    return [
        ("numbers of levels 1 and 2 right, clean files", share(plain.numbers), "≥ 97 %", of(plain.numbers)),
        ("… corrupted files", share(damaged.numbers), "≥ 97 %", of(damaged.numbers)),
        ("noise found", share(damaged.noise), "≥ 97 %", of(damaged.noise)),
        ("… with its reason, of what was found", share(damaged.reasons), "", of(damaged.reasons)),
        (
            "body characters lost, corrupted",
            f"{damaged.lost / damaged.body:.3%}",
            "≤ 0.3 %",
            f"{damaged.lost} of {damaged.body:,}",
        ),
        ("body characters lost, clean", f"{plain.lost / plain.body:.3%}", "≤ 0.3 %", f"{plain.lost} of {plain.body:,}"),
        ("cuts found", share(damaged.cuts), "≥ 95 %", of(damaged.cuts)),
        (
            "false alarms of a cut",
            f"{1 - (damaged.whole.hits + plain.whole.hits) / (damaged.whole.of + plain.whole.of):.1%}",
            "≤ 3 %",
            f"of {damaged.whole.of + plain.whole.of} whole texts",
        ),
        ("broken numbering found", share(damaged.slips), "≥ 98 %", of(damaged.slips)),
        ("… nothing said where it is right", share(damaged.unslipped), "", of(damaged.unslipped)),
        ("broken promises found", share(damaged.broken), "≥ 98 %", of(damaged.broken)),
        ("… nothing said where it is kept", share(damaged.kept), "", of(damaged.kept)),
        ("joined files split into as many", share(joined.joined), "", of(joined.joined)),
        ("… numbers right in all of them", share(joined.numbers), "", of(joined.numbers)),
        ("… single files left whole", share(damaged.joined), "", of(damaged.joined)),
        ("placeholder kinds right", share(kinds), "≥ 90 %", of(kinds)),
        ("cleaning and parsing, MB/s", f"{size / (plain.bare_seconds + damaged.bare_seconds):.2f}", "≥ 2", "UTF-8, CPU time"),
        ("… with placeholders and findings", f"{size / (plain.seconds + damaged.seconds):.2f}", "", ""),
    ]


def _is_utf8(path: Path) -> bool:
    try:
        path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        return False
    return True


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m evals.bench.reading")
    options.add_argument("folder", nargs="?", type=Path, default=_REPORTS if _REPORTS.is_dir() else samples())
    options.add_argument("--half", type=Half, choices=list(Half), default=Half.HELD_OUT)
    options.add_argument("--seeds", type=int, default=3, help="damages tried on each file")
    options.add_argument("--first-seed", type=int, default=1000)
    options.add_argument("--misses", action="store_true", help="print what was missed")
    given = options.parse_args()
    files = [path for path in sorted(given.folder.glob("*.txt")) if _is_utf8(path) and not truth(path.read_bytes()).cut]
    seeds = range(given.first_seed, given.first_seed + given.seeds)
    plain = plain_set(files)
    damaged = corrupted_set(files, given.half, seeds)
    joined = joined_set(files, given.half, seeds[:1])
    console = Console(soft_wrap=True)
    table = Table("measure", "value", "goal", "", box=None, title=f"{len(files)} files, {given.half} wording, seeds {seeds}")
    told = kinds([samples(), _SEEDS, given.folder.parent / "seeds"])
    for row in rows(plain, damaged, joined, told):
        table.add_row(*row)
    console.print(table)
    if given.misses:
        for title, measured in (("clean", plain), ("damaged", damaged), ("joined", joined)):
            for name, tally in vars(measured).items():
                missed = tally.missed if isinstance(tally, Tally) else tally if isinstance(tally, list) else []
                for line in missed:
                    print(title, name, line)
        for line in told.missed:
            print("kinds", line)


if __name__ == "__main__":
    main()
