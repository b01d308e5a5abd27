"""What of a contact can be found: name, identities, company, tags and what the organisation keeps about them."""

from collections.abc import Iterator
from typing import Any

from comity.search import actions as index_actions

from .models import Contact, ContactTag

KIND = "contact"


def index(contact: Contact) -> None:
    """Put a contact into the index as it is now; one who was merged away is found no longer."""
    if contact.merged_into_id:
        forget(contact.pk)
    else:
        index_actions.index(**document(contact))


def forget(contact_id: int) -> None:
    """Take a contact out of the index."""
    index_actions.remove(kind=KIND, object_id=contact_id)


def document(contact: Contact) -> dict[str, Any]:
    """Return what the index keeps of a contact."""
    parts = [contact.place, contact.company.name if contact.company else ""]
    for shown, value in contact.identities.order_by("pk").values_list("shown", "value"):
        parts += [shown, value]
    parts += ContactTag.objects.filter(taggings__contact=contact).order_by("pk").values_list("name", flat=True)
    parts += [str(value) for value in contact.attributes.values() if not isinstance(value, bool)]
    return {
        "kind": KIND,
        "object_id": contact.pk,
        "title": contact.name,
        "body": "\n".join(part for part in parts if part),
        "language": contact.language,
        "updated_at": contact.created_at,
    }


class ContactSource:
    """Hands every contact to a rebuild of the index."""

    kind = KIND

    def total(self) -> int:
        """How many there are."""
        return Contact.objects.filter(merged_into=None).count()

    def iterate(self, after_id: int) -> Iterator[dict[str, Any]]:
        """Yield the documents of contacts with a higher id, in order."""
        rows = Contact.objects.filter(merged_into=None, pk__gt=after_id).select_related("company")
        for contact in rows.order_by("pk").iterator(chunk_size=200):
            yield document(contact)
