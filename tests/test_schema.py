"""Every call of the API, tried with whatever fits its description, and with what does not: nothing breaks.

SCHEMA_EXAMPLES says how many examples each call gets; the suite keeps to few, and always the same.
"""

import os
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.parameters import ParameterLocation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from comity.accounts.actions.settings import save
from comity.accounts.options import ORGANISATION
from comity.accounts.registry import group_of
from comity.accounts.tests.make import SOMEBODY, a_token
from comity.api.frame import schema
from comity.api.options import ApiOptions
from tests.support.things import one_of_everything

pytestmark = pytest.mark.django_db
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
FEW = 12
EXAMPLES = int(os.environ.get("SCHEMA_EXAMPLES", FEW))
TAGS = sorted({operation["tags"][0] for each in schema()["paths"].values() for operation in each.values()})
STRATEGY = settings(
    max_examples=EXAMPLES,
    derandomize=EXAMPLES == FEW,
    database=None,
    deadline=None,
    phases=[Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def in_one_transaction() -> Iterator[None]:
    """Let requests leave the connection open, as Django's own test client does."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.usefixtures("in_one_transaction")
@pytest.mark.parametrize("tag", TAGS)
def test_nothing_breaks_and_every_answer_is_as_described(tag: str) -> None:
    save(group=group_of(ApiOptions), level=ORGANISATION, values={"calls_a_minute": 0}, by=SOMEBODY)
    things, token = one_of_everything(), a_token(role="administrator")
    headers = {"Authorization": f"Bearer {token.secret}"}  # type: ignore[attr-defined]
    described = schemathesis.openapi.from_dict(_without_security(schema()))
    described.app = get_wsgi_application()
    broken = []
    for found in described.include(tag=tag).get_all_operations():
        operation: Any = found.ok()  # type: ignore[union-attr]  # our own description has no errors
        try:
            _try(operation, things, headers)
        except Exception as problem:  # each of the calls is tried, and all problems are told together
            broken.append(f"{operation.label}: {problem}")
    assert not broken, "\n\n".join(broken)


def _try(operation: Any, things: dict[str, Any], headers: dict[str, str]) -> None:
    @STRATEGY
    @given(case=_cases(operation, things))
    def call(case: Any) -> None:
        with transaction.atomic():
            response = case.call(headers=headers)
            transaction.set_rollback(True)
        case.validate_response(response, checks=CHECKS, headers=headers)

    call()


def _without_security(described: dict[str, Any]) -> dict[str, Any]:
    """Return the description as it is for somebody who always sends a token that is good."""
    found: dict[str, Any] = deepcopy(described)
    del found["components"]["securitySchemes"]
    for each in found["paths"].values():
        for operation in each.values():
            del operation["security"]
    return found


def _cases(operation: Any, things: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Return calls of things that are there, and of any; as described, and not."""
    parameters = list(operation.iter_parameters())
    known = {one.name: things.get(one.name, 1) for one in parameters if one.location == ParameterLocation.PATH}
    modes = [GenerationMode.POSITIVE, *([GenerationMode.NEGATIVE] if parameters or operation.body else [])]
    choices = [operation.as_strategy(generation_mode=mode) for mode in modes]
    others = operation.body or len(known) < len(parameters)
    if known:
        modes = modes if others else modes[:1]  # what is only an address can't be wrong and known
        choices += [operation.as_strategy(generation_mode=mode, path_parameters=known) for mode in modes]
    return st.one_of(choices)
