"""The API itself: every room's resources under one roof, each behind the gate."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.urls import URLPattern, path
from ninja import NinjaAPI
from ninja.operation import Operation
from ninja.security import HttpBearer

from comity import __version__
from comity.core.api import mounted

from .gate import View, guarded
from .problems import Problem, teach

ROOT = "/api/v1/"
ABOUT = (
    "Everything that people do in the workspace. Send a token as “Authorization: Bearer …”. Lists come in pages: give "
    "`next` back as `after`. A write with an `Idempotency-Key` runs once, however often it is sent within a day. "
    "Errors are problem+json and say what to do."
)
IDEMPOTENCY_KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "description": "A word of your own for this one write; sent again within a day, it answers the same.",
    "required": False,
    "schema": {"type": "string", "maxLength": 255},
}


class Bearer(HttpBearer):
    """Says in the schema how to prove who one is; the gate has checked it before."""

    def authenticate(self, request: Any, token: str) -> Any:
        """Return whom the gate has let in."""
        return request.user


class Api(NinjaAPI):
    """Names each operation as its function is named, so that clients read well."""

    def get_openapi_operation_id(self, operation: Operation) -> str:
        """Return the name of an operation in the description."""
        return str(operation.view_func.__name__)


@dataclass
class Resource:
    """One address with what each method of it needs."""

    view: View
    name: str
    needs: dict[str, tuple[str, ...]] = field(default_factory=dict)


@cache
def api() -> NinjaAPI:
    """Return the API with all rooms' routers; built once, when the rooms have mounted theirs."""
    built = Api(title="Comity", version=__version__, description=ABOUT, docs_url=None, openapi_url=None, auth=Bearer())
    teach(built)
    for prefix, router in mounted:
        built.add_router(prefix, router)
    return built


@cache
def resources() -> dict[str, Resource]:
    """Return every address below /api/v1/ with its view and needs. Raises ImproperlyConfigured where one says none."""
    found: dict[str, Resource] = {}
    for router in api()._get_bound_routers():
        operations = [operation for view in router.path_operations.values() for operation in view.operations]
        here: dict[str, Resource] = {}
        for operation, pattern in zip(operations, router.urls_paths(router.prefix), strict=True):
            route = str(pattern.pattern)
            needs = getattr(operation.view_func, "needs", None)
            if needs is None:
                raise ImproperlyConfigured(f"Say what {operation.methods} /api/v1/{route} needs: @needs(…).")
            resource = here.setdefault(route, Resource(pattern.callback, f"api_{pattern.name}"))
            resource.needs.update(dict.fromkeys(operation.methods, needs))
        if twice := found.keys() & here.keys():
            raise ImproperlyConfigured(f"/api/v1/{min(twice)} stands in two routers; put its methods into one.")
        found.update(here)
    return found


def addresses() -> Iterator[URLPattern]:
    """Yield the addresses of all resources below /api/v1/, each behind the gate."""
    for route, resource in resources().items():
        yield path(route, guarded(resource.view, resource.needs), name=resource.name)


@cache
def schema() -> dict[str, Any]:
    """Return the OpenAPI description, with what each operation needs and the problems that it may answer."""
    described: dict[str, Any] = api().get_openapi_schema(path_prefix=ROOT)
    schemas = described["components"].setdefault("schemas", {})
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(problem.pop("$defs", {}), Problem=problem)
    answer = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for address, operations in described["paths"].items():
        needs = resources()[_route(address)].needs
        for method, operation in operations.items():
            operation["responses"]["default"] = {"description": "A problem, with what to do.", "content": answer}
            operation["x-permissions"] = list(needs[method.upper()])
            if method != "get":
                operation.setdefault("parameters", []).append(IDEMPOTENCY_KEY)
    return described


def _route(address: str) -> str:
    return re.sub(r"{(\w+)}", r"<\1>", address.removeprefix(ROOT))
