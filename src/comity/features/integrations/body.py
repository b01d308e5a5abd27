"""What a webhook is told of an event: who, what and which values, never the text of a message."""

import json

from comity.events.log import Event


def body_of(event: Event) -> bytes:
    """Return the body of a delivery. The same event always gives the same bytes."""
    told = {
        "type": event.type,
        "timestamp": event.at.isoformat(),
        "data": {
            "event": event.pk,
            "subject": event.subject,
            "actor": {"kind": event.actor_kind, "id": event.actor_id},
            "cause": event.cause,
            "values": event.data,
        },
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
