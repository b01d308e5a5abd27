"""Lists of contacts and companies, and finding somebody by a few letters."""

from typing import Any

from django.db.models import Count, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _

from comity.accounts.user import User
from comity.contacts import normalise
from comity.contacts.kinds import kinds
from comity.contacts.models import Company, Contact, Identity
from comity.core.refusals import Refusal
from comity.core.slots import Found
from comity.search import queries as search
from comity.search.models import SearchDoc

from .people import visible_companies, visible_to

MOST_BESIDE = 1000  # who else has the words of somebody's whole address or number


def matching(user: User, text: str = "") -> QuerySet[Contact]:
    """Return the contacts somebody may see who match a text in name, identities, company or tags.

    Each comes with its identities loaded.
    """
    contacts = visible_to(user).filter(merged_into=None)
    if text.strip():
        contacts = contacts.filter(pk__in=_found(text))
    shown = Identity.objects.order_by("-is_primary", "pk")
    return contacts.prefetch_related(Prefetch("identities", queryset=shown))


def matching_companies(user: User, text: str = "") -> QuerySet[Company]:
    """Return the companies whose name or domain matches, each with how many contacts it has in `people`."""
    people = visible_to(user).filter(merged_into=None, company=OuterRef("pk")).order_by().values("company")
    counted = people.annotate(count=Count("pk")).values("count")
    every = visible_companies(user).annotate(people=Coalesce(Subquery(counted), 0))
    wanted = normalise.folded(text)
    return every.filter(_words("folded", wanted) | Q(domain__startswith=wanted)) if wanted else every


def find_contacts(user: User, text: str, *, limit: int = 8, but: int = 0) -> list[Contact]:
    """Return a few contacts for a field in which somebody types."""
    return list(matching(user, text).exclude(pk=but).order_by("folded", "pk")[:limit])


def find(user: User, text: str) -> list[Found]:
    """Answer the command palette."""
    if len(text.strip()) < 2:
        return []
    group = _("Customers")
    return [
        Found(contact.name, reverse("contact", args=[contact.pk]), "users-round", group, _hint(contact))
        for contact in find_contacts(user, text, limit=5)
    ]


def _hint(contact: Contact) -> str:
    if contact.company:
        return contact.company.name
    return next((one.shown for one in contact.identities.all() if one.shown != contact.name), "")


def _words(field: str, wanted: str) -> Q:
    """Each word begins a word of the field, in any order."""
    condition = Q()
    for word in wanted.split()[:6]:
        condition &= Q(**{f"{field}__startswith": word}) | Q(**{f"{field}__contains": f" {word}"})
    return condition


def _found(text: str) -> "QuerySet[SearchDoc, int] | list[int]":
    indexed = search.matching(text, kind="contact")
    owners = _owners_of(text)
    # Two conditions joined by OR would make the database walk through everybody.
    return [*owners, *indexed[:MOST_BESIDE]] if owners else indexed


def _owners_of(text: str) -> list[int]:
    """Return whose identity a text is, letter by letter: known at once, before the index is."""
    values = {value for kind in kinds if (value := _normalised(kind.normalised, text))}
    return list(Identity.objects.filter(value__in=values).values_list("contact", flat=True)[:50])


def _normalised(reader: Any, text: str) -> str:
    try:
        return str(reader(text))
    except Refusal:
        return ""
