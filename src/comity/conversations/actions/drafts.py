"""Drafts: rows of their own, saved on the server as they are typed, so that nothing around them loses a word."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from comity.accounts.models import Agent
from comity.conversations.models import Conversation, Draft, DraftKind, Inbox
from comity.core import clock
from comity.core.html import sanitise_rich
from comity.core.refusals import Refusal, Stale
from comity.files import actions as files

from .attachments import with_cids

FIELDS = ("html", "subject", "recipients", "caret", "leg", "inbox", "replies")


@transaction.atomic
def begin_draft(
    *, author: Agent, kind: str = DraftKind.REPLY, conversation: Conversation | None = None, inbox: Inbox | None = None
) -> Draft:
    """Return the author's draft in a conversation, made if there is none.

    Without a conversation it is a new one, or one of theirs in which nothing stands yet.
    """
    if kind not in DraftKind.values:
        raise Refusal(_("A draft is a reply or a note."), status=422)
    fresh = {"updated_at": clock.now(), "inbox": inbox}
    if conversation is None:
        empty = Draft.objects.filter(author=author, kind=kind, conversation=None, version=1).first()
        return empty or Draft.objects.create(author=author, kind=kind, **fresh)
    return Draft.objects.get_or_create(conversation=conversation, author=author, kind=kind, defaults=fresh)[0]


@transaction.atomic
def save_draft(*, draft: Draft, version: int, **values: Any) -> Draft:
    """Keep what was typed. Raises Stale when another tab or machine saved a later version; nothing is overwritten."""
    found = Draft.objects.select_for_update().filter(pk=draft.pk).first()
    if found is None:
        raise Refusal(_("This draft was sent or thrown away in another window."), code="gone", status=410)
    if found.version != version:
        raise Stale(_("You changed this draft in another window. Both texts are kept: choose which one goes on."))
    if "html" in values:
        values["html"] = with_cids(sanitise_rich(values["html"]))
    for name, value in values.items():
        if name not in FIELDS:
            raise ValueError(f"A draft has no field {name}.")
        setattr(found, name, value)
    found.version += 1
    found.updated_at = clock.now()
    found.save(update_fields=[*values, "version", "updated_at"])
    return found


@transaction.atomic
def attach_to_draft(*, draft: Draft, references: Sequence[int], author: Agent) -> None:
    """Hang files on a draft that its author has just uploaded."""
    files.hand_over(references=list(references), owned_by=f"upload:{author.pk}", to=draft.owner)
    Draft.objects.filter(pk=draft.pk).update(updated_at=clock.now())


@transaction.atomic
def discard_draft(*, draft: Draft) -> None:
    """Throw a draft away, with its files."""
    files.release_owner(owner=draft.owner)
    Draft.objects.filter(pk=draft.pk).delete()
