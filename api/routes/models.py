"""/v1/models: what an OpenAI client may choose from."""

from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from api.callers import Caller
from api.completions import MODEL
from api.errors import Refusal, openai_problems

router = APIRouter(prefix="/v1/models", tags=["openai"])

_BEGUN = 1_767_225_600  # 2026-01-01, in seconds: OpenAI's clients want a time


class Model(BaseModel):
    model_config = ConfigDict(frozen=True)

    id: str
    object: Literal["model"] = "model"
    created: int = _BEGUN
    owned_by: str = MODEL


class ModelList(BaseModel):
    model_config = ConfigDict(frozen=True)

    object: Literal["list"] = "list"
    data: tuple[Model, ...]


@router.get("", responses=openai_problems())
async def models(tenant: Caller) -> ModelList:
    """The one model there is: the agent."""
    return ModelList(data=(Model(id=MODEL),))


@router.get("/{model}", responses=openai_problems(404, 422))
async def model(model: str, tenant: Caller) -> Model:
    """The same by its name."""
    if model != MODEL:
        raise Refusal(404, f"没有模型 {model}，可用：{MODEL}")
    return Model(id=MODEL)
