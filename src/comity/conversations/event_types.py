"""What can happen in this room, in plain words."""

from django.utils.translation import gettext_lazy as _

from comity.events.catalogue import declare

declare(
    [
        ("conversation.created", _("A conversation began")),
        ("conversation.opened", _("A conversation is open")),
        ("conversation.waiting", _("A conversation waits for somebody")),
        ("conversation.snoozed", _("A conversation was set aside until later")),
        ("conversation.snooze_ended", _("The time for which a conversation was set aside is over")),
        ("conversation.resolved", _("A conversation is resolved")),
        ("conversation.marked_spam", _("A conversation was marked as spam")),
        ("conversation.assigned", _("A conversation’s person or team changed")),
        ("conversation.queued", _("A customer waits for a person")),
        ("conversation.offered", _("A waiting conversation was offered to somebody")),
        ("conversation.answer_due", _("Time to check whether a waiting customer was answered")),
        ("conversation.idle_due", _("Time to check whether a customer is still there")),
        ("conversation.offer_due", _("The time to take an offered conversation is over")),
        ("conversation.declined", _("Somebody declined a waiting conversation")),
        ("conversation.missed", _("Nobody took an offered conversation in time")),
        ("conversation.unqueued", _("A customer no longer waits for a person")),
        ("conversation.prioritised", _("A conversation’s priority changed")),
        ("conversation.retitled", _("A conversation’s subject changed")),
        ("conversation.tagged", _("A conversation’s tags changed")),
        ("conversation.merged", _("Another conversation was merged into this one")),
        ("conversation.merged_away", _("A conversation was merged into another one")),
        ("conversation.unmerged", _("Merging conversations was undone")),
        ("conversation.split", _("A conversation was split")),
        ("conversation.unsplit", _("Splitting a conversation was undone")),
        ("conversation.deleted", _("A conversation was moved to the bin")),
        ("conversation.restored", _("A conversation was taken out of the bin")),
        ("conversation.purged", _("A conversation was deleted for good")),
    ],
    group=_("Conversations"),
    order=10,
)

declare(
    [
        ("message.received", _("A message from a customer arrived")),
        ("message.scheduled", _("An answer was written and leaves soon")),
        ("message.unscheduled", _("An answer was taken back before it left")),
        ("message.held_back", _("An answer that was to leave later was held back, because the customer wrote")),
        ("message.queued", _("An answer is on its way out")),
        ("message.sent", _("An answer was sent")),
        ("message.put_off", _("An answer could not leave yet and is tried again")),
        ("message.failed", _("An answer could not be sent")),
        ("message.unknown", _("Nobody knows whether an answer arrived")),
        ("message.bounced", _("An answer came back as undeliverable")),
        ("message.reported", _("The other side told what became of an answer")),
        ("note.added", _("An internal note was added")),
    ],
    group=_("Messages"),
    order=11,
)

declare(
    [
        ("inbox.created", _("An inbox was added")),
        ("inbox.updated", _("An inbox changed")),
        ("inbox.switched_on", _("An inbox was switched on")),
        ("inbox.switched_off", _("An inbox was switched off")),
        ("status.named", _("A name for a status was added")),
        ("status.forgotten", _("A name for a status was removed")),
    ],
    group=_("Inboxes"),
    order=30,
)

declare(
    [
        ("message.send_due", _("The time to take an answer back is over")),
        ("conversations.check_outbox", _("The outbox is looked through")),
        ("conversations.serve_queue", _("The queue of those who wait is looked through")),
        ("conversations.tidy", _("Old drafts and binned conversations are tidied up")),
    ],
    group=_("Conversations"),
    is_inner=True,
)
