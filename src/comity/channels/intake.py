"""From stored bytes to a message in a conversation: parse, recognise the people, find the place, store the files.

Runs as an `outside` reaction, since parsing may take long; what it writes goes in one short transaction, at the end of
which the arrival is settled. Reading the same arrival twice changes nothing.
"""

import logging
from collections.abc import Iterable
from dataclasses import replace

from django.db import transaction

from comity.contacts import actions as contacts
from comity.contacts.models import Identity
from comity.conversations import actions as conversations
from comity.conversations.actions import Arrival, ArrivedRecipient
from comity.conversations.channel import facts
from comity.conversations.models import Direction, Inbox, Message
from comity.core.actor import Actor
from comity.core.refusals import Refusal
from comity.core.text import without_plus
from comity.events.log import end_with_this
from comity.files import actions as files
from comity.files import queries as stored
from comity.files.store import Staged

from . import actions
from .connecting import connector_of, kind_of
from .contract import Context, Incoming, IncomingFile, IncomingMessage, IncomingStatus
from .forwarding import passed_on
from .models import RawMessage, RawState
from .queries import numbered
from .threading import place

log = logging.getLogger("comity.intake")


def content_of(raw: RawMessage) -> bytes:
    """Return the bytes of an arrival exactly as they came. Raises FileNotFoundError when the data folder lost them."""
    if raw.content is not None:
        return bytes(raw.content)
    references = stored.of_owner(raw.stream)
    if not references:
        raise FileNotFoundError(raw.stream)
    with stored.open_file(references[0].file) as file:
        return file.read()


def read(raw_id: int, by: Actor) -> None:
    """Read an arrival that still waits. What can't be read is kept, shown to administrators, and blocks nothing."""
    raw = RawMessage.objects.select_related("inbox__team").filter(pk=raw_id, state=RawState.WAITING).first()
    if raw is None:
        return
    try:
        own_addresses = tuple(address for inbox in Inbox.objects.all() for address in inbox.own_addresses)
        found = list(_parse(raw, own_addresses))
    except Exception as problem:
        log.exception("arrival %s can't be read", raw.pk)
        actions.settle(raw=raw, state=RawState.QUARANTINED, error=f"{type(problem).__name__}: {problem}")
        return
    _store(raw, found, frozenset(own_addresses), by)


def _parse(raw: RawMessage, own_addresses: tuple[str, ...]) -> Iterable[Incoming]:
    connector = connector_of(raw.inbox)
    trusted = getattr(connector, "trusted_servers", ())  # only e-mail has such verdicts
    context = Context(
        own_addresses=own_addresses,
        trusted_servers=tuple(trusted),
        envelope_sender=raw.envelope_sender,
        envelope_recipients=tuple(raw.envelope_recipients),
    )
    return connector.parse(content_of(raw), context)


def _store(raw: RawMessage, found: list[Incoming], ours: frozenset[str], by: Actor) -> None:
    messages = [one for one in found if isinstance(one, IncomingMessage)]
    staged = [(file, files.stage(file.content)) for message in messages for file in message.files]
    with transaction.atomic():
        state = RawMessage.objects.select_for_update().values_list("state", flat=True).get(pk=raw.pk)
        if state != RawState.WAITING:
            return
        for status in found:
            if isinstance(status, IncomingStatus):
                _report(raw.inbox, status, by)
        last, state = None, RawState.STATUS
        for message in messages:
            known = numbered(raw.inbox, message.external_id).first()
            if known and _is_same(known, message):
                last, state = known, RawState.DUPLICATE
                continue
            if known:  # programs that number badly give one id to different mails; each of them counts
                message = replace(message, external_id=f"{message.external_id}#{raw.digest[:16]}")
                if numbered(raw.inbox, message.external_id).exists():
                    continue
            last, state = _take(raw, message, staged, ours, by), RawState.STORED
        actions.settle(raw=raw, state=state, message=last)
        if state != RawState.DUPLICATE:
            actions.worked(inbox=raw.inbox, arrived=True)
        end_with_this()


def _is_same(known: Message, incoming: IncomingMessage) -> bool:
    """Is this the message that we have, delivered twice, or the copy of one that we sent?"""
    if known.direction == Direction.OUTBOUND:
        return True
    sender = known.author_identity.shown if known.author_identity else ""
    is_sender = bool(known.data.get("forwarded_by")) or sender.casefold() == incoming.sender.address.casefold()
    return is_sender and known.text == incoming.text


def _take(
    raw: RawMessage,
    incoming: IncomingMessage,
    staged: list[tuple[IncomingFile, Staged]],
    ours: frozenset[str],
    by: Actor,
) -> Message:
    inbox = raw.inbox
    kind = facts(inbox.channel).identity_kind
    sender = _sender(kind, incoming, raw, by)
    where = place(incoming, inbox=inbox, sender=sender)
    arrival = Arrival(
        identity=sender,
        name=incoming.sender.name or incoming.sender.address,
        text=incoming.text,
        visible_text=incoming.visible_text,
        html=incoming.html,
        subject=incoming.subject,
        external_id=incoming.external_id,
        sent_at=incoming.sent_at,
        automatic=incoming.automatic,
        sender_check=incoming.sender_check,
        reply_to=tuple(address.address for address in incoming.reply_to),
        recipients=_recipients(kind, incoming, ours, by),
        problems=incoming.problems,
    )
    arrival = passed_on(arrival, incoming, where, kind=kind, by=by)
    message = conversations.receive(
        inbox=inbox,
        arrival=arrival,
        conversation=where.conversation,
        is_stranger=where.is_stranger,
        aside=where.aside,
        follows=where.follows,
        by=by,
    )
    for file, content in staged:
        if any(file is own for own in incoming.files):
            files.refer(
                file=files.keep(content=content, by=by),
                to=message.stream,
                name=file.name,
                content_id=file.content_id,
                is_inline=file.is_inline,
            )
    return message


def _sender(kind: str, incoming: IncomingMessage, raw: RawMessage, by: Actor) -> Identity:
    """A sender without a usable address still becomes somebody: what they wrote must not be lost."""
    address, name = incoming.sender.address, incoming.sender.name
    is_proven = incoming.sender_check == "pass"
    try:
        return contacts.recognise(
            kind=kind,
            value=address,
            name=name,
            by=by,
            trust="proven" if is_proven else "observed",
            how="sender_check" if is_proven else "",
            check_failed=incoming.sender_check == "fail",
        )
    except Refusal:
        value = address or f"unknown {raw.pk}"  # two senders whom nobody knows are not one
        return contacts.recognise(kind="unreadable", value=value, name=name or address, by=by)


def _recipients(kind: str, incoming: IncomingMessage, ours: frozenset[str], by: Actor) -> tuple[ArrivedRecipient, ...]:
    found = []
    for who in incoming.recipients:
        is_ours = who.address.casefold() in ours or without_plus(who.address) in ours
        identity = None
        if not is_ours and not incoming.automatic and incoming.sender_check != "fail":
            try:
                identity = contacts.recognise(kind=kind, value=who.address, name=who.name, by=by)
            except Refusal:
                identity = None
        found.append(ArrivedRecipient(role=who.role, address=who.address, name=who.name, identity=identity))
    return tuple(found)


def _report(inbox: Inbox, status: IncomingStatus, by: Actor) -> None:
    message = numbered(inbox, status.external_id).filter(direction="outbound").first()
    if message is None:
        log.warning("news about a message that is not ours, in inbox %s of kind %s", inbox.pk, kind_of(inbox).kind)
        return
    conversations.report_recipient(
        message=message,
        address=status.address,
        state=status.state,
        reason=status.reason,
        permanent=status.permanent,
        by=by,
    )
