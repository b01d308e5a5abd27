"""What contacts asks of the rooms above it."""

from typing import Any, Protocol

from django.db.models import QuerySet

from comity.core.ports import Port

from .models import Contact


class Moves(Protocol):
    """A room that keeps rows of contacts. Called inside the transaction of the merge; both may raise Refusal.

    `name` never changes: with it, what was moved is found again.
    """

    name: str

    def move(self, *, source: int, into: int) -> list[dict[str, Any]]:
        """Give every row of `source` to `into`. Returns what was moved, as JSON, exactly enough to move it back."""
        ...

    def undo(self, *, source: int, into: int, moved: list[dict[str, Any]], identities: list[int]) -> None:
        """Give back what was moved, and what came by these identities since. What is gone or went on is left alone."""
        ...


class Visibility(Protocol):
    """Whose contacts somebody may see who is limited to their own matters."""

    def filter(self, user: Any, queryset: QuerySet[Contact]) -> QuerySet[Contact]:
        """Return the contacts of conversations that this user may see."""
        ...


MERGED: Port[Moves] = Port("contacts merged")
VISIBLE_CONTACTS: Port[Visibility] = Port("visible contacts")
