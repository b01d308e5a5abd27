"""One contact: who may see it, what stands on its card."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf.locale import LANG_INFO
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext

from comity.accounts.user import User
from comity.contacts import attributes
from comity.contacts.models import (
    AttributeDefinition,
    Claim,
    ClaimState,
    Company,
    Consent,
    Contact,
    ContactNote,
    ContactTag,
    Identity,
    Purpose,
)
from comity.contacts.ports import VISIBLE_CONTACTS
from comity.core import clock
from comity.core.rows import find_rows

OWN = "own"


def visible_to(user: User) -> QuerySet[Contact]:
    """Return the contacts that somebody may see.

    Customers belong to the whole organisation; whoever is limited to their own matters sees the people in them.
    """
    contacts = Contact.objects.select_related("company")
    if not user.may("contacts.read"):
        return contacts.none()
    if user.scope != OWN:
        return contacts
    rooms = VISIBLE_CONTACTS.all()
    return rooms[0].filter(user, contacts) if rooms else contacts.none()


def standing(contact: Contact) -> Contact:
    """Return the contact into which this one was merged in the end, or itself."""
    seen: set[int] = set()
    while contact.merged_into is not None and contact.pk not in seen:
        seen.add(contact.pk)
        contact = contact.merged_into
    return contact


def contacts_of_streams(subjects: Iterable[str]) -> list[Contact]:
    """Return the contacts of events' subjects with their companies; those that are erased are left out."""
    parts = [subject.partition(":") for subject in subjects]
    numbers = [int(pk) for kind, _colon, pk in parts if kind == "contact" and pk.isdigit()]
    found = find_rows(Contact, id=numbers) if numbers else []
    wanted = [contact.company_id for contact in found if contact.company_id]
    companies = {company.pk: company for company in find_rows(Company, id=wanted)} if wanted else {}
    for contact in found:
        contact.company = companies.get(contact.company_id or 0)
    return found


@dataclass(frozen=True)
class Fact:
    """A custom attribute with its value as shown."""

    definition: AttributeDefinition
    value: Any
    shown: str


@dataclass(frozen=True)
class ConsentFlag:
    """Whether a contact agreed to something; `line` is None where nobody asked."""

    purpose: Purpose
    channel: str
    line: Consent | None

    @property
    def is_granted(self) -> bool:
        return self.line is not None and self.line.is_granted


@dataclass(frozen=True)
class Card:
    """What the customer panel shows."""

    contact: Contact
    identities: list[Identity]
    claims: list[Claim]
    tags: list[ContactTag]
    facts: list[Fact]
    consents: list[ConsentFlag]
    notes: list[ContactNote]
    here: datetime | None

    @property
    def language(self) -> str:
        """The language's name, or its code where nobody has a name for it."""
        code = self.contact.language
        known = LANG_INFO.get(code.lower()) or LANG_INFO.get(code.partition("-")[0].lower())
        return gettext(known["name"]) if known and "name" in known else code

    @property
    def decided(self) -> list[ConsentFlag]:
        """Only the purposes about which the contact said something."""
        return [flag for flag in self.consents if flag.line]

    @property
    def latest_notes(self) -> list[ContactNote]:
        """The few that fit beside a conversation."""
        return self.notes[:2]

    @property
    def known_facts(self) -> list[Fact]:
        """Only those that have a value."""
        return [fact for fact in self.facts if fact.shown]


def card(contact_id: int, *, notes: int = 2) -> Card | None:
    """Return the card of a contact, or None; as many queries, however much there is."""
    contact = Contact.objects.select_related("company").filter(pk=contact_id).first()
    if contact is None:
        return None
    return Card(
        contact=contact,
        identities=list(contact.identities.order_by("-is_primary", "pk")),
        claims=claims_of(contact),
        tags=list(ContactTag.objects.filter(taggings__contact=contact).order_by("folded")),
        facts=facts_of(contact),
        consents=consent_flags(contact.pk),
        notes=list(contact.notes.select_related("author").order_by("-pk")[:notes]),
        here=clock.now().astimezone(ZoneInfo(contact.zone)) if contact.zone else None,
    )


def facts_of(contact: Contact) -> list[Fact]:
    """Return every attribute in use with the contact's value."""
    values = contact.attributes
    return [Fact(one, values.get(one.key), attributes.shown(one, values.get(one.key))) for one in definitions()]


def claims_of(contact: Contact) -> list[Claim]:
    """Return what the contact says to be known by and nobody has decided about."""
    already = Identity.objects.filter(contact=contact, kind=OuterRef("kind"), value=OuterRef("value"))
    return list(contact.claims.filter(~Exists(already), state=ClaimState.OPEN).order_by("pk"))


def newest_consents(contact_id: int) -> dict[tuple[str, str], Consent]:
    """Return the line that holds for each purpose and channel."""
    lines = Consent.objects.filter(contact=contact_id).order_by("at", "pk")
    return {(line.purpose, line.channel): line for line in lines}


def consent_flags(contact_id: int) -> list[ConsentFlag]:
    """Return a flag for each purpose, and one more for each channel that has a line of its own."""
    newest = newest_consents(contact_id)
    keys = [(purpose.value, "") for purpose in Purpose]
    keys += sorted(key for key in newest if key[1])
    return [ConsentFlag(Purpose(purpose), channel, newest.get((purpose, channel))) for purpose, channel in keys]


def definitions(*, retired: bool = False) -> QuerySet[AttributeDefinition]:
    """Return the attributes in use, or all with those that are not."""
    every = AttributeDefinition.objects.order_by("is_retired", "position", "pk")
    return every if retired else every.filter(is_retired=False)


def visible_companies(user: User) -> QuerySet[Company]:
    """Return the companies that somebody may see: all, or those of the contacts whom they may see."""
    if user.may("contacts.read") and user.scope != OWN:
        return Company.objects.all()
    return Company.objects.filter(contacts__in=visible_to(user)).distinct()


def companies() -> QuerySet[Company]:
    """Return the companies."""
    return Company.objects.all()


def tag_names(*, limit: int = 200) -> list[str]:
    """Return the tags that can be offered."""
    return list(ContactTag.objects.order_by("folded").values_list("name", flat=True)[:limit])
