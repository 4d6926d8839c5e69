"""A chat model with a meter: what a target spends, counted the same way for every target."""

import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

from agent.drafts import Usage
from agent.meter import usage_of
from agent.models import Answer, ChatModel
from prompts import Message

Clock = Callable[[], float]


class Metered:
    """The same model; calls, tokens and seconds are added up in `usage`, and every seed is moved by `offset`."""

    def __init__(self, model: ChatModel, offset: int = 0, clock: Clock = time.monotonic) -> None:
        self._model, self._offset, self._clock = model, offset, clock
        self.name, self.profile = model.name, model.profile
        self.usage = Usage(model=model.name)
        self._adding = threading.Lock()

    def ask(self, messages: Sequence[Message], *, seed: int | None = None, **options: Any) -> Answer:
        started = self._clock()
        answer = self._model.ask(messages, seed=(seed or 0) + self._offset, **options)
        self._add(messages, [answer], started)
        return answer

    def offer(self, messages: Sequence[Message], *, seed: int, **options: Any) -> list[Answer]:
        started = self._clock()
        answers = self._model.offer(messages, seed=seed + self._offset, **options)
        self._add(messages, answers, started)
        return answers

    def _add(self, messages: Sequence[Message], answers: Sequence[Answer], started: float) -> None:
        spent = usage_of(self.name, messages, answers, self._clock() - started)
        with self._adding:
            self.usage += spent
