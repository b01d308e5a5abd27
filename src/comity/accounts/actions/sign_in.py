"""What happens at the door: failures counted, doors locked for a while, sign-in and sign-out noted."""

from datetime import timedelta

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from comity.accounts.models import Agent, Presence, SignInFailure, SignInLink
from comity.core import clock
from comity.core.actor import system
from comity.core.crypto import token
from comity.core.refusals import Refusal
from comity.events.log import record

from . import mail, presence
from .links import sign_in_link

WINDOW = timedelta(minutes=10)
PER_ADDRESS, PER_NETWORK = 5, 30
LINKS_AT_ONCE = 3


def check_not_locked(*, who: str, network: str) -> None:
    """Raise Refusal, with the minutes to wait, after too many failures of somebody or from a network.

    `who` is an address for passwords, "code 7" for the codes of agent 7.
    """
    recent = SignInFailure.objects.filter(at__gt=clock.now() - WINDOW).order_by("-at")
    for rows, allowed in (
        (recent.filter(who=_hashed(who)), PER_ADDRESS),
        (recent.filter(network=network), PER_NETWORK),
    ):
        failures = list(rows.values_list("at", flat=True)[:allowed])
        if len(failures) == allowed:
            wait = failures[-1] + WINDOW - clock.now()
            minutes = max(1, -(-int(wait.total_seconds()) // 60))
            words = ngettext(
                "That was wrong too many times. Wait %(minutes)d minute, then try again.",
                "That was wrong too many times. Wait %(minutes)d minutes, then try again.",
                minutes,
            )
            raise Refusal(words % {"minutes": minutes}, code="locked", status=429)


@transaction.atomic
def note_failure(*, who: str, network: str, agent: Agent | None = None) -> None:
    """Count a wrong password or code; where it was somebody's, the log says so too."""
    SignInFailure.objects.filter(at__lt=clock.now() - WINDOW).delete()
    SignInFailure.objects.create(who=_hashed(who), network=network[:64], at=clock.now())
    if agent:
        record("agent.sign_in_failed", subject=agent.stream, by=system("sign-in"))


@transaction.atomic
def forget_failures(*, who: str) -> None:
    """Begin to count anew for somebody who has proven who they are."""
    SignInFailure.objects.filter(who=_hashed(who)).delete()


@transaction.atomic
def set_password(*, agent: Agent, password: str) -> None:
    """Keep a new password. Every other browser of this person is signed out by it."""
    agent.set_password(password)
    agent.save(update_fields=["password"])
    forget_failures(who=agent.email)
    record("agent.password_changed", subject=agent.stream, by=agent.actor)


@transaction.atomic
def note_security_change(*, agent: Agent, what: str) -> None:
    """Note that somebody added or removed a second factor, or made new recovery codes."""
    record("agent.security_changed", subject=agent.stream, by=agent.actor, what=what)


@transaction.atomic
def signed_in(*, agent: Agent, how: list[str]) -> None:
    """Note that somebody came in, and how; they are online now."""
    record("agent.signed_in", subject=agent.stream, by=agent.actor, how=how)
    presence.arrive(agent=agent)


@transaction.atomic
def signed_out(*, agent: Agent) -> None:
    """Note that somebody left; they are offline now."""
    record("agent.signed_out", subject=agent.stream, by=agent.actor)
    presence.choose(agent=agent, presence=Presence.OFFLINE, by=agent.actor)


@transaction.atomic
def ask_for_link(*, email: str) -> None:
    """Send a sign-in link to an address that is somebody’s. It tells nobody whether the address is known."""
    agent = Agent.objects.filter(email__iexact=email.strip(), is_active=True).first()
    if agent is None or not mail.is_set_up() or _has_enough_links(agent):
        return
    with translation.override(agent.language or None):
        text = _(
            "Hello %(name)s,\n\nthis link signs you in. It works once, for 30 minutes:\n\n%(link)s\n\n"
            "If you did not ask for it, you need not do anything."
        ) % {"name": agent.name, "link": sign_in_link(agent, by=agent.actor)}
        mail.write(to=agent.email, subject=_("Your sign-in link"), text=text, by=agent.actor)


def _has_enough_links(agent: Agent) -> bool:
    recent = SignInLink.objects.filter(agent=agent, created_at__gt=clock.now() - WINDOW, used_at=None)
    return recent.count() >= LINKS_AT_ONCE


def _hashed(who: str) -> str:
    return token("sign-in failure", who.strip().lower(), bits=160)
