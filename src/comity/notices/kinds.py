"""The kinds of notices. A room that tells people something of its own declares it in its `ports.py`."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from comity.core.registry import Registry


@dataclass(frozen=True)
class Kind:
    """One kind of notice: what it is called, and its icon. People can do without those named in `NoticeOptions`."""

    name: str
    label: str | Promise
    icon: str = "bell"


kinds: Registry[Kind] = Registry("kinds of notices")


def declare(*declared: Kind) -> None:
    """Make kinds known."""
    for kind in declared:
        kinds.add(kind.name, kind)


declare(
    Kind("mention", _("Somebody mentions you"), "at-sign"),
    Kind("assignment", _("A conversation is assigned to you"), "user-round-check"),
    Kind("failed_send", _("A message of yours was not delivered"), "triangle-alert"),
    Kind("held_back", _("A reply of yours that was to leave later was held back"), "undo-2"),
    Kind("parked_reaction", _("Work of the program stopped and waits for you"), "circle-pause"),
)
