"""Links that open a door once: to sign in, to begin, to join.

The code in a link is a keyed hash of its row. It can't be made from the database alone, so it need not be stored.
"""

import secrets
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from comity.accounts.models import Agent, Invitation, SignInLink
from comity.core import clock
from comity.core.actor import Actor
from comity.core.crypto import is_token, token
from comity.core.refusals import Refusal
from comity.events.log import record

LASTS = timedelta(minutes=30)
FIRST_LASTS = timedelta(days=7)


@transaction.atomic
def sign_in_link(agent: Agent, *, by: Actor, lasts: timedelta = LASTS) -> str:
    """Make a link that signs somebody in once, and return its address."""
    link = SignInLink.objects.create(agent=agent, nonce=new_nonce(), expires_at=clock.now() + lasts)
    record("agent.sign_in_link_made", subject=agent.stream, by=by, link=link.pk)
    return address(link)


@transaction.atomic
def start_link() -> str:
    """Return the link of the first start; the same one for some days, so that several starts agree."""
    soon = clock.now() + FIRST_LASTS / 2
    known = SignInLink.objects.select_for_update().filter(agent=None, used_at=None, expires_at__gt=soon).first()
    return address(
        known or SignInLink.objects.create(agent=None, nonce=new_nonce(), expires_at=clock.now() + FIRST_LASTS)
    )


@transaction.atomic
def use(*, link: SignInLink) -> SignInLink:
    """Use a link up. Raises Refusal when it was used before or has expired."""
    link = SignInLink.objects.select_for_update(of=("self",)).get(pk=link.pk)
    check_open(link)
    link.used_at = clock.now()
    link.save(update_fields=["used_at"])
    if link.agent:
        record("agent.sign_in_link_used", subject=link.agent.stream, by=link.agent.actor, link=link.pk)
    return link


def check_open(link: SignInLink) -> None:
    """Raise Refusal with the reason when a link opens nothing any more."""
    if link.used_at:
        raise Refusal(_("This link was used already. Each works once; ask for a new one."), code="used", status=410)
    if not link.is_open:
        raise Refusal(_("This link has expired. Ask for a new one."), code="expired", status=410)


def address(row: SignInLink | Invitation) -> str:
    """Return the full address of a link; it is worked out, not stored."""
    name = "invitation" if isinstance(row, Invitation) else ("sign_in_link" if row.agent_id else "start")
    return settings.URL.geturl() + reverse(name, args=[row.pk, _code(row)])


def fits(row: SignInLink | Invitation, code: str) -> bool:
    """Does a code that somebody brings open this row? Compared in constant time."""
    return is_token(_purpose(row), f"{row.pk} {row.nonce}", code, bits=160)


def new_nonce() -> str:
    """Return the random part that makes each link's code its own."""
    return secrets.token_hex(16)


def _code(row: SignInLink | Invitation) -> str:
    return token(_purpose(row), f"{row.pk} {row.nonce}", bits=160)


def _purpose(row: SignInLink | Invitation) -> str:
    return "invitation" if isinstance(row, Invitation) else "sign-in link"
