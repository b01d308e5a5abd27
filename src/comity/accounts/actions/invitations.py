"""Asking somebody to join."""

from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from comity.accounts.models import Agent, Invitation, Organisation, Role, Team
from comity.core import clock
from comity.core.actor import Actor
from comity.core.refusals import Refusal
from comity.events.log import record

from . import mail, people
from .links import address, new_nonce
from .roles import check_may_give, check_may_let_in

LASTS = timedelta(days=7)


@transaction.atomic
def invite(*, email: str, role: Role, team_ids: Iterable[int] = (), language: str = "", by: Actor) -> Invitation:
    """Invite an address; an earlier invitation of it stops working. The link goes by mail where a server is set."""
    email = email.strip().lower()
    team_ids = set(team_ids)
    check_may_give(role, by=by)
    check_may_let_in(team_ids, by=by)
    if Agent.objects.filter(email__iexact=email).exists():
        raise Refusal(_("Somebody with the address %(email)s is here already.") % {"email": email})
    for earlier in Invitation.objects.filter(email=email, accepted_at=None, withdrawn_at=None):
        withdraw(invitation=earlier, by=by)
    invitation = Invitation.objects.create(
        email=email,
        nonce=new_nonce(),
        role=role,
        language=language,
        invited_by_id=by.agent_id,
        expires_at=clock.now() + LASTS,
    )
    invitation.teams.set(Team.objects.filter(pk__in=team_ids))
    record("invitation.sent", subject=invitation.stream, by=by, role=role.slug)
    _write(invitation, by)
    return invitation


@transaction.atomic
def renew(*, invitation: Invitation, by: Actor) -> Invitation:
    """Invite the same address again, with a new link; the old one stops working."""
    if invitation.accepted_at:
        raise Refusal(_("%(email)s has joined already.") % {"email": invitation.email})
    return invite(
        email=invitation.email,
        role=invitation.role,
        team_ids=list(invitation.teams.values_list("pk", flat=True)),
        language=invitation.language,
        by=by,
    )


@transaction.atomic
def withdraw(*, invitation: Invitation, by: Actor) -> Invitation:
    """Take an invitation back; its link stops working."""
    invitation = Invitation.objects.select_for_update(of=("self",)).get(pk=invitation.pk)
    if invitation.accepted_at:
        raise Refusal(_("%(email)s has joined already.") % {"email": invitation.email})
    if invitation.withdrawn_at is None:
        invitation.withdrawn_at = clock.now()
        invitation.save(update_fields=["withdrawn_at"])
        record("invitation.withdrawn", subject=invitation.stream, by=by)
    return invitation


@transaction.atomic
def accept(*, invitation: Invitation, name: str, password: str, zone: str = "") -> Agent:
    """Join, with the role and teams of the invitation. Raises Refusal when it is used, withdrawn or too old."""
    invitation = Invitation.objects.select_for_update(of=("self",)).select_related("role").get(pk=invitation.pk)
    check_open(invitation)
    agent = people.add(
        email=invitation.email,
        name=name,
        role=invitation.role,
        password=password,
        team_ids=list(invitation.teams.values_list("pk", flat=True)),
        language=invitation.language,
        zone=zone,
        by=Actor("system", "invitation"),
    )
    invitation.accepted_at = clock.now()
    invitation.save(update_fields=["accepted_at"])
    record("invitation.accepted", subject=invitation.stream, by=agent.actor)
    return agent


def check_open(invitation: Invitation) -> None:
    """Raise Refusal with the reason when an invitation can't be accepted any more."""
    if invitation.accepted_at:
        words, code = _("This invitation was accepted already. Sign in with your address."), "used"
    elif invitation.withdrawn_at:
        words, code = _("This invitation was withdrawn. Ask for a new one."), "withdrawn"
    elif not invitation.is_open:
        words, code = _("This invitation has expired. Ask for a new one."), "expired"
    else:
        return
    raise Refusal(words, code=code, status=410)


def _write(invitation: Invitation, by: Actor) -> None:
    if not mail.is_set_up():
        return
    organisation = Organisation.objects.first()
    with translation.override(invitation.language or (organisation.language if organisation else None)):
        name = organisation.name if organisation else "Comity"
        subject = _("%(organisation)s invites you") % {"organisation": name}
        text = _(
            "Hello,\n\n%(organisation)s asks you to help answer their customers.\n"
            "Open this address to choose your name and password. It works once, for 7 days:\n\n%(link)s\n\n"
            "If you did not expect this, you need not do anything."
        ) % {"organisation": name, "link": address(invitation)}
        mail.write(to=invitation.email, subject=subject, text=text, by=by)
