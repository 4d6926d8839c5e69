"""What a job may be: a draft to be written, a section to be rewritten, a draft to be changed. Kept as JSON in the job's row."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from agent.drafts import Draft
from agent.revise import Reviser


class Write(BaseModel):
    """Write the draft from where it stands."""

    model_config = ConfigDict(frozen=True)

    kind: Literal["write"] = "write"


class Rewrite(BaseModel):
    """One section anew. `revision`: the one that it was asked of, so that a job that is taken up again is not done twice."""

    model_config = ConfigDict(frozen=True)

    kind: Literal["rewrite"] = "rewrite"
    revision: int
    path: str
    instruction: str

    def make(self, draft: Draft, reviser: Reviser) -> Draft:
        return reviser.rewrite(draft, self.path, self.instruction)


class Change(BaseModel):
    """Another speaker, audience, date or length."""

    model_config = ConfigDict(frozen=True)

    kind: Literal["change"] = "change"
    revision: int
    speaker: str | None = None
    audience: str | None = None
    date: str | None = None
    length: int | None = None

    def make(self, draft: Draft, reviser: Reviser) -> Draft:
        return reviser.change(draft, speaker=self.speaker, audience=self.audience, date=self.date, length=self.length)


Revise = Rewrite | Change
Task = Annotated[Write | Rewrite | Change, Field(discriminator="kind")]
_READ: TypeAdapter[Task] = TypeAdapter(Task)


def read_task(text: str) -> Task:
    return _READ.validate_json(text)
