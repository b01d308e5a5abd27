"""A mail that a colleague passes on by hand: it becomes the matter of whoever wrote it, and says who passed it on."""

from dataclasses import replace

from comity.accounts import queries as accounts
from comity.accounts.options import load
from comity.contacts import actions as contacts
from comity.conversations.actions import Arrival
from comity.conversations.models import Inbox
from comity.core.actor import Actor
from comity.core.refusals import Refusal
from comity.core.text import without_plus

from .connecting import connector_of, trusted_servers
from .contract import IncomingMessage
from .options import ArrivalOptions
from .threading import Place


def passed_on(
    arrival: Arrival, incoming: IncomingMessage, where: Place, *, inbox: Inbox, kind: str, by: Actor
) -> Arrival:
    """Return the arrival as its first writer's, where a colleague forwarded it; otherwise as it is.

    Whom the quoted header names is a claim: their identity is observed at most. It counts only from an agent whose
    address is believed, only for what would open a conversation of its own, and only where the inbox wants it.
    """
    writer = incoming.forwarded_from
    if writer is None or where.conversation or where.follows or incoming.automatic:
        return arrival
    colleague = accounts.agents().filter(email__iexact=incoming.sender.address).first()
    if colleague is None or without_plus(writer.address) in {without_plus(colleague.email), *_ours(incoming)}:
        return arrival
    if not load(ArrivalOptions, inbox=inbox.pk).passed_on or not _is_believed(incoming, inbox):
        return arrival
    try:
        identity = contacts.recognise(kind=kind, value=writer.address, name=writer.name, trust="observed", by=by)
    except Refusal:
        return arrival
    return replace(
        arrival,
        identity=identity,
        name=writer.name or writer.address,
        sender_check="none",
        reply_to=(),
        forwarded_by=colleague.name,
    )


def _is_believed(incoming: IncomingMessage, inbox: Inbox) -> bool:
    """Was the sender's address proven, or at least not refuted where no server of ours says anything about it?"""
    if incoming.sender_check == "none":
        return not trusted_servers(connector_of(inbox))
    return incoming.sender_check == "pass"


def _ours(incoming: IncomingMessage) -> set[str]:
    """The addresses to which the colleague passed it on."""
    return {without_plus(who.address) for who in incoming.recipients}
