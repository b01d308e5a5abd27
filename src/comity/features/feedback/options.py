"""What an organisation or an inbox chooses about ratings."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from comity.accounts.options import option, options_group


@options_group(
    "feedback",
    label=_("Ratings"),
    help=_("Customers may say at the end how it went, from 1 to 5, with a comment."),
    levels=("organisation", "inbox"),
)
@dataclass(frozen=True, kw_only=True)
class FeedbackOptions:
    """Whether customers are asked, and who is told."""

    ask: bool = option(True, label=_("Ask for a rating at the end of a chat"))
    change_within: timedelta = option(
        timedelta(days=1),
        label=_("A rating can be changed for"),
        help=_("For example 30 min, 8 h or 7 d. 0 means that the first word counts."),
        max=90 * 24 * 3600,
    )
    tell_at: int = option(
        2,
        label=_("Tell the person responsible at this score or a lower one"),
        help=_("0 tells nobody."),
        min=0,
        max=5,
    )
