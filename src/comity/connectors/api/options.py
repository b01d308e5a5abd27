"""The settings of an inbox of the API channel."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from comity.accounts.options import option, options_group

OWN, SHARED = "own", "shared"


@options_group(
    "api_channel",
    label=_("Own system"),
    help=_("Where answers go, and whose numbers its people have."),
    levels=("inbox",),
    permission="inboxes.manage",
)
@dataclass(frozen=True, kw_only=True)
class ApiChannelOptions:
    """How a system of the organisation's own is reached, and whose numbers its people have."""

    url: str = option(
        "",
        label=_("Address that takes answers"),
        help=_("Such as https://erp.example.org/comity. Each answer is posted there, as JSON with a signature."),
    )
    secret: str = option(
        "",
        label=_("Signing secret"),
        help=_("Made by itself; with it your system checks that a message is from here."),
        secret=True,
    )
    numbers: str = option(
        OWN,
        label=_("Numbers of its people"),
        help=_("Two systems may have the same number for different people."),
        choices={
            OWN: _("This system’s own"),
            SHARED: _("The organisation’s: the same as those typed in with customers"),
        },
    )
