"""What becomes of messages that were on their way when a backup was made, once it is restored."""

from django.db import transaction
from django.utils.translation import gettext as _

from comity.conversations.models import Inbox, Message, MessageState, Outbox, OutboxState
from comity.core import clock
from comity.core.actor import Actor

from .inboxes import set_inbox_active
from .sending import lose, stop_waiting


@transaction.atomic
def doubt_unsent(*, by: Actor) -> int:
    """Make unknown what may have left after the backup: the outbox, and replies whose moment has come since.

    Nobody sends these again but a person, and then with the same Message-ID. Returns how many there are.
    """
    reason = _(
        "This was about to be sent when the backup was made that was restored later. "
        "It may have left, so look for an answer before you send it again."
    )
    now = clock.now()
    due = Message.objects.select_for_update(no_key=True).filter(state=MessageState.SCHEDULED, send_at__lte=now)
    for message in due.select_related("conversation"):
        stop_waiting(message)
        Outbox.objects.create(message=message, key=f"message-{message.pk}", queued_at=message.send_at or now)
    open_rows = Outbox.objects.select_for_update().filter(state__in=[OutboxState.QUEUED, OutboxState.SENDING])
    rows = list(open_rows.select_related("message__conversation"))
    for outbox in rows:
        lose(outbox, by, reason)
    return len(rows)


@transaction.atomic
def switch_all_off(*, by: Actor) -> int:
    """Switch every inbox off, so that nothing is fetched and nothing leaves. Returns how many were on."""
    active = list(Inbox.objects.filter(is_active=True))
    for inbox in active:
        set_inbox_active(inbox=inbox, is_active=False, by=by)
    return len(active)
