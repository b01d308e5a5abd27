"""The first start: one link, and what is chosen behind it."""

from django.db import transaction
from django.utils.translation import gettext as _

from comity.accounts.models import Agent, Brand, Organisation, Role, SignInLink
from comity.core import clock
from comity.core.actor import system
from comity.core.permission import ADMINISTRATOR
from comity.core.refusals import Refusal
from comity.core.text import clean_name
from comity.events.log import record

from . import links, people
from .roles import ensure_builtin_roles


def first_link() -> str | None:
    """Return a one-time address for the first administrator; None once there is one."""
    if Agent.objects.filter(role__slug=ADMINISTRATOR, is_active=True).exists():
        return None
    return links.start_link()


@transaction.atomic
def set_up(
    *, link: SignInLink, organisation: str, language: str, zone: str, name: str, email: str, password: str
) -> Agent:
    """Make the organisation, its first brand and its first administrator, and use the link up."""
    links.use(link=link)
    if Agent.objects.filter(role__slug=ADMINISTRATOR, is_active=True).exists():
        raise Refusal(_("There is an administrator already. Sign in, or ask them for an invitation."))
    clock.zone(zone)
    ensure_builtin_roles()
    by = system("first start")
    organisation = clean_name(organisation, limit=120)
    Organisation.objects.update_or_create(pk=1, defaults={"name": organisation, "language": language, "zone": zone})
    if not Brand.objects.exists():
        Brand.objects.create(name=organisation, is_default=True)
    record("organisation.created", subject="organisation:1", by=by, language=language, zone=zone)
    role = Role.objects.get(slug=ADMINISTRATOR)
    return people.add(email=email, name=name, role=role, password=password, by=by)
