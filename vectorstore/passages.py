"""cut(parsed): a document as passages, along its structure and never in the middle of a sentence."""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil

from pydantic import BaseModel, ConfigDict

from speech.brief import Genre
from speech.document import CLOSING, OPENING, Section, characters
from speech.eras import OPEN_END, OPEN_START, Era, era_of
from vectorstore.read import Parsed, ParsedSpeech
from vectorstore.rhetoric import enumerated, parallel
from vectorstore.roles import BODY, Role, role_of

__all__ = ["BODY", "LAYOUT", "LONGEST", "SHORTEST", "WINDOW", "Passage", "Role", "cut", "document_id", "split", "tokens_at_most"]

# Raised where a document of an older program has to be read anew: passages are cut otherwise, or know more of themselves.
# 1: roles, eras, neighbours and rhetoric; sizes in tokens.
LAYOUT = 1
# In tokens of the embedded embedding model, as `tokens_at_most` bounds them; the aim is 80–450 characters.
SHORTEST, LONGEST = 68, 383
WINDOW = 512  # of multilingual-e5-small; the prefix and both end marks are taken off below
_HEADING_AND_MARKS = 60
_LONGEST_SENTENCE = WINDOW - _HEADING_AND_MARKS
_LONGEST_CLAUSE = 400  # characters
_ID_LENGTH = 16
_TOKENS_A_CHARACTER = 0.85
_MASKS = re.compile(r"[×*＊]")


def tokens_at_most(text: str) -> int:
    """How many tokens `text` takes at most, for the embedded model.

    A stated bound, not a count: where a document is cut must not depend on the embedding model in use. Measured on 1,687
    passages of city reports: 0.55–0.83 tokens a character (median 0.68); signs of masks take a token and a blank each.
    """
    return ceil(_weight(text))


def _weight(text: str) -> float:
    return _TOKENS_A_CHARACTER * characters(text) + len(_MASKS.findall(text))


class Passage(BaseModel):
    """A stretch of a document, 80–450 characters where its section has as many.

    `document` is the id of the document, `position` counts from 0 in it, `path` is 开头, 二, 二（一） … 结尾, `heading` that of
    its section and `part` that of the level-1 section above ("" at the opening and the closing); `run_in` as in Section.
    `previous` and `next` are the ids of its neighbours. `since` and `until` are the years of its document's era (speech.eras).
    `enumerator` and `points`: the mark (一是, 一要, 第一，) and the length of its longest enumeration. `parallel`: among how many
    sibling headings that run parallel its own stands, 0 where they do not.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    document: str
    title: str
    genre: Genre | None
    path: str
    heading: str
    role: Role
    text: str
    position: int
    part: str = ""
    run_in: bool = False
    previous: str | None = None
    next: str | None = None
    since: int = OPEN_START
    until: int = OPEN_END
    enumerator: str = ""
    points: int = 0
    parallel: int = 0

    @property
    def indexed(self) -> str:
        """What is embedded and looked up: the heading often names the topic where the text does not."""
        return f"{self.heading}\n{self.text}" if self.heading else self.text

    @property
    def era(self) -> Era:
        """The years in which its document can have been spoken."""
        return Era(since=self.since, until=self.until)


@dataclass(frozen=True)
class _Place:
    """Where a block stands. `part` counts the level-1 sections, across which nothing is joined."""

    part: int
    path: str
    heading: str = ""
    part_heading: str = ""
    run_in: bool = False
    parallel: int = 0


@dataclass(frozen=True)
class _Block:
    """Whole paragraphs of one place. `role` is what the place alone tells: opening, lead, measure, closing."""

    place: _Place
    role: Role
    text: str
    label: str = ""


def document_id(sha256: str) -> str:
    """The id under which a file is kept, from the hash of its bytes."""
    return sha256[:_ID_LENGTH]


def cut(parsed: Parsed) -> list[Passage]:
    """The passages of a document in order, of all the speeches in it. Ids depend on the file's bytes and the position alone."""
    sha256 = parsed.source.sha256
    pieces = [(part, *piece) for part in (parsed, *parsed.joined) for piece in _pieces(part)]
    ids = [hashlib.sha256(f"{sha256}:{position}".encode()).hexdigest()[:_ID_LENGTH] for position in range(len(pieces))]
    return [_passage(part, era, block, text, position, ids) for position, (part, era, block, text) in enumerate(pieces)]


def _pieces(parsed: ParsedSpeech) -> Iterator[tuple[Era, _Block, str]]:
    era = era_of(parsed.text, (*parsed.byline, parsed.signature, parsed.title))
    for block in _joined(list(_blocks(parsed))):
        yield from ((era, block, text) for text in split(block.text))


def _passage(parsed: ParsedSpeech, era: Era, block: _Block, text: str, position: int, ids: Sequence[str]) -> Passage:
    place = block.place
    enumerator, points = enumerated(text)
    return Passage(
        id=ids[position],
        document=document_id(parsed.source.sha256),
        title=parsed.title or parsed.source.name.rsplit("/", 1)[-1].rsplit(".", 1)[0],
        genre=parsed.genre,
        path=place.path,
        heading=place.heading,
        part=place.part_heading,
        run_in=place.run_in,
        role=_role(parsed.genre, block, text),
        text=text,
        position=position,
        previous=ids[position - 1] if position else None,
        next=ids[position + 1] if position + 1 < len(ids) else None,
        since=era.since,
        until=era.until,
        enumerator=enumerator,
        points=points,
        parallel=place.parallel,
    )


def _role(genre: Genre | None, block: _Block, text: str) -> Role:
    if block.role is not Role.MEASURE:
        return block.role
    return role_of(genre, block.place.part_heading, block.place.heading, text)


def _blocks(parsed: ParsedSpeech) -> Iterator[_Block]:
    if parsed.opening:
        yield _Block(_Place(-1, OPENING), Role.OPENING, "\n".join(parsed.opening))
    among = _parallel(parsed.sections)
    for part, section in enumerate(parsed.sections):
        yield from _section_blocks(section, _Place(part, "", part_heading=section.heading), among)
    if parsed.closing:
        yield _Block(_Place(len(parsed.sections), CLOSING), Role.CLOSING, "\n".join(parsed.closing))


def _section_blocks(section: Section, above: _Place, among: int) -> Iterator[_Block]:
    path = above.path + section.number.rstrip("、，")
    place = _Place(above.part, path, section.heading, above.part_heading, section.run_in, among)
    if section.paragraphs:
        role = Role.LEAD if section.sections else Role.MEASURE
        yield _Block(place, role, "\n".join(section.paragraphs), _label(section))
    among = _parallel(section.sections)
    for below in section.sections:
        yield from _section_blocks(below, place, among)


def _parallel(sections: Sequence[Section]) -> int:
    return len(sections) if parallel([section.heading for section in sections]) else 0


def _label(section: Section) -> str:
    if not section.heading:
        return section.number
    end = "" if section.heading[-1] in "！？!?" else "。"
    return f"{section.number}{section.heading}" + (end if section.run_in else "\n")


def _joined(blocks: list[_Block]) -> list[_Block]:
    """Blocks too short to stand alone, joined to a neighbour of the same part, each later one under its heading.

    A neighbour of the same role comes first, then any; where no sum fits into a passage, the short one goes with the next
    and both are split anew.
    """
    for same_role, most in ((True, LONGEST), (False, LONGEST), (True, None), (False, None)):
        joined: list[_Block] = []
        for at, block in enumerate(blocks):
            last = joined[-1] if joined else None
            ends_part = at + 1 == len(blocks) or blocks[at + 1].place.part != block.place.part
            if (
                last
                and last.place.part == block.place.part
                and (last.role == block.role or not same_role)
                and _fit(last, block, most, ends_part)
            ):
                larger = max(last, block, key=lambda one: characters(one.text))
                text = f"{last.text}\n{block.label}{block.text}"
                joined[-1] = _Block(larger.place, larger.role, text, last.label)
            else:
                joined.append(block)
        blocks = joined
    return blocks


def _fit(last: _Block, block: _Block, most: int | None, ends_part: bool) -> bool:
    before, after = tokens_at_most(last.text), tokens_at_most(block.text)
    if most is None:
        return before < SHORTEST or (after < SHORTEST and ends_part)
    return min(before, after) < SHORTEST and tokens_at_most(last.text + block.label + block.text) <= most


_SENTENCE = re.compile(r"[^。！？!?\n]*(?:[。！？!?…]+[”’」』）)》]*|\n|$)")
_CLAUSE = re.compile(rf"[^；;，,]{{1,{_LONGEST_CLAUSE}}}[；;，,]?|[；;，,]")
_ENDED = re.compile(r"[。！？!?…；;][”’」』）)》]*$")
_ENUMERATED = re.compile(r"(?:[一二三四五六七八九十]{1,2}[是要]|第[一二三四五六七八九十]{1,2}[，、]|首先|其次|再次|最后)")
_LONGEST_POINT = 30


def split(text: str) -> list[str]:
    """`text` in pieces of whole sentences, SHORTEST to LONGEST tokens each and as even as they come.

    A sentence of its own may be longer; only one that would not fit into the model's window is cut, at its clauses.
    """
    units = [unit for sentence in _sentences(text) for unit in _bounded(sentence)]
    lengths = [_weight(unit) for unit in units]
    aim = sum(lengths) / max(1, -(-sum(lengths) // LONGEST))
    # best[i]: the least cost of the first i units, and where the last piece of them begins.
    best: list[tuple[float, int]] = [(0.0, 0)]
    for end in range(1, len(units) + 1):
        choices = []
        size = 0.0
        for begin in range(end - 1, -1, -1):
            size += lengths[begin]
            if size > LONGEST and begin < end - 1:
                break
            short = max(0, SHORTEST - size) * 1_000
            choices.append((best[begin][0] + (size - aim) ** 2 + short, begin))
        best.append(min(choices))
    cuts = [len(units)]
    while cuts[-1]:
        cuts.append(best[cuts[-1]][1])
    cuts.reverse()
    pieces = ("".join(units[begin:end]).strip() for begin, end in pairwise(cuts))
    return [piece for piece in pieces if piece]


def _sentences(text: str) -> list[str]:
    """Sentences with their marks. One that only announces the next stays with it: a heading, 二是抓好落实。, an open quotation."""
    sentences: list[str] = []
    for found in _SENTENCE.finditer(text):
        if sentences and (
            not found[0].strip() or (_announces(sentences[-1]) and tokens_at_most(sentences[-1] + found[0]) <= LONGEST)
        ):
            sentences[-1] += found[0]
        elif found[0]:
            sentences.append(found[0])
    return sentences


def _announces(sentence: str) -> bool:
    bare = sentence.strip()
    last = re.split(r"(?<=[。！？!?])(?![”’」』）)》])", bare)
    point = next((part for part in reversed(last) if part), "")
    open_quote = bare.count("“") > bare.count("”")
    return not _ENDED.search(bare) or open_quote or (len(point) <= _LONGEST_POINT and bool(_ENUMERATED.match(point)))


def _bounded(sentence: str) -> list[str]:
    """A sentence that no passage can hold, cut after its clauses, and where it has none, by length."""
    if tokens_at_most(sentence) <= _LONGEST_SENTENCE:
        return [sentence]
    pieces: list[str] = []
    for clause in _CLAUSE.findall(sentence):
        if pieces and tokens_at_most(pieces[-1] + clause) <= LONGEST:
            pieces[-1] += clause
        else:
            pieces.append(clause)
    return pieces
