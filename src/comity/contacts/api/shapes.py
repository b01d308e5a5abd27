"""What programs see of customers: field by field, so that a new column never leaks."""

from datetime import datetime
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import Schema

from comity.accounts.user import User
from comity.contacts import queries
from comity.contacts.models import Company, Contact, ContactNote, Identity, Tagging
from comity.core.api import Named
from comity.core.refusals import Refusal


class IdentityOut(Schema):
    """By what a customer is known. `trust` is proven, claimed or observed."""

    id: int
    kind: str
    value: str
    trust: str
    is_primary: bool


class ContactOut(Schema):
    """A customer. `merged_into` is the id of the one into which it was merged, or null."""

    id: int
    name: str
    language: str
    zone: str
    place: str
    company: Named | None
    attributes: dict[str, Any]
    tags: list[str]
    identities: list[IdentityOut]
    merged_into: int | None
    version: int
    created_at: datetime


class CompanyOut(Schema):
    """A company."""

    id: int
    name: str
    domain: str
    version: int
    created_at: datetime


class NoteOut(Schema):
    """What somebody wrote down about a customer; `author` is null where a program did."""

    id: int
    author: Named | None
    text: str
    written_at: datetime
    changed_at: datetime | None


def with_all(contacts: QuerySet[Contact]) -> QuerySet[Contact]:
    """Load what `contact_out` shows, in a bounded number of queries."""
    identities = Prefetch("identities", Identity.objects.order_by("-is_primary", "pk"))
    taggings = Prefetch("taggings", Tagging.objects.select_related("tag").order_by("tag__folded"))
    return contacts.prefetch_related(None).prefetch_related(identities, taggings)


def contact_or_404(user: User, contact_id: int) -> Contact:
    """Return a customer whom this program may see."""
    return get_object_or_404(queries.visible_to(user), pk=contact_id)


def shown(user: User, contact_id: int) -> dict[str, Any]:
    """Return a customer as it stands now."""
    found = with_all(queries.visible_to(user)).filter(pk=contact_id).first()
    if found is None:
        raise Http404("no contact")
    return contact_out(found)


def company_of(user: User, company_id: int | None) -> Company | None:
    """Return a company that somebody named in a call."""
    found = queries.visible_companies(user).filter(pk=company_id).first() if company_id is not None else None
    if company_id is not None and found is None:
        raise Refusal(_("There is no such company."), code="company", status=422)
    return found


def contact_out(found: Contact) -> dict[str, Any]:
    """Return a customer that `with_all` has loaded."""
    company = {"id": found.company.pk, "name": found.company.name} if found.company else None
    return {
        "id": found.pk,
        "name": found.name,
        "language": found.language,
        "zone": found.zone,
        "place": found.place,
        "company": company,
        "attributes": found.attributes,
        "tags": [tagging.tag.name for tagging in found.taggings.all()],
        "identities": [identity_out(one) for one in found.identities.all()],
        "merged_into": found.merged_into_id,
        "version": found.version,
        "created_at": found.created_at,
    }


def identity_out(found: Identity) -> dict[str, Any]:
    """Return an identity."""
    return {
        "id": found.pk,
        "kind": found.kind,
        "value": found.shown,
        "trust": found.trust,
        "is_primary": found.is_primary,
    }


def company_out(found: Company) -> dict[str, Any]:
    """Return a company."""
    return {
        "id": found.pk,
        "name": found.name,
        "domain": found.domain,
        "version": found.version,
        "created_at": found.created_at,
    }


def note_out(found: ContactNote) -> dict[str, Any]:
    """Return a note."""
    author = {"id": found.author.pk, "name": found.author.name} if found.author else None
    return {
        "id": found.pk,
        "author": author,
        "text": found.body,
        "written_at": found.written_at,
        "changed_at": found.changed_at,
    }
