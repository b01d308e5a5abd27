"""What contacts asks of the rooms above it, and what it answers to those below."""

from collections.abc import Iterable
from typing import Any, Protocol

from django.db.models import QuerySet

from comity.accounts.user import User
from comity.core.ports import Port
from comity.events.live import AUDIENCE
from comity.search.sources import SOURCES

from .models import Contact
from .search import ContactSource


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

    def filter(self, user: User, queryset: QuerySet[Contact]) -> QuerySet[Contact]:
        """Return the contacts of conversations that this user may see."""
        ...


MERGED: Port[Moves] = Port("contacts merged")
VISIBLE_CONTACTS: Port[Visibility] = Port("visible contacts")


class ContactAudience:
    """Hands news of contacts to those who may see them all; whoever is limited to their own asks when they look."""

    kind = "contact"

    def envelopes(self, ids: Iterable[int]) -> dict[int, object]:
        """Nothing about a single contact decides."""
        return dict.fromkeys(ids, True)

    def may_see(self, viewer: Any, envelope: object) -> bool:
        """Decide from the snapshot that was made when the stream began."""
        return "contacts.read" in viewer.permissions and viewer.scope != "own"


AUDIENCE.answer(ContactAudience())
SOURCES.answer(ContactSource())
