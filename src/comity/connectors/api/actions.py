"""What an own system brings, and the secret with which it is answered."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from comity.accounts.options import load, save
from comity.accounts.registry import group_of
from comity.channels import actions as channels
from comity.channels.queries import has_arrived
from comity.conversations.models import Inbox, Message
from comity.core import clock, signing
from comity.core.actor import Actor
from comity.core.refusals import Refusal
from comity.events.log import record
from comity.files import queries as stored
from comity.files.actions import upload_owner

from . import letters
from .options import ApiChannelOptions
from .people import known_as


@dataclass(frozen=True, kw_only=True)
class Given:
    """A message as a system gives it. id makes it count once; thread and conversation say where it belongs."""

    id: str
    number: str
    name: str = ""
    email: str = ""
    subject: str = ""
    text: str = ""
    html: str = ""
    thread: str = ""
    conversation: int | None = None
    attachments: tuple[int, ...] = ()
    sent_at: datetime | None = None


def take(*, inbox: Inbox, message: Given, by: Actor) -> bool:
    """Store a message, durably; false when it was stored before under the same id. It is read in a moment.

    Raises Refusal when it says nothing, names a file that is gone, or the inbox is switched off.
    """
    _check_active(inbox)
    source = f"in:{message.id}"
    if not message.text.strip() and not message.html.strip() and not message.attachments:
        raise Refusal(_("Say something: text, html or attachments."), code="empty", status=422)
    theirs = {reference.pk for reference in stored.of_owner(upload_owner(by))} if message.attachments else set()
    if not set(message.attachments) <= theirs and not has_arrived(inbox, source):
        raise Refusal(_("An attached file is no longer here. Attach it again."), code="gone", status=410)
    letter = letters.Letter(
        id=message.id,
        sender=known_as(message.number, inbox_id=inbox.pk, options=load(ApiChannelOptions, inbox=inbox.pk)),
        number=message.number,
        name=message.name,
        email=message.email,
        subject=message.subject,
        text=message.text,
        html=message.html,
        thread=message.thread,
        conversation=message.conversation,
        uploads=list(message.attachments),
        uploaded_as=upload_owner(by),
        sent_at=(message.sent_at or clock.now()).isoformat(),
    )
    lane = _lane(inbox, letters.place_of(message.thread, message.number))
    return channels.accept(inbox=inbox, raw=letters.write(letter), source=source, lane=lane) is not None


def take_state(*, inbox: Inbox, message: Message, state: str, reason: str) -> bool:
    """Store what became of a message of ours, durably; false when the same was told before."""
    _check_active(inbox)
    raw = letters.write(letters.News(external_id=message.external_id, state=state, reason=reason))
    source = f"state:{message.pk}:{hashlib.sha256(raw).hexdigest()}"
    return channels.accept(inbox=inbox, raw=raw, source=source, lane=_lane(inbox, f"message:{message.pk}")) is not None


@transaction.atomic
def make_secret(*, inbox: Inbox, by: Actor) -> None:
    """Give a new inbox its secret; one that has a secret keeps it."""
    if not load(ApiChannelOptions, inbox=inbox.pk).secret:
        _save_secret(inbox, by)


@transaction.atomic
def renew_secret(*, inbox: Inbox, by: Actor) -> None:
    """Make a new secret. What is sent from now on is signed with it alone."""
    _save_secret(inbox, by)
    record("inbox.secret_renewed", subject=inbox.stream, by=by)


def _save_secret(inbox: Inbox, by: Actor) -> None:
    values = {"secret": signing.new_secret()}
    save(group=group_of(ApiChannelOptions), level=("inbox", inbox.pk), values=values, by=by)


def _lane(inbox: Inbox, place: str) -> str:
    """Return the subject that keeps what belongs together in its order; of one length, whatever the place is called."""
    return f"lane:{inbox.pk}-{hashlib.sha256(place.encode()).hexdigest()[:24]}"


def _check_active(inbox: Inbox) -> None:
    if not inbox.is_active:
        raise Refusal(_("This inbox is switched off."), code="switched_off")
