"""The kinds of identity: by what a person can be known. Connectors add their own."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from comity.core.registry import Registry

from . import normalise

UNCHECKED = "_unchecked"  # a value that came with a failed sender check, kept apart from the one it imitates


@dataclass(frozen=True)
class IdentityKind:
    """A kind such as e-mail. `glyph` and `icon` draw it; people may type one in where `is_typed`.

    `called` is the name of somebody of whom nothing else is known.
    """

    name: str
    label: str | Promise
    icon: str
    glyph: str
    normalised: Callable[[str], str]
    is_typed: bool = True
    called: Callable[[str], str] = str


def _visitor(value: str) -> str:
    return gettext("Visitor %(mark)s") % {"mark": value[-4:].upper()}


kinds: Registry[IdentityKind] = Registry("identity kinds")
for _kind in (
    IdentityKind("email", _("E-mail"), "mail", "email", normalise.email),
    IdentityKind("phone", _("Phone"), "phone", "voice", normalise.phone),
    IdentityKind("whatsapp", _("WhatsApp"), "whatsapp", "whatsapp", normalise.phone),
    IdentityKind("handle", _("Social handle"), "at-sign", "social", normalise.handle),
    IdentityKind("external", _("Number in another system"), "link-2", "form", normalise.opaque),
    IdentityKind(
        "visitor",
        _("Website visitor"),
        "messages-square",
        "chat",
        normalise.opaque,
        is_typed=False,
        called=_visitor,
    ),
):
    kinds.add(_kind.name, _kind)


def kind_of(name: str) -> IdentityKind:
    """Return a kind by name; one that no connector brought (any more) is compared letter by letter."""
    name = name.removesuffix(UNCHECKED)
    return kinds.get(name) or IdentityKind(name, name, "at-sign", "social", normalise.opaque, is_typed=False)


def normalised(kind: str, value: str) -> str:
    """Return the value as it is compared. Raises Refusal when it is none of that kind."""
    return kind_of(kind).normalised(value)
