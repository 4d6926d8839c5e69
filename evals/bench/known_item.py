"""Known items: the level-2 sections of long reports, each to be found by its heading, which is taken out of what is searched."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from speech.document import Section, characters
from vectorstore.documents import SourceDocument
from vectorstore.passages import Passage, cut, document_id
from vectorstore.read import Parsed, read

# A heading of three characters (城市建设) names no one section of thirty reports.
SHORTEST_HEADING, SHORTEST_SECTION = 6, 80


class KnownItem(BaseModel):
    """A heading as a query, the half that it belongs to, and the ids of the passages that hold its section's text."""

    model_config = ConfigDict(frozen=True)

    heading: str
    document: str
    passages: frozenset[str]


class KnownItems(BaseModel):
    """Documents whose level-2 headings are taken out, their passages, and the headings as queries."""

    model_config = ConfigDict(frozen=True)

    documents: tuple[SourceDocument, ...]
    passages: tuple[Passage, ...]
    items: tuple[KnownItem, ...]


def known_items(files: Iterable[Path]) -> KnownItems:
    """The known items of `files`. A heading that stands in several places is asked once for each."""
    documents: list[SourceDocument] = []
    passages: list[Passage] = []
    items: list[KnownItem] = []
    for file in files:
        parsed = read(file)
        bare = parsed.model_copy(update={"sections": tuple(_without_heading(section) for section in parsed.sections)})
        own = cut(bare)
        documents.append(_record(parsed, len(own)))
        passages += own
        for section in (below for part in parsed.sections for below in part.sections):
            if characters(section.heading) >= SHORTEST_HEADING and characters("".join(section.paragraphs)) >= SHORTEST_SECTION:
                held = frozenset(passage.id for passage in own if _holds(passage, section))
                if held:
                    items.append(KnownItem(heading=section.heading, document=own[0].document, passages=held))
    return KnownItems(documents=tuple(documents), passages=tuple(passages), items=tuple(items))


def _without_heading(section: Section) -> Section:
    below = tuple(_without_heading(one) for one in section.sections)
    if section.level != 2:
        return section.model_copy(update={"sections": below})
    return section.model_copy(update={"heading": "", "run_in": False, "sections": below})


def _holds(passage: Passage, section: Section) -> bool:
    """Does the passage hold a sentence of the section? The first of each paragraph and the last are looked for."""
    return any(sentence in passage.text for sentence in _sentences(section))


def _sentences(section: Section) -> Iterator[str]:
    for paragraph in section.paragraphs:
        for sentence in paragraph.split("。"):
            if characters(sentence) >= 12:
                yield sentence


def _record(parsed: Parsed, passages: int) -> SourceDocument:
    return SourceDocument(
        id=document_id(parsed.source.sha256),
        name=parsed.source.name,
        sha256=parsed.source.sha256,
        title=parsed.title or parsed.source.name,
        genre=parsed.genre,
        passages=passages,
    )
