"""What customers of Larkmoor said about settled conversations."""

from datetime import timedelta

from comity.conversations.models import Conversation, Participant, Status
from comity.core import clock, demo
from comity.core.actor import Actor
from comity.core.demo import Demo

from . import actions

SAID = (
    (5, "Answered within minutes, and the machine steams again. Thank you!"),
    (5, ""),
    (4, "Good help. I would have liked to know sooner that the part was on its way."),
    (2, "Three people asked me for the same order number."),
    (5, "Friendly and to the point."),
    (3, ""),
    (4, "It works now, though the guide does not mention the second button."),
    (5, "The best support I have had for a kettle."),
)
SOON = timedelta(minutes=40)


def fill(part: Demo) -> None:
    """Let some customers rate what was settled last, one after the other."""
    settled = Conversation.objects.filter(inbox__in=part.of_kind("inbox"), status=Status.RESOLVED, merged_into=None)
    latest = list(settled.order_by("-resolved_at")[: len(SAID)])
    for conversation, (score, comment) in zip(reversed(latest), SAID, strict=False):
        asked = Participant.Role.REQUESTER
        customer = conversation.participants.filter(role=asked).select_related("identity").first()
        if customer is None or conversation.resolved_at is None:
            continue
        with clock.at(min(conversation.resolved_at + SOON, part.now)):
            actions.rate(
                conversation_id=conversation.pk,
                identity_id=customer.identity_id,
                score=score,
                comment=comment,
                by=Actor("contact", str(customer.identity.contact_id)),
            )


demo.register("feedback", demo.Part(order=60, fill=fill))
