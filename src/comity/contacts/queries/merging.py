"""What a merge would do, before anybody does it, and which merges can be undone."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from comity.contacts import attributes, fields
from comity.contacts.models import AttributeDefinition, Company, Contact, Identity, MergeRecord

LABELS = {
    "name": _("Name"),
    "language": _("Language"),
    "zone": _("Time zone"),
    "place": _("Place"),
    "company": _("Company"),
}


@dataclass(frozen=True)
class Conflict:
    """A field in which the two differ, with both values as shown."""

    field: str
    label: str
    source: str
    into: str
    source_wins: bool


@dataclass(frozen=True)
class MergePreview:
    """What moves from `source` to `into`, and where somebody has to choose."""

    source: Contact
    into: Contact
    identities: list[Identity]
    tags: int
    notes: int
    consents: int
    conflicts: list[Conflict]


def preview(source: Contact, into: Contact) -> MergePreview:
    """Return what merging would do."""
    return MergePreview(
        source=source,
        into=into,
        identities=list(source.identities.order_by("-is_primary", "pk")),
        tags=source.taggings.exclude(tag__taggings__contact=into).count(),
        notes=source.notes.count(),
        consents=source.consents.count(),
        conflicts=_conflicts(source, into),
    )


def merges_of(contact: Contact) -> list[MergeRecord]:
    """Return the merges into a contact that can be undone, the newest first."""
    standing = MergeRecord.objects.filter(into=contact, undone_at=None)
    return list(standing.select_related("source").order_by("-pk"))


def _conflicts(source: Contact, into: Contact) -> list[Conflict]:
    differing = fields.differing(source, into)
    definitions = {fields.ATTRIBUTE + one.key: one for one in AttributeDefinition.objects.all()} if differing else {}
    named = Company.objects.in_bulk([one.company_id for one in (source, into) if one.company_id])
    companies = {company_id: company.name for company_id, company in named.items()}

    def shown(field: str, value: Any) -> str:
        if field == "company":
            return companies.get(value, "")
        if field == "name":
            return str(value[0])
        return attributes.shown(definitions[field], value) if field in definitions else str(value or "")

    return [
        Conflict(field, _label(field, definitions), shown(field, theirs), shown(field, ours), source_wins)
        for field, theirs, ours, source_wins in differing
    ]


def _label(field: str, definitions: dict[str, AttributeDefinition]) -> str:
    if field in definitions:
        return definitions[field].label
    return str(LABELS.get(field) or field.removeprefix(fields.ATTRIBUTE))
