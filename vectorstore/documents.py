"""The values that the store takes and gives: documents, what to look among, what was found."""

from pydantic import BaseModel, ConfigDict

from speech.brief import Genre
from speech.eras import OPEN_END, OPEN_START, Era
from vectorstore.passages import Passage, Role


class SourceDocument(BaseModel):
    """A document in the store. `signature` is its MinHash in hex, `shingles` how many shingles it was made from.

    `since` and `until` are the years of its era (speech.eras), 0 and 9999 where nothing tells.
    `origin` tells files of the same name in different folders apart, `above` which folders a file is in; they are hashes,
    no path is kept. `remark`: what of its file could not be read. `layout`: by which layout it was cut (passages.LAYOUT), 0 where
    that was before they were counted.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    name: str
    sha256: str
    title: str
    genre: Genre | None = None
    passages: int = 0
    noise: int = 0
    truncated: bool = False
    origin: str = ""
    above: str = ""
    remark: str = ""
    signature: str = ""
    shingles: int = 0
    since: int = OPEN_START
    until: int = OPEN_END
    layout: int = 0


class Where(BaseModel):
    """Which passages are meant; an empty tuple, or None, leaves that side open.

    `era` admits what can have been spoken in one of its years: a passage that nothing dates is admitted always.
    """

    model_config = ConfigDict(frozen=True)

    roles: tuple[Role, ...] = ()
    genres: tuple[Genre, ...] = ()
    era: Era | None = None

    def admits(self, passage: Passage) -> bool:
        """Is `passage` among those meant?"""
        return (
            (not self.roles or passage.role in self.roles)
            and (not self.genres or passage.genre in self.genres)
            and (self.era is None or self.era.meets(passage.era))
        )


class Near(BaseModel):
    """A passage and its cosine similarity to the vector asked about, -1 to 1."""

    model_config = ConfigDict(frozen=True)

    passage: Passage
    similarity: float
