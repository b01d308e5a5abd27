"""From the outbox to the channel: one attempt at a time, and never a second one where the first may have arrived."""

import logging
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction

from comity.conversations import actions as conversations
from comity.conversations.channel import facts
from comity.conversations.models import Inbox, Message, Outbox
from comity.conversations.quick_replies import offered_with
from comity.core import clock
from comity.core.actor import Actor
from comity.core.html import to_text
from comity.core.refusals import Refusal
from comity.files import queries as files
from comity.files.links import url_for
from comity.files.models import Reference

from . import actions, contract
from .connecting import connector_of
from .references import reply_token

log = logging.getLogger("comity.delivery")
THREAD_IDS = 40
GIVE_UP_AFTER = timedelta(hours=48)
HOLD_ON_EVERY = 30.0  # seconds, a quarter of a lease


def send(message_id: int, by: Actor) -> datetime | None:
    """Make one attempt to send a queued message. Returns when to try again, or None when it is settled."""
    owner = uuid.uuid4().hex
    outbox = conversations.claim(message_id=message_id, owner=owner)
    if outbox is None:
        return _lease_of(message_id)
    message = Message.objects.select_related("inbox", "leg", "conversation", "author_agent").get(pk=message_id)
    try:
        return _attempt(outbox, message, owner, by)
    except Refusal as lost:  # another worker holds the row now; it knows more than this one
        log.warning("message %s: %s", message_id, lost)
        return None


def _attempt(outbox: Outbox, message: Message, owner: str, by: Actor) -> datetime | None:
    inbox = message.inbox
    assert inbox is not None, "only a message of an inbox is queued"
    try:
        if not inbox.is_active:
            raise contract.Rejected("This inbox is switched off.")
        connector = connector_of(inbox)
        outgoing = outgoing_of(outbox, message)
        external_id = message.external_id or connector.external_id_for(outgoing)
        if inbox.is_demo:  # no connector is asked, whatever it would do; the page says that nothing left
            conversations.hand_over(outbox=outbox, owner=owner, external_id=external_id)
            conversations.mark_sent(outbox=outbox, owner=owner, external_id=external_id, by=by)
            return None
        hand_over = _Once(lambda: conversations.hand_over(outbox=outbox, owner=owner, external_id=external_id))
        with _held(outbox, owner):
            receipt = connector.send(outgoing_of(outbox, message, external_id=external_id, before_body=hand_over))
        with transaction.atomic():
            hand_over()  # where the connector did not: its other side counts a key once
            conversations.mark_sent(
                outbox=outbox,
                owner=owner,
                external_id=receipt.external_id or external_id,
                refused=receipt.refused,
                by=by,
            )
        actions.worked(inbox=inbox, sent=True)
    except contract.Retry as retry:
        return _later(outbox, owner, str(retry), retry.after, by)
    except contract.Unknown as unknown:
        conversations.mark_unknown(outbox=outbox, owner=owner, reason=str(unknown), by=by)
    except contract.Unauthorised as refused:
        actions.failed(inbox=inbox, reason=str(refused))
        conversations.mark_failed(outbox=outbox, owner=owner, reason=str(refused), by=by)
    except (contract.Rejected, contract.WindowClosed, contract.Blocked) as refused:
        conversations.mark_failed(outbox=outbox, owner=owner, reason=str(refused), by=by)
    return None


class _Once:
    """Calls a function at the first call, and never again."""

    def __init__(self, function: Callable[[], None]) -> None:
        self._function = function
        self._is_done = False

    def __call__(self) -> None:
        if not self._is_done:
            self._function()
            self._is_done = True


@contextmanager
def _held(outbox: Outbox, owner: str) -> Iterator[None]:
    """Hold on to a message for as long as its server takes, so that nobody thinks its worker dead."""
    done = threading.Event()

    def hold_on() -> None:
        while not done.wait(HOLD_ON_EVERY):
            try:
                conversations.hold_on(outbox=outbox, owner=owner)
            except Exception:
                log.exception("message %s could not be held", outbox.message_id)
        connection.close()

    thread = threading.Thread(target=hold_on, name=f"hold on to {outbox.key}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _later(outbox: Outbox, owner: str, reason: str, after: float | None, by: Actor) -> datetime | None:
    """Wait longer each time, from half a minute to an hour; after two days it is a failure."""
    now = clock.now()
    if now - outbox.queued_at > GIVE_UP_AFTER:
        conversations.mark_failed(outbox=outbox, owner=owner, reason=reason, by=by)
        return None
    seconds = after or min(3600.0, 30.0 * 2 ** (outbox.attempts - 1))
    until = now + timedelta(seconds=seconds)
    conversations.put_off(outbox=outbox, owner=owner, reason=reason, until=until, by=by)
    return until


def _lease_of(message_id: int) -> datetime | None:
    """When another worker's hold on the message ends, so that somebody looks again then."""
    held = Outbox.objects.filter(message_id=message_id, state__in=["queued", "sending"]).exclude(owner="")
    return held.values_list("lease_until", flat=True).first()


def outgoing_of(
    outbox: Outbox, message: Message, *, external_id: str = "", before_body: Callable[[], None] = lambda: None
) -> contract.Outgoing:
    """Return a message as its connector sends it."""
    inbox = message.inbox
    assert inbox is not None, "only a message of an inbox is sent"
    references = files.of_owner(message.stream)
    return contract.Outgoing(
        key=outbox.key,
        external_id=external_id or message.external_id,
        conversation_id=message.conversation_id,
        message_id=message.pk,
        sender=contract.Address(inbox.address, _sender_name(inbox, message)),
        recipients=tuple(
            contract.Recipient(who.role, who.address, who.name)  # type: ignore[arg-type]  # the column has the same words
            for who in message.recipients.order_by("pk")
        ),
        subject=_subject(message),
        text=message.text or to_text(message.html),
        html=message.html if facts(inbox.channel).html else "",
        files=tuple(_file(reference) for reference in references),
        thread=_thread(message),
        external_thread=message.leg.external_thread if message.leg else "",
        reply_token=reply_token(message.conversation_id, message.leg_id),
        quick_replies=tuple(offered_with(message)),
        sent_at=outbox.queued_at,
        before_body=before_body,
    )


def _sender_name(inbox: Inbox, message: Message) -> str:
    brand = inbox.brand.name if inbox.brand else inbox.name
    return f"{message.author_name} ({brand})" if message.author_agent else brand


def _subject(message: Message) -> str:
    """A reply says Re:, the first message of a matter does not; what goes to third parties has its own."""
    subject = message.subject or message.conversation.subject
    if message.leg and message.leg.is_aside:
        return subject
    earlier = Message.objects.filter(conversation=message.conversation_id, leg=message.leg_id, pk__lt=message.pk)
    if not earlier.exists() or subject.casefold().startswith(("re:", "aw:", "sv:", "rv:")):
        return subject
    return f"Re: {subject}"


def _file(reference: Reference) -> contract.OutgoingFile:
    def read() -> bytes:
        with files.open_file(reference.file) as file:
            return file.read()

    return contract.OutgoingFile(
        name=reference.name,
        content_type=reference.content_type,
        read=read,
        link=lambda: settings.URL.geturl() + url_for(reference, download=True),
        content_id=f"file-{reference.pk}" if reference.is_inline else "",
        is_inline=reference.is_inline,
    )


def _thread(message: Message) -> tuple[str, ...]:
    """External ids of the leg's earlier messages, oldest first; what was never sent is not among them."""
    rows = Message.objects.filter(leg=message.leg_id, pk__lt=message.pk).exclude(external_id="")
    rows = rows.exclude(state__in=["failed", "scheduled", "queued"]).exclude(automatic__in=["bounce", "auto_reply"])
    newest = rows.order_by("-created_at", "-pk").values_list("external_id", flat=True)[:THREAD_IDS]
    return tuple(reversed(list(newest)))
