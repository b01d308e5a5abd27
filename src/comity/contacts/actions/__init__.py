"""Everything that can be done to contacts. Their state changes nowhere else."""

from .identities import add_identity, claim, decide_claim, make_primary, prove, recognise, remove_identity

__all__ = [
    "add_identity",
    "claim",
    "decide_claim",
    "make_primary",
    "prove",
    "recognise",
    "remove_identity",
]
