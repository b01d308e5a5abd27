"""What hangs on a customer: identities, tags, notes, consents, what they claim."""

from datetime import datetime
from typing import Any, Literal

from django.http import Http404
from django.shortcuts import get_object_or_404
from ninja import Field, Query, Router, Schema, Status

from comity.accounts.user import UserRequest
from comity.contacts import actions, queries
from comity.contacts.models import Claim, Consent, ContactNote, ContactTag, Identity, Purpose
from comity.core.api import Listing, Paging, mount, needs
from comity.core.pages import page
from comity.core.text import fold

from .contacts import NewIdentity
from .shapes import ContactOut, IdentityOut, NoteOut, contact_or_404, identity_out, note_out, shown

router = mount("/contacts", Router(tags=["contacts"]))
identities = mount("/identities", Router(tags=["contacts"]))
claims = mount("/claims", Router(tags=["contacts"]))
EDIT = "contacts.edit"
PurposeWord = Literal["service", "marketing", "recording", "training", "research"]


class IdentityChange(Schema):
    """What to note about an identity: that somebody checked it, or that it is the one to write to."""

    is_proven: Literal[True] | None = None
    is_primary: Literal[True] | None = None


class Words(Schema):
    """The text of a note."""

    text: str = Field(max_length=10_000)


class ClaimOut(Schema):
    """What a customer says to be known by; nobody has decided about it."""

    id: int
    kind: str
    value: str
    made_at: datetime


class Decision(Schema):
    """Whether a claim is attached as an identity, or set aside."""

    accept: bool


class ConsentIn(Schema):
    """What a customer agreed to, or withdrew: in which channel (empty: all), said where, to which text."""

    purpose: PurposeWord
    is_granted: bool
    channel: str = Field("", max_length=40)
    evidence: str = Field("", max_length=200)
    text_version: str = Field("", max_length=60)


class ConsentOut(ConsentIn):
    """What holds now for a purpose and channel, and since when."""

    at: datetime


@router.post("/{contact_id}/identities", response={201: IdentityOut}, summary="Add an identity")
@needs(EDIT)
def add_contact_identity(request: UserRequest, contact_id: int, body: NewIdentity) -> Status[dict[str, Any]]:
    """One that the customer has is answered as it is; somebody else’s is refused."""
    found = contact_or_404(request.user, contact_id)
    made = actions.add_identity(contact=found, kind=body.kind, value=body.value, how="api", by=request.user.actor)
    return Status(201, identity_out(made))


@identities.patch("/{identity_id}", response=IdentityOut, summary="Confirm or prefer an identity")
@needs(EDIT)
def change_identity(request: UserRequest, identity_id: int, body: IdentityChange) -> dict[str, Any]:
    """Confirming says that somebody checked that it is theirs."""
    found, by = _identity(request, identity_id), request.user.actor
    if body.is_proven:
        found = actions.prove(identity=found, how="agent", by=by)
    if body.is_primary:
        found = actions.make_primary(identity=found, by=by)
    return identity_out(found)


@identities.delete("/{identity_id}", response={204: None}, summary="Take an identity away")
@needs(EDIT)
def remove_identity(request: UserRequest, identity_id: int) -> Status[None]:
    """One through which messages came or went stays."""
    actions.remove_identity(identity=_identity(request, identity_id), by=request.user.actor)
    return Status(204, None)


@router.put("/{contact_id}/tags/{tag}", response=ContactOut, summary="Tag a customer")
@needs(EDIT)
def tag_contact(request: UserRequest, contact_id: int, tag: str) -> dict[str, Any]:
    """A new word becomes a tag that others are offered."""
    actions.tag(contact=contact_or_404(request.user, contact_id), name=tag, by=request.user.actor)
    return shown(request.user, contact_id)


@router.delete("/{contact_id}/tags/{tag}", response=ContactOut, summary="Take a tag off a customer")
@needs(EDIT)
def untag_contact(request: UserRequest, contact_id: int, tag: str) -> dict[str, Any]:
    """Nothing happens where the customer does not have it."""
    found = contact_or_404(request.user, contact_id)
    known = ContactTag.objects.filter(folded=fold(tag.strip())[:60]).first()
    if known:
        actions.untag(contact=found, tag=known, by=request.user.actor)
    return shown(request.user, contact_id)


@router.get("/{contact_id}/notes", response=Listing[NoteOut], summary="List notes about a customer, newest first")
@needs("contacts.read")
def list_contact_notes(request: UserRequest, contact_id: int, paging: Query[Paging]) -> dict[str, Any]:
    """What colleagues and programs wrote down."""
    notes = ContactNote.objects.filter(contact=contact_or_404(request.user, contact_id)).select_related("author")
    found = page(notes, by=("-pk",), **paging.values())
    return {"items": [note_out(one) for one in found.items], "next": found.next}


@router.post("/{contact_id}/notes", response={201: NoteOut}, summary="Write a note about a customer")
@needs(EDIT)
def add_contact_note(request: UserRequest, contact_id: int, body: Words) -> Status[dict[str, Any]]:
    """Colleagues see it; the customer does not."""
    found = contact_or_404(request.user, contact_id)
    return Status(201, note_out(actions.add_note(contact=found, body=body.text, by=request.user.actor)))


@router.get("/{contact_id}/consents", response=Listing[ConsentOut], summary="List what a customer agreed to")
@needs("contacts.read")
def list_consents(request: UserRequest, contact_id: int) -> dict[str, Any]:
    """What holds now for each purpose and channel about which they said something."""
    newest = queries.newest_consents(contact_or_404(request.user, contact_id).pk)
    return {"items": [_consent_out(newest[key]) for key in sorted(newest)], "next": None}


@router.post("/{contact_id}/consents", response={201: ConsentOut}, summary="Note a consent, or its end")
@needs(EDIT)
def add_consent(request: UserRequest, contact_id: int, body: ConsentIn) -> Status[dict[str, Any]]:
    """The ledger is only ever added to; the newest line holds."""
    found = contact_or_404(request.user, contact_id)
    return Status(201, _consent_out(actions.set_consent(contact=found, **body.model_dump(), by=request.user.actor)))


@router.get("/{contact_id}/claims", response=Listing[ClaimOut], summary="List what a customer claims")
@needs("contacts.read")
def list_claims(request: UserRequest, contact_id: int) -> dict[str, Any]:
    """By what they say to be known too; it opens nothing until somebody decides."""
    found = queries.claims_of(contact_or_404(request.user, contact_id))
    items = [{"id": one.pk, "kind": one.kind, "value": one.shown, "made_at": one.made_at} for one in found]
    return {"items": items, "next": None}


@claims.post("/{claim_id}/decision", response=ContactOut, summary="Decide about a claim")
@needs(EDIT)
def decide_claim(request: UserRequest, claim_id: int, body: Decision) -> dict[str, Any]:
    """Answers the customer. What belongs to another customer is a matter of merging them."""
    claim = get_object_or_404(Claim.objects.select_related("contact"), pk=claim_id)
    contact_or_404(request.user, claim.contact_id)
    actions.decide_claim(claim=claim, accept=body.accept, by=request.user.actor)
    return shown(request.user, claim.contact_id)


def _identity(request: UserRequest, identity_id: int) -> Identity:
    found = Identity.objects.filter(pk=identity_id, contact__in=queries.visible_to(request.user)).first()
    if found is None:
        raise Http404("no identity")
    return found


def _consent_out(line: Consent) -> dict[str, Any]:
    return {
        "purpose": Purpose(line.purpose).value,
        "channel": line.channel,
        "is_granted": line.is_granted,
        "evidence": line.evidence,
        "text_version": line.text_version,
        "at": line.at,
    }
