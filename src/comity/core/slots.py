"""The plug *slots*: named places of the shell that rooms fill from their `ui.py`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.http import HttpRequest

from .words import Words

T = TypeVar("T", bound="Placed")


@dataclass(frozen=True, kw_only=True)
class Placed:
    """Something in a slot: shown to those who have the permission ("" is everybody), sorted by order."""

    order: int = 50
    permission: str = ""


@dataclass(frozen=True, kw_only=True)
class NavItem(Placed):
    """A link in the rail, the settings menu or the person's menu.

    `group` is the heading it stands under in the settings menu; `key` opens it after G, in the rail; `also` is a path
    whose pages belong to it too.
    """

    label: Words
    icon: str
    url_name: str
    group: Words = ""
    key: str = ""
    also: str = ""


@dataclass(frozen=True, kw_only=True)
class Panel(Placed):
    """A block of the page drawn by a room: `context(request, subject_id)` feeds the template; None leaves it out."""

    template: str
    context: Callable[[HttpRequest, int], dict[str, Any] | None]


@dataclass(frozen=True, kw_only=True)
class Finder(Placed):
    """Answers the command palette: `find(user, text)` returns a few `Found`."""

    find: Callable[[Any, str], "list[Found]"]


@dataclass(frozen=True)
class Found:
    """One line of the palette."""

    label: Words
    url: str
    icon: str
    group: Words
    hint: str = ""


class Slot(Generic[T]):
    """A place with what the rooms put there."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._items: list[T] = []

    def add(self, item: T) -> None:
        """Put something here."""
        if item not in self._items:
            self._items.append(item)

    def for_user(self, user: Any) -> list[T]:
        """Return what this person may see, in order."""
        seen = [item for item in self._items if not item.permission or user.may(item.permission)]
        return sorted(seen, key=lambda item: item.order)


@dataclass(frozen=True, kw_only=True)
class Overlay(Placed):
    """Something that comes up over any page, such as a ring: fetched when a page opens and at each of its signals."""

    url_name: str
    signal: str


RAIL: Slot[NavItem] = Slot("rail")
SETTINGS: Slot[NavItem] = Slot("settings")
PERSONAL: Slot[NavItem] = Slot("personal")
CONTACT_PANELS: Slot[Panel] = Slot("contact panels")
INBOX_PANELS: Slot[Panel] = Slot("inbox panels")
FINDERS: Slot[Finder] = Slot("finders")
OVERLAYS: Slot[Overlay] = Slot("overlays")
