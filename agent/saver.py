"""A saver of steps that can be waited for: a step is done when its product is on disk, and not before."""

import threading
from collections.abc import Sequence
from concurrent.futures import Future
from typing import Any, TypeVar

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import BaseCheckpointSaver

from speech.errors import DatabaseError

Product = TypeVar("Product")

_PRODUCT = "__return__"  # langgraph's channel for what a task returns
_LONGEST_WRITE = 60.0  # seconds


class StepSaver(BaseCheckpointSaver[str]):
    """What makes a saver of langgraph's one that can be waited for.

    langgraph saves a task's product in the background while the recipe goes on, so that a kill right after a step loses it.
    Each task says `begun` first, and `done` waits for its product.
    """

    def __init__(self, *connection: Any, **serde: Any) -> None:
        super().__init__(*connection, **serde)
        self._begun = 0
        self._saved = threading.Semaphore(0)
        self._error: Exception | None = None

    def put_writes(self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str = "") -> None:
        try:
            super().put_writes(config, writes, task_id, task_path)
        except Exception as error:
            self._error = error
            raise
        finally:
            if any(channel == _PRODUCT for channel, _ in writes):
                self._saved.release()

    def begun(self) -> None:
        """A task runs; one whose product is known from an earlier run does not."""
        self._begun += 1

    def done(self, future: Future[Product]) -> Product:
        """The product of a task, once it is saved. Raises the database's error where it cannot be."""
        product = future.result()
        if self._begun:
            self._begun -= 1
            if not self._saved.acquire(timeout=_LONGEST_WRITE):
                raise DatabaseError("进度存不下：写入超时", "请检查磁盘空间和数据库")
        if self._error:
            raise self._error
        return product
