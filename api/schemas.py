"""What goes over the wire where it is no shape of the agent's own."""

import hashlib
import json
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, GetJsonSchemaHandler
from pydantic_core import CoreSchema

from agent.drafts import Listed, Status
from agent.understand import understand
from speech.brief import SpeechBrief, brief_from
from speech.errors import BriefError
from vectorstore.clean import NoiseLine
from vectorstore.documents import SourceDocument
from vectorstore.intake import IngestRow
from vectorstore.passages import Passage

LONGEST_REQUEST, LONGEST_TEXT = 4_000, 200_000
BRIEF_EXAMPLE: dict[str, Any] = {
    "genre": "讲话",
    "occasion": "全市城市基层治理重点工作推进会",
    "topic": "党建引领城市基层治理",
    "speaker": "市委书记",
    "length": 2000,
    "points": ["网格化管理", "红色物业", "为基层减负"],
    "facts": ["全市已划分网格1632个"],
}
OUTLINE_EXAMPLE: dict[str, Any] = {
    "title": "在全市城市基层治理推进会上的讲话",
    "sections": [
        {
            "heading": "突出重点，把工作抓实",
            "parts": [{"heading": "做实网格化管理", "points": ["摸清楼栋底数"]}, {"heading": "推进红色物业"}],
        },
        {"heading": "加强领导，确保落到实处", "parts": [{"heading": "压实责任"}, {"heading": "强化督查"}]},
    ],
}
REQUEST_EXAMPLE = {"request": "请为市委书记起草在全市安全生产工作会议上的讲话，约2000字，突出燃气整治和隐患排查"}


class NewDraft(BaseModel):
    """A brief, or a request in plain words, or both: a field of the brief goes before what the request says."""

    model_config = ConfigDict(frozen=True, extra="allow")

    request: str | None = Field(default=None, min_length=1, max_length=LONGEST_REQUEST)
    approve_outline: bool = Field(default=False, description="stop once the outline stands, until it is approved")

    def brief(self) -> SpeechBrief:
        """The brief that is meant. Raises BriefError."""
        given = {name: value for name, value in (self.model_extra or {}).items() if value is not None}
        if self.request is None:
            return brief_from(given)
        if not given:
            return understand(self.request)
        try:
            said = understand(self.request).model_dump(exclude_unset=True, mode="json")
        except BriefError:
            said = {}
        return brief_from(said | given)

    def fingerprint(self) -> str:
        """The same for the same body, in whatever order its fields came."""
        return hashlib.sha256(json.dumps(self.model_dump(mode="json"), sort_keys=True).encode()).hexdigest()

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        own = handler.resolve_ref_schema(handler(core))
        brief = handler.resolve_ref_schema(handler(SpeechBrief.__pydantic_core_schema__))
        own["properties"] = {**own["properties"], **brief["properties"]}
        own["additionalProperties"] = False
        own["anyOf"] = [{"required": ["request"]}, {"required": ["topic"]}]
        return own


class DraftSummary(BaseModel):
    """A draft in a list."""

    model_config = ConfigDict(frozen=True)

    id: str
    status: Status
    title: str
    revision: int
    created: datetime
    updated: datetime
    error: str | None = None

    @classmethod
    def of(cls, listed: Listed) -> "DraftSummary":
        return cls(**{name: getattr(listed, name) for name in cls.model_fields})


class DraftList(BaseModel):
    """Drafts, the newest first; `total` counts those that are not on this page too."""

    model_config = ConfigDict(frozen=True)

    drafts: tuple[DraftSummary, ...]
    total: int


class ReviewTask(BaseModel):
    """A text to be checked, whoever wrote it, and what was asked of it where that is known."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", json_schema_extra={"examples": [{"text": "同志们：\n……", "brief": BRIEF_EXAMPLE}]}
    )

    text: str = Field(min_length=1, max_length=LONGEST_TEXT)
    brief: SpeechBrief | None = None


class Document(BaseModel):
    """A source in the corpus."""

    model_config = ConfigDict(frozen=True)

    id: str
    name: str
    title: str
    genre: str | None
    passages: int
    noise: int
    truncated: bool
    remark: str
    since: int
    until: int

    @classmethod
    def of(cls, document: SourceDocument) -> "Document":
        return cls(**{name: getattr(document, name) for name in cls.model_fields})


class DocumentList(BaseModel):
    model_config = ConfigDict(frozen=True)

    documents: tuple[Document, ...]
    total: int


class DocumentText(BaseModel):
    """A source and the passages that were cut from it, in order."""

    model_config = ConfigDict(frozen=True)

    document: Document
    passages: tuple[Passage, ...]


class UploadedFile(BaseModel):
    """What became of one file: its row, and every line that was dropped from it, with the reason."""

    model_config = ConfigDict(frozen=True)

    row: IngestRow
    dropped: tuple[NoiseLine, ...] = ()


class Upload(BaseModel):
    model_config = ConfigDict(frozen=True)

    files: tuple[UploadedFile, ...]
