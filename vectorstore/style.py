"""house_style(passages): how an office writes, counted from its own speeches; facts are taken out, nothing is judged."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import islice
from statistics import median_low, quantiles

from pydantic import BaseModel, ConfigDict

from speech import words
from speech.brief import Genre
from speech.document import characters
from speech.numbering import enumerations, read
from vectorstore.passages import BODY, Passage, Role
from vectorstore.patterns import Pattern, endings, masked, starts

_MOST = 12  # of each kind of pattern
_SENTENCE = re.compile(r"[^。！？!?\n]+[。！？!?]?[”’」』]?")
_FOUR = re.compile(r"(?<![\u4e00-\u9fff])[\u4e00-\u9fff]{4}(?![\u4e00-\u9fff])")
_CONNECTIVE = re.compile(r"^[\u4e00-\u9fff]{2,5}(?=，)")
_OWN_NUMBER = re.compile(
    r"(?:[一二三四五六七八九十]+、?|[（(][一二三四五六七八九十]+[）)]|\d+[.．]|第[一二三四五六七八九十]+|[（(]\d+[）)])"
)


class Spread(BaseModel):
    """How a length is spread, in characters without white space: the middle, and the tenth from below and from above."""

    model_config = ConfigDict(frozen=True)

    count: int = 0
    low: int = 0
    middle: int = 0
    high: int = 0


class HeadingStyle(BaseModel):
    """The headings of one level. `number` is the usual number with its ordinal put back to one (一、 （一） 1. 第一，).

    `run_in` and `parallel` are shares, 0 to 1: of headings that end in 。 with the text in the same line, and of groups of
    siblings that run parallel. `siblings`: how many stand together. `shapes` are lengths clause by clause (4，9), `verbs` the
    words that they begin with, both with how many headings have them.
    """

    model_config = ConfigDict(frozen=True)

    level: int
    headings: int
    number: str
    length: Spread
    siblings: Spread
    run_in: float
    parallel: float
    shapes: tuple[tuple[str, int], ...]
    verbs: tuple[tuple[str, int], ...]


class HouseStyle(BaseModel):
    """The style of a corpus, or of some genres of it.

    `openings`, `transitions` and `closings` are beginnings of sentences in the opening, at its end and in the closing (of the
    closing also how it ends, in `last_words`), as patterns with facts taken out. `enumerators` are the first marks of
    enumerations with how many there are, `items` how long those are. `four_character` phrases are given with their count;
    `four_character_rate` is how many stand in a thousand characters.
    """

    model_config = ConfigDict(frozen=True)

    genres: tuple[Genre, ...] = ()
    documents: int = 0
    characters: int = 0
    length: Spread = Spread()
    headings: tuple[HeadingStyle, ...] = ()
    sentences: Spread = Spread()
    paragraphs: Spread = Spread()
    shares: tuple[tuple[Role, float], ...] = ()
    enumerators: tuple[tuple[str, int], ...] = ()
    items: Spread = Spread()
    openings: tuple[Pattern, ...] = ()
    transitions: tuple[Pattern, ...] = ()
    connectives: tuple[tuple[str, int], ...] = ()
    closings: tuple[Pattern, ...] = ()
    last_words: tuple[Pattern, ...] = ()
    four_character: tuple[tuple[str, int], ...] = ()
    four_character_rate: float = 0.0


def house_style(passages: Iterable[Passage], genres: Genre | Sequence[Genre] = ()) -> HouseStyle:
    """Count the style of `passages`, whole documents of them (`cut(parsed)`, `store.passages()`), of the given genres only."""
    wanted = (genres,) if isinstance(genres, Genre) else tuple(genres)
    by_document: dict[str, list[Passage]] = defaultdict(list)
    for passage in passages:
        if not wanted or passage.genre in wanted:
            by_document[passage.document].append(passage)
    speeches = [sorted(of_one, key=lambda passage: passage.position) for of_one in by_document.values()]
    every = [passage for speech in speeches for passage in speech]
    if not every:
        return HouseStyle(genres=wanted)
    whole = sum(characters(passage.text) for passage in every)
    paragraphs = [line for passage in every for line in _lines(passage) if read(line) is None]
    body = [line for passage in every if passage.role in BODY for line in _lines(passage)]
    sentences = [sentence for line in paragraphs for sentence in _SENTENCE.findall(line)]
    # A list may go on from the passage before; it is counted where it begins.
    lists = [run for line in body for run in enumerations(line) if run.items[0].ordinal == 1]
    fours, four_count = _four_character(speeches)
    opened, led_over = _openings(speeches)
    closed = [[s for p in speech if p.role is Role.CLOSING for s in _sentences(p)] for speech in speeches]
    return HouseStyle(
        genres=wanted,
        documents=len(speeches),
        characters=whole,
        length=_spread([sum(characters(passage.text) for passage in speech) for speech in speeches]),
        headings=tuple(_headings(speeches)),
        sentences=_spread([characters(sentence) for sentence in sentences]),
        paragraphs=_spread([characters(line) for line in paragraphs]),
        shares=_shares(every, whole),
        enumerators=_most(Counter(run.form for run in lists)),
        items=_spread([len(run.items) for run in lists]),
        openings=tuple(starts(opened, _MOST)),
        transitions=tuple(starts(led_over, _MOST)),
        connectives=_connectives(speeches),
        closings=tuple(starts(closed, _MOST)),
        last_words=tuple(endings([sentences[-1:] for sentences in closed], _MOST)),
        four_character=fours,
        four_character_rate=round(1000 * four_count / whole, 1),
    )


def _lines(passage: Passage) -> list[str]:
    return [line for line in passage.text.splitlines() if line.strip()]


def _sentences(passage: Passage) -> list[str]:
    return [sentence.strip() for line in _lines(passage) for sentence in _SENTENCE.findall(line)]


def _openings(speeches: Sequence[Sequence[Passage]]) -> tuple[list[list[str]], list[list[str]]]:
    """The sentences of each opening, and apart from them the last one where it leads over to the first section."""
    opened, led_over = [], []
    for speech in speeches:
        sentences = [sentence for passage in speech if passage.role is Role.OPENING for sentence in _sentences(passage)]
        leads = len(sentences) > 1 and any(passage.role in BODY for passage in speech)
        opened.append(sentences[:-1] if leads else sentences)
        led_over.append(sentences[-1:] if leads else [])
    return opened, led_over


class _Heading(BaseModel):
    model_config = ConfigDict(frozen=True)

    level: int
    number: str
    text: str
    run_in: bool
    parallel: bool
    group: tuple[str, ...]  # its document and the numbers above it


def _headings(speeches: Sequence[Sequence[Passage]]) -> list[HeadingStyle]:
    found = [heading for speech in speeches for heading in _headings_of(speech)]
    return [
        _heading_style(level, [heading for heading in found if heading.level == level])
        for level in sorted({heading.level for heading in found})
    ]


def _headings_of(speech: Sequence[Passage]) -> list[_Heading]:
    """Every heading once: those of passages, those of the parts above them, and those joined into a passage's text."""
    found: dict[tuple[str, ...], _Heading] = {}
    for passage in speech:
        numbers = tuple(_OWN_NUMBER.findall(passage.path))
        if passage.role not in BODY or not numbers:
            continue
        if passage.part and len(numbers) > 1:
            found.setdefault(numbers[:1], _heading(numbers[:1], passage.part, False, False))
        if passage.heading:
            found[numbers] = _heading(numbers, passage.heading, passage.run_in, passage.parallel > 0)
        for line in _lines(passage):
            if (labelled := read(line)) and len(numbers) >= labelled[0].level and "。" in labelled[1][:60] + "。":
                inner = (*numbers[: labelled[0].level - 1], labelled[0].text.rstrip("、，"))
                heading, _, rest = labelled[1].partition("。")
                found.setdefault(inner, _heading(inner, heading, bool(rest), passage.parallel > 0))
    return [heading.model_copy(update={"group": (speech[0].document, *heading.group)}) for heading in found.values()]


def _heading(numbers: tuple[str, ...], text: str, run_in: bool, parallel: bool) -> _Heading:
    return _Heading(
        level=len(numbers), number=_as_one(numbers[-1]), text=text, run_in=run_in, parallel=parallel, group=numbers[:-1]
    )


def _as_one(number: str) -> str:
    """The number with its ordinal put back to one, as it is printed at the head of a line."""
    first = re.sub(r"\d+", "1", re.sub(r"[一二三四五六七八九十]+", "一", number, count=1))
    if first == "一":
        return "一、"
    return f"{first}，" if first.startswith("第") else first


def _heading_style(level: int, headings: Sequence[_Heading]) -> HeadingStyle:
    groups = Counter(heading.group for heading in headings)
    shapes = Counter("，".join(str(len(clause)) for clause in re.split("[，、]", heading.text)) for heading in headings)
    first_words = Counter(words.cut(heading.text).words[0].text for heading in headings if heading.text)
    return HeadingStyle(
        level=level,
        headings=len(headings),
        number=Counter(heading.number for heading in headings).most_common(1)[0][0],
        length=_spread([characters(heading.text) for heading in headings]),
        siblings=_spread(list(groups.values())),
        run_in=round(sum(heading.run_in for heading in headings) / len(headings), 2),
        parallel=round(sum(heading.parallel for heading in headings) / len(headings), 2),
        shapes=_most(shapes),
        verbs=_most(Counter({word: count for word, count in first_words.items() if count > 1})),
    )


def _connectives(speeches: Sequence[Sequence[Passage]]) -> tuple[tuple[str, int], ...]:
    """How sentences begin in more than one document that go on from the one before: a short clause that tells no fact."""
    found: Counter[str] = Counter()
    documents: Counter[str] = Counter()
    for speech in speeches:
        sentences = (sentence for passage in speech for sentence in _sentences(passage))
        own = Counter(match[0] for sentence in sentences if (match := _CONNECTIVE.match(sentence)))
        found += own
        documents.update(own.keys())
    least = min(2, len(speeches))
    return _most(Counter({text: found[text] for text in found if documents[text] >= least and masked(text) == text}))


def _four_character(speeches: Sequence[Sequence[Passage]]) -> tuple[tuple[tuple[str, int], ...], int]:
    """Phrases of four characters, words of the dictionary and what stands between two marks: the most common, and how many.

    Listed are those that more than one document has (where there is more than one), and that tell no fact.
    """
    found: Counter[str] = Counter()
    documents: Counter[str] = Counter()
    for speech in speeches:
        own: Counter[str] = Counter()
        for passage in speech:
            cut = [word for word in words.cut(passage.text).words if len(word.text) == 4 and word.tag not in words.NAME_TAGS]
            listed = {word.start: word.text for word in cut if _FOUR.fullmatch(word.text)}
            own.update(({match.start(): match[0] for match in _FOUR.finditer(passage.text)} | listed).values())
        found += own
        documents.update(own.keys())
    least = min(2, len(speeches))
    ranked = sorted((text for text in found if documents[text] >= least), key=lambda text: (-found[text], text))
    plain = (text for text in ranked if masked(text) == text)
    return tuple((text, found[text]) for text in islice(plain, _MOST)), found.total()


def _shares(passages: Sequence[Passage], whole: int) -> tuple[tuple[Role, float], ...]:
    by_role: Counter[Role] = Counter()
    for passage in passages:
        by_role[passage.role] += characters(passage.text)
    return tuple((role, round(by_role[role] / whole, 3)) for role in Role if by_role[role])


def _most(counted: Counter[str]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(counted.items(), key=lambda item: (-item[1], item[0]))[:_MOST])


def _spread(lengths: Sequence[int]) -> Spread:
    if not lengths:
        return Spread()
    if len(lengths) == 1:
        return Spread(count=1, low=lengths[0], middle=lengths[0], high=lengths[0])
    tenths = quantiles(lengths, n=10, method="inclusive")
    return Spread(count=len(lengths), low=round(tenths[0]), middle=median_low(lengths), high=round(tenths[-1]))
