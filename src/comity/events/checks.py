"""What can be said of the database, the log and what it owes."""

import fcntl
import sqlite3
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import Error as DatabaseProblem
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from comity import __version__
from comity.core import clock, versions
from comity.core.checks import CLOCK_MAY_DIFFER
from comity.core.health import Finding, check

from . import queries
from .models import Event, Timer
from .timers import earliest

OVERDUE = timedelta(minutes=10)
OLDEST_SQLITE, OLDEST_POSTGRESQL = (3, 37), 140000


@check("database", label=gettext_lazy("Database"), order=1, decides=True)
def database() -> Iterator[Finding]:
    """Does it answer, and is it whole?"""
    what = "SQLite" if connection.vendor == "sqlite" else "PostgreSQL"
    try:
        with connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                cursor.execute("PRAGMA quick_check(3)")
                damage = [str(row[0]) for row in cursor.fetchall() if row[0] != "ok"]
            else:
                cursor.execute("SELECT 1")
                damage = []
    except DatabaseProblem as problem:
        yield Finding(what, False, _unanswered(problem), _remedy_of_silence())
        return
    if damage:
        yield Finding(what, False, _("Its file is damaged: %(damage)s") % {"damage": damage[0][:200]}, _restore())
        return
    yield Finding(what, True, _("It answers and is whole."))


@check("steps", label=gettext_lazy("Version of the data"), order=2, decides=True)
def steps() -> Iterator[Finding]:
    """Do the data folder, the database and this program fit together?"""
    executor = MigrationExecutor(connection)
    what = _("Version of the data")
    newer = versions.newer_than_ours(Path(settings.DATA), executor.loader)
    if newer:
        values = {"theirs": newer, "ours": __version__}
        words = _("It was used by Comity %(theirs)s; this is Comity %(ours)s, which is older and could damage it.")
        yield Finding(
            what, False, words % values, _("Install that version or a newer one, or use another data folder.")
        )
        return
    missing = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    if missing:
        words = ngettext(
            "The database lacks %(count)d step of this version.",
            "The database lacks %(count)d steps of this version.",
            missing,
        )
        remedy = _("Make a backup, then run “comity migrate”, or start Comity again: it takes them by itself.")
        yield Finding(what, False, words % {"count": missing}, remedy)
        return
    yield Finding(what, True, _("It is that of this program."))


@check("clock", label=gettext_lazy("Clock"), order=20)
def clocks() -> Iterator[Finding]:
    """Does our clock agree with the database's, and with what has happened before?"""
    now, what = clock.now(), _("Clock")
    remedy = _("Set this computer’s clock right and switch on time synchronisation (NTP): timers and sign-in need it.")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            theirs: datetime = cursor.fetchone()[0]
        apart = abs((theirs - now).total_seconds())
        if apart > CLOCK_MAY_DIFFER:
            words = _("It differs from the database’s by %(minutes)d minutes.") % {"minutes": round(apart / 60)}
            yield Finding(what, False, words, remedy)
            return
    newest = Event.objects.order_by("-id").values_list("at", flat=True).first()
    if newest and (newest - now).total_seconds() > CLOCK_MAY_DIFFER:
        minutes = round((newest - now).total_seconds() / 60)
        words = _("It is behind: the log’s newest event is %(minutes)d minutes in the future.") % {"minutes": minutes}
        yield Finding(what, False, words, remedy)
        return
    yield Finding(what, True, _("It agrees with the database and the log."))


@check("queues", label=gettext_lazy("Work"), order=50)
def queues() -> Iterator[Finding]:
    """Is what is owed worked off, is what is due fired, has anything given up?"""
    runs = _is_running()
    start = _("Look whether Comity runs (“comity up”, or on PostgreSQL “comity worker”) and what its log says.")
    if runs is not None:
        yield Finding(_("Program"), True, _("It is running.") if runs else _("It is not running."))
    yield _owed(start)
    yield _due(start)
    parked = queries.parked_count()
    words = ngettext("%(count)d piece of work gave up.", "%(count)d pieces of work gave up.", parked)
    found = words % {"count": parked} if parked else _("Nothing has given up.")
    remedy = _("See the reason under Settings → Parked work or with “comity parked”, put it right and try again.")
    yield Finding(_("Parked work"), not parked, found, remedy if parked else "")


@check("database_version", label=gettext_lazy("Version of the database"), order=91)
def database_version() -> Iterator[Finding]:
    """Is the database itself new enough?"""
    if connection.vendor == "sqlite":
        ok = sqlite3.sqlite_version_info >= OLDEST_SQLITE
        remedy = _("Use a Python whose SQLite is at least %(version)s.") % {"version": "3.37"}
        yield Finding("SQLite", ok, sqlite3.sqlite_version, "" if ok else remedy)
        return
    connection.ensure_connection()
    number = connection.pg_version  # type: ignore[attr-defined]  # PostgreSQL's connection has it
    ok = number >= OLDEST_POSTGRESQL
    version = f"{number // 10000}.{number % 10000}"
    remedy = _("Upgrade the database server to PostgreSQL 14 or newer.")
    yield Finding("PostgreSQL", ok, version, "" if ok else remedy)


def _owed(remedy: str) -> Finding:
    what, waiting = _("Work that is owed"), queries.oldest_due()
    if waiting is None or waiting.event.at > clock.now() - OVERDUE:
        return Finding(what, True, _("Nothing has waited for long."))
    words = _("“%(name)s” has waited for %(minutes)d minutes and nobody does it.")
    minutes = (clock.now() - waiting.event.at).total_seconds() // 60
    return Finding(what, False, words % {"name": waiting.reaction, "minutes": minutes}, remedy)


def _due(remedy: str) -> Finding:
    what, due_at = _("Timers"), earliest()
    if due_at is None or due_at > clock.now() - OVERDUE:
        return Finding(what, True, _("None is late."))
    late = Timer.objects.filter(due_at__lte=clock.now() - OVERDUE).count()
    words = ngettext(
        "%(count)d is late, by up to %(minutes)d minutes.", "%(count)d are late, by up to %(minutes)d minutes.", late
    )
    minutes = (clock.now() - due_at).total_seconds() // 60
    return Finding(what, False, words % {"count": late, "minutes": minutes}, remedy)


def _is_running() -> bool | None:
    """On SQLite the program holds a lock in its folder; on PostgreSQL nobody can know all of its parts."""
    if connection.vendor != "sqlite":
        return None
    try:
        with (Path(settings.DATA) / "runner.lock").open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


def _unanswered(problem: BaseException) -> str:
    return _("It does not answer as it should: %(reason)s") % {"reason": str(problem).strip()}


def _remedy_of_silence() -> str:
    if connection.vendor == "sqlite":
        return _restore()
    return _("See that PostgreSQL runs and that COMITY_DATABASE_URL names it with the right user and password.")


def _restore() -> str:
    return _(
        "Stop Comity, keep a copy of the data folder, see that the disk is well and can be written, "
        "then restore the last backup."
    )
