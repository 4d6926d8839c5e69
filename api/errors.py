"""Errors as answers: RFC 9457 (application/problem+json), and OpenAI's shape on the routes that its clients call."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from api.jobs import TooMany
from speech.errors import BriefError, DatabaseError, DraftError, DraftNotFound, FileRefused, JianggaoError, ModelError, StoreError

FAULT, TOO_LARGE = "程序内部出错，详情见服务日志；已存的稿子不受影响", "请求太大"
PROBLEM = "application/problem+json"
OPENAI_ROUTES = ("/v1/models", "/v1/chat/")
_STATUS: tuple[tuple[type[JianggaoError], int], ...] = (
    (TooMany, 429), (DraftNotFound, 404), (DatabaseError, 503), (DraftError, 409), (BriefError, 422), (FileRefused, 422), (ModelError, 503), (StoreError, 503),
)  # fmt: skip
_SAID = {
    400: "请求看不懂", 401: "需要密钥", 403: "不允许", 404: "没有这个地址", 405: "这个地址不支持这种请求", 406: "给不出要的格式",
    413: TOO_LARGE, 415: "请求的格式不对",
}  # fmt: skip
_OPENAI_TYPES = {401: "authentication_error", 403: "permission_error", 404: "not_found_error", 429: "rate_limit_error"}


class Wrong(BaseModel):
    """One thing that is wrong with a request, and where."""

    model_config = ConfigDict(frozen=True)

    where: str
    message: str


class Problem(BaseModel):
    """RFC 9457. `detail` is one line for people that says what to do; `errors` names the fields that are wrong."""

    model_config = ConfigDict(frozen=True)

    type: str = "about:blank"
    title: str = Field(examples=["Not Found"])
    status: int = Field(examples=[404])
    detail: str = Field(examples=["没有编号为 0305-ab12cd 的稿子"])
    errors: tuple[Wrong, ...] = ()


class OpenAIFault(BaseModel):
    model_config = ConfigDict(frozen=True)

    message: str
    type: str
    param: str | None = None
    code: str | None = None


class OpenAIError(BaseModel):
    """An error as OpenAI's clients read it."""

    model_config = ConfigDict(frozen=True)

    error: OpenAIFault


class Refusal(HTTPException):
    """An answer that is an error: a status and a line."""

    def __init__(self, status: int, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(status, detail, headers)


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The documented error answers of a route."""
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        status: {"description": HTTPStatus(status).phrase, "content": {PROBLEM: {"schema": schema}}}
        for status in sorted({*statuses, 401, 403, 500, 503} | ({400} if 413 in statuses else set()))  # a body that is no text
    }


def openai_problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The same for a route that OpenAI's clients call."""
    return {
        status: {"description": HTTPStatus(status).phrase, "model": OpenAIError}
        for status in sorted({*statuses, 401, 403, 500, 503})
    }


def install(app: FastAPI) -> None:
    """Every error of `app` answered in the right shape."""
    app.add_exception_handler(JianggaoError, _ours)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(Exception, _fault)


def answer(
    request: Request, status: int, detail: str, headers: Mapping[str, str] | None = None, errors: tuple[Wrong, ...] = ()
) -> JSONResponse:
    """An error in the shape of the route that was called."""
    if request.url.path.startswith(OPENAI_ROUTES):
        fault = openai_error(status, detail, errors[0].where if errors else None)
        return JSONResponse(fault.model_dump(), status, headers)
    problem = Problem(title=HTTPStatus(status).phrase, status=status, detail=detail, errors=errors)
    return JSONResponse(problem.model_dump(mode="json", exclude_defaults=True) | {"type": problem.type}, status, headers, PROBLEM)


def openai_error(status: int, detail: str, param: str | None = None) -> OpenAIError:
    """An error as OpenAI's clients know it by its status."""
    kind = _OPENAI_TYPES.get(status, "invalid_request_error" if status < 500 else "server_error")
    return OpenAIError(error=OpenAIFault(message=detail, type=kind, param=param))


def status_of(error: JianggaoError) -> int:
    return next((status for kind, status in _STATUS if isinstance(error, kind)), 400)


async def _ours(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, JianggaoError)
    headers = {"Retry-After": str(error.retry_after)} if isinstance(error, TooMany) else None
    return answer(request, status_of(error), error.for_program, headers)


async def _http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    detail = error.detail if isinstance(error, Refusal) else _SAID.get(error.status_code, error.detail)
    return answer(request, error.status_code, detail, error.headers)


async def _invalid(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    wrong = tuple(Wrong(where=".".join(map(str, one["loc"])), message=_message(one)) for one in error.errors()[:20])
    detail = "请求有误：" + "；".join(f"{one.where} {one.message}" for one in wrong[:3])
    return answer(request, 422, detail, errors=wrong)


async def _fault(request: Request, error: Exception) -> JSONResponse:
    return answer(request, 500, FAULT)


def _message(error: Mapping[str, Any]) -> str:
    limits = error.get("ctx") or {}
    match error["type"]:
        case "missing":
            return "没有写"
        case "json_invalid":
            return "不是合格的 JSON"
        case "extra_forbidden":
            return "没有这个字段"
        case "string_too_long" | "too_long":
            return f"过长（上限 {limits.get('max_length')}）"
        case "string_too_short" | "too_short":
            return "不能为空" if limits.get("min_length") == 1 else "过短"
        case "greater_than_equal":
            return f"不能小于 {limits.get('ge')}"
        case "less_than_equal":
            return f"不能大于 {limits.get('le')}"
        case "literal_error" | "enum":
            return f"应是 {limits.get('expected')} 之一"
        case "int_parsing" | "int_type" | "int_from_float":
            return "应是整数"
        case "bool_parsing" | "bool_type":
            return "应是 true 或 false"
        case "string_type":
            return "应是文字"
        case "model_type" | "model_attributes_type" | "dict_type":
            return "应是一个 JSON 对象"
        case "list_type" | "tuple_type":
            return "应是一个列表"
        case _:
            return str(error["msg"])
