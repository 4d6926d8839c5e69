"""A chat model whose constrained answers are kept: a judge that is asked the same again, says the same, and costs nothing."""

import hashlib
import json
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from agent.models import Answer, ChatModel
from prompts import Message


class Remembered:
    """The same model; each answer stands in `folder` under the hash of the model, the messages, the schema and the seed."""

    def __init__(self, model: ChatModel, folder: Path) -> None:
        self._model, self._folder = model, folder
        self.name, self.profile = model.name, model.profile

    def ask(
        self, messages: Sequence[Message], *, schema: Mapping[str, Any] | None = None, seed: int | None = None, **options: Any
    ) -> Answer:
        asked = [self.name, [asdict(message) for message in messages], schema, seed]
        key = hashlib.sha256(json.dumps(asked, ensure_ascii=False, sort_keys=True).encode()).hexdigest()[:24]
        file = self._folder / f"{key}.json"
        if (kept := _read(file)) is not None:
            return kept
        answer = self._model.ask(messages, schema=schema, seed=seed, **options)
        file.parent.mkdir(parents=True, exist_ok=True)
        partial = file.with_suffix(f".{threading.get_ident()}")
        partial.write_text(json.dumps(asdict(answer), ensure_ascii=False), encoding="utf-8")
        partial.replace(file)
        return answer

    def offer(
        self,
        messages: Sequence[Message],
        *,
        count: int,
        max_tokens: int,
        seed: int,
        stop: Sequence[str] = (),
        on_text: Callable[[str], None] | None = None,
    ) -> list[Answer]:
        """Not kept: a judge never asks so."""
        return self._model.offer(messages, count=count, max_tokens=max_tokens, seed=seed, stop=stop, on_text=on_text)


def _read(file: Path) -> Answer | None:
    try:
        return Answer(**json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
