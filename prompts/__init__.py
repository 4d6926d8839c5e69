"""The words we send a model: one Markdown template a file.

A template is a list of turns, each under `# system`, `# user` or `# assistant`; `{{name}}` is a variable. The one
turn `# examples` stands for turns handed in by the caller (worked examples from the office's own speeches). Fixed turns come first,
so that calls of one kind share a prefix and the model's prompt cache serves it.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

Role = Literal["system", "user", "assistant"]

_TURN = re.compile(r"^# (system|user|assistant|examples)\s*$", re.M)
_VARIABLE = re.compile(r"\{\{(\w+)\}\}")
_TOPIC = re.compile(r"题目：([\u4e00-\u9fff]+)")


@dataclass(frozen=True)
class Message:
    role: Role
    content: str


@dataclass(frozen=True)
class Prompt:
    """A template; `hash` names its exact wording in whatever was made with it."""

    name: str
    turns: tuple[tuple[str, str], ...]
    hash: str

    @property
    def variables(self) -> frozenset[str]:
        return frozenset(name for _, text in self.turns for name in _VARIABLE.findall(text))

    def messages(self, examples: Sequence[Message] = (), /, **variables: str) -> list[Message]:
        """The turns with every variable set. A missing or an unused one is a ValueError: a slip in our code."""
        if variables.keys() != self.variables:
            wrong = ", ".join(sorted(variables.keys() ^ self.variables))
            raise ValueError(f"prompt {self.name}: missing or unused variables: {wrong}")
        made: list[Message] = []
        for role, text in self.turns:
            if role == "examples":
                made.extend(examples)
            else:
                made.append(Message(role, _VARIABLE.sub(lambda match: variables[match[1]], text)))  # type: ignore[arg-type]
        return made


@cache
def load(name: str) -> Prompt:
    """The template prompts/NAME.md."""
    source = (files(__name__) / f"{name}.md").read_text(encoding="utf-8")
    pieces = _TURN.split(source)[1:]
    turns = tuple((role, text.strip()) for role, text in zip(pieces[::2], pieces[1::2], strict=True))
    return Prompt(name, turns, hashlib.sha256(source.encode()).hexdigest()[:12])


def examples() -> list[str]:
    """Every worked answer of every template: what a model must not hand back as its own."""
    return [text for name in names() for role, text in load(name).turns if role == "assistant"]


def instructions() -> list[str]:
    """The pieces of every template that speak to the model, without their variables: no answer hands them back."""
    spoken = (text for name in names() for role, text in load(name).turns if role in ("system", "user"))
    return [piece for text in spoken for piece in _VARIABLE.split(text)[::2]]


@cache
def topics() -> frozenset[str]:
    """What the worked examples of every template are about: no answer is, unless that is what it was asked about."""
    return frozenset(topic for text in instructions() for topic in _TOPIC.findall(text))


def names() -> list[str]:
    """Every template there is."""
    return sorted(entry.name.removesuffix(".md") for entry in files(__name__).iterdir() if entry.name.endswith(".md"))
