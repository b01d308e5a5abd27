"""Settings of webhooks."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from comity.accounts.options import option, options_group


@options_group(
    "webhooks",
    label=_("Webhooks on your own network"),
    help=_("Webhooks go to protected addresses on the internet. Name here what else they may reach."),
    permission="security.manage",
)
@dataclass(frozen=True, kw_only=True)
class WebhookOptions:
    """What webhooks may reach besides the internet."""

    allowed_hosts: list[str] = option(
        [],
        label=_("Hosts on your own network"),
        help=_(
            "One a line, such as erp.example.local or 192.168.1.20:8080. These are trusted: everything that webhooks "
            "send may go there, also without encryption."
        ),
    )
