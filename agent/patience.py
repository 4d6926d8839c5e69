"""How long and how much an endpoint may answer. Signs of life are no answer: a stream of pings ends at its deadline too."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from email.utils import parsedate_to_datetime
from typing import Any

import httpx2

LARGEST = 16 * 2**20  # bytes of one answer, its envelopes included
CHARACTERS_A_TOKEN = 8  # at the most; an answer longer than its tokens allow is read no further

_UNTIL: ContextVar[float] = ContextVar("until")


@contextmanager
def until(deadline: float) -> Iterator[None]:
    """Inside, an answer that is still coming in at `deadline` (of time.monotonic) is an httpx2.ReadTimeout."""
    token = _UNTIL.set(deadline)
    try:
        yield
    finally:
        _UNTIL.reset(token)


def asked_to_wait(response: httpx2.Response) -> float:
    """Seconds that Retry-After asks for; 0 where nothing, or nothing readable, is said."""
    said = response.headers.get("retry-after", "")
    try:
        return max(0.0, float(said))
    except ValueError:
        pass
    try:
        return max(0.0, parsedate_to_datetime(said).timestamp() - time.time())
    except (ValueError, TypeError):
        return 0.0


def bound(response: httpx2.Response) -> None:
    """Hold an answer to both: a hook of the HTTP client."""
    response.stream = _Bounded(response.stream, response.request)


class _Bounded(httpx2.SyncByteStream):
    def __init__(self, stream: Any, request: httpx2.Request) -> None:
        self._stream, self._request = stream, request

    def __iter__(self) -> Iterator[bytes]:
        deadline, size = _UNTIL.get(float("inf")), 0
        for data in self._stream:
            size += len(data)
            if time.monotonic() > deadline:
                raise httpx2.ReadTimeout("past the deadline", request=self._request)
            if size > LARGEST:
                raise httpx2.ReadError("an answer without an end", request=self._request)
            yield data

    def close(self) -> None:
        self._stream.close()
