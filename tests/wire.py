"""Cassettes: what the embedded model said over HTTP, replayed without it. CONTRIBUTING says how to record them again."""

import os
from pathlib import Path
from typing import Any

import vcr
import yaml

from agent import embedded
from agent.models import SMALL, EndpointModel
from agent.settings import read_settings

CASSETTES = Path(__file__).with_name("cassettes")
KEPT_HEADERS = {"content-type"}


class Readable:
    """YAML with Chinese as Chinese (vcrpy's own serializer escapes it)."""

    @staticmethod
    def serialize(cassette: dict[str, Any]) -> str:
        return yaml.safe_dump(cassette, allow_unicode=True, sort_keys=False, width=2**20)

    @staticmethod
    def deserialize(text: str) -> Any:
        return yaml.safe_load(text)


def _bare_request(request: Any) -> Any:
    request.headers = {name: value for name, value in request.headers.items() if name.lower() in KEPT_HEADERS}
    request.uri = "http://127.0.0.1/v1" + request.path.removeprefix("/v1")
    return request


def _bare_response(response: dict[str, Any]) -> dict[str, Any]:
    response["headers"] = {name: value for name, value in response["headers"].items() if name.lower() in KEPT_HEADERS}
    return response


def cassette(name: str) -> Any:
    """The cassette tests/cassettes/NAME.yaml; JIANGGAO_RECORD=all records it anew. Bodies are matched: another prompt is another call."""
    recorder = vcr.VCR(
        cassette_library_dir=str(CASSETTES),
        record_mode=vcr.mode.ALL if recording() else vcr.mode.NONE,
        match_on=["method", "path", "body"],
        before_record_request=_bare_request,
        before_record_response=_bare_response,
    )
    recorder.register_serializer("readable", Readable)
    return recorder.use_cassette(f"{name}.yaml", serializer="readable")


def recording() -> bool:
    return os.environ.get("JIANGGAO_RECORD") == "all"


def wired_model() -> EndpointModel:
    """The embedded model while recording, nobody at all while replaying."""
    if not recording():
        return EndpointModel("embedded", "http://127.0.0.1:9/v1", "none", SMALL, len)
    settings = read_settings()
    endpoint = embedded.serve(embedded.model_file(settings.models, settings.gguf))
    return EndpointModel("embedded", endpoint.base_url, endpoint.key, SMALL, len)
