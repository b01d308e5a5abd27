"""`comity sign_in_link ADDRESS`: a link for somebody who can't get in, such as an administrator who lost everything."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from comity.accounts.actions import links
from comity.accounts.models import Agent
from comity.core.actor import Actor


class Command(BaseCommand):
    """Prints a link that signs one person in, once."""

    help = "Print a link that signs somebody in once, within 30 minutes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("address", help="the person's e-mail address")

    def handle(self, *, address: str, **options: object) -> None:
        agent = Agent.objects.filter(email__iexact=address, is_active=True).first()
        if agent is None:
            raise CommandError(f"Nobody who can sign in has the address {address}.")
        self.stdout.write(links.sign_in_link(agent, by=Actor("system", "comity sign_in_link")))
