"""API tokens: made, used, revoked. The secret is shown once and never stored."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from comity.accounts.models import Role, Team, Token
from comity.core import clock
from comity.core.actor import Actor
from comity.core.permission import permissions
from comity.core.refusals import Refusal
from comity.events.log import record

from .roles import check_may_give

MARK = "comity_"  # so that people, and scanners for leaked secrets, recognise one
SHOWN = len(MARK) + 4
SEEN_EVERY = timedelta(minutes=1)


@transaction.atomic
def create(
    *,
    name: str,
    role: Role,
    by: Actor,
    teams: Iterable[Team] = (),
    only: Iterable[str] | None = None,
    expires_at: datetime | None = None,
) -> tuple[Token, str]:
    """Make a token; returns it with its secret, which nobody can read again. `only` narrows what the role may do.

    Raises Refusal for an empty name or a moment that has passed, NotAllowed for more than `by` may do themselves.
    """
    name = " ".join(name.split())
    if not name or len(name) > 80:
        raise Refusal(_("Give the token a name of at most 80 letters."), status=422)
    if expires_at and expires_at <= clock.now():
        raise Refusal(_("Choose a moment that is still to come."), status=422)
    teams = list(teams)
    check_may_give(role, by=by, teams=teams)
    secret = MARK + secrets.token_urlsafe(32)
    token = Token.objects.create(
        name=name,
        role=role,
        only=_known(only),
        digest=digest(secret),
        start=secret[:SHOWN],
        created_by_id=by.agent_id,
        expires_at=expires_at,
    )
    token.teams.set(teams)
    record("token.created", subject=token.stream, by=by, role=role.pk, only=token.only, expires_at=expires_at)
    return token, secret


@transaction.atomic
def revoke(*, token: Token, by: Actor) -> Token:
    """Let a token open nothing any more, from this moment on."""
    token = Token.objects.select_for_update().get(pk=token.pk)
    if token.revoked_at is None:
        token.revoked_at = clock.now()
        token.save(update_fields=["revoked_at"])
        record("token.revoked", subject=token.stream, by=by)
    return token


def seen(*, token: Token) -> None:
    """Note that a token was used, at most once a minute: reading must not become writing."""
    now = clock.now()
    if token.last_used_at is None or now - token.last_used_at > SEEN_EVERY:
        Token.objects.filter(pk=token.pk).update(last_used_at=now)


def digest(secret: str) -> str:
    """Return what is kept of a secret. It is long and random, so a plain hash is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _known(only: Iterable[str] | None) -> list[str] | None:
    if only is None:
        return None
    chosen = sorted(set(only))
    for name in chosen:
        if name not in permissions:
            raise Refusal(_("There is no permission named “%(name)s”.") % {"name": name}, status=422)
    return chosen
