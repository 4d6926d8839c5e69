"""Finding: one remark of a check."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Finding(BaseModel):
    """`rule` is family.rule; `start` and `end` are offsets in the text that was read; one defect, one finding."""

    model_config = ConfigDict(frozen=True)

    rule: str
    severity: Severity
    start: int
    end: int
    text: str
    message: str
    suggestion: str | None = None
