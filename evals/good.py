"""Good texts: speeches that keep their promises, each with a brief that tells what it states, to be damaged by evals/mutate.py.

They come from vectorstore/samples (our own writing), from evals/texts (drafts of the embedded model), and from any folder given.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from speech import specifics
from speech.brief import LONGEST, SHORTEST, Genre, SpeechBrief, brief_from
from speech.document import Speech, characters
from speech.overlap import ngram_overlap
from speech.parse import parse
from speech.specifics import Specific
from vectorstore.clean import clean
from vectorstore.ingest import samples
from vectorstore.passages import cut
from vectorstore.read import Parsed, read
from vectorstore.style import HouseStyle, house_style

TEXTS = Path(__file__).with_name("texts")
_UNTOLD_EVERY = 4  # every fourth fact is not told, so that the text must leave it open
_LONGEST_FACT, _MOST_FACTS, _SHORTEST_CLAUSE = 490, 100, 12
_MOST_SOURCES = 6
_GRAM, _REPRINT = 12, 0.5
_CLAUSE = re.compile(r"[^，。；！？：\n]+")
_OCCASION = re.compile(r"在(.+?)上的")
_SIGNS = re.compile(r"[^\u4e00-\u9fffA-Za-z0-9]")


@dataclass(frozen=True)
class GoodText:
    """`origin` is sample, draft or report. `sources` are other texts that it may have been written from."""

    name: str
    origin: str
    text: str
    brief: SpeechBrief
    sources: tuple[str, ...]
    style: HouseStyle


def good_texts(*folders: Path) -> list[GoodText]:
    """The samples and the drafts, and every readable file of `folders` (none where a folder is not there), in order of name.

    Each is held against the style of its own kind. A sample that breaks off, or is a reprint of another, is left out.
    """
    own: dict[str, Parsed] = {}
    for parsed in map(read, sorted(samples().glob("*.txt"))):
        text = clean(parsed.text).text  # once more: a line may be noise only beside what is left
        if not parse(text).truncated and not any(ngram_overlap(text, other, _GRAM) > _REPRINT for other in own):
            own[text] = parsed
    texts, style = tuple(own), _style(own.values())
    found = [derived(parsed.source.name, "sample", text, texts, style) for text, parsed in own.items()]
    for file in sorted(TEXTS.glob("*.yaml")):
        draft = yaml.safe_load(file.read_text(encoding="utf-8"))
        brief = brief_from(draft["brief"])
        found.append(GoodText(file.stem, "draft", draft["text"], brief, texts[:_MOST_SOURCES], style))
    for folder in folders:
        others = [read(file) for file in sorted(folder.glob("*.txt"))]
        texts, style = tuple(parsed.text for parsed in others), _style(others)
        found += [
            derived(parsed.source.name, "report", parsed.text, texts, style)
            for parsed in others
            if not parse(parsed.text).truncated
        ]
    return found


def derived(name: str, origin: str, text: str, sources: Sequence[str], style: HouseStyle) -> GoodText:
    """`text` as a draft that keeps to a brief: a brief that tells three in four of its facts, and the rest of them masked."""
    speech = parse(text)
    facts = list(_facts(text))
    told = [fact for number, fact in enumerate(facts, 1) if number % _UNTOLD_EVERY]
    brief = SpeechBrief(
        genre=speech.genre or Genre.SPEECH,
        title=speech.title,
        occasion=_occasion(speech),
        topic=_occasion(speech) or speech.title or "工作部署",
        speaker=speech.byline[0] if speech.byline else None,
        date=speech.date,
        length=min(LONGEST, max(SHORTEST, round(characters(text), -2))),
        sections=len(speech.sections) if 2 <= len(speech.sections) <= 9 else None,
        facts=tuple(_packed(told)),
    )
    masked, _ = specifics.mask_unsupported(text, brief)
    at = sources.index(text) if text in sources else -1
    others = [*sources[at + 1 :], *sources[: max(at, 0)]][:_MOST_SOURCES]
    return GoodText(name, origin, masked, brief, tuple(others), style)


def _style(speeches: Iterable[Parsed]) -> HouseStyle:
    return house_style([passage for speech in speeches for passage in cut(speech)])


def _occasion(speech: Speech) -> str | None:
    found = _OCCASION.search(speech.title or "")
    return found[1] if found else None


def _facts(text: str) -> Iterator[str]:
    """The clauses that state a specific that is no public formulation, with the clause before where one says little by itself."""
    nothing = SpeechBrief(topic="无")
    wrong = [one for one in specifics.check(text, nothing) if not one.supported]
    clauses = [match.span() for match in _CLAUSE.finditer(text)]
    last = -1
    for number, (start, end) in enumerate(clauses):
        inside = [one for one in wrong if one.start < end and start < one.end]
        if not inside or start < last:
            continue
        # a name may hold marks of its own: 《…，…》
        last = max(end, *(one.end for one in inside))
        yield text[_from(text, clauses, number, inside) : last].strip()


def _from(text: str, clauses: Sequence[tuple[int, int]], number: int, inside: Sequence[Specific]) -> int:
    start, end = clauses[number]
    start = min(start, *(one.start for one in inside))
    rest = characters(text[start:end]) - sum(characters(one.text) for one in inside)
    before = clauses[number - 1] if number else (start, start)
    joined = text[before[1] : start]
    return before[0] if rest < _SHORTEST_CLAUSE and joined in ("，", "") else start


def _packed(facts: Sequence[str]) -> Iterator[str]:
    """The facts, several in one where there are more than a brief may tell."""
    if len(facts) <= _MOST_FACTS:
        yield from (fact[:_LONGEST_FACT] for fact in facts)
        return
    size = -(-len(facts) // _MOST_FACTS)
    for at in range(0, len(facts), size):
        yield "；".join(facts[at : at + size])[:_LONGEST_FACT]
