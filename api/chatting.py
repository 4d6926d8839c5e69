"""Answers of conversations, each made in a thread of its own: a desk waits for jobs, which a loop must not."""

import asyncio
import logging
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum, auto

from agent.chat import Piece
from api.errors import Refusal
from api.feed import PING

log = logging.getLogger("jianggao.chat")

MOST = 200  # answers under way at once


class Left(Exception):
    """Nobody waits for the answer any more. Its job goes on."""


class Sign(Enum):
    """What is no piece of an answer: nothing came for a while, or nothing more will."""

    QUIET = auto()
    END = auto()


@dataclass
class Chats:
    """The answers under way."""

    count: int = 0

    async def answer(self, speak: Callable[[], Iterator[Piece]], gone: threading.Event) -> AsyncIterator[Piece | Sign]:
        """The pieces that `speak` gives, and QUIET whenever none came for a while. `gone` is set when nobody takes them any more.

        Raises what `speak` does, and Refusal where too many are under way.
        """
        if self.count >= MOST:
            raise Refusal(429, "同时进行的对话太多", {"Retry-After": "5"})
        loop, pieces = asyncio.get_running_loop(), asyncio.Queue[Piece | Sign | Exception]()

        def put(one: Piece | Sign | Exception) -> None:
            with suppress(RuntimeError):  # the loop is closed
                loop.call_soon_threadsafe(pieces.put_nowait, one)

        def work() -> None:
            try:
                for piece in speak():
                    put(piece)
            except Left:
                log.info("the caller left; the job goes on")
            except Exception as error:
                put(error)
            put(Sign.END)

        self.count += 1
        threading.Thread(target=work, name="chat", daemon=True).start()
        try:
            while (one := await _next(pieces)) is not Sign.END:
                if isinstance(one, Exception):
                    raise one
                yield one
        finally:
            self.count -= 1
            gone.set()


async def _next(pieces: "asyncio.Queue[Piece | Sign | Exception]") -> Piece | Sign | Exception:
    try:
        return await asyncio.wait_for(pieces.get(), PING)
    except TimeoutError:
        return Sign.QUIET
