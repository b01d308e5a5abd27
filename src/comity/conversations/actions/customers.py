"""What merging two contacts means for conversations, and what undoing it means."""

from django.db import transaction

from comity.conversations.models import Conversation, Participant


@transaction.atomic
def change_contact(*, source: int, into: int) -> list[int]:
    """Give all conversations of one contact to another; returns which, so that it can be undone."""
    theirs = Conversation.objects.select_for_update(no_key=True).filter(contact=source).order_by("pk")
    moved = list(theirs.values_list("pk", flat=True))
    Conversation.objects.filter(pk__in=moved).update(contact=into)
    return moved


@transaction.atomic
def give_back_contact(*, source: int, into: int, conversations: list[int], identities: list[int]) -> None:
    """Give conversations back, and those that one of the source's identities has begun since."""
    begun = Participant.objects.filter(identity__in=identities, role=Participant.Role.REQUESTER)
    since = Conversation.objects.filter(contact=into, pk__in=begun.values("conversation"))
    Conversation.objects.filter(contact=into, pk__in=conversations).update(contact=source)
    since.update(contact=source)
