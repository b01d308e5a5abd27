"""What a room needs to offer resources at /api/v1: where they stand, who may use them, the shape of a list.

A room's `api.py` makes a router, mounts it, and marks each operation with what it needs:

    router = mount("/things", Router(tags=["things"]))

    @router.get("", response=Listing[ThingOut], summary="List things")
    @needs("things.read")
    def list_things(request: UserRequest, paging: Query[Paging]) -> Page[Thing]:
        return page(queries.visible_to(request.user), by=("pk",), **paging.values())

The frame asks for the token, checks the permission before anything is read, and turns a Refusal into a problem.
"""

from collections.abc import Callable
from typing import Annotated, Any, Generic, TypeVar

from django.utils.translation import gettext as _
from ninja import Field, Router, Schema
from pydantic import BaseModel, ConfigDict

from .commands import User
from .refusals import NotAllowed

T = TypeVar("T")
F = TypeVar("F", bound=Callable[..., Any])
MOST = 200
Id = Annotated[int, Field(ge=1, le=2**63 - 1)]

mounted: list[tuple[str, Router]] = []


def mount(prefix: str, router: Router) -> Router:
    """Offer a router's operations at /api/v1<prefix>."""
    mounted.append((prefix, router))
    return router


def needs(*permissions: str) -> Callable[[F], F]:
    """Mark an operation with the permissions of which one is enough; none means that any token may use it."""

    def mark(operation: F) -> F:
        operation.needs = permissions  # type: ignore[attr-defined]  # the frame and the walk over all addresses read it
        return operation

    return mark


def require(user: User, permission: str) -> None:
    """Raise NotAllowed unless they have it: for an operation whose body decides what it needs."""
    if not user.may(permission):
        words = _("This token may not do this: it lacks %(permission)s. An administrator can make one that has it.")
        raise NotAllowed(words % {"permission": f"“{permission}”"})


class Shape(BaseModel):
    """What comes in or goes out as plain values, so that each needs no look for managers and files, as ninja has it."""

    model_config = ConfigDict(from_attributes=True)


class Listing(Shape, Generic[T]):
    """A page of a list. `next` is given back as `after`; null at the end."""

    items: list[T]
    next: str | None


class Paging(Schema):
    """Which page of a list."""

    limit: int = Field(50, ge=1, le=MOST, description="How many at most.")
    after: str | None = Field(None, description="The `next` of the page before.")

    def values(self) -> dict[str, Any]:
        """Return both as `core.pages.page` takes them."""
        return {"limit": self.limit, "after": self.after}


class Named(Shape):
    """Something by its id and name."""

    id: int
    name: str
