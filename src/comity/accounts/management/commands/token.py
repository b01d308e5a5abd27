"""`comity token --name N --role R`: a key for a program that uses the API."""

from argparse import ArgumentParser
from datetime import timedelta

from django.core.management.base import BaseCommand, CommandError

from comity.accounts.actions import tokens
from comity.accounts.models import Role, Team
from comity.core import clock
from comity.core.actor import system


class Command(BaseCommand):
    """Makes an API token and prints its secret, and nothing else, on standard output."""

    help = "Make a token for the API and print it; nobody can read it again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Know the token's name, what it may do, for whose matters and how long."""
        parser.add_argument("--name", required=True, help="what the token is for, such as “shop import”")
        parser.add_argument("--role", required=True, help="what it may do: a role such as administrator or agent")
        parser.add_argument("--team", action="append", default=[], help="a team whose matters it reaches; repeatable")
        parser.add_argument("--only", action="append", metavar="PERMISSION", help="narrow it to this; repeatable")
        parser.add_argument("--days", type=int, help="the days for which it works; without, until it is revoked")

    def handle(
        self,
        *,
        name: str,
        role: str,
        team: list[str],
        only: list[str] | None,
        days: int | None,
        **options: object,
    ) -> None:
        """Make the token."""
        expires_at = clock.now() + timedelta(days=days) if days is not None else None
        _made, secret = tokens.create(
            name=name,
            role=_role(role),
            teams=[_team(each) for each in team],
            only=only,
            expires_at=expires_at,
            by=system("comity token"),
        )
        self.stdout.write(secret)


def _role(wanted: str) -> Role:
    known = list(Role.objects.order_by("pk"))
    for role in known:
        if wanted.casefold() in (role.slug, role.name.casefold()):
            return role
    if not known:
        raise CommandError("This data folder has no roles yet. Start Comity once, then make tokens.")
    raise CommandError(f"There is no role “{wanted}”. There are: {', '.join(role.slug for role in known)}.")


def _team(wanted: str) -> Team:
    found = Team.objects.filter(name__iexact=wanted).first()
    if found is None:
        raise CommandError(f"There is no team “{wanted}”.")
    return found
