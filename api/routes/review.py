"""/v1/review: the checks on any text."""

from fastapi import APIRouter

from api.callers import Caller
from api.errors import problems
from api.schemas import ReviewTask
from speech.review import Review
from speech.review import review as check

router = APIRouter(prefix="/v1/review", tags=["review"])


@router.post("", responses=problems(413, 415, 422))
def review(task: ReviewTask, tenant: Caller) -> Review:
    """Scores and findings of a text, whoever wrote it; with the brief, its length and its facts are checked too."""
    return check(task.text, task.brief, (), tenant.settings.today)
