"""What comes in and goes out, for monitoring."""

from comity.core import clock
from comity.core.metrics import Values, measured
from comity.events.metrics import tally

from . import queries
from .models import InboxHealth

SENDS = {
    "message.sent": "sent",
    "message.put_off": "put_off",
    "message.failed": "failed",
    "message.unknown": "unknown",
    "message.bounced": "bounced",
}
ARRIVALS = {"raw.arrived": "arrived", "message.received": "received", "raw.quarantined": "unreadable"}


@measured(
    "comity_sends",
    "Tries to send a message by outcome, of the whole installation.",
    labels=("outcome",),
    only_grows=True,
)
def sends() -> Values:
    """Count what left, and what became of it."""
    counts = tally.counts()
    return {(outcome,): counts[type] for type, outcome in SENDS.items()}


@measured(
    "comity_arrivals",
    "What came in through the inboxes, of the whole installation.",
    labels=("state",),
    only_grows=True,
)
def arrivals() -> Values:
    """Count what arrived, became a message, or could not be read."""
    counts = tally.counts()
    return {(state,): counts[type] for type, state in ARRIVALS.items()}


@measured("comity_oldest_queued_message_age_seconds", "How long the oldest message has waited to leave.")
def oldest_queued() -> Values:
    """Say how long customers wait for what was sent."""
    oldest = queries.oldest_queued()
    return {(): max(0.0, (clock.now() - oldest.queued_at).total_seconds()) if oldest else 0.0}


@measured("comity_queued_messages", "Messages that wait to leave.")
def queued() -> Values:
    """Count them."""
    return {(): queries.queued_count()}


@measured("comity_failing_inboxes", "Inboxes that do not work at the moment.")
def failing_inboxes() -> Values:
    """Count them."""
    return {(): InboxHealth.objects.exclude(failing_since=None).count()}
