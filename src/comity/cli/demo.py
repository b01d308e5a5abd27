"""`comity demo`: fills a fresh data folder with the shop of the demonstration, or takes it away."""

import argparse
import os
from collections.abc import Sequence

import django
from django.conf import settings
from django.db import transaction

from comity.core.refusals import Refusal

from .folder import DataFolder
from .up import get_ready, say

WHAT = "Bring the shop of the demonstration into a fresh data folder, or remove it."
MORE = "Comity must not run meanwhile. “comity up --demo” fills and starts in one."
HERE = "The demonstration is here already: it is shown as it is."
DONE = (
    "The shop is open: {conversations} conversations. Start it with “comity up”, remove it with “comity demo remove”."
)


def run(arguments: Sequence[str]) -> int:
    """Fill or remove; the program itself must not run meanwhile."""
    options = _parser().parse_args(arguments)
    if options.data is not None:
        os.environ["COMITY_DATA"] = options.data
    folder = DataFolder(settings.DATA)
    folder.take(alone=True)
    django.setup()
    get_ready(folder)
    if options.action == "remove":
        remove()
    else:
        fill()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("comity demo", description=WHAT, epilog=MORE, allow_abbrev=False)
    parser.add_argument(
        "action", nargs="?", choices=["fill", "remove"], default="fill", help="fill (the usual) or remove"
    )
    parser.add_argument("--data", metavar="DIR", help="the data folder (./data, or what COMITY_DATA names)")
    return parser


def fill_unless_there() -> None:
    """Bring the shop before the program starts, once."""
    from comity.accounts import queries as accounts

    if accounts.demo_streams():
        say(HERE)
    else:
        fill()


@transaction.atomic
def fill(*, crowd: int | None = None) -> None:
    """Bring the whole shop, or nothing of it. Raises Refusal beside an organisation's own work.

    `crowd` is how many settled conversations stand behind those that are written by hand.
    """
    from comity.accounts.actions import demo as marks
    from comity.conversations.models import Conversation
    from comity.core.demo import Demo, parts
    from comity.events import actions as log

    demo = Demo(say=say) if crowd is None else Demo(say=say, crowd=crowd)
    for part in parts():
        part.check()
    say("Opening the shop Larkmoor; this takes less than a minute …")
    for part in parts():
        part.fill(demo)
    marks.mark(streams=demo.marked)
    say("  the search index")
    log.work_off(leave_out=("channels.read_arrival", "channels.send_message"))
    say(DONE.format(conversations=Conversation.objects.count()))


@transaction.atomic
def remove() -> None:
    """Take away what the demonstration brought and all that hangs on it. Raises Refusal where yours is mixed in."""
    from comity.accounts import queries as accounts
    from comity.accounts.actions import demo as marks
    from comity.core.demo import Demo, parts

    streams = accounts.demo_streams()
    if not streams:
        raise Refusal("There is no demonstration in this data folder.")
    demo = Demo(say=say, marked=streams)
    for part in parts():
        part.check_removal(demo)
    for part in reversed(parts()):
        part.remove(demo)
    marks.unmark()
    say("The demonstration is gone. What is yours was not touched.")
