"""What pages, reactions and other rooms ask about contacts. Nothing here writes."""

from .duplicates import Suggestion, duplicates
from .lists import find, find_contacts, matching, matching_companies
from .merging import MergePreview, merges_of, preview
from .people import (
    Card,
    card,
    claims_of,
    companies,
    consent_flags,
    contacts_of_streams,
    definitions,
    facts_of,
    newest_consents,
    standing,
    tag_names,
    visible_companies,
    visible_to,
)

__all__ = [
    "Card",
    "MergePreview",
    "Suggestion",
    "card",
    "claims_of",
    "companies",
    "consent_flags",
    "contacts_of_streams",
    "definitions",
    "duplicates",
    "facts_of",
    "find",
    "find_contacts",
    "matching",
    "matching_companies",
    "merges_of",
    "newest_consents",
    "preview",
    "standing",
    "tag_names",
    "visible_companies",
    "visible_to",
]
