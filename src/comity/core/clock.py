"""The one clock. Nothing else in the house asks what time it is.

In tests the clock is shifted through a small file named by `COMITY_CLOCK_FILE`, so that every process of a
running system sees the same moment. The demonstration tells a past: it acts `at` earlier moments within one process.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from comity.core.refusals import Refusal

_file = os.environ.get("COMITY_CLOCK_FILE")
_standing_at: ContextVar[datetime | None] = ContextVar("clock", default=None)


def now() -> datetime:
    """Return the present moment in UTC, aware."""
    return _standing_at.get() or datetime.now(UTC) + timedelta(seconds=_shift())


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Let the clock stand at a moment for what the block does in this thread. For the demonstration and tests only."""
    if moment.tzinfo is None:
        raise ValueError("Say in which time zone the moment is.")
    token = _standing_at.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _standing_at.reset(token)


def shift(seconds: float) -> None:
    """Move the clock of every process that shares `COMITY_CLOCK_FILE`; 0 puts it right again. For tests."""
    if _file is None:
        raise RuntimeError("COMITY_CLOCK_FILE is not set, so the clock stays as it is.")
    temporary = Path(f"{_file}.{os.getpid()}")
    temporary.write_text(repr(float(seconds)))
    temporary.replace(_file)


def zone(name: str) -> ZoneInfo:
    """Return a time zone by its IANA name. Raises Refusal for a name that nobody knows."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise Refusal(f"“{name}” is not a time zone. Use a name such as Europe/Paris.") from None


@cache  # the files of six hundred zones are looked at for it
def zone_names() -> tuple[str, ...]:
    """Return the names that people may choose, sorted."""
    strange = ("Etc/", "posix", "right")
    return tuple(sorted(name for name in available_timezones() if "/" in name and not name.startswith(strange)))


def _shift() -> float:
    if _file is None:
        return 0.0
    try:
        return float(Path(_file).read_text() or 0)
    except FileNotFoundError:
        return 0.0
