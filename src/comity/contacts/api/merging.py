"""Two customers who are one: what merging would do, doing it, undoing it."""

from datetime import datetime
from typing import Any, Literal

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema, Status

from comity.accounts.user import UserRequest
from comity.contacts import actions, queries
from comity.contacts.models import Contact, MergeRecord
from comity.core.api import Id, Listing, Named, mount, needs
from comity.core.refusals import Refusal

from .shapes import ContactOut, IdentityOut, contact_or_404, identity_out, shown

router = mount("/contacts", Router(tags=["contacts"]))
merges = mount("/merges", Router(tags=["contacts"]))
MERGE = "contacts.merge"


class Into(Schema):
    """The customer who takes the other in."""

    into: Id


class Merging(Into):
    """Who takes the other in; `choices` says for each field in which they differ whose value holds."""

    choices: dict[str, Literal["source", "into"]] = {}


class Difference(Schema):
    """A field in which the two differ; `source_wins` says what happens where nobody chooses."""

    field: str
    source: str
    into: str
    source_wins: bool


class Preview(Schema):
    """What merging would move, and where there is something to choose."""

    source: Named
    into: Named
    identities: list[IdentityOut]
    tags: int
    notes: int
    consents: int
    differences: list[Difference]


class MergeOut(Schema):
    """A merge that can be undone."""

    id: int
    source: Named
    at: datetime


class Merged(Schema):
    """The customer that took the other in, and the merge."""

    merge: MergeOut
    contact: ContactOut


@router.get("/{contact_id}/duplicates", response=Listing[Named], summary="List who may be the same customer")
@needs(MERGE)
def list_duplicates(request: UserRequest, contact_id: int) -> dict[str, Any]:
    """By names, addresses and what they claim; nobody is merged by this."""
    found = queries.duplicates(contact_or_404(request.user, contact_id), user=request.user)
    return {"items": [_named(one.contact) for one in found], "next": None}


@router.put("/{contact_id}/not-same/{other_id}", response={204: None}, summary="Keep two customers apart")
@needs(MERGE)
def keep_contacts_apart(request: UserRequest, contact_id: int, other_id: int) -> Status[None]:
    """They are different people, and nobody is asked again."""
    found, other = contact_or_404(request.user, contact_id), contact_or_404(request.user, other_id)
    if found == other:
        raise Refusal(_("This is one and the same customer."), code="same", status=422)
    actions.keep_apart(contact=found, other=other, by=request.user.actor)
    return Status(204, None)


@router.get("/{contact_id}/merge", response=Preview, summary="See what a merge would do")
@needs(MERGE)
def preview_contact_merge(request: UserRequest, contact_id: int, choice: Query[Into]) -> dict[str, Any]:
    """Nothing is changed."""
    source = contact_or_404(request.user, contact_id)
    seen = queries.preview(source, _into(request, choice.into))
    differences = [
        {"field": one.field, "source": one.source, "into": one.into, "source_wins": one.source_wins}
        for one in seen.conflicts
    ]
    return {
        "source": _named(seen.source),
        "into": _named(seen.into),
        "identities": [identity_out(one) for one in seen.identities],
        "tags": seen.tags,
        "notes": seen.notes,
        "consents": seen.consents,
        "differences": differences,
    }


@router.post("/{contact_id}/merge", response=Merged, summary="Merge a customer into another")
@needs(MERGE)
def merge_contact(request: UserRequest, contact_id: int, body: Merging) -> dict[str, Any]:
    """Everything goes over, and what went is written down, so that it can be undone."""
    source, into = contact_or_404(request.user, contact_id), _into(request, body.into)
    made = actions.merge(source=source, into=into, choices=body.choices, by=request.user.actor)
    return {"merge": _merge_out(made), "contact": shown(request.user, into.pk)}


@router.get("/{contact_id}/merges", response=Listing[MergeOut], summary="List merges that can be undone")
@needs(MERGE)
def list_contact_merges(request: UserRequest, contact_id: int) -> dict[str, Any]:
    """Those into this customer, the newest first."""
    found = queries.merges_of(contact_or_404(request.user, contact_id))
    return {"items": [_merge_out(one) for one in found], "next": None}


@merges.delete("/{merge_id}", response=ContactOut, summary="Undo the merge of two customers")
@needs(MERGE)
def undo_contact_merge(request: UserRequest, merge_id: int) -> dict[str, Any]:
    """Answers the customer who stands on their own again."""
    made = get_object_or_404(MergeRecord.objects.select_related("into"), pk=merge_id)
    contact_or_404(request.user, made.into_id)
    return shown(request.user, actions.undo_merge(merge=made, by=request.user.actor).pk)


def _into(request: UserRequest, contact_id: int) -> Contact:
    found = queries.visible_to(request.user).filter(pk=contact_id, merged_into=None).first()
    if found is None:
        raise Refusal(_("There is no such customer to merge into."), code="into", status=422)
    return found


def _named(contact: Contact) -> dict[str, Any]:
    return {"id": contact.pk, "name": contact.name}


def _merge_out(made: MergeRecord) -> dict[str, Any]:
    return {"id": made.pk, "source": _named(made.source), "at": made.at}
