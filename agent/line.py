"""The line to a model, which can be hung up while nothing comes over it: a model may think for minutes before its first word."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import Any

import httpcore2
import httpx2

_LOOK = 0.25  # seconds between two looks at whether to hang up

_told: ContextVar[Callable[[], bool]] = ContextVar("told", default=lambda: False)


class HungUp(BaseException):
    """The line was hung up from our side. No Exception: what retries a broken line must not catch it."""


@contextmanager
def hung_up_when(told: Callable[[], bool]) -> Iterator[None]:
    """Inside, and in this thread, a call that waits for the model raises HungUp soon after `told` is true; its connection is closed."""
    token = _told.set(told)
    try:
        yield
    finally:
        _told.reset(token)


def pause(seconds: float) -> None:
    """Sleep, unless the line is to be hung up meanwhile. Raises HungUp."""
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        _look()
        time.sleep(min(_LOOK, left))


def client(timeout: float, *hooks: Callable[[httpx2.Response], None]) -> httpx2.Client:
    """An HTTP client whose calls can be hung up. `timeout`: seconds without a byte after which a call fails; `hooks` get each response."""
    transport = httpx2.HTTPTransport()
    transport._pool.close()
    transport._pool = httpcore2.ConnectionPool(
        ssl_context=httpx2.create_ssl_context(), max_connections=None, keepalive_expiry=5.0, network_backend=_Backend()
    )
    return _Client(transport=transport, timeout=timeout, follow_redirects=True, event_hooks={"response": list(hooks)})


def _look() -> None:
    if _told.get()():
        raise HungUp


class _Client(httpx2.Client):
    """Closes with the last who holds it, as OpenAI's own does."""

    def __del__(self) -> None:
        with suppress(Exception):
            self.close()


class _Backend(httpcore2.SyncBackend):
    def connect_tcp(self, host: str, port: int, *rest: Any, **options: Any) -> httpcore2.NetworkStream:
        return _Stream(super().connect_tcp(host, port, *rest, **options))


class _Stream(httpcore2.NetworkStream):
    """A connection that looks up from its waiting."""

    def __init__(self, inner: httpcore2.NetworkStream) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        until = None if timeout is None else time.monotonic() + timeout
        while True:
            _look()
            left = _LOOK if until is None else min(_LOOK, until - time.monotonic())
            try:
                return self._inner.read(max_bytes, max(left, 0.001))
            except httpcore2.ReadTimeout:
                if until is not None and time.monotonic() >= until:
                    raise

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, timeout)

    def close(self) -> None:
        self._inner.close()

    def start_tls(self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None) -> "_Stream":
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, timeout))

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)
