"""Pages and fragments of customers: read the request, act once, render."""

from .companies import companies, company
from .definitions import attribute_definition, attribute_definitions
from .merging import claim, merge, not_same, unmerge
from .pages import card, contact, contact_edit, contact_new, contacts
from .parts import attribute, consents, identities, identity, note, notes, tag, tags

__all__ = [
    "attribute",
    "attribute_definition",
    "attribute_definitions",
    "card",
    "claim",
    "companies",
    "company",
    "consents",
    "contact",
    "contact_edit",
    "contact_new",
    "contacts",
    "identities",
    "identity",
    "merge",
    "not_same",
    "note",
    "notes",
    "tag",
    "tags",
    "unmerge",
]
