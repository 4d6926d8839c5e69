"""What a chat client asks beside the conversation: a title, tags, follow-ups. Answered by rule, without a model and without a draft.

The shapes are those of Open WebUI (### Task:), LibreChat, and the clients usual in China, some of which put the task into the system message.
"""

import json
import re
from collections.abc import Sequence

from agent.understand import understand
from prompts import Message
from speech.errors import BriefError

_TASK = re.compile(
    r"""\s*(?:
        \#{1,4}\s*Task\b
        |<task>
        |(?:please\s+)?(?:generate|create|provide|write|give)\s+(?:me\s+)?an?\s+(?:very\s+)?(?:concise|short|brief)\b.{0,80}\btitle
        |analyze\s+this\s+conversation\s+and\s+provide
        |your\s+task\s+is\s+to\s+(?:reflect|generate)
        |你是一个标题生成
        |使用.{1,4}个字直接返回这句话的简要主题
        |简要总结一下对话内容
        |请?(?:为|给|根据)(?:以上|上述|这[段次个]|本次|当前|我们的)?(?:对话|会话|聊天)(?:内容|记录)?.{0,12}(?:标题|题目)
    )""",
    re.I | re.S | re.X,
)
# A system message that asks for a title says how long it is to be, and what is not to be said beside it.
_TITLE_WANTED = re.compile(
    r"(?:对话|会话|聊天).{0,40}(?:标题|题目)|title.{0,40}(?:conversation|chat)|(?:conversation|chat).{0,40}title", re.I | re.S
)
_BRIEFLY = re.compile(
    r"个?字(?:以内|以下|之内|内)的?|words? or less|max(?:imum)? \d+ (?:words|characters)|only (?:return|respond|output)", re.I
)
_SPOKEN = re.compile(r"^\W*(?:user|用户)\W*[：:]\s*(.+)", re.I | re.M)
_LONGEST = 20  # characters of a title
_FOLLOW_UPS = ("还有哪些要填？", "导出Word", "第二部分再充实一些")


def is_side_task(messages: Sequence[Message]) -> bool:
    """Whether a client asks for something of its own: to be answered cheaply, never to start a draft."""
    if not messages:
        return False
    ordered = any(
        turn.role == "system" and _TITLE_WANTED.search(turn.content[:1000]) and _BRIEFLY.search(turn.content[:1000])
        for turn in messages
    )
    return ordered or bool(_TASK.match(messages[-1].content))


def side_answer(messages: Sequence[Message]) -> str:
    """What the task gets: what the conversation is about, in the shape that it names."""
    told = messages[-1].content
    shapes: tuple[tuple[str, object], ...] = (
        ('"follow_ups"', {"follow_ups": list(_FOLLOW_UPS)}),
        ('"tags"', {"tags": ["讲稿"]}),
        ('"queries"', {"queries": []}),
        ("autocompletion", {"text": ""}),
        ('"prompt"', {"prompt": ""}),
        ("detected language", {"language": "zh", "title": _title(messages)}),
        ('"title"', {"title": _title(messages)}),
    )
    found = next((answer for sign, answer in shapes if sign in told), None)
    return _title(messages) if found is None else json.dumps(found, ensure_ascii=False)


def _title(messages: Sequence[Message]) -> str:
    """A title for the conversation: that of the speech which its first words ask for, else those words."""
    *before, last = (turn.content for turn in messages if turn.role == "user")
    spoken = _SPOKEN.search(last)
    first = spoken[1] if spoken else next(iter(before), "" if _TASK.match(last) else last)
    words = " ".join(first.split())
    try:
        brief = understand(words)
    except BriefError:
        return words[:_LONGEST] or "讲稿"
    return (brief.title or f"{brief.occasion or brief.topic}{brief.genre}")[:_LONGEST]
