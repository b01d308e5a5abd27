"""The resources /organisation and /brands."""

from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import Field, Router, Schema, Status

from comity.accounts import queries
from comity.accounts.actions import organisation as actions
from comity.accounts.models import Brand, Organisation
from comity.accounts.user import UserRequest
from comity.core.api import Listing, mount, needs
from comity.core.refusals import Refusal

router = mount("/brands", Router(tags=["organisation"]))
organisation = mount("/organisation", Router(tags=["organisation"]))
MANAGE = "brands.manage"
COLOUR = "^#[0-9a-fA-F]{6}$"


class OrganisationOut(Schema):
    """Who runs this installation."""

    name: str
    language: str
    zone: str
    version: int


class OrganisationChange(Schema):
    """What to change; what is left out stays. With `version`, only if nobody changed it since it was read."""

    name: str | None = Field(None, min_length=1, max_length=120)
    language: str | None = Field(None, description="One of the languages of the pages, such as en.")
    zone: str | None = Field(None, min_length=1, max_length=64)
    version: int | None = None


class BrandOut(Schema):
    """A name and a face under which the organisation answers."""

    id: int
    name: str
    colour: str
    is_default: bool
    version: int


class NewBrand(Schema):
    """A brand."""

    name: str = Field(min_length=1, max_length=120)
    colour: str = Field(pattern=COLOUR)


class BrandChange(Schema):
    """What to change; what is left out stays. With `version`, only if nobody changed it since it was read."""

    name: str | None = Field(None, min_length=1, max_length=120)
    colour: str | None = Field(None, pattern=COLOUR)
    is_default: bool | None = Field(None, description="True makes it the one that our own pages carry.")
    version: int | None = None


@organisation.get("", response=OrganisationOut, summary="Read the organisation")
@needs("settings.manage")
def read_organisation(request: UserRequest) -> Organisation:
    """Its name, language and time zone."""
    return _organisation()


@organisation.patch("", response=OrganisationOut, summary="Change the organisation")
@needs("settings.manage")
def change_organisation(request: UserRequest, body: OrganisationChange) -> Organisation:
    """All of it is done, or nothing."""
    found = _organisation()
    if body.language is not None and body.language not in dict(settings.LANGUAGES):
        words = _("The pages have no language “%(language)s”. There are: %(known)s.")
        known = ", ".join(code for code, _name in settings.LANGUAGES)
        raise Refusal(words % {"language": body.language, "known": known}, code="language", status=422)
    return actions.change(
        name=found.name if body.name is None else body.name,
        language=found.language if body.language is None else body.language,
        zone=found.zone if body.zone is None else body.zone,
        version=found.version if body.version is None else body.version,
        by=request.user.actor,
    )


@router.get("", response=Listing[BrandOut], summary="List brands")
@needs(MANAGE, "inboxes.manage")
def list_brands(request: UserRequest) -> dict[str, Any]:
    """The default first."""
    return {"items": list(queries.brands()), "next": None}


@router.post("", response={201: BrandOut}, summary="Make a brand")
@needs(MANAGE)
def create_brand(request: UserRequest, body: NewBrand) -> Status[Brand]:
    """The first one is the default."""
    return Status(201, actions.create_brand(name=body.name, colour=body.colour, by=request.user.actor))


@router.patch("/{brand_id}", response=BrandOut, summary="Change a brand")
@needs(MANAGE)
def change_brand(request: UserRequest, brand_id: int, body: BrandChange) -> Brand:
    """All of it is done, or nothing."""
    found, by = get_object_or_404(Brand, pk=brand_id), request.user.actor
    with transaction.atomic():  # all of it or nothing
        if body.name is not None or body.colour is not None:
            found = actions.change_brand(
                brand=found,
                name=found.name if body.name is None else body.name,
                colour=found.colour if body.colour is None else body.colour,
                version=found.version if body.version is None else body.version,
                by=by,
            )
        if body.is_default:
            found = actions.make_default(brand=found, by=by)
    return found


@router.delete("/{brand_id}", response={204: None}, summary="Delete a brand")
@needs(MANAGE)
def delete_brand(request: UserRequest, brand_id: int) -> Status[None]:
    """One that is not the default, and that no inbox uses."""
    actions.delete_brand(brand=get_object_or_404(Brand, pk=brand_id), by=request.user.actor)
    return Status(204, None)


def _organisation() -> Organisation:
    found = queries.organisation()
    if found is None:
        raise Http404("no organisation yet")
    return found
