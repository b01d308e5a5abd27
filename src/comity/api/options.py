"""What an organisation chooses about its API."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from comity.accounts.options import option, options_group


@options_group(
    "api",
    label=_("API"),
    help=_("How much programs may ask, and from which web pages."),
    permission="tokens.manage",
)
@dataclass(frozen=True, kw_only=True)
class ApiOptions:
    """How much programs may ask, and from which web pages."""

    calls_a_minute: int = option(
        12_000,
        label=_("Calls a minute for each token"),
        help=_("A program that asks more waits for the next minute. 0 means as many as it likes."),
        min=0,
        max=1_000_000,
    )
    web_pages: list[str] = option(
        [],
        label=_("Web pages that may use the API"),
        help=_("One a line, such as https://shop.example.org. Without any, no browser may; programs always can."),
    )
