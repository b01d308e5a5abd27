"""The organisation, its brands and its flags."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from comity.accounts.models import Brand, Flag, Organisation, Team
from comity.core import clock
from comity.core.actor import Actor
from comity.core.refusals import Refusal, Stale
from comity.core.text import clean_name
from comity.events.log import record
from comity.files import actions as files
from comity.files.kinds import is_picture


@transaction.atomic
def change(*, name: str, language: str, zone: str, version: int, by: Actor) -> Organisation:
    """Change the organisation's name, language and time zone."""
    organisation = Organisation.objects.select_for_update().get()
    if organisation.version != version:
        raise Stale(_("Somebody else changed this meanwhile. Look again, then make your change."))
    clock.zone(zone)
    organisation.name, organisation.language, organisation.zone = clean_name(name, limit=120), language, zone
    organisation.version += 1
    organisation.save()
    record("organisation.changed", subject="organisation:1", by=by, language=language, zone=zone)
    return organisation


@transaction.atomic
def create_brand(*, name: str, colour: str, by: Actor) -> Brand:
    """Make a brand; the first one is the default."""
    brand = Brand(name=clean_name(name, limit=120), colour=colour.lower(), is_default=not Brand.objects.exists())
    _kept(brand)
    record("brand.created", subject=brand.stream, by=by)
    return brand


@transaction.atomic
def change_brand(*, brand: Brand, name: str, colour: str, version: int, by: Actor) -> Brand:
    """Change a brand's name and colour."""
    brand = Brand.objects.select_for_update().get(pk=brand.pk)
    if brand.version != version:
        raise Stale(_("Somebody else changed this brand meanwhile. Look again, then make your change."))
    brand.name, brand.colour, brand.version = clean_name(name, limit=120), colour.lower(), version + 1
    _kept(brand)
    record("brand.changed", subject=brand.stream, by=by)
    return brand


@transaction.atomic
def make_default(*, brand: Brand, by: Actor) -> Brand:
    """Let a brand be the one that our own pages carry."""
    Brand.objects.filter(is_default=True).exclude(pk=brand.pk).update(is_default=False)
    brand = Brand.objects.select_for_update().get(pk=brand.pk)
    brand.is_default = True
    brand.save(update_fields=["is_default"])
    record("brand.made_default", subject=brand.stream, by=by)
    return brand


@transaction.atomic
def delete_brand(*, brand: Brand, by: Actor) -> None:
    """Delete a brand that is not the default."""
    brand = Brand.objects.select_for_update().get(pk=brand.pk)
    if brand.is_default:
        raise Refusal(_("This is the default brand. Make another one the default first."))
    record("brand.deleted", subject=brand.stream, by=by, name=brand.name)
    try:
        brand.delete()
    except ProtectedError:
        raise Refusal(
            _("“%(name)s” is still used by an inbox. Give the inbox another one first.") % {"name": brand.name}
        ) from None


@transaction.atomic
def set_flag(*, name: str, percentage: int, team_ids: Iterable[int], by: Actor) -> Flag:
    """Say for how many people, and for which teams, a new thing is on."""
    flag, _made = Flag.objects.select_for_update().get_or_create(name=name)
    flag.percentage = min(max(percentage, 0), 100)
    flag.version += 1
    flag.save()
    flag.teams.set(Team.objects.filter(pk__in=team_ids))
    teams = sorted(flag.teams.values_list("pk", flat=True))
    record("flag.changed", subject=f"flag:{flag.pk}", by=by, name=name, percentage=flag.percentage, teams=teams)
    return flag


def _kept(brand: Brand) -> None:
    try:
        brand.full_clean(validate_constraints=False)
    except ValidationError as problem:
        raise Refusal(" ".join(problem.messages), status=422) from None
    brand.save()


def set_logo(*, brand: Brand, content: bytes, name: str, by: Actor) -> None:
    """Give a brand a picture as its logo. Raises Refusal for what is no picture."""
    staged = files.stage(content)
    if not is_picture(staged.content_type):
        raise Refusal(_("This is not a picture that browsers show. Use PNG, JPEG, WebP or GIF."), status=422)
    with transaction.atomic():
        kept = files.keep(content=staged, by=by)
        files.release_owner(owner=brand.stream)
        files.refer(file=kept, to=brand.stream, name=name)
        record("brand.changed", subject=brand.stream, by=by, changed=["logo"])


@transaction.atomic
def remove_logo(*, brand: Brand, by: Actor) -> None:
    """Take a brand's logo away."""
    files.release_owner(owner=brand.stream)
    record("brand.changed", subject=brand.stream, by=by, changed=["logo"])
