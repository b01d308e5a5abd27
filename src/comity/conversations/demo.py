"""The inboxes of Larkmoor, which never send outside, and the names that the shop gives its statuses."""

from django.utils.translation import gettext as _

from comity.accounts.actions import demo as settings
from comity.accounts.models import Brand, Team
from comity.core import clock, demo
from comity.core.demo import Demo
from comity.core.refusals import Refusal

from . import actions, search
from .actions import demo as removal
from .models import Conversation, Inbox, Message, Status, StatusName

# key: (name, address, aliases, team, brand)
INBOXES = {
    "help": (
        "Help desk",
        "help@larkmoor.example",
        ["hilfe@larkmoor.example", "aide@larkmoor.example"],
        "espresso",
        "larkmoor",
    ),
    "orders": ("Orders", "orders@larkmoor.example", ["returns@larkmoor.example"], "orders", "larkmoor"),
    "billing": ("Billing", "billing@larkmoor.example", [], "billing", "larkmoor"),
    "trade": ("Larkmoor Trade", "trade@larkmoor.example", ["press@larkmoor.example"], "public", "trade"),
}
STATUS_NAMES = (
    (Status.WAITING_OTHER, "Waiting for the courier"),
    (Status.WAITING_OTHER, "Waiting for a spare part"),
    (Status.OPEN, "Being looked into"),
)


def fill(part: Demo) -> None:
    """Open the inboxes, marked as a demonstration, and name some statuses."""
    with clock.at(part.ago(days=demo.HISTORY.days + 18)):
        for key, (name, address, aliases, team, brand) in INBOXES.items():
            inbox = actions.create_inbox(
                name=name,
                channel="email",
                address=address,
                aliases=aliases,
                team=Team.objects.get(pk=part.find(f"team:{team}")),
                brand=Brand.objects.get(pk=part.find(f"brand:{brand}")),
                language="en",
                is_demo=True,
                by=part.by,
            )
            part.name(f"inbox:{key}", inbox.pk)
        for category, name in STATUS_NAMES:
            part.name(f"status:{name}", actions.name_status(category=category, name=name, by=part.by).pk)


def check() -> None:
    """Refuse to mix with inboxes and conversations that are real."""
    if Inbox.objects.exists() or Conversation.objects.exists():
        raise Refusal("This data folder holds inboxes or conversations of your own. Choose an empty one with --data.")


def check_removal(part: Demo) -> None:
    """Refuse while a demonstration's conversation holds messages of an inbox of the organisation's own."""
    inboxes = part.of_kind("inbox")
    mixed = Message.objects.filter(conversation__inbox__in=inboxes, inbox__isnull=False).exclude(inbox__in=inboxes)
    if first := mixed.first():
        words = _("Conversation #%(id)s holds messages of your own inbox too. Undo the merge there, then try again.")
        raise Refusal(words % {"id": first.conversation_id})
    elsewhere = Message.objects.filter(inbox__in=inboxes).exclude(conversation__inbox__in=inboxes)
    if first := elsewhere.first():
        words = _(
            "Your conversation #%(id)s holds messages of the demonstration. Undo the merge there, then try again."
        )
        raise Refusal(words % {"id": first.conversation_id})


def remove(part: Demo) -> None:
    """Take inboxes and conversations away; customers who write to an inbox of the organisation's own are kept."""
    inboxes = part.of_kind("inbox")
    real = Conversation.objects.exclude(inbox__in=inboxes)
    part.kept["contact"] = set(real.values_list("contact", flat=True)) | set(
        real.values_list("participants__identity__contact", flat=True)
    )
    gone = removal.remove_for_good(inboxes=inboxes)
    for kind, ids in gone.items():
        part.lose(kind, ids)
    for conversation_id in gone["conversation"]:
        search.forget(conversation_id)
    settings.forget_settings(level="inbox", ids=inboxes)
    for status in StatusName.objects.filter(pk__in=part.of_kind("status")):
        if not Conversation.objects.filter(status_name=status).exists():
            part.lose("status", [status.pk])
            actions.forget_status(status=status, by=part.by)


demo.register(
    "conversations",
    demo.Part(order=30, fill=fill, remove=remove, check=check, check_removal=check_removal),
)
