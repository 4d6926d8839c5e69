"""cut(parsed): a document as passages, along its structure and never in the middle of a sentence."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from pydantic import BaseModel, ConfigDict

from speech.brief import Genre
from speech.document import CLOSING, OPENING, Section, characters
from vectorstore.read import Parsed, ParsedSpeech

SHORTEST, LONGEST = 80, 450
# No speech has a sentence longer than this (four in 13,000 of city reports pass even LONGEST); one is cut at its clauses.
LONGEST_SENTENCE = 900
_ID_LENGTH = 16


class Role(StrEnum):
    """What a passage does in its speech: opens it, leads into a part, says what is to be done, or closes it."""

    OPENING = "opening"
    LEAD = "lead"
    MEASURE = "measure"
    CLOSING = "closing"


class Passage(BaseModel):
    """A stretch of a document, 80–450 characters where its section has as many.

    `document` is the id of the document, `position` counts from 0 in it, `path` is 开头, 二, 二（一） … 结尾,
    `heading` that of its section ("" at the opening and the closing).
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

    @property
    def indexed(self) -> str:
        """What is embedded and looked up: the heading often names the topic where the text does not."""
        return f"{self.heading}\n{self.text}" if self.heading else self.text


@dataclass(frozen=True)
class _Block:
    """Whole paragraphs of one place. `part` is the level-1 section, across which nothing is joined."""

    part: int
    path: str
    heading: str
    role: Role
    text: str
    label: str = ""


def document_id(sha256: str) -> str:
    """The id under which a file is kept, from the hash of its bytes."""
    return sha256[:_ID_LENGTH]


def cut(parsed: Parsed) -> list[Passage]:
    """The passages of a document in order, of all the speeches in it. Ids depend on the file's bytes and the position alone."""
    passages: list[Passage] = []
    for part in (parsed, *parsed.joined):
        _cut_into(passages, part)
    return passages


def _cut_into(passages: list[Passage], parsed: ParsedSpeech) -> None:
    document = document_id(parsed.source.sha256)
    title = parsed.title or parsed.source.name.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    for block in _joined(list(_blocks(parsed))):
        for text in split(block.text):
            position = len(passages)
            passages.append(
                Passage(
                    id=hashlib.sha256(f"{parsed.source.sha256}:{position}".encode()).hexdigest()[:_ID_LENGTH],
                    document=document,
                    title=title,
                    genre=parsed.genre,
                    path=block.path,
                    heading=block.heading,
                    role=block.role,
                    text=text,
                    position=position,
                )
            )


def _blocks(parsed: ParsedSpeech) -> Iterator[_Block]:
    if parsed.opening:
        yield _Block(-1, OPENING, "", Role.OPENING, "\n".join(parsed.opening))
    for part, section in enumerate(parsed.sections):
        yield from _section_blocks(section, part, "")
    if parsed.closing:
        yield _Block(len(parsed.sections), CLOSING, "", Role.CLOSING, "\n".join(parsed.closing))


def _section_blocks(section: Section, part: int, above: str) -> Iterator[_Block]:
    path = above + section.number.rstrip("、，")
    if section.paragraphs:
        role = Role.LEAD if section.sections else Role.MEASURE
        yield _Block(part, path, section.heading, role, "\n".join(section.paragraphs), _label(section))
    for below in section.sections:
        yield from _section_blocks(below, part, path)


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
            ends_part = at + 1 == len(blocks) or blocks[at + 1].part != block.part
            if (
                last
                and last.part == block.part
                and (last.role == block.role or not same_role)
                and _fit(last, block, most, ends_part)
            ):
                larger = max(last, block, key=lambda one: characters(one.text))
                text = f"{last.text}\n{block.label}{block.text}"
                joined[-1] = _Block(last.part, larger.path, larger.heading, larger.role, text, last.label)
            else:
                joined.append(block)
        blocks = joined
    return blocks


def _fit(last: _Block, block: _Block, most: int | None, ends_part: bool) -> bool:
    before, after = characters(last.text), characters(block.text)
    if most is None:
        return before < SHORTEST or (after < SHORTEST and ends_part)
    return min(before, after) < SHORTEST and before + characters(block.label) + after <= most


_SENTENCE = re.compile(r"[^。！？!?\n]*(?:[。！？!?…]+[”’」』）)》]*|\n|$)")
_CLAUSE = re.compile(rf"[^；;，,]{{1,{LONGEST}}}[；;，,]?|[；;，,]")
_ENDED = re.compile(r"[。！？!?…；;][”’」』）)》]*$")
_ENUMERATED = re.compile(r"(?:[一二三四五六七八九十]{1,2}[是要]|第[一二三四五六七八九十]{1,2}[，、]|首先|其次|再次|最后)")
_LONGEST_POINT = 30


def split(text: str) -> list[str]:
    """`text` in pieces of whole sentences, 80–450 characters each and as even as they come.

    A sentence of its own may be longer, up to 900; one longer still is cut at its clauses.
    """
    units = [unit for sentence in _sentences(text) for unit in _bounded(sentence)]
    lengths = [characters(unit) for unit in units]
    aim = sum(lengths) / max(1, -(-sum(lengths) // LONGEST))
    # best[i]: the least cost of the first i units, and where the last piece of them begins.
    best: list[tuple[float, int]] = [(0.0, 0)]
    for end in range(1, len(units) + 1):
        choices = []
        size = 0
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
            not found[0].strip() or (_announces(sentences[-1]) and characters(sentences[-1] + found[0]) <= LONGEST)
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
    if characters(sentence) <= LONGEST_SENTENCE:
        return [sentence]
    pieces: list[str] = []
    for clause in _CLAUSE.findall(sentence):
        if pieces and characters(pieces[-1] + clause) <= LONGEST:
            pieces[-1] += clause
        else:
            pieces.append(clause)
    return pieces
