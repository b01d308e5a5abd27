"""What an organisation, an inbox or a person chooses about conversations."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from comity.accounts.options import option, options_group


@options_group(
    "conversations",
    label=_("Conversations"),
    levels=("organisation", "inbox", "person"),
    permission="settings.manage",
)
@dataclass(frozen=True, kw_only=True)
class ConversationOptions:
    """How conversations behave when people and customers write."""

    undo_seconds: int = option(
        10, label=_("Seconds to undo sending"), help=_("How long a reply waits before it leaves."), min=0, max=120
    )
    reopen_days: int = option(
        14,
        label=_("Days in which a reply reopens"),
        help=_("Later, a customer's reply begins a new conversation that is linked to the resolved one."),
        min=0,
        max=365,
    )
    assign_on_reply: bool = option(
        True,
        label=_("Who answers first takes it"),
        help=_("A conversation that belongs to nobody is assigned to the person who replies."),
    )
    bin_days: int = option(
        30, label=_("Days in the bin"), help=_("Afterwards a deleted conversation is gone for good."), min=1, max=365
    )


@options_group(
    "live",
    label=_("Live conversations"),
    help=_("How chats and other conversations in which somebody waits come to people."),
    levels=("organisation", "inbox", "person"),
    permission="settings.manage",
)
@dataclass(frozen=True, kw_only=True)
class LiveOptions:
    """How conversations in which somebody waits come to people."""

    at_once: int = option(
        3, label=_("Chats at once"), help=_("Whoever has this many is offered no more."), min=0, max=20
    )
    ring_seconds: int = option(
        30, label=_("Seconds to ring"), help=_("Then it is offered to the next person."), min=5, max=300
    )
    answer_minutes: int = option(
        5,
        label=_("Minutes without an answer until it rings again"),
        help=_("While the customer is still there. 0 means never."),
        min=0,
        max=240,
    )
    idle_minutes: int = option(
        10,
        label=_("Minutes after which a silent customer is asked whether they are there"),
        help=_("0 means never."),
        min=0,
        max=240,
    )
    close_minutes: int = option(
        5,
        label=_("Minutes after that question until the conversation is resolved"),
        help=_("0 means never. It opens again when they write."),
        min=0,
        max=240,
    )
