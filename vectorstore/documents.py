"""The values that the store takes and gives: documents, what to look among, what was found."""

from pydantic import BaseModel, ConfigDict

from speech.brief import Genre
from vectorstore.passages import Passage, Role


class SourceDocument(BaseModel):
    """A document in the store. `signature` is its MinHash in hex, `shingles` how many shingles it was made from.

    `origin` tells files of the same name in different folders apart, `above` which folders a file is in; they are hashes,
    no path is kept. `remark`: what of its file could not be read.
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


class Where(BaseModel):
    """Which passages are meant; an empty tuple leaves that side open."""

    model_config = ConfigDict(frozen=True)

    roles: tuple[Role, ...] = ()
    genres: tuple[Genre, ...] = ()

    def admits(self, passage: Passage) -> bool:
        """Is `passage` among those meant?"""
        return (not self.roles or passage.role in self.roles) and (not self.genres or passage.genre in self.genres)


class Near(BaseModel):
    """A passage and its cosine similarity to the vector asked about, -1 to 1."""

    model_config = ConfigDict(frozen=True)

    passage: Passage
    similarity: float
