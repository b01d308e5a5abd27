"""A program that speaks to the API, for tests."""

import json
from typing import Any

from django.test import Client

from comity.accounts.models import Token
from comity.accounts.tests.make import a_token


class Program:
    """Calls the API with a token, as a program does over HTTP."""

    def __init__(self, token: Token | None = None, **headers: str) -> None:
        self.token = token or a_token(role="administrator")
        self.headers = {"Authorization": f"Bearer {self.token.secret}", **headers}  # type: ignore[attr-defined]
        self.client = Client()

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """Return the response of one call below /api/v1."""
        sent = json.dumps(body) if body is not None else ""
        return self.client.generic(
            method, f"/api/v1{path}", sent, content_type="application/json", headers={**self.headers, **headers}
        )

    def get(self, path: str, **headers: str) -> Any:
        return self.call("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.call("POST", path, body if body is not None else {}, **headers)

    def patch(self, path: str, body: Any) -> Any:
        return self.call("PATCH", path, body)

    def put(self, path: str, body: Any) -> Any:
        return self.call("PUT", path, body)

    def delete(self, path: str) -> Any:
        return self.call("DELETE", path)
