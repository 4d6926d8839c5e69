"""Which revision a caller has seen: an ETag on every draft that is given, If-Match on every change of one (RFC 9110, 13.1.1)."""

from typing import Annotated

from fastapi import Header, Response

from agent.drafts import Draft
from api.errors import Refusal

_TAGS = r'^\s*(\*|(W/)?"[^"]{0,40}"(\s*,\s*(W/)?"[^"]{0,40}"){0,20})\s*$'
ETAG = {"ETag": {"schema": {"type": "string"}, "description": "the draft's revision in quotes, for If-Match"}}

IfMatch = Annotated[
    str | None,
    Header(
        max_length=1000,
        pattern=_TAGS,
        description="the ETag of the draft that is to be changed: where another change came first, the answer is 412 and nothing is done",
        examples=['"1"'],
    ),
]


def etag(draft: Draft) -> str:
    """Names the revision, which every change of a text makes anew; that a job is at work does not count as one."""
    return f'"{draft.revision}"'


def tagged(response: Response, draft: Draft) -> Draft:
    """`draft`, with its ETag on the answer."""
    response.headers["ETag"] = etag(draft)
    return draft


def check_seen(draft: Draft, if_match: str | None) -> None:
    """Raises Refusal 412 where `draft` stands at none of the revisions that were named."""
    if if_match is None or if_match.strip() == "*":
        return
    if etag(draft) not in [tag.strip() for tag in if_match.split(",")]:
        raise Refusal(
            412, f"稿子 {draft.id} 已被改过，现在是第 {draft.revision} 稿；请看过最新的稿子再改一次", {"ETag": etag(draft)}
        )
