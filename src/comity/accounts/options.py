"""Typed settings for every room, and those of this room.

Other rooms declare their groups in their own `options.py` with what is exported here:

    @options_group("conversations", label=_("Conversations"), levels=("organisation", "inbox"))
    @dataclass(frozen=True, kw_only=True)
    class ConversationOptions:
        reopen_days: int = option(14, label=_("Reopen within days"), min=0, max=365)

    load(ConversationOptions, inbox=7).reopen_days
"""

from dataclasses import dataclass
from datetime import timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .actions.settings import save
from .callbacks import CallbackOptions
from .forms.options import form_for
from .models import BusinessHours
from .registry import groups, option, options_group
from .setting_queries import ORGANISATION, load, value_at

EVERYBODY, ADMINISTRATORS, NOBODY = "everybody", "administrators", "nobody"


@options_group(
    "sign_in",
    label=_("Sign-in and security"),
    help=_("How people of your organisation prove who they are."),
    permission="security.manage",
)
@dataclass(frozen=True, kw_only=True)
class SignInPolicy:
    """How people prove who they are."""

    two_factors_for: str = option(
        NOBODY,
        label=_("Who needs a second factor"),
        help=_("They are asked to set one up when they next open a page, and can do nothing else until then."),
        choices={
            NOBODY: _("Nobody has to; everybody may"),
            ADMINISTRATORS: _("Administrators"),
            EVERYBODY: _("Everybody"),
        },
    )
    quiet_time: timedelta = option(
        timedelta(hours=8),
        label=_("Sign out when a computer was quiet for"),
        help=_("For example 30 min, 8 h or 7 d. 0 means never."),
        max=30 * 24 * 3600,
    )


def _hours_to_choose() -> dict[str, str | Promise]:
    rows = BusinessHours.objects.order_by("name").values_list("pk", "name")
    return {"": _("The organisation’s"), **{str(pk): name for pk, name in rows}}


@options_group(
    "business_hours",
    label=_("Business hours"),
    help=_("When customers who write here are promised an answer."),
    levels=("inbox",),
)
@dataclass(frozen=True, kw_only=True)
class HoursOptions:
    """When an inbox is open."""

    hours: str = option(
        "",
        label=_("Business hours"),
        help=_("They are made under Settings → Business hours."),
        choices=_hours_to_choose,
    )


@options_group("presence", label=_("Presence"), help=_("When people count as away or offline without saying so."))
@dataclass(frozen=True, kw_only=True)
class PresenceOptions:
    """When people count as away or offline without saying so."""

    away_after: timedelta = option(timedelta(minutes=5), label=_("Away after"), min=120, max=4 * 3600)
    offline_after: timedelta = option(timedelta(minutes=20), label=_("Offline after"), min=300, max=24 * 3600)


@options_group(
    "system_mail",
    label=_("System mail"),
    help=_(
        "The mail server for invitations and sign-in links. Inboxes without a server of their own send through it too."
    ),
)
@dataclass(frozen=True, kw_only=True)
class SystemMailOptions:
    """The mail server of the program itself."""

    host: str = option("", label=_("Server"), help=_("Such as mail.example.org. Empty: no mail is sent."))
    port: int = option(587, label=_("Port"), help=_("Usually 587 for STARTTLS, 465 for TLS."), min=1, max=65535)
    security: str = option(
        "starttls",
        label=_("Protection of the connection"),
        choices={
            "starttls": _("STARTTLS: begins in the clear, then encrypted"),
            "tls": _("TLS: encrypted from the start"),
            "none": _("None: only for a server on this computer or network"),
        },
    )
    username: str = option("", label=_("User name"), help=_("Empty when the server asks for none."))
    password: str = option("", label=_("Password"), secret=True, when="username", goes_to="host")
    sender: str = option("", label=_("Sender address"), help=_("Such as support@example.org."))
    ca_file: str = option(
        "",
        label=_("File of your own certificate authority"),
        help=_("Only when your mail servers use certificates that you made yourself: a PEM file on this computer."),
    )


__all__ = [
    "ADMINISTRATORS",
    "EVERYBODY",
    "NOBODY",
    "ORGANISATION",
    "CallbackOptions",
    "HoursOptions",
    "PresenceOptions",
    "SignInPolicy",
    "SystemMailOptions",
    "form_for",
    "groups",
    "load",
    "option",
    "options_group",
    "save",
    "value_at",
]
