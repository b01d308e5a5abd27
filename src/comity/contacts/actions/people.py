"""Making contacts and changing what is known of them."""

import re
from typing import Any, TypedDict

from django.db import transaction
from django.utils.translation import gettext as _

from comity.contacts import attributes as typed
from comity.contacts import normalise
from comity.contacts.models import AttributeDefinition, Company, Contact, NotSame
from comity.core import clock
from comity.core.refusals import Refusal
from comity.core.text import clean_name
from comity.events.log import Actor, record

from .locks import lock_contact


class Changes(TypedDict, total=False):
    """What may change about a contact. Attributes are set one by one; None takes one away."""

    name: str
    language: str
    zone: str
    place: str
    company: Company | None
    attributes: dict[str, Any]


@transaction.atomic
def create(
    *,
    name: str,
    by: Actor,
    language: str = "",
    zone: str = "",
    place: str = "",
    company: Company | None = None,
    attributes: dict[str, Any] | None = None,
) -> Contact:
    """Add a contact by hand. Raises Refusal without a name or for a value that is none."""
    contact = Contact(created_at=clock.now())
    wanted = Changes(name=name, language=language, zone=zone, place=place, company=company, attributes=attributes or {})
    _apply(contact, wanted)
    contact.version = 1
    contact.save()
    record("contact.created", subject=contact.stream, by=by)
    return contact


@transaction.atomic
def update(*, contact: Contact, changes: Changes, by: Actor, version: int | None = None) -> Contact:
    """Change what is known of a contact. The log gets the names of the fields, not what they say.

    Raises Stale when `version` is not the newest, Refusal for a value that is none.
    """
    contact = lock_contact(contact, version=version)
    changed = _apply(contact, changes)
    if changed:
        contact.version += 1
        contact.save()
        record("contact.updated", subject=contact.stream, by=by, fields=changed)
    return contact


@transaction.atomic
def keep_apart(*, contact: Contact, other: Contact, by: Actor) -> None:
    """Remember that two contacts are different people, so that nobody is asked again."""
    first, second = sorted((contact.pk, other.pk))
    _pair, is_new = NotSame.objects.get_or_create(
        first_id=first, second_id=second, defaults={"decided_at": clock.now()}
    )
    if is_new:
        record("contact.kept_apart", subject=contact.stream, by=by, other=other.pk)


def _apply(contact: Contact, changes: Changes) -> list[str]:
    """Set the checked values on the contact; return the names of those that changed."""
    values = _checked(changes)
    changed = []
    for field, value in values.items():
        if getattr(contact, field) != value:
            setattr(contact, field, value)
            changed.append(field.removesuffix("_id"))
    if "name" in values:
        contact.folded, contact.is_named = normalise.folded(contact.name), True
    known = dict(contact.attributes)
    for key, value in _checked_attributes(changes.get("attributes", {})).items():
        if known.get(key) != value:
            changed.append(f"attributes.{key}")
            if value is None:
                del known[key]
            else:
                known[key] = value
    contact.attributes = known
    return changed


def _checked(changes: Changes) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if "name" in changes:
        values["name"] = clean_name(changes["name"])
        if not values["name"]:
            raise Refusal(_("A customer needs a name."), code="name", status=422)
    if "language" in changes:
        values["language"] = changes["language"].strip()
        if not re.fullmatch(r"([A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2})?", values["language"]):
            raise Refusal(_("Use a language code such as fr or pt-BR."), code="language", status=422)
    if "zone" in changes:
        values["zone"] = changes["zone"].strip()
        if values["zone"]:
            clock.zone(values["zone"])
    if "place" in changes:
        values["place"] = clean_name(changes["place"], limit=120)
    if "company" in changes:
        values["company_id"] = changes["company"].pk if changes["company"] else None
    return values


def _checked_attributes(wanted: dict[str, Any]) -> dict[str, Any]:
    if not wanted:
        return {}
    definitions = {one.key: one for one in AttributeDefinition.objects.filter(key__in=wanted)}
    for key in wanted:
        if key not in definitions:
            raise Refusal(_("There is no attribute “%(key)s”.") % {"key": key}, code="attribute", status=422)
    return {key: typed.checked(definitions[key], value) for key, value in wanted.items()}
