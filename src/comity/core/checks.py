"""What can be looked at without a database: the data folder, its keys, the disk, this Python."""

import os
import platform
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from comity import __version__

from . import clock
from .health import Finding, check

FULL = 64 * 1024 * 1024  # bytes left, below which nothing can be promised
NEARLY_FULL = 1024 * 1024 * 1024
CLOCK_MAY_DIFFER = 120.0  # seconds
OLDEST_PYTHON = (3, 11)
KEYS = ("secret-key",)


@check("storage", label=gettext_lazy("Data folder"), order=10, needs_database=False)
def storage() -> Iterator[Finding]:
    """Can the data folder be written, durably? The disk's own clock is compared on the way."""
    folder = Path(settings.DATA)
    what = _("Data folder %(folder)s") % {"folder": folder}
    began = clock.now().timestamp()
    try:
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".doctor-") as file:
            file.write(b"well")
            file.flush()
            os.fsync(file.fileno())
            written = os.stat(file.name).st_mtime
    except OSError as error:
        remedy = _("Let the user under whom Comity runs write there, and see that the disk is not mounted read-only.")
        yield Finding(what, False, _("It can’t be written: %(reason)s.") % {"reason": error.strerror}, remedy)
        return
    yield Finding(what, True, _("It can be written."))
    if abs(written - began) > CLOCK_MAY_DIFFER:
        minutes = round(abs(written - began) / 60)
        words = _("This computer’s clock and that of the disk differ by %(minutes)d minutes.") % {"minutes": minutes}
        yield Finding(_("Clock of the disk"), False, words, _("Switch on time synchronisation (NTP) on both."))


@check("permissions", label=gettext_lazy("Permissions"), order=15, needs_database=False)
def permissions() -> Iterator[Finding]:
    """Is what customers wrote, and the key that opens passwords, closed to other users of this computer?"""
    folder = Path(settings.DATA)
    yield _closed(folder, "700", _("Data folder"))
    for name in KEYS:
        path = folder / name
        if path.exists():
            yield _closed(path, "600", _("Key file %(name)s") % {"name": name})


@check("disk", label=gettext_lazy("Disk"), order=12, needs_database=False)
def disk() -> Iterator[Finding]:
    """Is there room for what will come?"""
    left, total = space()
    what, words = _("Disk"), _("%(left)s of %(total)s are free.")
    found = words % {"left": filesizeformat(left), "total": filesizeformat(total)}
    remedy = _("Make room on the disk of %(folder)s, or move the data folder to a larger one.")
    enough = left > NEARLY_FULL or (left > FULL and left > total / 10)
    yield Finding(what, enough, found, "" if enough else remedy % {"folder": settings.DATA})


@check("versions", label=gettext_lazy("Versions"), order=90, needs_database=False)
def versions() -> Iterator[Finding]:
    """Which Comity is this, and on which Python?"""
    yield Finding("Comity", True, __version__)
    ok = sys.version_info >= OLDEST_PYTHON
    remedy = _("Install Python %(version)s or newer.") % {"version": ".".join(map(str, OLDEST_PYTHON))}
    yield Finding("Python", ok, platform.python_version(), "" if ok else remedy)


def space() -> tuple[int, int]:
    """Return how many bytes are free on the data folder's disk, and how many there are."""
    usage = shutil.disk_usage(settings.DATA)
    return usage.free, usage.total


def is_full() -> bool:
    """Is there so little left that nothing new can be promised to be stored?"""
    return space()[0] < FULL


def _closed(path: Path, mode: str, what: str) -> Finding:
    found = stat.S_IMODE(path.stat().st_mode)
    if found & 0o077:
        words = _("Other users of this computer can read it (%(mode)s).") % {"mode": f"{found:o}"}
        return Finding(what, False, words, _("Run: %(command)s") % {"command": f"chmod {mode} {path}"})
    return Finding(what, True, _("Only its owner can read it."))
