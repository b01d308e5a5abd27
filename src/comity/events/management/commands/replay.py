"""`comity replay`: a reaction catches up on events from before it existed."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from comity.core.refusals import Refusal
from comity.events import actions
from comity.events.log import Actor


class Command(BaseCommand):
    """Owes a reaction the events of its types from an id on; the runner does the rest."""

    help = "Let a reaction run for earlier events of its types."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Know the reaction and the range of ids."""
        parser.add_argument("reaction", help='its name, "<room>.<function>"')
        parser.add_argument("--from", dest="first", type=int, required=True, help="the id of the first event")
        parser.add_argument("--to", dest="last", type=int, help="the id of the last event; all of them when left out")

    def handle(self, *, reaction: str, first: int, last: int | None, **options: object) -> None:
        """Write the runs and say how many."""
        try:
            count = actions.replay(reaction=reaction, first=first, last=last, by=Actor("system", "comity replay"))
        except Refusal as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(f"{count} events will be seen by {reaction}.")
