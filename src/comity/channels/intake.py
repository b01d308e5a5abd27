"""From stored bytes to a message in a conversation: parse, recognise the people, find the place, store the files.

Runs as an `outside` reaction, since parsing may take long; what some arrivals become is written in one short
transaction, in which they are settled. Reading the same arrival twice changes nothing.
"""

import logging
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache

from django.db import transaction

from comity.contacts import actions as contacts
from comity.contacts.models import Identity
from comity.conversations import actions as conversations
from comity.conversations.actions import Arrival, ArrivedRecipient
from comity.conversations.channel import facts
from comity.conversations.models import Direction, Inbox, Message
from comity.core.actor import Actor
from comity.core.refusals import Refusal
from comity.core.rows import find_rows
from comity.core.text import without_plus
from comity.events.log import end_with_this
from comity.files import actions as files
from comity.files import queries as stored
from comity.files.store import Staged

from . import actions
from .connecting import connector_of, kind_of, trusted_servers
from .contract import Connector, Context, Incoming, IncomingFile, IncomingMessage, IncomingStatus
from .forwarding import passed_on
from .models import RawMessage, RawState
from .queries import first_numbered, numbered
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


@dataclass(frozen=True)
class Read:
    """An arrival, what was found in it, and its files, which are safe on the disk already."""

    raw: RawMessage
    found: list[Incoming]
    files: list[tuple[IncomingFile, Staged]]
    by: Actor


def read(arrivals: dict[int, Actor]) -> None:
    """Read arrivals that still wait, by their ids, each by somebody; what they become is one transaction.

    What can't be read is kept, shown to administrators, and blocks nothing.
    """
    inboxes = {inbox.pk: inbox for inbox in find_rows(Inbox)}
    ours = tuple(address for inbox in inboxes.values() for address in inbox.own_addresses)
    connector = cache(lambda inbox_id: connector_of(inboxes[inbox_id]))
    done = []
    for raw in find_rows(RawMessage, id=list(arrivals), state=RawState.WAITING):
        raw.inbox = inboxes[raw.inbox_id]
        try:
            found = list(_parse(raw, connector(raw.inbox_id), ours))
        except Exception as problem:
            log.exception("arrival %s can't be read", raw.pk)
            actions.settle(raw=raw, state=RawState.QUARANTINED, error=f"{type(problem).__name__}: {problem}")
            continue
        files_of = [file for message in found if isinstance(message, IncomingMessage) for file in message.files]
        done.append(Read(raw, found, [(file, files.stage(file.content)) for file in files_of], arrivals[raw.pk]))
    if done:
        _store_all(done, frozenset(ours))


def _parse(raw: RawMessage, connector: Connector, own_addresses: tuple[str, ...]) -> Iterable[Incoming]:
    context = Context(
        own_addresses=own_addresses,
        trusted_servers=trusted_servers(connector),
        envelope_sender=raw.envelope_sender,
        envelope_recipients=tuple(raw.envelope_recipients),
    )
    return connector.parse(content_of(raw), context)


def _store_all(done: list[Read], ours: frozenset[str]) -> None:
    with transaction.atomic():
        end_with_this()
        new = {each.raw.inbox_id: each.raw.inbox for each in done if _store(each, ours)}
        for inbox in new.values():
            actions.worked(inbox=inbox, arrived=True)


def _store(one: Read, ours: frozenset[str]) -> bool:
    """Store what was found in an arrival. False when all of it had come before."""
    inbox, last, state = one.raw.inbox, None, RawState.STATUS
    for incoming in one.found:
        if isinstance(incoming, IncomingStatus):
            _report(inbox, incoming, one.by)
    for message in one.found:
        if not isinstance(message, IncomingMessage):
            continue
        known = first_numbered(inbox, message.external_id)
        if known and _is_same(known, message):
            last, state = known, RawState.DUPLICATE
            continue
        if known:  # programs that number badly give one id to different mails; each of them counts
            message = replace(message, external_id=f"{message.external_id}#{one.raw.digest[:16]}")
            if first_numbered(inbox, message.external_id):
                continue
        last, state = _take(one.raw, message, one.files, ours, one.by), RawState.STORED
    actions.settle(raw=one.raw, state=state, message=last)
    return state != RawState.DUPLICATE


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
    _note_claims(sender, incoming, by)
    where = place(incoming, inbox=inbox, sender=sender)
    arrival = Arrival(
        identity=sender,
        name=incoming.sender.name or sender.contact.name,
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
        external_thread=incoming.thread.external,
        problems=incoming.problems,
    )
    arrival = passed_on(arrival, incoming, where, inbox=inbox, kind=kind, by=by)
    message = conversations.receive(
        inbox=inbox,
        arrival=arrival,
        conversation=where.conversation,
        is_stranger=where.is_stranger,
        aside=where.aside,
        follows=where.follows,
        by=by,
    )
    _hang_on(message, incoming, staged, by)
    return message


def _hang_on(message: Message, incoming: IncomingMessage, staged: list[tuple[IncomingFile, Staged]], by: Actor) -> None:
    """Give a message the files that came with it, and those that its sender gave before."""
    for file, content in staged:
        if any(file is own for own in incoming.files):
            files.refer(
                file=files.keep(content=content, by=by),
                to=message.stream,
                name=file.name,
                content_id=file.content_id,
                is_inline=file.is_inline,
            )
    if incoming.uploads:
        given = [reference.pk for reference in stored.of_owner(incoming.uploaded_as)]
        chosen = [pk for pk in incoming.uploads if pk in given]  # a day-old upload may be swept away by now
        files.hand_over(references=chosen, owned_by=incoming.uploaded_as, to=message.stream)


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
            how=("sender_check" if kind == "email" else "channel") if is_proven else "",
            check_failed=incoming.sender_check == "fail",
        )
    except Refusal:
        value = address or f"unknown {raw.pk}"  # two senders whom nobody knows are not one
        return contacts.recognise(kind="unreadable", value=value, name=name or address, by=by)


def _note_claims(sender: Identity, incoming: IncomingMessage, by: Actor) -> None:
    for kind, value in incoming.claims:
        with suppress(Refusal):  # what is no address is no suggestion either
            contacts.claim(contact=sender.contact, kind=kind, value=value, by=by)


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
