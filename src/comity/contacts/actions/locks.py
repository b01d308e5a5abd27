"""Rows are locked in one order everywhere, identities before contacts, so that no two actions wait for each other."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from comity.contacts.models import Contact, Identity
from comity.core.refusals import Refusal, Stale


def lock_identities(**which: Any) -> QuerySet[Identity]:
    """Lock identities in the order of their ids. Read their contact after this, never with it."""
    return Identity.objects.select_for_update(no_key=True).filter(**which).order_by("pk")


def lock_contact(contact: Contact, *, version: int | None = None) -> Contact:
    """Lock a contact and read it anew. Raises Refusal when it was merged away, Stale when others changed it."""
    # no_key: new messages and notes of the contact need not wait for us.
    locked = Contact.objects.select_for_update(no_key=True).get(pk=contact.pk)
    if locked.merged_into_id is not None:
        raise Refusal(_("%(name)s was merged into another customer.") % {"name": locked.name}, code="merged")
    if version is not None and version != locked.version:
        raise Stale(_("Somebody else has changed this customer in the meantime. Look at it again, then save."))
    return locked
