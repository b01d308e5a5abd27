"""The kinds of notices. Rooms that tell people something declare theirs in their `options.py` or `ports.py`."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from comity.core.registry import Registry


@dataclass(frozen=True)
class Kind:
    """One kind of notice: its words in the person's own settings, and its icon."""

    name: str
    label: str | Promise
    icon: str = "bell"
    is_optional: bool = True  # can a person do without it?


kinds: Registry[Kind] = Registry("kinds of notices")


def declare(*declared: Kind) -> None:
    """Make kinds known."""
    for kind in declared:
        kinds.add(kind.name, kind)


declare(
    Kind("mention", _("Somebody mentions you"), "at-sign"),
    Kind("assignment", _("A conversation is assigned to you"), "user-check"),
    Kind("failed_send", _("A message of yours was not delivered"), "triangle-alert", is_optional=False),
    Kind("parked_reaction", _("Work of the program stopped and waits for you"), "circle-pause"),
)
