"""Whoever looks or acts: an agent at a page, or a token at the API. Queries ask for this, not for either."""

from typing import Protocol

from django.http import HttpRequest

from comity.core.actor import Actor


class User(Protocol):
    """What a query or an action must know of somebody."""

    @property
    def name(self) -> str: ...

    @property
    def actor(self) -> Actor: ...

    @property
    def agent_id(self) -> int | None:
        """The agent's id; None where a program acts."""

    @property
    def scope(self) -> str:
        """Whose matters they see: all, teams or own."""

    @property
    def team_ids(self) -> frozenset[int]: ...

    def may(self, permission: str) -> bool:
        """Are they allowed to do this?"""


class UserRequest(HttpRequest):
    """A request of an agent or of a program with a token."""

    user: User  # type: ignore[assignment]  # wider than what Django thinks of
