"""What an organisation has chosen about files. A higher room answers; until then the defaults hold."""

from collections.abc import Callable
from dataclasses import dataclass

from comity.core.ports import Port

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class FileSettings:
    """The largest file in megabytes, and the ClamAV daemon that looks into files, if any."""

    largest_mb: int = 40
    clamav_host: str = ""
    clamav_port: int = 3310

    @property
    def largest(self) -> int:
        """The largest file in bytes."""
        return self.largest_mb * MEGABYTE


SETTINGS: Port[Callable[[], FileSettings]] = Port("file settings")


def file_settings() -> FileSettings:
    """Return what holds now."""
    answers = SETTINGS.all()
    return answers[0]() if answers else FileSettings()
