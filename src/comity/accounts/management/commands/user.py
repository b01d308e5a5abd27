"""`comity user`: the people who can sign in, from the terminal: list, add, link, role, deactivate, reactivate."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from comity.accounts import queries
from comity.accounts.actions import links, people
from comity.accounts.actions.roles import ensure_builtin_roles
from comity.accounts.models import Agent, Role
from comity.core.actor import Actor

BY = Actor("system", "comity user")
WHAT = {
    "list": "list everybody, with role and whether they can sign in",
    "add": "add somebody and print a link that signs them in once",
    "link": "print a link that signs somebody in once, within 30 minutes, to choose a new password",
    "role": "give somebody another role",
    "deactivate": "close the door for somebody: signed out everywhere, nothing of theirs is deleted",
    "reactivate": "open the door again",
}
ADDRESS = "the person's e-mail address"


class Command(BaseCommand):
    """One small command for each thing that can be done to somebody."""

    help = "List people, add one, change a role, deactivate, or make a sign-in link."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Know what can be done, and to whom."""
        todo = parser.add_subparsers(dest="todo", metavar="WHAT", required=True)
        parsers = {name: todo.add_parser(name, help=text, description=text) for name, text in WHAT.items()}
        for name in ("add", "link", "role", "deactivate", "reactivate"):
            parsers[name].add_argument("address", metavar="ADDRESS", help=ADDRESS)
        parsers["add"].add_argument("--name", required=True, help="how they are called")
        parsers["add"].add_argument("--role", default="agent", help="the role's short name (agent)")
        parsers["role"].add_argument("role", metavar="ROLE", help="the role's short name, such as administrator")

    def handle(self, *, todo: str, address: str = "", role: str = "", name: str = "", **options: object) -> None:
        """Do it, and say what was done."""
        if todo == "list":
            self._list()
        elif todo == "add":
            agent = people.add(email=address, name=name, role=_role(role), by=BY)
            self.stdout.write(f"{agent.name} is here now, as {agent.role}. This signs them in, once, in 30 minutes:")
            self.stdout.write(links.sign_in_link(agent, by=BY))
        else:
            self._change(todo, _somebody(address), role)

    def _list(self) -> None:
        found = list(queries.people().order_by("name", "pk"))
        if not found:
            self.stdout.write("Nobody is here yet. Start Comity: it prints a link for the first administrator.")
        for agent in found:
            state = "" if agent.is_active else "  (deactivated)"
            self.stdout.write(f"{agent.email:<36} {agent.role.slug:<14} {agent.name}{state}")

    def _change(self, todo: str, agent: Agent, role: str) -> None:
        if todo == "link":
            if not agent.is_active:
                raise CommandError(f"{agent.name} is deactivated. First: comity user reactivate {agent.email}")
            self.stdout.write(links.sign_in_link(agent, by=BY))
        elif todo == "role":
            _give(agent, _role(role))
            self.stdout.write(f"{agent.name} has the role {role} now.")
        elif todo == "deactivate":
            people.deactivate(agent=agent, version=agent.version, by=BY)
            self.stdout.write(f"{agent.name} is deactivated and signed out everywhere.")
        else:
            people.reactivate(agent=agent, version=agent.version, by=BY)
            self.stdout.write(f"{agent.name} can sign in again.")


def _give(agent: Agent, role: Role) -> None:
    """Change the role and nothing else."""
    people.change(
        agent=agent,
        role=role,
        team_ids=agent.team_ids,
        skills={row.skill_id: row.level for row in agent.skills.all()},
        spoken_languages=agent.spoken_languages,
        version=agent.version,
        by=BY,
    )


def _somebody(address: str) -> Agent:
    found = Agent.objects.filter(email__iexact=address.strip()).select_related("role").first()
    if found is None:
        raise CommandError(f"Nobody has the address {address}. See who is here with: comity user list")
    return found


def _role(slug: str) -> Role:
    ensure_builtin_roles()
    found = Role.objects.filter(slug=slug).first()
    if found is None:
        known = ", ".join(role.slug for role in queries.roles())
        raise CommandError(f"There is no role “{slug}”. There are: {known}")
    return found
