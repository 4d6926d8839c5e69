"""Chat completions as OpenAI's clients send and read them. What we do not know of a request is let be."""

import re
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from agent.chat import Turn
from agent.drafts import Usage

MODEL = "jianggao"
# Open WebUI wraps a message about files or search results; what the user said comes last.
_WRAPPED = re.compile(r"^\s*#{1,4}\s*Task:\s*Respond to the user query using the provided context.*</context>", re.S)
_USER_QUERY = re.compile(r"<user_query>\s*(?P<said>.*?)\s*</user_query>|<attached_files>.*?</attached_files>", re.S)
_EXAMPLE: dict[str, Any] = {
    "model": MODEL,
    "stream": True,
    "messages": [{"role": "user", "content": "请为市委书记起草在全市安全生产工作会议上的讲话，约2000字，突出燃气整治和隐患排查"}],
}


class ContentPart(BaseModel):
    """A part of a message; only `text` is read."""

    model_config = ConfigDict(frozen=True)

    type: str = "text"
    text: str | None = None


class ChatMessage(BaseModel):
    """A turn. Only what `user` and `assistant` said is read; `reasoning_content` is ours, sent back by some clients."""

    model_config = ConfigDict(frozen=True)

    role: str
    content: str | list[ContentPart] | None = None
    reasoning_content: str | None = None

    def said(self) -> str:
        if not isinstance(self.content, list):
            return self.content or ""
        return "\n".join(part.text for part in self.content if part.text)


class StreamOptions(BaseModel):
    model_config = ConfigDict(frozen=True)

    include_usage: bool | None = None


class ChatRequest(BaseModel):
    """A conversation so far; its last turn of the user is answered."""

    model_config = ConfigDict(frozen=True, json_schema_extra={"examples": [_EXAMPLE]})

    model: str | None = MODEL
    messages: Annotated[list[ChatMessage], Field(min_length=1, max_length=2000)]
    stream: bool | None = False
    stream_options: StreamOptions | None = None

    @property
    def wants_usage(self) -> bool:
        return bool(self.stream_options and self.stream_options.include_usage)

    def turns(self) -> list[Turn]:
        """What was said, up to the last words of the user, with what the office's own clients put round them taken off."""
        turns: list[Turn] = []
        for one in self.messages:
            match one.role:
                case "user":
                    turns.append(Turn("user", _unwrapped(one.said())))
                case "assistant":
                    turns.append(Turn("assistant", "\n".join(filter(None, (one.said(), one.reasoning_content)))))
                case "system" | "developer":
                    turns.append(Turn("system", one.said()))
        while turns and turns[-1].role != "user":
            turns.pop()
        return turns


def _unwrapped(text: str) -> str:
    bare = _WRAPPED.sub("", text)
    if bare == text:
        return text
    return _USER_QUERY.sub(lambda found: found["said"] or "", bare).strip()


class CachedTokens(BaseModel):
    model_config = ConfigDict(frozen=True)

    cached_tokens: int = 0


class CompletionUsage(BaseModel):
    """Tokens that the model behind the agent read and wrote for this answer; 0 where it was not asked."""

    model_config = ConfigDict(frozen=True)

    prompt_tokens: int = 0
    completion_tokens: int = 0
    total_tokens: int = 0
    prompt_tokens_details: CachedTokens = CachedTokens()

    @classmethod
    def of(cls, spent: Usage) -> "CompletionUsage":
        return cls(
            prompt_tokens=spent.prompt_tokens,
            completion_tokens=spent.completion_tokens,
            total_tokens=spent.tokens,
            prompt_tokens_details=CachedTokens(cached_tokens=spent.cached_tokens),
        )


class AnswerMessage(BaseModel):
    model_config = ConfigDict(frozen=True)

    role: Literal["assistant"] = "assistant"
    content: str
    refusal: None = None


class Choice(BaseModel):
    model_config = ConfigDict(frozen=True)

    index: int = 0
    message: AnswerMessage
    logprobs: None = None
    finish_reason: Literal["stop"] = "stop"


class ChatCompletion(BaseModel):
    """A whole answer."""

    model_config = ConfigDict(frozen=True)

    id: str
    object: Literal["chat.completion"] = "chat.completion"
    created: int
    model: str = MODEL
    choices: tuple[Choice, ...]
    usage: CompletionUsage


class Delta(BaseModel):
    """What a chunk adds. `reasoning_content`: how the draft comes along, which clients show folded up."""

    model_config = ConfigDict(frozen=True)

    role: Literal["assistant"] | None = None
    content: str | None = None
    reasoning_content: str | None = None


class ChunkChoice(BaseModel):
    model_config = ConfigDict(frozen=True)

    index: int = 0
    delta: Delta
    finish_reason: Literal["stop"] | None = None


class Chunk(BaseModel):
    """A piece of a streamed answer; the one with the usage has no choices."""

    model_config = ConfigDict(frozen=True)

    id: str
    object: Literal["chat.completion.chunk"] = "chat.completion.chunk"
    created: int
    model: str = MODEL
    choices: tuple[ChunkChoice, ...]
    usage: CompletionUsage | None = None


@dataclass(frozen=True)
class Envelope:
    """What all that belongs to one answer has in common."""

    id: str = field(default_factory=lambda: f"chatcmpl-{secrets.token_hex(12)}")
    created: int = field(default_factory=lambda: int(time.time()))

    def whole(self, pieces: Sequence[str], usage: CompletionUsage) -> ChatCompletion:
        choice = Choice(message=AnswerMessage(content="".join(pieces)))
        return ChatCompletion(id=self.id, created=self.created, choices=(choice,), usage=usage)

    def chunk(self, delta: Delta, finish: Literal["stop"] | None = None) -> bytes:
        """A piece, as it goes over the wire: in its delta stands only what it adds."""
        choice = ChunkChoice(index=0, delta=delta, finish_reason=finish)
        return self._event((choice,))

    def usage(self, usage: CompletionUsage) -> bytes:
        return self._event((), usage=usage)

    def _event(self, choices: tuple[ChunkChoice, ...], **more: CompletionUsage) -> bytes:
        made = Chunk(id=self.id, object="chat.completion.chunk", created=self.created, model=MODEL, choices=choices, **more)
        return b"data: " + made.model_dump_json(exclude_unset=True).encode() + b"\n\n"
