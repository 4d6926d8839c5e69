"""Change a finished draft: only what must change changes."""

import re
from collections.abc import Mapping
from datetime import date

from agent.drafts import Draft, Status
from speech import placeholders
from speech.brief import SpeechBrief, brief_from
from speech.errors import DraftError
from speech.parse import parse
from speech.review import review

_CLAUSE = re.compile(r"[^，。；：！？\n]+")
_LONGEST_ANSWER = 200  # characters
_MOST_FACTS, _LONGEST_FACT = 100, 500  # what a brief holds


def fill(draft: Draft, answers: Mapping[str, str], today: date) -> Draft:
    """`draft` with answers to its fill-in sheet, {"p1": "3月5日"}, at every place; what was answered counts as told from now on.

    Raises DraftError for a draft that is not finished, an id that its sheet does not have, or an answer that is no single line.
    """
    if draft.status != Status.COMPLETED:
        raise DraftError(f"稿子 {draft.id} 还没写完，不能填空", f"先运行 jianggao drafts resume {draft.id}")
    for name, answer in answers.items():
        if len(answer) > _LONGEST_ANSWER or len(answer.strip().splitlines()) > 1:
            raise DraftError(f"{name} 的答案应是一行，{_LONGEST_ANSWER} 字以内", "请改短后再填")
    text = placeholders.fill(draft.text, dict(answers))
    brief = _told_more(draft.brief, draft.text, text)
    speech = parse(text)
    texts = [paragraph.text for paragraph in speech.paragraphs()]
    if len(texts) != len(draft.paragraphs):
        raise DraftError("填入的内容会打乱结构", "请不要在答案里写换行和序号")
    paragraphs = tuple(old.model_copy(update={"text": new}) for old, new in zip(draft.paragraphs, texts, strict=True))
    changed = {
        "brief": brief,
        "speech": speech,
        "text": text,
        "paragraphs": paragraphs,
        "placeholders": tuple(placeholders.fill_in_sheet(text)),
        "review": review(text, brief, (), today),
    }
    return draft.model_copy(update=changed)


def _told_more(brief: SpeechBrief, before: str, after: str) -> SpeechBrief:
    """`brief` with every clause that was filled in as a fact: 300 alone does not tell what 300万元 does."""
    known = set(_CLAUSE.findall(before))
    told = list(dict.fromkeys(clause.strip() for clause in _CLAUSE.findall(after) if clause not in known))
    facts = list(brief.facts)
    for clause in told:
        room = len(facts) < _MOST_FACTS // 2 or not facts
        if room or len(facts[-1]) + len(clause) >= _LONGEST_FACT:
            facts.append(clause)
        else:
            facts[-1] += f"；{clause}"
    return brief_from(brief.model_dump() | {"facts": facts})
