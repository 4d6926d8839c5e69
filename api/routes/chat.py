"""/v1/chat/completions: a conversation that drafts and revises, for OpenAI's clients and the chat programs built on them."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator, Sequence

from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse

from agent.chat import Piece, Progress, Said, Turn, recalled
from agent.conversation.side_tasks import is_side_task, side_answer
from api.callers import Caller, Served
from api.chatting import Sign
from api.completions import MODEL, ChatCompletion, ChatRequest, CompletionUsage, Delta, Envelope
from api.desk import ServerDesk
from api.errors import FAULT, Refusal, openai_error, openai_problems, status_of
from speech.errors import JianggaoError

log = logging.getLogger("jianggao.chat")
router = APIRouter(prefix="/v1/chat", tags=["openai"])

_LONGEST = 8000  # characters of the message that is answered
_STREAM = {"description": "streamed: chunks as server-sent events, the last one [DONE]"}


@router.post(
    "/completions",
    response_model=ChatCompletion,
    responses=openai_problems(400, 404, 413, 415, 422, 429)
    | {
        200: {
            **_STREAM,
            "content": {"text/event-stream": {"itemSchema": {"type": "object", "properties": {"data": {"type": "string"}}}}},
        }
    },
)
async def complete(asked: ChatRequest, request: Request, tenant: Caller, server: Served) -> ChatCompletion | Response:
    """Answer the last message of a conversation: draft, revise, fill, explain, export. Unknown fields are ignored.

    A draft is a job like any other: it goes on when the caller leaves, and its number comes first, as `reasoning_content`.
    """
    turns = _turns(asked)
    envelope = Envelope()
    desk = ServerDesk(tenant, server, tenant.settings.public_url or str(request.base_url))
    if is_side_task(turns):
        pieces = _said(side_answer(turns))
    else:
        pieces = server.chats.answer(lambda: _spoken(desk, turns), desk.gone)
        first = await anext(pieces, Sign.END)  # what goes wrong before the first word is answered as an error
        pieces = _again(first, pieces)
    if not asked.stream:
        said = await _gathered(pieces, request)
        return envelope.whole(said, CompletionUsage.of(await asyncio.to_thread(desk.spent)))
    body = _streamed(envelope, pieces, desk if asked.wants_usage else None)
    return StreamingResponse(
        body, media_type="text/event-stream", headers={"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
    )


def _turns(asked: ChatRequest) -> list[Turn]:
    if asked.model not in (MODEL, None):
        raise Refusal(404, f"没有模型 {asked.model}，可用：{MODEL}")
    turns = asked.turns()
    if not turns:
        raise Refusal(400, "没有用户的话：messages 里要有 role 为 user 的一条")
    if len(turns[-1].content) > _LONGEST and not is_side_task(turns):
        raise Refusal(400, f"一次最多说 {_LONGEST} 字；长的材料请装入语料库")
    return turns


def _spoken(desk: ServerDesk, turns: Sequence[Turn]) -> Iterator[Piece]:
    talked = [turn for turn in turns if turn.role != "system"]
    return recalled(desk, talked).hear(talked[-1].content)


async def _said(text: str) -> AsyncIterator[Piece | Sign]:
    yield Said(text)


async def _again(first: Piece | Sign, rest: AsyncIterator[Piece | Sign]) -> AsyncIterator[Piece | Sign]:
    if first is not Sign.END:
        yield first
    async for one in rest:
        yield one


async def _gathered(pieces: AsyncIterator[Piece | Sign], request: Request) -> list[str]:
    """What is said, once all is. A caller who has left is not waited for: his job goes on."""
    said: list[str] = []
    async for one in pieces:
        if isinstance(one, Said):
            said.append(one.text)
        elif one is Sign.QUIET and await request.is_disconnected():
            break
    return said


async def _streamed(envelope: Envelope, pieces: AsyncIterator[Piece | Sign], usage_of: ServerDesk | None) -> AsyncIterator[bytes]:
    yield envelope.chunk(Delta(role="assistant", content=""))
    try:
        async for one in pieces:
            match one:
                case Said(text):
                    yield envelope.chunk(Delta(content=text))
                case Progress(text):
                    yield envelope.chunk(Delta(reasoning_content=text))
                case Sign.QUIET:
                    yield b": ping\n\n"
    except Exception as error:
        yield _fault(error)
        return
    yield envelope.chunk(Delta(), finish="stop")
    if usage_of is not None:
        yield envelope.usage(CompletionUsage.of(await asyncio.to_thread(usage_of.spent)))
    yield b"data: [DONE]\n\n"


def _fault(error: Exception) -> bytes:
    """What goes wrong after the first word: its status is sent, and the error can only follow."""
    if isinstance(error, JianggaoError):
        told = openai_error(status_of(error), error.for_program)
    else:
        log.error("fault in an answer", exc_info=error)
        told = openai_error(500, FAULT)
    return b"data: " + told.model_dump_json().encode() + b"\n\n"
