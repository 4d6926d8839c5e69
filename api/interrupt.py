"""Ctrl-C ends a run within two seconds, whatever the model does."""

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

INTERRUPTED = 130  # the exit code of a program that Ctrl-C ended
GRACE = 1.0  # seconds for the run to end by itself


@contextmanager
def ending_promptly(last_words: Callable[[], None]) -> Iterator[None]:
    """Inside, Ctrl-C raises KeyboardInterrupt as ever; then `last_words` is said once, and the program exits with 130.

    A run cannot unwind while one of its threads waits for a model that hangs. After GRACE seconds, or at a second Ctrl-C,
    the process ends without waiting; that is no worse than a kill, which a draft survives. For the main thread only.
    """
    heard, said = threading.Event(), threading.Lock()

    def speak() -> None:
        if said.acquire(blocking=False):
            last_words()

    def leave() -> None:
        try:
            speak()
        finally:
            os._exit(INTERRUPTED)

    def on_interrupt(signum: int, frame: FrameType | None) -> None:
        if heard.is_set():
            leave()
        heard.set()
        timer = threading.Timer(GRACE, leave)
        timer.daemon = True
        timer.start()
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, on_interrupt)
    try:
        yield
    except KeyboardInterrupt:
        speak()
        sys.exit(INTERRUPTED)
    finally:
        if not heard.is_set():
            signal.signal(signal.SIGINT, before)
