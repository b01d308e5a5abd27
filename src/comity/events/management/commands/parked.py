"""`comity parked`: the reactions that gave up, and another try for them."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from comity.core.refusals import Refusal
from comity.events import actions, queries
from comity.events.log import Actor


class Command(BaseCommand):
    """Lists parked reactions; with --retry, runs them again."""

    help = "List the reactions that gave up, or run them again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Know --retry."""
        parser.add_argument("--retry", action="store_true", help="run each of them again")

    def handle(self, *, retry: bool, **options: object) -> None:
        """List them, and try each again when asked to."""
        failed = 0
        for parked in queries.parked():
            reason = (parked.error.strip().splitlines() or [""])[-1]
            self.stdout.write(f"{parked.reaction}  {parked.event.type}  {parked.event.subject}  {reason}")
            if retry:
                try:
                    actions.retry(parked=parked, by=Actor("system", "comity parked"))
                except Refusal as refusal:
                    failed += 1
                    self.stderr.write(f"  not tried again: {refusal}")
        if failed:
            raise CommandError(f"{failed} still parked")
