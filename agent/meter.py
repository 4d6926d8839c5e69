"""What a draft costs, counted call by call, and where it is told to stop: by the user, or by a cap on tokens or money."""

import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from agent.drafts import Usage
from agent.line import HungUp, hung_up_when
from agent.models import Answer, ChatModel
from agent.settings import Settings
from prompts import Message
from speech.errors import DraftError

_REMARK = re.compile(r"（(?:注意：|另列，)[^（]*）")  # what a prompt says of the last answer, when it asks again


class Stopped(Exception):
    """The run was told to stop; what is written is saved."""


class CapReached(DraftError):
    """A draft has cost what it may."""


def usage_of(model: str, messages: Sequence[Message], answers: Sequence[Answer], seconds: float) -> Usage:
    """What one call cost that `answers` came back from, its cost in money left out. It is a retry where it asks again for what
    the last answer lacked, and one more for each time that the connection was tried anew.
    """
    again = any(message.role == "user" and _REMARK.search(message.content) for message in messages[-2:])
    return Usage(
        model=model,
        calls=1,
        retries=again + max((answer.retries for answer in answers), default=0),
        prompt_tokens=sum(answer.prompt_tokens for answer in answers),
        cached_tokens=sum(answer.cached_tokens for answer in answers),
        completion_tokens=sum(answer.completion_tokens for answer in answers),
        seconds=round(seconds, 2),
    )


class Metered:
    """The chat model with a meter, and with an ear for `stop`. `spent`: what the draft had cost before.

    Before each call the cap of the settings is looked at, so that a draft costs at most one call more than it may.
    """

    def __init__(self, model: ChatModel, stop: threading.Event, settings: Settings, spent: Usage) -> None:
        self.model, self.stop, self.settings = model, stop, settings
        self.name, self.profile = model.name, model.profile
        self.usage, self.since, self.spent = Usage(), Usage(), spent
        self.tell: Callable[[Usage], None] = lambda usage: None

    def ask(self, messages: Sequence[Message], *, on_text: Callable[[str], None] | None = None, **options: Any) -> Answer:
        self._may_go_on()
        started = time.monotonic()
        with self._stoppable():
            answer = self.model.ask(messages, on_text=self._heard, **options)
        self._spend(messages, [answer], time.monotonic() - started)
        return answer

    def offer(self, messages: Sequence[Message], *, on_text: Callable[[str], None] | None = None, **options: Any) -> list[Answer]:
        self._may_go_on()
        started = time.monotonic()
        with self._stoppable():
            answers = self.model.offer(messages, on_text=self._heard, **options)
        self._spend(messages, answers, time.monotonic() - started)
        return answers

    @contextmanager
    def _stoppable(self) -> Iterator[None]:
        """Inside, a model that says nothing is not waited for once `stop` is set."""
        try:
            with hung_up_when(self.stop.is_set):
                yield
        except HungUp as error:
            raise Stopped from error

    @contextmanager
    def telling(self, tell: Callable[[Usage], None]) -> Iterator[None]:
        """Inside, `tell` hears of the usage after every call."""
        before, self.tell = self.tell, tell
        try:
            yield
        finally:
            self.tell = before

    def taken(self) -> Usage:
        """What was spent since this was last asked."""
        spent, self.since = self.since, Usage()
        self.spent += spent
        return spent

    def _may_go_on(self) -> None:
        if self.stop.is_set():
            raise Stopped
        settings, total = self.settings, self.spent + self.since
        if settings.max_tokens is not None and total.tokens >= settings.max_tokens:
            raise CapReached(
                f"已用 {total.tokens} 个 token，到了上限 {settings.max_tokens}，写好的部分都已保存", "请调高 JIANGGAO_MAX_TOKENS"
            )
        if settings.max_cost is not None and (total.cost or 0) >= settings.max_cost:
            raise CapReached(
                f"已花费 {total.cost or 0:.4g}，到了上限 {settings.max_cost:.4g}，写好的部分都已保存", "请调高 JIANGGAO_MAX_COST"
            )

    def _spend(self, messages: Sequence[Message], answers: Sequence[Answer], seconds: float) -> None:
        spent = usage_of(self.name, messages, answers, seconds)
        spent = spent.model_copy(update={"cost": self.settings.cost(spent.prompt_tokens, spent.completion_tokens)})
        self.usage += spent
        self.since += spent
        self.tell(self.usage)

    def _heard(self, text: str) -> None:
        if self.stop.is_set():
            raise Stopped
