"""The `comity` command. Finds out what is wanted and says in one sentence what is wrong."""

import argparse
import gc
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

import django
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, execute_from_command_line, load_command_class
from django.db import DatabaseError, connections

from comity import __version__
from comity.core.refusals import Refusal

from .folder import served_at

PARTS = {
    "up": "Run everything: pages, live streams, reactions, timers, mail receivers.",
    "web": "Run the pages and live streams alone (needs PostgreSQL).",
    "worker": "Run reactions and timers alone, as often as wanted (needs PostgreSQL).",
    "receive": "Run the mail receivers alone (needs PostgreSQL).",
}
SERVES = {"up": ("host", "port", "smtp_port"), "web": ("host", "port"), "receive": ("smtp_port",)}
OURS = {  # each in a module of its name, with `run(arguments) -> exit code`
    "backup": "Make one archive of everything, while the program works.",
    "demo": "Bring the shop of the demonstration into a fresh data folder, or remove it.",
    "doctor": "Look whether all is well, and say what is wrong and what to do about it.",
    "migrate": "Prepare the database for this version; “comity up” does it by itself.",
    "restore": "Restore a backup into an empty folder.",
}
FROM_DJANGO = {
    "check": "Look for mistakes in the set-up.",
    "dbshell": "Open the database's own terminal.",
    "makemessages": "Collect the texts to translate (for developers).",
    "makemigrations": "Write migrations for changed models (for developers).",
    "shell": "Open Python with the house loaded.",
    "showmigrations": "List the steps that the database has taken.",
}
OF_DJANGO = {
    "--skip-checks",
    "--version",
    "--verbosity",
    "--settings",
    "--pythonpath",
    "--traceback",
    "--no-color",
    "--force-color",
}
WHILE_LOADING = 50_000  # new objects: nearly all stay, and looking for garbage among them is a fifth of the start
MORE = """\
Everything is kept in the data folder, ./data unless --data or COMITY_DATA says otherwise. Ctrl-C stops it in time.
What can be set besides is in docs/configuration.md.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    gc.set_threshold(WHILE_LOADING)
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


def from_rooms() -> dict[str, str]:
    """The commands that rooms bring in `management/commands`, with their rooms. Needs no settings yet."""
    house = Path(__file__).parents[1]
    found = {}
    for pattern in ("*/management/commands/*.py", "*/*/management/commands/*.py"):
        for path in house.glob(pattern):
            if not path.stem.startswith("_"):
                found[path.stem] = ".".join(("comity", *path.relative_to(house).parts[:-3]))
    return found


def _run(arguments: list[str]) -> int:
    options, rest = _parser().parse_known_args(arguments)
    _set("DATA", options.data)
    if options.command in PARTS:
        return _run_part(options.command, rest)
    if options.command in OURS:
        code: int = import_module(f"comity.cli.{options.command}").run(rest)
        return code
    rooms = from_rooms()
    if options.command in rooms or options.command in FROM_DJANGO:
        _go_to_the_running()
        _load_settings(only_to_explain=bool({"-h", "--help"} & set(rest)))
        return _run_command(rooms.get(options.command, ""), options.command, rest)
    if options.command not in ("", "help"):
        print(f"There is no command “{options.command}”.\n", file=sys.stderr)
        print(_help(), file=sys.stderr)
        return 2
    print(_help())
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("comity", add_help=False, allow_abbrev=False)
    parser.add_argument("--version", action="version", version=f"Comity {__version__}")
    parser.add_argument("--data")
    parser.add_argument("command", nargs="?", default="")
    return parser


def _run_part(name: str, arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(f"comity {name}", description=PARTS[name], epilog=MORE, allow_abbrev=False)
    parser.add_argument("--data", metavar="DIR", help="the data folder: database, files, keys (./data)")
    serves = SERVES.get(name, ())
    if "host" in serves:
        parser.add_argument("--host", help="the address on which pages are served (127.0.0.1)")
        parser.add_argument("--port", type=int, help="the port on which pages are served (8400)")
    if "smtp_port" in serves:
        parser.add_argument("--smtp-port", type=int, help="the port of the mail receiver (2525); 0 switches it off")
    parser.add_argument(
        "--no-backup", action="store_true", help="change the database of an earlier version without one"
    )
    if name == "up":
        parser.add_argument("--demo", action="store_true", help="show a shop with its customers in a fresh data folder")
    options = parser.parse_args(arguments)
    for variable in ("data", *serves):
        _set(variable.upper(), getattr(options, variable))
    _load_settings()
    start = import_module("comity.cli.up")
    code: int = start.run(name, backup=not options.no_backup, demo=getattr(options, "demo", False))
    return code


def _run_command(room: str, name: str, arguments: list[str]) -> int:
    """Run a command of a room or of Django. What it refuses is said as everything else here."""
    if not room:
        execute_from_command_line(["comity", name, *arguments])
        return 0
    django.setup()
    command = load_command_class(room, name)
    command.suppressed_base_arguments = OF_DJANGO
    command._called_from_command_line = True  # type: ignore[attr-defined]  # so that a wrong argument shows how it is used
    values = vars(command.create_parser("comity", name).parse_args(arguments))
    try:
        command.execute(*values.pop("args", ()), **values)
    finally:
        connections.close_all()
    return 0


def _load_settings(*, only_to_explain: bool = False) -> None:
    """Read the variables, now that the options are among them; makes the keys in a new data folder."""
    if only_to_explain:  # whoever asks for help has not asked for a folder
        os.environ.setdefault("COMITY_SECRET_KEY", "none is needed to explain")
    folder = os.environ.get("COMITY_DATA", "./data")
    if (Path(folder) / "restoring").exists():  # said before a key is made beside it
        raise Refusal(f"A restore into {folder} was cut off half-way. Empty the folder and restore again.")
    try:
        _ = settings.DATA
    except OSError as error:
        raise ImproperlyConfigured(f"The data folder {folder} can't be used: {error.strerror}.") from None


def _go_to_the_running() -> None:
    """Let links name the address of the program that runs on this folder, unless a variable says another."""
    if not any(os.environ.get(f"COMITY_{name}") for name in ("URL", "HOST", "PORT")):
        _set("URL", served_at(Path(os.environ.get("COMITY_DATA", "./data"))) or None)


def _set(name: str, value: object) -> None:
    if value is not None:
        os.environ[f"COMITY_{name}"] = str(value)


def _help() -> str:
    _load_settings(only_to_explain=True)
    django.setup()
    rooms = {name: str(load_command_class(room, name).help) for name, room in from_rooms().items()}
    lines = [
        "Comity, customer service in one program.",
        "",
        "To begin:  comity up [--data DIR] [--host H] [--port P] [--smtp-port P]",
        "It prints the address of the pages and a link to sign in with. If anything is wrong: comity doctor",
    ]
    looked_after = {**OURS, **rooms}
    groups = (("Run it", PARTS), ("Look after it", looked_after), ("For developers and the curious", FROM_DJANGO))
    for title, commands in groups:
        lines += ["", f"{title}:", *(f"  {name:<16} {text}" for name, text in sorted(commands.items()))]
    lines += [
        "",
        "Each of them explains itself: comity up --help",
        "All of them take --data DIR, the data folder (./data).",
    ]
    return "\n".join(lines)


def _sorry(sentence: str) -> int:
    if os.environ.get("COMITY_DEBUG"):
        raise
    print(f"comity: {sentence}", file=sys.stderr)
    return 1
