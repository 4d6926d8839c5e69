"""The OpenAPI document says what the server does: schemathesis calls every operation of it with made-up requests, right and wrong."""

from collections.abc import Iterator
from contextlib import ExitStack

import hypothesis.errors
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance, status_code_conformance

from tests.api.http.conftest import Gate, server
from tests.api.http.test_drafts import begun, settled

CHECKS = (not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance)
DRAFTS: list[str] = []


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[schemathesis.BaseSchema]:
    """The schema of a running server that has a finished draft."""
    home = tmp_path_factory.mktemp("contract")
    with ExitStack() as stack, pytest.MonkeyPatch.context() as patch:
        patch.setenv("JIANGGAO_HOME", str(home))
        served = stack.enter_context(server(Gate(), None, filled=True, live=True, model=None))
        client = served.one
        DRAFTS[:] = [begun(client)]
        settled(client, DRAFTS[0])
        yield schemathesis.openapi.from_url(f"{client.base_url}/openapi.json".replace("//openapi", "/openapi"))


@pytest.mark.filterwarnings("ignore:Do not use the `random` module")  # schemathesis itself does
def test_every_operation_answers_as_it_is_documented(api: schemathesis.BaseSchema) -> None:
    called = 0
    for found in api.get_all_operations():
        operation = found.ok()
        for mode in schemathesis.GenerationMode:
            called += call(operation, mode)
    assert called > 150


def call(operation: schemathesis.APIOperation, mode: schemathesis.GenerationMode) -> int:
    """Call one operation some times; how often."""
    called = 0

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(
        max_examples=6,
        deadline=None,
        derandomize=True,
        database=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    def run(case: schemathesis.Case) -> None:
        nonlocal called
        called += 1
        if case.path_parameters.get("draft_id") and case.method != "DELETE":
            # of two requests one is for a draft that there is
            case.path_parameters["draft_id"] = DRAFTS[0] if called % 2 else "0101-none"
        case.call_and_validate(checks=list(CHECKS), timeout=20)

    try:
        run()
    except hypothesis.errors.Unsatisfiable:  # nothing can be wrong with a request that takes nothing
        assert mode is schemathesis.GenerationMode.NEGATIVE
    return called


def test_the_document_has_an_example_for_every_body_and_names_its_errors(api: schemathesis.BaseSchema) -> None:
    document = api.raw_schema
    assert isinstance(document, dict)
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if path.startswith("/v1"):
                assert {"401", "403"} <= set(operation["responses"]), (method, path)
                assert operation["security"], (method, path)
            content = operation.get("requestBody", {}).get("content", {})
            for kind, body in content.items():
                reference = str(body["schema"].get("$ref", "")).rpartition("/")[2]
                shape = document["components"]["schemas"].get(reference, {})
                assert kind != "application/json" or "examples" in body or "examples" in shape or reference == "Back", (
                    method,
                    path,
                )
    assert "HTTPValidationError" not in str(document)
