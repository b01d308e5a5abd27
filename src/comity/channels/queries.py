"""What pages ask about inboxes and what arrived."""

from dataclasses import dataclass

from django.db.models import QuerySet

from comity.accounts.registry import Group, group_of, groups
from comity.accounts.user import User
from comity.conversations.models import Inbox, Message, Outbox, OutboxState
from comity.conversations.queries import visible_to
from comity.core.rows import find_among, find_value, get_row

from .contract import ConnectorKind
from .models import InboxHealth, RawMessage, RawState
from .registry import kinds


@dataclass(frozen=True)
class InboxLine:
    """An inbox in the list of settings, with its kind and how it is doing."""

    inbox: Inbox
    kind: ConnectorKind | None
    health: InboxHealth | None

    @property
    def is_failing(self) -> bool:
        """Is there something to mend?"""
        return self.health is not None and self.health.failing_since is not None


def inboxes() -> list[InboxLine]:
    """Return every inbox by name, in two queries."""
    rows = Inbox.objects.select_related("team", "brand").order_by("name", "pk")
    health = {row.inbox_id: row for row in InboxHealth.objects.all()}
    return [InboxLine(inbox, kinds.get(inbox.channel), health.get(inbox.pk)) for inbox in rows]


def groups_of_inboxes() -> list[Group]:
    """Return the settings that an inbox can choose whatever its channel is."""
    of_channels = [group_of(kind.settings) for kind in kinds]
    return [group for group in groups if "inbox" in group.levels and group not in of_channels]


def original_of(message: Message, user: User) -> RawMessage | None:
    """Return the stored bytes behind a message, if this person may see its conversation."""
    if not visible_to(user).filter(pk=message.conversation_id).exists():
        return None
    return RawMessage.objects.filter(message=message).order_by("pk").first()


def numbered(inbox: Inbox, *external_ids: str) -> QuerySet[Message]:
    """Return the messages of an inbox that have one of these ids, by the unique index.

    It leaves out messages without an id; SQLite takes it only for a question that says so too, else it reads them all.
    """
    return Message.objects.filter(inbox=inbox, external_id__in=external_ids).exclude(external_id="")


def conversations_numbered(inbox: Inbox, *external_ids: str) -> dict[str, int]:
    """Return in which conversation the message of each of these ids is, as far as there is one."""
    statement = (
        "SELECT external_id, conversation_id FROM conversations_message"
        " WHERE inbox_id = %s AND external_id IN ({}) AND NOT external_id = ''"
    )
    return dict(find_among(statement, external_ids, inbox.pk))


def first_numbered(inbox: Inbox, external_id: str) -> Message | None:
    """Return the message of an inbox that has this id, or None; asked for every message that arrives."""
    number = find_value(
        "SELECT id FROM conversations_message WHERE inbox_id = %s AND external_id = %s AND NOT external_id = ''",
        inbox.pk,
        external_id,
    )
    return None if number is None else get_row(Message, number)


def has_arrived(inbox: Inbox, source: str) -> bool:
    """Was this delivery stored before?"""
    return RawMessage.objects.filter(inbox=inbox, source=source).exists()


def quarantined() -> QuerySet[RawMessage]:
    """Return what arrived and could not be read, the newest first."""
    return RawMessage.objects.filter(state=RawState.QUARANTINED).select_related("inbox").order_by("-pk")


def queued_count() -> int:
    """Return how many messages wait to leave."""
    return Outbox.objects.filter(state__in=[OutboxState.QUEUED, OutboxState.SENDING]).count()


def oldest_queued() -> Outbox | None:
    """Return what has waited longest to leave, with its message and inbox, or None; a demonstration sends nothing."""
    waiting = Outbox.objects.filter(state__in=[OutboxState.QUEUED, OutboxState.SENDING], message__inbox__is_demo=False)
    return waiting.select_related("message__inbox").order_by("queued_at").first()
