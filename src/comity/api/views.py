"""What the API says of itself: the OpenAPI description, and a page that people read."""

import re
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from . import problems
from .frame import ABOUT, schema

Parts = list[dict[str, Any]]


@require_safe
def openapi(request: HttpRequest) -> JsonResponse:
    """Hand out the description for programs."""
    return JsonResponse(schema())


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """Show the description to people."""
    return render(request, "api/docs.html", {"groups": _groups(), "about": _plain(ABOUT)})


@csrf_exempt
def unknown(request: HttpRequest, rest: str) -> HttpResponse:
    """Say to a program that nothing is at an address, in its own form."""
    return problems.not_found()


def _groups() -> list[tuple[str, Parts]]:
    """Return the operations under their headings."""
    found: dict[str, Parts] = {}
    for address, operations in schema()["paths"].items():
        for method, operation in operations.items():
            found.setdefault((operation.get("tags") or ["other"])[0], []).append(_shown(address, method, operation))
    return sorted(found.items())


def _shown(address: str, method: str, operation: dict[str, Any]) -> dict[str, Any]:
    answers = [
        (status, _fields(_content(answer))) for status, answer in operation["responses"].items() if status != "default"
    ]
    return {
        "method": method.upper(),
        "address": address,
        "name": operation["operationId"],
        "summary": operation.get("summary", ""),
        "description": _plain(operation.get("description", "")),
        "permissions": operation["x-permissions"],
        "parameters": [{**one, "type": _type(one["schema"])} for one in operation.get("parameters", [])],
        "body": _fields(_content(operation.get("requestBody", {}))),
        "answers": answers,
    }


def _plain(text: str) -> str:
    return re.sub("`([^`]+)`", "“\\1”", text)


def _content(part: dict[str, Any]) -> dict[str, Any] | None:
    described: list[dict[str, Any]] = [content.get("schema", {}) for content in part.get("content", {}).values()]
    return described[0] if described else None  # each has one form only


def _fields(described: dict[str, Any] | None) -> Parts:
    """Return the fields of an object as rows of a table."""
    described = _resolved(described or {})
    required = described.get("required", [])
    return [
        {"name": name, "type": _type(one), "is_required": name in required, "description": one.get("description", "")}
        for name, one in described.get("properties", {}).items()
    ]


def _type(described: dict[str, Any]) -> str:
    """Return a type in few words, such as `integer or null`, or the fields of a small object."""
    if "anyOf" in described:
        return " or ".join(dict.fromkeys(_type(one) for one in described["anyOf"]))
    described = _resolved(described)
    if "enum" in described:
        return " | ".join(str(value) for value in described["enum"])
    if described.get("type") == "array":
        return f"[{_type(described.get('items', {}))}, …]"
    if described.get("properties"):
        return "{" + ", ".join(described["properties"]) + "}"
    return str(described.get("format") or described.get("const") or described.get("type", "anything"))


def _resolved(described: dict[str, Any]) -> dict[str, Any]:
    reference = described.get("$ref")
    if reference is None and len(described.get("allOf", [])) == 1:
        reference = described["allOf"][0].get("$ref")
    return schema()["components"]["schemas"][reference.rpartition("/")[2]] if reference else described
