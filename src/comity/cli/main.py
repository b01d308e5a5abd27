"""The `comity` command. Finds out what is wanted and says in one sentence what is wrong."""

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import django
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, find_commands, load_command_class
from django.db import DatabaseError

from comity import __version__
from comity.core.refusals import Refusal

PARTS = {
    "up": "Run everything: pages, live streams, reactions, timers, mail receivers.",
    "web": "Run the pages and live streams alone (needs PostgreSQL).",
    "worker": "Run reactions and timers alone, as often as wanted (needs PostgreSQL).",
    "receive": "Run the mail receivers alone (needs PostgreSQL).",
}
FROM_DJANGO = {
    "check": "Look for mistakes in the set-up.",
    "dbshell": "Open the database's own terminal.",
    "makemessages": "Collect the texts to translate (for developers).",
    "makemigrations": "Write migrations for changed models (for developers).",
    "migrate": "Prepare the database for this version; `comity up` does it by itself.",
    "shell": "Open Python with the house loaded.",
    "showmigrations": "List the steps that the database has taken.",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "comity.settings")
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    try:
        return _run(arguments)
    except KeyboardInterrupt:
        return 130
    except (Refusal, ImproperlyConfigured, CommandError) as error:
        return _sorry(str(error))
    except DatabaseError as error:
        return _sorry(f"The database does not answer as it should: {str(error).strip()}")
    except OSError as error:
        return _sorry(f"{error.strerror or error}: {error.filename}" if error.filename else str(error))


def _run(arguments: list[str]) -> int:
    options, rest = _parser().parse_known_args(arguments)
    _set("DATA", options.data)
    if options.command in PARTS:
        return _run_part(options.command, rest)
    _load_settings()
    known = {*_from_rooms(), *FROM_DJANGO}
    if options.command in known:
        from django.core.management import execute_from_command_line

        execute_from_command_line(["comity", options.command, *rest])
        return 0
    if options.command:
        print(f"There is no command “{options.command}”.\n", file=sys.stderr)
    print(_help(), file=sys.stderr if options.command else sys.stdout)
    return 2 if options.command else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("comity", add_help=False, allow_abbrev=False)
    parser.add_argument("--version", action="version", version=f"Comity {__version__}")
    parser.add_argument("--data")
    parser.add_argument("command", nargs="?", default="")
    return parser


def _run_part(name: str, arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(f"comity {name}", description=PARTS[name], allow_abbrev=False)
    parser.add_argument("--data", metavar="DIR", help="the data folder: database, files, keys (./data)")
    parser.add_argument("--host", help="the address on which pages are served (127.0.0.1)")
    parser.add_argument("--port", type=int, help="the port on which pages are served (8400)")
    parser.add_argument("--smtp-port", type=int, help="the port of the mail receiver (2525); 0 switches it off")
    options = parser.parse_args(arguments)
    for variable in ("data", "host", "port", "smtp_port"):
        _set(variable.upper(), getattr(options, variable))
    _load_settings()
    start = import_module("comity.cli.up")
    code: int = start.run(name)
    return code


def _load_settings() -> None:
    """Read the variables, now that the options are among them; makes the keys in a new data folder."""
    try:
        _ = settings.DATA
    except OSError as error:
        folder = os.environ.get("COMITY_DATA", "./data")
        raise ImproperlyConfigured(f"The data folder {folder} can't be used: {error.strerror}.") from None


def _set(name: str, value: object) -> None:
    if value is not None:
        os.environ[f"COMITY_{name}"] = str(value)


def _from_rooms() -> dict[str, str]:
    """The commands that rooms bring in `management/commands`, with their rooms."""
    found = {}
    for room in settings.INSTALLED_APPS:
        spec = find_spec(room) if room.startswith("comity.") else None
        if spec and spec.origin:
            found.update(dict.fromkeys(find_commands(str(Path(spec.origin).parent / "management")), room))
    return found


def _help() -> str:
    django.setup()
    rooms = {name: str(load_command_class(room, name).help) for name, room in _from_rooms().items()}
    lines = [
        "Comity, customer service in one program.",
        "",
        "comity up [--data DIR] [--host H] [--port P] [--smtp-port P]",
    ]
    for title, commands in (("The program", PARTS), ("The rooms", rooms), ("The database", FROM_DJANGO)):
        if commands:
            lines += ["", f"{title}:", *(f"  {name:<16} {text}" for name, text in sorted(commands.items()))]
    lines += ["", "Each of them explains itself: comity up --help"]
    return "\n".join(lines)


def _sorry(sentence: str) -> int:
    if os.environ.get("COMITY_DEBUG"):
        raise
    print(f"comity: {sentence}", file=sys.stderr)
    return 1
