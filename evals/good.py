"""Good texts: speeches that keep their promises, each with a brief that tells what it states, to be damaged by evals/mutate.py.

They come from vectorstore/samples (our own writing), from evals/texts (drafts of the embedded model), and from any folder given.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from itertools import islice
from pathlib import Path

import yaml

from speech import specifics
from speech.brief import LONGEST, SHORTEST, Genre, SpeechBrief, brief_from
from speech.document import Section, Speech, characters
from speech.lexicon import places
from speech.overlap import ngram_overlap
from speech.parse import parse
from speech.specifics import Specific
from vectorstore.clean import clean
from vectorstore.ingest import samples
from vectorstore.passages import cut
from vectorstore.read import Parsed, read
from vectorstore.style import HouseStyle, house_style

TEXTS = Path(__file__).with_name("texts")
KNOWN = Path(__file__).with_name("known.yaml")
TODAY = date(2026, 11, 24)  # formulations are judged by the day; figures must not change with the calendar
_UNTOLD_EVERY = 4  # every fourth fact is not told, so that the text must leave it open
_LONGEST_FACT, _MOST_FACTS, _SHORTEST_CLAUSE = 490, 100, 12
_MOST_SOURCES = 6
_GRAM, _REPRINT = 12, 0.5
_CLAUSE = re.compile(r"[^，。；！？：\n]+")
_OCCASION = re.compile(r"在(.+?)上的")
_QUOTED = re.compile(r"“([^“”\n]{2,16})”")
_MOST_NOTES = 4000  # characters, that a brief may hold
_YEAR = re.compile(r"(20[0-9]{2})年")
_PAST = re.compile(r"(20[0-9]{2})年[^，。；]{0,8}(?:回顾|总结|取得|完成)")


@dataclass(frozen=True)
class GoodText:
    """`origin` is sample, draft or report. `sources` are other texts, that it may have been written from or was held beside; a
    report's are those of others. `style` is the house it is held against, None where nobody's house is known. `today` is the day
    that its formulations are judged by: that on which it was spoken. `remarks` are rules, one for each remark on the text that is
    known to be right."""

    name: str
    origin: str
    text: str
    brief: SpeechBrief
    sources: tuple[str, ...]
    style: HouseStyle | None
    today: date = TODAY
    remarks: tuple[str, ...] = ()


def good_texts(*folders: Path) -> list[GoodText]:
    """The samples and the drafts, and every readable file of `folders` (none where a folder is not there), in order of name.

    The samples and drafts are held against the style of the samples. A sample that breaks off, or is a reprint of another, is left out.
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
        beside = {parsed.source.name: parsed for parsed in map(read, sorted(folder.glob("*.txt")))}
        found += [_report(name, beside) for name, parsed in beside.items() if not parse(parsed.text).truncated]
    return found


def _report(name: str, others: Mapping[str, Parsed]) -> GoodText:
    """The text of this name, held against the others of its folder, which are of other offices; a reprint of it was no source.

    It was spoken in its own year, the brief tells the city that its file is named after, and nobody's house is known of it.
    """
    texts = {other: parsed.text for other, parsed in others.items()}
    text, names = texts[name], list(texts)
    at = names.index(name)
    later = [texts[other] for other in (*names[at + 1 :], *names[:at])]
    sources = list(islice((other for other in later if ngram_overlap(text, other, _GRAM) <= _REPRINT), _MOST_SOURCES))
    place = Path(name).stem
    good = derived(name, "report", text, sources, None, place if place in places() else None)
    return replace(good, today=spoken_on(parse(text)), remarks=_known().get(others[name].source.sha256, ()))


@cache
def _known() -> dict[str, tuple[str, ...]]:
    table = yaml.safe_load(KNOWN.read_text(encoding="utf-8"))
    return {sha256: tuple(rules) for sha256, rules in table.items()}


def spoken_on(speech: Speech) -> date:
    """The first of February of the year that a yearly report is for: the last one its headings name, the one after where they only
    look back at it (2023年工作回顾); `TODAY` where they name none."""
    headings = [speech.title or "", *(heading for section in speech.sections for heading in _headings(section))]
    years = [int(year) for heading in headings for year in _YEAR.findall(heading)]
    past = [int(year) for heading in headings for year in _PAST.findall(heading)]
    year = max([*years, *(year + 1 for year in past)], default=None)
    return date(year, 2, 1) if year else TODAY


def _headings(section: Section) -> Iterator[str]:
    yield section.heading
    for below in section.sections:
        yield from _headings(below)


def derived(
    name: str,
    origin: str,
    text: str,
    sources: Sequence[str],
    style: HouseStyle | None,
    place: str | None = None,
) -> GoodText:
    """`text` as a draft that keeps to a brief: a brief that tells three in four of its facts, and the rest of them masked.

    `sources` may hold `text` itself, which is left out. The notes tell what the text sets in quotation marks and what is no specific:
    the names are its own, though a source may have them too.
    """
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
        place=place,
        length=min(LONGEST, max(SHORTEST, round(characters(text), -2))),
        sections=len(speech.sections) if 2 <= len(speech.sections) <= 9 else None,
        facts=tuple(_packed(told)),
        notes=_quoted(text),
    )
    masked, _ = specifics.mask_unsupported(text, brief)
    at = sources.index(text) if text in sources else -1
    others = [*sources[at + 1 :], *sources[: max(at, 0)]][:_MOST_SOURCES]
    return GoodText(name, origin, masked, brief, tuple(others), style)


def _quoted(text: str) -> str | None:
    """The terms in quotation marks that are no specific, each once, as many as notes may hold. 15分钟 there would be a time allowed."""
    claimed = [(one.start, one.end) for one in specifics.find(text)]
    free = [
        match[0]
        for match in _QUOTED.finditer(text)
        if "分钟" not in match[0] and not any(start < match.end() and match.start() < end for start, end in claimed)
    ]
    return "、".join(dict.fromkeys(free))[:_MOST_NOTES] or None


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


def _packed(facts: Sequence[str]) -> list[str]:
    """The facts, each whole, several in one where there are more than a brief may tell."""
    for longest in (0, 120, 240, _LONGEST_FACT):
        packed: list[str] = []
        for fact in facts:
            joined = f"{packed[-1]}；{fact}" if packed else fact
            if packed and len(joined) <= longest:
                packed[-1] = joined
            else:
                packed.append(fact[:_LONGEST_FACT])
        if len(packed) <= _MOST_FACTS:
            break
    return packed[:_MOST_FACTS]
