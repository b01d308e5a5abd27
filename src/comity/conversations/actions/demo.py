"""Taking the demonstration's conversations away, for good."""

from django.db import transaction

from comity.conversations.models import Conversation, Draft, Inbox, Leg, Message, Tag
from comity.files.models import Reference


@transaction.atomic
def remove_for_good(*, inboxes: set[int]) -> dict[str, set[int]]:
    """Remove inboxes with every conversation, message, draft and stored file of theirs; return what is gone."""
    conversations = set(Conversation.objects.filter(inbox__in=inboxes).values_list("pk", flat=True))
    messages = set(Message.objects.filter(conversation__in=conversations).values_list("pk", flat=True))
    drafts = Draft.objects.filter(conversation__in=conversations) | Draft.objects.filter(inbox__in=inboxes)
    draft_ids = set(drafts.values_list("pk", flat=True))
    tags = set(Tag.objects.filter(pk__in=_tag_ids(conversations)).values_list("pk", flat=True))
    files = _release("message", messages) | _release("draft", draft_ids)
    Draft.objects.filter(pk__in=draft_ids).delete()
    Conversation.objects.filter(pk__in=conversations).update(merged_into=None, follows=None)
    Conversation.objects.filter(pk__in=conversations).delete()
    Leg.objects.filter(inbox__in=inboxes).delete()
    Inbox.objects.filter(pk__in=inboxes).delete()
    idle = set(Tag.objects.filter(pk__in=tags).exclude(pk__in=_used_tags()).values_list("pk", flat=True))
    Tag.objects.filter(pk__in=idle).delete()
    return {"conversation": conversations, "message": messages, "inbox": inboxes, "file": files}


def _tag_ids(conversations: set[int]) -> list[int]:
    links = Conversation.objects.filter(pk__in=conversations, tag_links__isnull=False)
    return list(links.values_list("tag_links__tag", flat=True).distinct())


def _used_tags() -> list[int]:
    used = Conversation.objects.filter(tag_links__isnull=False)
    return list(used.values_list("tag_links__tag", flat=True).distinct())


def _release(kind: str, owners: set[int]) -> set[int]:
    rows = Reference.objects.filter(owner_kind=kind, owner_id__in=[str(pk) for pk in owners])
    files = set(rows.values_list("file", flat=True))
    rows.delete()
    return files
