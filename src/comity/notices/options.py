"""What a person wants to be told."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from comity.accounts.options import option, options_group


@options_group(
    "notices",
    label=_("Notices"),
    help=_("What appears behind the bell. A message of yours that could not be delivered always does."),
    levels=("person",),
    permission="",
)
@dataclass(frozen=True, kw_only=True)
class NoticeOptions:
    """Which notices a person wants."""

    mention: bool = option(True, label=_("Somebody mentions you"))
    assignment: bool = option(True, label=_("A conversation is assigned to you"))
    parked_reaction: bool = option(
        True,
        label=_("Work of the program stopped and waits for you"),
        help=_("Only administrators are told of this."),
    )
