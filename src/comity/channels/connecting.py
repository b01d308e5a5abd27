"""From an inbox row to the connector that serves it."""

from comity.accounts.options import load
from comity.conversations.models import Inbox
from comity.core.refusals import Refusal

from .contract import Connector, ConnectorKind, InboxFacts
from .registry import kinds


def kind_of(inbox: Inbox) -> ConnectorKind:
    """Return the kind of channel of an inbox. Raises Refusal when its connector was taken away."""
    kind = kinds.get(inbox.channel)
    if kind is None:
        raise Refusal(f"The connector of the channel “{inbox.channel}” is not installed.")
    return kind


def facts_of(inbox: Inbox) -> InboxFacts:
    """Return what a connector is told of its inbox."""
    return InboxFacts(
        id=inbox.pk,
        name=inbox.name,
        address=inbox.address,
        own_addresses=inbox.own_addresses,
        is_demo=inbox.is_demo,
    )


def trusted_servers(connector: Connector) -> tuple[str, ...]:
    """Return whose verdicts about senders count for a connector; only e-mail has such verdicts."""
    return tuple(getattr(connector, "trusted_servers", ()))


def connector_of(inbox: Inbox) -> Connector:
    """Return the connector with the inbox's settings as they are now."""
    kind = kind_of(inbox)
    return kind.build(facts_of(inbox), load(kind.settings, inbox=inbox.pk))
