"""Change a finished draft: only what must change changes."""

from collections.abc import Mapping
from datetime import date

from agent.drafts import Draft, Status
from speech import placeholders
from speech.errors import DraftError
from speech.parse import parse
from speech.review import review


def fill(draft: Draft, answers: Mapping[str, str], today: date) -> Draft:
    """`draft` with answers to its fill-in sheet, {"p1": "3月5日"}, at every place; what was answered counts as told from now on.

    Raises DraftError for a draft that is not finished or an id that its sheet does not have.
    """
    if draft.status != Status.COMPLETED:
        raise DraftError(f"稿子 {draft.id} 还没写完，不能填空", f"先运行 jianggao drafts resume {draft.id}")
    text = placeholders.fill(draft.text, dict(answers))
    brief = draft.brief.model_copy(update={"facts": (*draft.brief.facts, *answers.values())})
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
