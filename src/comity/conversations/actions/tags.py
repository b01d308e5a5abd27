"""Tags: words that people put on conversations."""

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from comity.conversations.models import Conversation, ConversationTag, Tag
from comity.core.actor import Actor
from comity.core.refusals import Refusal
from comity.core.text import fold, hue_of
from comity.events.log import record

from .history import line, locked


@transaction.atomic
def set_tags(*, conversation: Conversation, names: Iterable[str], by: Actor) -> list[Tag]:
    """Put exactly these tags on a conversation; a name that nobody used yet becomes a new tag."""
    conversation = locked(conversation)
    wanted = {tag.pk: tag for tag in (_known(name) for name in names)}
    current = {link.tag_id: link.tag for link in conversation.tag_links.select_related("tag")}
    added = [tag for pk, tag in wanted.items() if pk not in current]
    removed = [tag for pk, tag in current.items() if pk not in wanted]
    if not added and not removed:
        return list(wanted.values())
    conversation.tag_links.filter(tag__in=removed).delete()
    ConversationTag.objects.bulk_create(ConversationTag(conversation=conversation, tag=tag) for tag in added)
    data = {"added": [tag.pk for tag in added], "removed": [tag.pk for tag in removed]}
    line(conversation, "tags", by=by, **data)
    record("conversation.tagged", subject=conversation.stream, by=by, **data)
    return list(wanted.values())


def tag(*, conversation: Conversation, name: str, by: Actor) -> list[Tag]:
    """Add one tag."""
    return set_tags(conversation=conversation, names=[*_names(conversation), name], by=by)


def untag(*, conversation: Conversation, name: str, by: Actor) -> list[Tag]:
    """Take one tag away."""
    key = fold(name.strip())
    kept = [other for other in _names(conversation) if fold(other) != key]
    return set_tags(conversation=conversation, names=kept, by=by)


def _names(conversation: Conversation) -> list[str]:
    return [link.tag.name for link in conversation.tag_links.select_related("tag")]


def _known(name: str) -> Tag:
    name = " ".join(name.split())
    if not name or len(name) > 50:
        raise Refusal(_("A tag has between 1 and 50 letters."), status=422)
    key = fold(name)
    found, _made = Tag.objects.get_or_create(key=key, defaults={"name": name, "hue": hue_of(key)})
    return found
