"""What a client was sent, read in every form that a canary could hide in."""

import io
import json
import re
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import unquote

from evals.bench.canaries.offices import OFFICES, Estate, Office

_ESCAPED = re.compile(r"\\u([0-9a-f]{4})", re.I)
_TOPIC = re.compile(r"题目：([^。]+)。|在(\S+?)工作")


def readable(headers: Mapping[str, str], body: bytes) -> str:
    """Headers and body as text: addresses unquoted, JSON unescaped, the parts of a Word file unpacked."""
    pieces = [f"{name}: {unquote(value)}" for name, value in headers.items()]
    if body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(body)) as word:
            pieces += [word.read(name).decode("utf-8", "replace") for name in word.namelist()]
    else:
        text = body.decode("utf-8", "replace")
        pieces += [unquote(text), _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)]
    return re.sub(r"<[^<>]{0,400}>", "", "\n".join(pieces)) if body[:2] == b"PK" else "\n".join(pieces)


def crossed(seen: str, sent: str, other: Estate) -> list[str]:
    """What of the other office stands in an answer: its canary, its name, or a number of its own that was not in the request."""
    office = other.office
    found = [word for word in (*office.secrets, office.name, office.key) if word in seen]
    return found + [identity for identity in other.ids() if identity in seen and identity not in sent]


def spied(prompts: Sequence[str]) -> tuple[list[str], int]:
    """Prompts that carry what is not their office's; and how many carry a secret of their own office."""
    wrong, own = [], 0
    for prompt in prompts:
        carried = [office for office in OFFICES if any(secret in prompt for secret in office.secrets)]
        whose = owner(prompt)
        if len(carried) > 1 or (whose and any(office is not whose for office in carried)):
            wrong.append(prompt[-300:])
        own += bool(carried) and carried == [whose]
    return wrong, own


def owner(prompt: str) -> Office | None:
    """The office whose draft a prompt is for, by the topic at its end; None for a topic that both have."""
    told = [one or two for one, two in _TOPIC.findall(prompt)]
    return next((office for office in OFFICES if told and office.sign in told[-1]), None)


def said(sent: Mapping[str, Any], path: str) -> str:
    """Everything that stood in a request."""
    return unquote(path) + json.dumps(sent, ensure_ascii=False, default=repr)
