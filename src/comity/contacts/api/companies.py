"""The resources /companies and /attributes."""

from typing import Any, Literal

from django.shortcuts import get_object_or_404
from ninja import Field, Query, Router, Schema, Status

from comity.accounts.user import UserRequest
from comity.contacts import actions, queries
from comity.contacts.models import AttributeDefinition
from comity.core.api import Listing, Paging, mount, needs
from comity.core.pages import page

from .shapes import CompanyOut, company_out

router = mount("/companies", Router(tags=["companies"]))
attributes = mount("/attributes", Router(tags=["companies"]))
KindWord = Literal["text", "number", "date", "yes_no", "choice"]


class Choice(Paging):
    """Which companies."""

    q: str | None = Field(None, description="The beginning of words of the name, or of the domain.")


class NewCompany(Schema):
    """A company; `domain` is that of its people’s addresses."""

    name: str = Field(max_length=200)
    domain: str = Field("", max_length=253)


class CompanyChange(Schema):
    """What to change; what is left out stays. With `version`, only if nobody changed it since it was read."""

    name: str | None = Field(None, max_length=200)
    domain: str | None = Field(None, max_length=253)
    version: int | None = None


class AttributeOut(Schema):
    """A fact that the organisation keeps about its customers; `key` names it in a customer’s `attributes`."""

    id: int
    key: str
    label: str
    kind: KindWord
    help: str
    choices: list[str]
    is_retired: bool


class NewAttribute(Schema):
    """A fact to keep about customers."""

    label: str = Field(max_length=80)
    kind: KindWord
    help: str = Field("", max_length=200)
    choices: list[str] = []


class AttributeChange(Schema):
    """What to change; its key and kind stay. One that is retired is offered no more; its values are kept."""

    label: str | None = Field(None, max_length=80)
    help: str | None = Field(None, max_length=200)
    choices: list[str] | None = None
    is_retired: bool | None = None


@router.get("", response=Listing[CompanyOut], summary="List companies by name")
@needs("contacts.read")
def list_companies(request: UserRequest, choice: Query[Choice]) -> dict[str, Any]:
    """All, or those that match."""
    rows = queries.matching_companies(request.user, choice.q or "")
    found = page(rows, by=("folded", "pk"), **choice.values())
    return {"items": [company_out(one) for one in found.items], "next": found.next}


@router.post("", response={201: CompanyOut}, summary="Add a company")
@needs("contacts.edit")
def create_company(request: UserRequest, body: NewCompany) -> Status[dict[str, Any]]:
    """A domain belongs to one company only."""
    made = actions.create_company(name=body.name, domain=body.domain, by=request.user.actor)
    return Status(201, company_out(made))


@router.get("/{company_id}", response=CompanyOut, summary="Read a company")
@needs("contacts.read")
def read_company(request: UserRequest, company_id: int) -> dict[str, Any]:
    """Its people are found with /contacts?company=."""
    return company_out(get_object_or_404(queries.visible_companies(request.user), pk=company_id))


@router.patch("/{company_id}", response=CompanyOut, summary="Change a company")
@needs("contacts.edit")
def change_company(request: UserRequest, company_id: int, body: CompanyChange) -> dict[str, Any]:
    """All of it is done, or nothing."""
    found = get_object_or_404(queries.visible_companies(request.user), pk=company_id)
    changed = actions.update_company(
        company=found,
        name=found.name if body.name is None else body.name,
        domain=found.domain if body.domain is None else body.domain,
        version=body.version,
        by=request.user.actor,
    )
    return company_out(changed)


@attributes.get("", response=Listing[AttributeOut], summary="List the facts kept about customers")
@needs("contacts.read")
def list_attributes(request: UserRequest) -> dict[str, Any]:
    """Also the retired ones, at the end."""
    return {"items": [_attribute_out(one) for one in queries.definitions(retired=True)], "next": None}


@attributes.post("", response={201: AttributeOut}, summary="Add a fact to keep about customers")
@needs("settings.manage")
def create_attribute(request: UserRequest, body: NewAttribute) -> Status[dict[str, Any]]:
    """Its key is made of its label."""
    return Status(201, _attribute_out(actions.define_attribute(**body.model_dump(), by=request.user.actor)))


@attributes.patch("/{definition_id}", response=AttributeOut, summary="Change a fact kept about customers")
@needs("settings.manage")
def change_attribute(request: UserRequest, definition_id: int, body: AttributeChange) -> dict[str, Any]:
    """Its key and kind stay, so that what is stored keeps its meaning."""
    found, by = get_object_or_404(AttributeDefinition, pk=definition_id), request.user.actor
    if body.is_retired is not None:
        found = actions.retire_attribute(definition=found, is_retired=body.is_retired, by=by)
    if body.model_dump(exclude={"is_retired"}, exclude_none=True):
        found = actions.define_attribute(
            definition=found,
            label=found.label if body.label is None else body.label,
            kind=found.kind,
            help=found.help if body.help is None else body.help,
            choices=found.choices if body.choices is None else body.choices,
            by=by,
        )
    return _attribute_out(found)


def _attribute_out(found: AttributeDefinition) -> dict[str, Any]:
    return {
        "id": found.pk,
        "key": found.key,
        "label": found.label,
        "kind": found.kind,
        "help": found.help,
        "choices": found.choices,
        "is_retired": found.is_retired,
    }
