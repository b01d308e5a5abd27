"""The bin: deleted conversations wait there and can come back."""

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from comity.accounts.options import load
from comity.conversations.models import Conversation, Queued
from comity.conversations.options import ConversationOptions
from comity.core import clock
from comity.core.actor import Actor
from comity.core.refusals import Refusal
from comity.events.log import record
from comity.files import actions as files

from .history import change, locked
from .queueing import leave


@transaction.atomic
def delete(*, conversation: Conversation, by: Actor) -> Conversation:
    """Put a conversation into the bin."""
    conversation = locked(conversation)
    change(conversation, deleted_at=clock.now())
    record("conversation.deleted", subject=conversation.stream, by=by)
    leave(conversation, Queued.Outcome.LEFT, by=by)
    return conversation


@transaction.atomic
def restore(*, conversation: Conversation, by: Actor) -> Conversation:
    """Take a conversation out of the bin, as it was. Raises Refusal when it is gone for good."""
    found = Conversation.objects.select_for_update(no_key=True).filter(pk=conversation.pk).first()
    if found is None:
        raise Refusal(_("This conversation is gone for good."), status=404)
    if found.deleted_at:
        change(found, deleted_at=None)
        record("conversation.restored", subject=found.stream, by=by)
    return found


def purge(*, by: Actor, limit: int = 200) -> int:
    """Remove what has lain in the bin for as long as the organisation keeps it; returns how many, at most `limit`."""
    oldest = clock.now() - timedelta(days=load(ConversationOptions).bin_days)
    gone = Conversation.objects.filter(deleted_at__lt=oldest).order_by("deleted_at")[:limit]
    for conversation in gone:
        _remove(conversation, by)
    return len(gone)


@transaction.atomic
def _remove(conversation: Conversation, by: Actor) -> None:
    stream = conversation.stream
    for message_id in conversation.messages.values_list("pk", flat=True):
        files.release_owner(owner=f"message:{message_id}")
    Conversation.objects.filter(merged_into=conversation).update(merged_into=None, deleted_at=clock.now())
    conversation.delete()
    record("conversation.purged", subject=stream, by=by)
