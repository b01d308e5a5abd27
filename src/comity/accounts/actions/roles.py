"""What roles may do."""

from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from comity.accounts.models import Agent, Role, Scope, Team, Token
from comity.accounts.user import User
from comity.core.actor import Actor
from comity.core.permission import ADMINISTRATOR, AGENT, AUDITOR, LIGHT_AGENT, SUPERVISOR, permissions
from comity.core.refusals import NotAllowed, Refusal, Stale
from comity.events.log import record

BUILTIN: dict[str, tuple[str, Scope]] = {
    ADMINISTRATOR: ("Administrator", Scope.ALL),
    SUPERVISOR: ("Supervisor", Scope.ALL),
    AGENT: ("Agent", Scope.TEAMS),
    LIGHT_AGENT: ("Light agent", Scope.OWN),
    AUDITOR: ("Auditor", Scope.ALL),
}
WIDER = [Scope.OWN, Scope.TEAMS, Scope.ALL]  # each sees all that the one before does


@transaction.atomic
def ensure_builtin_roles() -> None:
    """Make the five roles, and give them what rooms have newly declared. Run after each migration.

    A permission that an administrator has taken away from a role is known there already, so it stays away.
    """
    declared = {permission.name: permission for permission in permissions}
    for slug, (name, scope) in BUILTIN.items():
        role, _made = Role.objects.get_or_create(slug=slug, defaults={"name": name, "scope": scope, "is_builtin": True})
        new = [permission for permission in declared.values() if permission.name not in role.known]
        if new:
            given = {permission.name for permission in new if slug in permission.roles}
            role.permissions = sorted({*role.permissions, *given} & declared.keys())
            role.known = sorted(declared)
            role.save(update_fields=["permissions", "known"])


@transaction.atomic
def create(*, name: str, allowed: list[str], scope: str, by: Actor) -> Role:
    """Make a role. Raises Refusal for a name that is taken, NotAllowed for more than `by` may do themselves."""
    _check_allowed(allowed, already=[], by=by)
    _check_scope(scope, by=by)
    _check_sight(allowed, scope)
    slug = f"role-{slugify(name) or 'own'}"
    number = Role.objects.filter(slug__startswith=slug).count()
    role = _kept(Role(name=name.strip(), slug=f"{slug}-{number + 1}", permissions=sorted(allowed), scope=scope))
    record("role.created", subject=role.stream, by=by, permissions=role.permissions, scope=scope)
    return role


@transaction.atomic
def change(*, role: Role, name: str, allowed: list[str], scope: str, version: int, by: Actor) -> Role:
    """Change what a role may do, and whose matters it reaches. The administrator's role stays as it is."""
    role = Role.objects.select_for_update().get(pk=role.pk)
    if role.is_administrator:
        raise Refusal(_("The administrator may do everything. This role can’t be changed."))
    if role.version != version:
        raise Stale(_("Somebody else changed this role meanwhile. Look at it again, then make your change."))
    _check_allowed(allowed, already=role.permissions, by=by)
    if scope != role.scope:
        _check_scope(scope, by=by)
    _check_sight(allowed, scope)
    before = set(role.permissions)
    role.name = role.name if role.is_builtin else name.strip()
    role.permissions, role.scope, role.version = sorted(allowed), scope, version + 1
    _kept(role)
    record(
        "role.changed",
        subject=role.stream,
        by=by,
        given=sorted(set(allowed) - before),
        taken=sorted(before - set(allowed)),
        scope=scope,
    )
    return role


@transaction.atomic
def delete(*, role: Role, by: Actor) -> None:
    """Delete a role that nobody has."""
    role = Role.objects.select_for_update().get(pk=role.pk)
    if role.is_builtin:
        raise Refusal(_("This role belongs to Comity and stays. You can change what it may do."))
    people = role.agents.count()
    if people:
        raise Refusal(_("%(count)d people have this role. Give them another one first.") % {"count": people})
    if any(token.is_active for token in role.tokens.all()):
        raise Refusal(_("An API token has this role. Revoke it first."))
    record("role.deleted", subject=role.stream, by=by, name=role.name)
    role.delete()


def check_may_give(role: Role, *, by: Actor, teams: Iterable[Team] = ()) -> None:
    """Raise NotAllowed when a role may do or see more than whoever gives it away; `teams` are whose matters it sees."""
    giver = _giver(by)
    if giver is None:
        return
    may_all = all(giver.may(permission.name) for permission in permissions if role.allows(permission.name))
    sees_all = giver.scope == Scope.ALL or giver.team_ids >= {team.pk for team in teams}
    if not (may_all and sees_all and _is_within(role.scope, giver)):
        raise NotAllowed(
            _("The role “%(role)s” may do more than yours. An administrator can do this.") % {"role": role}
        )


def check_may_let_in(team_ids: Iterable[int], *, by: Actor) -> None:
    """Raise NotAllowed when somebody would join a team whose matters whoever lets them in does not see."""
    giver = _giver(by)
    if giver is None or giver.scope == Scope.ALL:
        return
    held = giver.team_ids if giver.scope == Scope.TEAMS else frozenset()
    if outside := Team.objects.filter(pk__in=set(team_ids) - held).order_by("name").first():
        words = _("You don’t see the matters of the team “%(team)s”, so you can’t let anybody join it.")
        raise NotAllowed(words % {"team": outside.name})


def _check_allowed(allowed: list[str], *, already: list[str], by: Actor) -> None:
    unknown = [name for name in allowed if name not in permissions]
    if unknown:
        raise Refusal(_("There is no permission named “%(name)s”.") % {"name": unknown[0]}, status=422)
    giver = _giver(by)
    if giver and not all(giver.may(name) for name in set(allowed) - set(already)):
        raise NotAllowed(_("You can’t give a role more than you may do yourself."))


def _check_scope(scope: str, *, by: Actor) -> None:
    giver = _giver(by)
    if giver and not _is_within(scope, giver):
        raise NotAllowed(_("You can’t give a role more than you may do yourself."))


def _check_sight(allowed: list[str], scope: str) -> None:
    needing = [permissions[name] for name in allowed if permissions[name].sees_all]
    if needing and scope != Scope.ALL:
        words = _("“%(permission)s” shows everybody’s matters, so it goes only with a role that sees everything.")
        raise Refusal(words % {"permission": needing[0].label}, code="scope", status=422)


def _is_within(scope: str, giver: User) -> bool:
    return WIDER.index(Scope(scope)) <= WIDER.index(Scope(giver.scope))


def _giver(by: Actor) -> User | None:
    """Return whoever gives something away, a person or a program; None is Comity itself."""
    if by.kind == "token":
        return Token.objects.select_related("role").get(pk=by.id)
    return Agent.objects.select_related("role").get(pk=by.agent_id) if by.agent_id else None


def _kept(role: Role) -> Role:
    try:
        with transaction.atomic():
            role.save()
    except IntegrityError:
        raise Refusal(_("There is already a role named “%(name)s”.") % {"name": role.name}) from None
    return role
