"""What the channel frame does when something arrived or waits to leave."""

from django.db import transaction

from comity.conversations.models import Inbox
from comity.core import clock
from comity.core.refusals import Refusal
from comity.events.log import Event, reacts_to, set_timer

from . import actions, delivery, intake
from .connecting import connector_of
from .contract import Finding


@reacts_to("raw.arrived", outside=True)
def read_arrival(event: Event) -> None:
    """Read what arrived and store it where it belongs. Safe to run twice: an arrival is settled once."""
    kind, _colon, pk = event.subject.partition(":")
    if kind == "raw":
        intake.read(int(pk), event.by.because_of(event.pk))


@reacts_to("message.queued", "message.retry_due", outside=True)
def send_message(event: Event) -> None:
    """Make one attempt to send; a timer calls for the next one. Safe to run twice: the outbox row is claimed once."""
    again = delivery.send(event.data["message"], event.by.because_of(event.pk))
    if again:
        with transaction.atomic():
            set_timer(
                "message.retry_due",
                subject=event.subject,
                key=str(event.data["message"]),
                at=max(again, clock.now()),
                by=event.by,
                message=event.data["message"],
            )


@reacts_to("inbox.check_asked", outside=True)
def check_connection(event: Event) -> None:
    """Try an inbox's connection and keep what was found. Safe to run twice: it only looks."""
    inbox = Inbox.objects.filter(pk=int(event.subject.partition(":")[2])).first()
    if inbox is None:
        return
    try:
        findings = connector_of(inbox).check()
    except Refusal as refusal:
        findings = [Finding(inbox.name, False, refusal.message)]
    actions.keep_findings(inbox=inbox, findings=findings, by=event.by.because_of(event.pk))
