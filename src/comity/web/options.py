"""What an organisation chooses about rooms that stand below the settings."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from comity.accounts import flags
from comity.accounts.options import load, option, options_group
from comity.files.limits import SETTINGS, FileSettings

ROOMY = "roomy"
flags.declare(ROOMY, label=_("Roomier layout: larger text and controls"))


@options_group(
    "files",
    label=_("Files"),
    help=_("What people and customers may attach, and whether it is checked for viruses."),
    permission="settings.manage",
)
@dataclass(frozen=True, kw_only=True)
class FileOptions:
    """The largest file, and the virus scanner."""

    largest_mb: int = option(
        40, label=_("Largest file in MB"), help=_("Larger ones are refused with a message."), min=1, max=500
    )
    clamav_host: str = option(
        "",
        label=_("ClamAV server"),
        help=_("Files are checked for viruses by this server before they can be opened. Empty: they are not checked."),
    )
    clamav_port: int = option(3310, label=_("Port of the ClamAV server"), min=1, max=65535)


@options_group(
    "log",
    label=_("Log"),
    help=_("What is kept beside each act of a person."),
    permission="security.manage",
)
@dataclass(frozen=True, kw_only=True)
class LogOptions:
    """How long addresses and programs are kept. That somebody acted stays in the log."""

    origin_for: timedelta = option(
        timedelta(days=180),
        label=_("Keep from where people acted for"),
        help=_("The network address, the browser or program and the session. For example 90 d."),
        min=24 * 3600,
        max=3650 * 24 * 3600,
    )


@options_group("tour", label=_("Tour"), levels=("person",))
@dataclass(frozen=True, kw_only=True)
class TourOptions:
    """What the tour remembers of a person."""

    is_seen: bool = option(False, label=_("The tour has been seen"))


@SETTINGS.answer
def file_settings() -> FileSettings:
    """Give the file store what was chosen."""
    chosen = load(FileOptions)
    return FileSettings(
        largest_mb=chosen.largest_mb, clamav_host=chosen.clamav_host.strip(), clamav_port=chosen.clamav_port
    )
