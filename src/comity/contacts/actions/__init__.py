"""Everything that can be done to contacts. Their state changes nowhere else."""

from .companies import company_named, create_company, define_attribute, retire_attribute, update_company
from .consent import set_consent
from .identities import add_identity, claim, decide_claim, make_primary, prove, recognise, remove_identity
from .merging import merge, undo_merge
from .notes import add_note, change_note, remove_note, tag, untag
from .people import Changes, create, keep_apart, update

__all__ = [
    "Changes",
    "add_identity",
    "add_note",
    "change_note",
    "claim",
    "company_named",
    "create",
    "create_company",
    "decide_claim",
    "define_attribute",
    "keep_apart",
    "make_primary",
    "merge",
    "prove",
    "recognise",
    "remove_identity",
    "remove_note",
    "retire_attribute",
    "set_consent",
    "tag",
    "undo_merge",
    "untag",
    "update",
    "update_company",
]
