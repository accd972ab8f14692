"""A fuzz of the API from its own OpenAPI document: no 500, nothing undocumented, no refusal that writes.

The bodies and queries are schemathesis's, right and wrong; the numbers in the addresses are often the world's own and
the versions often right, so that requests get past the doors.
"""

from collections.abc import Callable
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from openapi_spec_validator import validate
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.house.conftest import House
from tests.house.world import ROLES

DOCUMENT = "/api/v1/openapi.json"

# The first word of the addresses: one test each.
RESOURCES = (
    "amendments",
    "axes",
    "baseline",
    "carry-overs",
    "cities",
    "comments",
    "contracts",
    "conventions",
    "cost-items",
    "decisions",
    "documents",
    "funders",
    "grants",
    "import-batches",
    "landlords",
    "meetings",
    "neighbourhoods",
    "objectives",
    "participation",
    "payments",
    "priorities",
    "projects",
    "reference-values",
    "residences",
    "schemes",
    "tfpb-actions",
    "tfpb-files",
)

# Its missing-header check does not know 428.
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]

KNOWN = {"code": ["ici", "ailleurs"], "year": [2025, 2026, 2030], "number": [1, 2, 3]}
VERSIONS = ['"1"', '"1"', '"2"', '"3"', "*", 'W/"1"', None]


@pytest.fixture(scope="session")
def api(_house: House) -> Any:
    """The API's schema, whose requests go straight to the application."""
    return schemathesis.openapi.from_wsgi(DOCUMENT, _house.app)


def operations(api: Any) -> list[Any]:
    return [found.ok() for found in api.get_all_operations()]


def resource_of(operation: Any) -> str:
    return str(operation.path.removeprefix("/api/v1/").split("/")[0])


def test_the_document_is_valid(house: House) -> None:
    validate(house.app.test_client().get(DOCUMENT).json)


def test_every_address_of_the_document_is_fuzzed(api: Any) -> None:
    assert {resource_of(operation) for operation in operations(api)} == set(RESOURCES)


def _address(data: st.DataObject, generated: dict[str, Any]) -> dict[str, Any]:
    """The generated parameters of an address, or the world's own."""
    return {
        name: data.draw(st.sampled_from(KNOWN[name]) if name in KNOWN else st.integers(1, 8))
        if data.draw(st.integers(0, 3))
        else value
        for name, value in generated.items()
    }


def _attempt(house: House, operation: Any) -> Callable[[st.DataObject], None]:
    right = operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
    wrong = operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)

    def attempt(data: st.DataObject) -> None:
        case = data.draw(right if data.draw(st.booleans()) else wrong)
        case.path_parameters = _address(data, dict(case.path_parameters or {}))
        headers = {"Authorization": f"Bearer {house.world.tokens[data.draw(st.sampled_from(ROLES[1:]))]}"}
        version = data.draw(st.sampled_from(VERSIONS))
        if version and operation.method in ("patch", "post", "put"):
            headers["If-None-Match" if version == "*" else "If-Match"] = version
        before = house.ledger.fingerprint()
        answer = case.call(headers=headers)
        case.validate_response(answer, checks=CHECKS)
        if answer.status_code >= 400:
            assert answer.headers["content-type"] == ["application/problem+json"]
            assert house.ledger.fingerprint() == before, "a refused request wrote something"

    return attempt


def _fuzz(house: House, api: Any, resource: str, examples: int) -> None:
    for operation in operations(api):
        if resource_of(operation) != resource:
            continue
        run = settings(
            # What is written has many more ways to be wrong.
            max_examples=examples if operation.method != "get" else max(3, examples // 3),
            database=None,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        )(given(st.data())(_attempt(house, operation)))
        run()
        house.ledger.restore()


@pytest.mark.sqlite
@pytest.mark.parametrize("resource", RESOURCES)
def test_no_request_breaks_the_api(house: House, api: Any, resource: str) -> None:
    _fuzz(house, api, resource, 9)


@pytest.mark.proof
@pytest.mark.parametrize("resource", RESOURCES)
def test_no_request_of_very_many_breaks_the_api(house: House, api: Any, resource: str) -> None:
    _fuzz(house, api, resource, 200)
