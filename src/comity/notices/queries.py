"""What others ask about notices."""

from dataclasses import dataclass
from typing import Protocol

from django.db.models import QuerySet

from comity.core.asking import Counted, Given
from comity.core.pages import Page, page

from .kinds import kinds
from .models import Notice

MOST = 1000  # counts are exact to 999
_unread = Counted(lambda: Notice.objects.filter(agent=Given("agent"), read_at=None), at_most=MOST)


@dataclass(frozen=True)
class Shown:
    """A notice as the list draws it."""

    notice: Notice
    icon: str
    label: str


class Reader(Protocol):
    """Somebody with notices: an agent."""

    @property
    def pk(self) -> int: ...


def of_agent(user: Reader) -> QuerySet[Notice]:
    """Return the person's own notices; nobody sees another's."""
    return Notice.objects.filter(agent_id=user.pk)


def unread_count(user: Reader) -> int:
    """Return how many the person has not read, at most 1,000."""
    return _unread(agent=user.pk)


def listed(user: Reader, *, after: str | None = None, unread_only: bool = False) -> Page[Notice]:
    """Return one page of the person's notices, newest first."""
    rows = of_agent(user)
    return page(rows.filter(read_at=None) if unread_only else rows, by=("-pk",), after=after)


def shown(notice: Notice) -> Shown:
    """Return a notice with the icon and name of its kind; a kind whose room is gone has the bell."""
    kind = kinds.get(notice.kind)
    return Shown(notice, kind.icon if kind else "bell", str(kind.label) if kind else "")
