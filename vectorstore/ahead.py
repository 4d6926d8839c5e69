"""Files are read and understood some way ahead, in threads, while the main one embeds and writes."""

import hashlib
import os
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from speech.errors import JianggaoError
from vectorstore.files import Found
from vectorstore.known import Known
from vectorstore.load import load_bytes
from vectorstore.understood import Understood, understood

# Word, PDF and HTML files are read by programs of their own, which run beside one another; the rest shares one core.
THREADS = min(4, os.cpu_count() or 1)


@dataclass(frozen=True)
class Reading:
    """What reading a file gave: its speeches; none where the store knows the bytes; `refused` says why there are none."""

    sha256: str = ""
    speeches: tuple[Understood, ...] = ()
    refused: str = ""


def read_ahead(files: Sequence[Found], known: Known, threads: int = THREADS) -> Iterator[tuple[Found, Reading]]:
    """Each file with what reading it gave, in order; no more than a few are held at a time."""
    pool = ThreadPoolExecutor(threads, thread_name_prefix="read")
    waiting: deque[tuple[Found, Future[Reading]]] = deque()
    try:
        for found in files:
            waiting.append((found, pool.submit(reading, found, known)))
            if len(waiting) > 2 * threads:
                first, future = waiting.popleft()
                yield first, future.result()
        while waiting:
            first, future = waiting.popleft()
            yield first, future.result()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def reading(found: Found, known: Known) -> Reading:
    """Read one file, unless the store knows its bytes. What is wrong with it is said in the reading, never raised."""
    sha256 = ""
    try:
        data = found.read()
        sha256 = hashlib.sha256(data).hexdigest()
        if known.of_bytes(sha256):
            return Reading(sha256)
        return Reading(sha256, understood(load_bytes(found.name, data)))
    except JianggaoError as error:
        return Reading(sha256, refused=str(error))
    except Exception as error:
        # One file that trips a fault of ours must not end a run over thousands.
        return Reading(sha256, refused=f"《{found.name}》读取时程序出错（{type(error).__name__}），请把该文件发给维护人员")
