"""`comity up`, `web`, `worker` and `receive`: get ready, run the parts, say where to go."""

import os

import django
from django.conf import settings

from comity import __version__
from comity.core.refusals import Refusal

from .folder import DataFolder
from .parts import Part, Reactions, Web

ALONE = "On SQLite one program does everything: run “comity up”. To run its parts alone, set COMITY_DATABASE_URL."


def run(name: str, *, backup: bool = True, demo: bool = False) -> int:
    """Run the whole program, or the one part of that name; `backup` is the one before an upgrade."""
    embedded = str(settings.DATABASES["default"]["ENGINE"]).endswith(".sqlite")
    if embedded and name != "up":
        raise Refusal(ALONE)
    folder = DataFolder(settings.DATA)
    folder.take(alone=embedded)
    web = [Web()] if name in ("up", "web") else []
    if web:
        folder.note_address(settings.URL.geturl())
    say(f"Comity {__version__}, data folder {settings.DATA}")
    django.setup()
    get_ready(folder, backup=backup)
    if demo:
        from .demo import fill_unless_there

        fill_unless_there()

    from .program import Program

    return Program([*_others(name, embedded=embedded), *web], say).run(lambda: _greet(name))


def say(text: str) -> None:
    """Tell the person at the terminal, at once."""
    print(text, flush=True)


def get_ready(folder: DataFolder, *, backup: bool = True) -> None:
    """Bring the database to this version, after a backup of what is there."""
    from django.db import connection

    from comity.accounts.actions import roles

    from .database import prepare

    prepare(folder, say, backup=backup)
    roles.ensure_builtin_roles()
    connection.close()


def _others(name: str, *, embedded: bool) -> list[Part]:
    """The parts beside the pages."""
    from comity.channels.services import Services

    parts: list[Part] = []
    if name in ("up", "receive"):
        # First: they settle what a crash left in the outbox, and whoever sends must not meet the marks of the dead.
        parts.append(Services(alone=embedded))
    if name in ("up", "worker"):
        parts.append(Reactions())
    return parts


def _greet(name: str) -> None:
    """Say where to go. The first administrator's link goes to the terminal only, never to a log."""
    if name not in ("up", "web"):
        say(f"The {name} is running. Ctrl-C stops it.")
        return
    from comity.accounts.actions import start

    say(f"\nComity is running at {settings.URL.geturl()}")
    if settings.HOST not in ("127.0.0.1", "::1", "localhost") and not os.environ.get("COMITY_URL"):
        say("To open it from other machines, set COMITY_URL to the address that they use.")
    if link := start.first_link():
        say(f"Sign in for the first time, once, as the administrator:\n  {link}")
    say("Ctrl-C stops it.")
