"""What the channel frame does when something arrived or waits to leave."""

from collections.abc import Callable

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from comity.conversations.models import Inbox
from comity.core import clock
from comity.core.refusals import Refusal
from comity.events.log import Event, reacts_to, set_timer
from comity.notices import actions as notices

from . import actions, delivery, intake
from .connecting import connector_of
from .contract import Finding


@reacts_to("raw.arrived", outside=True, of_many=True)
def read_arrival(events: list[Event]) -> None:
    """Read what arrived and store it where it belongs. Safe to run twice: an arrival is settled once."""
    intake.read({_raw_of(event): event.by.because_of(event.pk) for event in events})


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


@reacts_to(actions.STILL_FAILING)
def warn_of_failing(event: Event) -> None:
    """Say that an inbox has failed for too long, if it still does. Safe to run twice: it is said once."""
    inbox = _inbox_of(event)
    if inbox:
        actions.warn(inbox=inbox, by=event.by.because_of(event.pk))


@reacts_to("inbox.warned_about")
def tell_of_failing(event: Event) -> None:
    """Tell everybody who can mend it."""
    inbox = _inbox_of(event)
    if inbox:
        _tell(event, inbox, "inbox_failing", lambda: _("“%(inbox)s” has not worked for ten minutes"))


@reacts_to("inbox.recovered")
def tell_of_recovery(event: Event) -> None:
    """Tell those who were told of the failure that it works again."""
    inbox = _inbox_of(event)
    if inbox and event.data.get("was_told"):
        notices.clear_url(url=reverse("settings_inbox", args=[inbox.pk]), subject=inbox.stream)
        _tell(event, inbox, "inbox_works", lambda: _("“%(inbox)s” works again"))


@reacts_to("inbox.check_asked", outside=True)
def check_connection(event: Event) -> None:
    """Try an inbox's connection and keep what was found. Safe to run twice: it only looks."""
    inbox = _inbox_of(event)
    if inbox is None:
        return
    try:
        findings = connector_of(inbox).check()
    except Refusal as refusal:
        findings = [Finding(inbox.name, False, refusal.message)]
    actions.keep_findings(inbox=inbox, findings=findings, by=event.by.because_of(event.pk))


def _raw_of(event: Event) -> int:
    return int(event.data.get("raw") or event.subject.partition(":")[2])  # events of earlier versions name it so


def _inbox_of(event: Event) -> Inbox | None:
    return Inbox.objects.filter(pk=int(event.subject.partition(":")[2])).first()


def _tell(event: Event, inbox: Inbox, kind: str, words: Callable[[], str]) -> None:
    notices.tell_those_who_may(
        "inboxes.manage",
        kind=kind,
        title=lambda: words() % {"inbox": inbox.name},
        url=reverse("settings_inbox", args=[inbox.pk]),
        subject=inbox.stream,
        because_of=event.pk,
        by=event.by,
    )
