"""What an organisation or an inbox chooses about what arrives."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from comity.accounts.options import option, options_group


@options_group("arrivals", label=_("Arriving messages"), levels=("organisation", "inbox"), permission="settings.manage")
@dataclass(frozen=True, kw_only=True)
class ArrivalOptions:
    """What becomes of messages that come in."""

    passed_on: bool = option(
        True,
        label=_("Mail that a colleague passes on belongs to whoever wrote it first"),
        help=_(
            "Where the inbox names mail servers whose sender checks count, the colleague’s check must pass. Elsewhere "
            "anybody could pose as a colleague: switch this off if that worries you."
        ),
    )
