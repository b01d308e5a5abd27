"""Notes and tags: what colleagues write on a contact's card."""

from django.db import transaction
from django.utils.translation import gettext as _

from comity.contacts.models import Contact, ContactNote, ContactTag, Tagging
from comity.core import clock
from comity.core.refusals import NotAllowed, Refusal
from comity.core.text import clean_name, fold
from comity.events.log import Actor, record

from .locks import lock_contact

LONGEST_NOTE = 10_000


@transaction.atomic
def add_note(*, contact: Contact, body: str, by: Actor) -> ContactNote:
    """Write a note about a contact. Raises Refusal for an empty one."""
    contact = lock_contact(contact)
    note = ContactNote.objects.create(
        contact=contact, author_id=by.agent_id, body=_checked(body), written_at=clock.now()
    )
    record("contact.note_added", subject=contact.stream, by=by, note=note.pk)
    return note


@transaction.atomic
def change_note(*, note: ContactNote, body: str, by: Actor) -> ContactNote:
    """Write a note anew. Only its author may."""
    _only_author(note, by)
    note.body, note.changed_at = _checked(body), clock.now()
    note.save(update_fields=["body", "changed_at"])
    record("contact.note_changed", subject=f"contact:{note.contact_id}", by=by, note=note.pk)
    return note


@transaction.atomic
def remove_note(*, note: ContactNote, by: Actor) -> None:
    """Take a note away. Only its author may."""
    _only_author(note, by)
    note_id = note.pk
    note.delete()
    record("contact.note_removed", subject=f"contact:{note.contact_id}", by=by, note=note_id)


@transaction.atomic
def tag(*, contact: Contact, name: str, by: Actor) -> ContactTag:
    """Mark a contact with a word; a new word becomes a tag that others are offered."""
    name = clean_name(name, limit=60)
    if not name:
        raise Refusal(_("A tag needs a word."), code="tag", status=422)
    contact = lock_contact(contact)
    chosen, _made = ContactTag.objects.get_or_create(folded=fold(name)[:60], defaults={"name": name})
    _tagging, is_new = Tagging.objects.get_or_create(contact=contact, tag=chosen)
    if is_new:
        record("contact.tagged", subject=contact.stream, by=by, tag=chosen.pk)
    return chosen


@transaction.atomic
def untag(*, contact: Contact, tag: ContactTag, by: Actor) -> None:
    """Take a tag off a contact; one that it doesn't have changes nothing."""
    contact = lock_contact(contact)
    deleted, _counts = Tagging.objects.filter(contact=contact, tag=tag).delete()
    if deleted:
        record("contact.untagged", subject=contact.stream, by=by, tag=tag.pk)


def _checked(body: str) -> str:
    body = body.strip()
    if not body:
        raise Refusal(_("Write something first."), code="note", status=422)
    if len(body) > LONGEST_NOTE:
        message = _("A note holds at most %(count)s characters. This one has %(length)s.")
        raise Refusal(message % {"count": LONGEST_NOTE, "length": len(body)}, code="note", status=422)
    return body


def _only_author(note: ContactNote, by: Actor) -> None:
    if note.author_id is None or note.author_id != by.agent_id:
        raise NotAllowed(_("Only the person who wrote a note can change it."))
