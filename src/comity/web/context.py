"""What every template knows: `shell`, worked out only as far as the page asks for it."""

from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext

from comity.accounts.house import House, house
from comity.accounts.options import load
from comity.core.slots import OVERLAYS, PERSONAL, RAIL, SETTINGS, NavItem, Overlay, Slot
from comity.notices import queries as notices
from comity.web.options import ROOMY, TourOptions


@dataclass(frozen=True)
class Link:
    """A place in the rail or a menu, as one person sees it on one page."""

    label: str
    icon: str
    url: str
    group: str
    key: str
    is_current: bool


class Shell:
    """The frame of a page, in templates as `shell`: brand, rail, settings, personal, unread, theme, has_keys, stamp."""

    stamp = settings.STATIC_STAMP

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.user: Any = getattr(request, "user", None)

    @cached_property
    def is_signed_in(self) -> bool:
        """Is somebody of the organisation looking?"""
        return bool(self.user and self.user.is_authenticated)

    @cached_property
    def theme(self) -> str:
        """The chosen theme, "light" or "dark"; "" follows the machine."""
        return self.user.theme if self.is_signed_in else ""

    @cached_property
    def density(self) -> str:
        """ "roomy" for those among whom the roomier layout is being tried out."""
        return "roomy" if self.is_signed_in and self.house.is_on(ROOMY, self.user) else ""

    @cached_property
    def has_keys(self) -> bool:
        """Do single keys act for this person?"""
        return bool(self.is_signed_in and self.user.keys_enabled)

    @cached_property
    def house(self) -> House:
        """The organisation, read once for each request that changes nothing."""
        found = getattr(self.request, "house", None)
        return found if isinstance(found, House) else house()

    @cached_property
    def brand(self) -> Any:
        """The brand whose name and colour the pages carry, or None before the first run."""
        return self.house.brand

    @cached_property
    def has_toured(self) -> bool:
        """Has this person seen the tour of the demonstration?"""
        return not self.is_signed_in or load(TourOptions, person=self.user.pk).is_seen

    @cached_property
    def rail(self) -> list[Link]:
        """The places of the house."""
        return links(self.request, RAIL) if self.is_signed_in else []

    @cached_property
    def settings(self) -> list[tuple[str, list[Link]]]:
        """The settings menu: headings with their pages, in the order in which the first of each stands."""
        if not self.is_signed_in:
            return []
        found = links(self.request, SETTINGS)
        headings = list(dict.fromkeys(link.group for link in found))
        found.sort(key=lambda link: headings.index(link.group))
        return [(heading, list(group)) for heading, group in groupby(found, key=lambda link: link.group)]

    @cached_property
    def has_settings(self) -> bool:
        """Is there a settings page that this person may open?"""
        return bool(self.is_signed_in and SETTINGS.for_user(self.user))

    @cached_property
    def personal(self) -> list[Link]:
        """The person's own pages."""
        return links(self.request, PERSONAL) if self.is_signed_in else []

    @cached_property
    def place(self) -> str:
        """The name of the settings page or place that is open, for titles."""
        current = [link.label for _, group in self.settings for link in group if link.is_current]
        return current[0] if current else gettext("Settings")

    @cached_property
    def overlays(self) -> list[Overlay]:
        """What may come up over this page for this person."""
        return OVERLAYS.for_user(self.user) if self.is_signed_in else []

    @cached_property
    def unread(self) -> int:
        """How many notices this person has not read."""
        return notices.unread_count(self.user) if self.is_signed_in else 0


def shell(request: HttpRequest) -> dict[str, Shell]:
    """Give every template the shell."""
    return {"shell": Shell(request)}


def links(request: HttpRequest, slot: Slot[NavItem]) -> list[Link]:
    """Return what the person may open from a slot; the closest match to the present address is current."""
    items = [(item, reverse(item.url_name)) for item in slot.for_user(request.user)]
    fits = [
        (max(len(base) for base in (url, item.also) if base and _is_within(request.path, base)), url)
        for item, url in items
        if _is_within(request.path, url) or (item.also and _is_within(request.path, item.also))
    ]
    here = max(fits, default=(0, None))[1]
    return [Link(str(item.label), item.icon, url, str(item.group), item.key, url == here) for item, url in items]


def _is_within(path: str, url: str) -> bool:
    return path == url or path.startswith(url.rstrip("/") + "/")
