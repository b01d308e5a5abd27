"""The resource /contacts: find, read, add, change."""

from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef
from ninja import Field, Query, Router, Schema, Status

from comity.accounts.user import User, UserRequest
from comity.contacts import actions, queries
from comity.contacts.models import Tagging
from comity.core.api import Id, Listing, Paging, mount, needs
from comity.core.pages import page
from comity.core.text import fold

from .shapes import ContactOut, company_of, contact_or_404, contact_out, shown, with_all

router = mount("/contacts", Router(tags=["contacts"]))


class Choice(Paging):
    """Which customers."""

    q: str | None = Field(None, description="Words of a name, an address, a company or a tag; or a whole number.")
    company: Id | None = None
    tag: str | None = None


class NewIdentity(Schema):
    """By what a customer is known. `kind` is email, phone, whatsapp, handle or external."""

    kind: str = Field(max_length=40)
    value: str = Field(max_length=320)


class Known(Schema):
    """What is known of a customer; what is left out stays."""

    name: str | None = Field(None, max_length=200)
    language: str | None = Field(None, description="A code such as fr or pt-BR; empty when nobody knows.")
    zone: str | None = Field(None, description="A time zone such as Europe/Berlin; empty when nobody knows.")
    place: str | None = Field(None, max_length=120)
    company: Id | None = Field(None, description="A company’s id; null takes it away.")
    attributes: dict[str, str | int | float | bool | None] | None = Field(
        None, description="Values by the key of the attribute; null takes one away."
    )

    def changes(self, user: User) -> actions.Changes:
        """Return it as the actions take it. Raises Refusal for a company that is not there."""
        wanted = actions.Changes()
        for field in ("name", "language", "zone", "place", "attributes"):
            if (value := getattr(self, field)) is not None:
                wanted[field] = value
        if "company" in self.model_fields_set:
            wanted["company"] = company_of(user, self.company)
        return wanted


class NewContact(Known):
    """A customer to add by hand."""

    name: str = Field(max_length=200)
    identities: list[NewIdentity] = Field(default_factory=list, max_length=50)


class Change(Known):
    """What to change. With `version`, only if nobody changed the customer since it was read."""

    version: int | None = None


@router.get("", response=Listing[ContactOut], summary="List customers by name")
@needs("contacts.read")
def list_contacts(request: UserRequest, choice: Query[Choice]) -> dict[str, Any]:
    """Filters may be combined. Who was merged into somebody else is found under their name."""
    rows = with_all(queries.matching(request.user, choice.q or ""))
    if choice.company is not None:
        rows = rows.filter(company=choice.company)
    if choice.tag is not None:
        tagged = Tagging.objects.filter(contact=OuterRef("pk"), tag__folded=fold(choice.tag.strip())[:60])
        rows = rows.filter(Exists(tagged))
    found = page(rows, by=("folded", "pk"), **choice.values())
    return {"items": [contact_out(one) for one in found.items], "next": found.next}


@router.post("", response={201: ContactOut}, summary="Add a customer")
@needs("contacts.edit")
def create_contact(request: UserRequest, body: NewContact) -> Status[dict[str, Any]]:
    """With all identities, or not at all: one that is somebody else’s is refused."""
    by = request.user.actor
    with transaction.atomic():  # all of it or nothing
        made = actions.create(**body.changes(request.user), by=by)
        for one in body.identities:
            actions.add_identity(contact=made, kind=one.kind, value=one.value, by=by)
    return Status(201, shown(request.user, made.pk))


@router.get("/{contact_id}", response=ContactOut, summary="Read a customer")
@needs("contacts.read")
def read_contact(request: UserRequest, contact_id: int) -> dict[str, Any]:
    """Also one who was merged away: `merged_into` says where to go on."""
    return shown(request.user, contact_id)


@router.patch("/{contact_id}", response=ContactOut, summary="Change a customer")
@needs("contacts.edit")
def change_contact(request: UserRequest, contact_id: int, body: Change) -> dict[str, Any]:
    """All of it is done, or nothing."""
    found = contact_or_404(request.user, contact_id)
    changes = body.changes(request.user)
    actions.update(contact=found, changes=changes, version=body.version, by=request.user.actor)
    return shown(request.user, contact_id)
