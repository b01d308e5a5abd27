"""A mail that a colleague passes on by hand: it becomes the matter of whoever wrote it, and says who passed it on."""

from dataclasses import replace

from comity.accounts import queries as accounts
from comity.contacts import actions as contacts
from comity.conversations.actions import Arrival
from comity.core.actor import Actor
from comity.core.refusals import Refusal
from comity.core.text import without_plus

from .contract import IncomingMessage
from .threading import Place


def passed_on(arrival: Arrival, incoming: IncomingMessage, where: Place, *, kind: str, by: Actor) -> Arrival:
    """Return the arrival as its first writer's, where a colleague forwarded it; otherwise as it is.

    Whom the quoted header names is a claim: their identity is observed at most. It counts only from an agent whose
    sender check did not fail, and only for what would open a conversation of its own.
    """
    writer = incoming.forwarded_from
    if writer is None or where.conversation or where.follows or incoming.automatic or incoming.sender_check == "fail":
        return arrival
    colleague = accounts.agents().filter(email__iexact=incoming.sender.address).first()
    if colleague is None or without_plus(writer.address) in {without_plus(colleague.email), *_ours(incoming)}:
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


def _ours(incoming: IncomingMessage) -> set[str]:
    """The addresses to which the colleague passed it on."""
    return {without_plus(who.address) for who in incoming.recipients}
