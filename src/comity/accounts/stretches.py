"""Opening hours of a day as people write them: “9–12:30, 13:30–17”."""

import re
from collections.abc import Iterable
from itertools import pairwise

from django.utils.translation import gettext as _

from comity.core.refusals import Refusal

from .hours import DAY, Stretch, Stretches

MOST = 12  # stretches in a day
_TIME = r"(\d{1,2})(?:\s*[:：.h]\s*(\d{2}))?\s*([ap]\.?m\.?)?"
_STRETCH = re.compile(rf"{_TIME}\s*(?:[-–—−〜~]|to)\s*{_TIME}", re.IGNORECASE)


def read(text: str) -> Stretches:
    """Return the stretches that somebody wrote, in order; nothing means closed. Raises Refusal with what is wrong."""
    parts = [part.strip() for part in re.split(r"[,;،、\n]", text) if part.strip()]
    if len(parts) > MOST:
        raise Refusal(_("A day can have at most %(most)s stretches.") % {"most": MOST}, status=422)
    return in_order(_stretch(part) for part in parts)


def in_order(stretches: Iterable[Stretch]) -> Stretches:
    """Return the stretches of a day by their beginning. Raises Refusal where two overlap."""
    found = sorted(stretches)
    for earlier, later in pairwise(found):
        if later.start < earlier.end:
            words = _("%(one)s and %(other)s overlap. Write them as one, or leave a gap.")
            raise Refusal(words % {"one": written([earlier]), "other": written([later])}, status=422)
    return tuple(found)


def written(stretches: Iterable[Stretch]) -> str:
    """Write stretches so that `read` understands them; "" is closed."""
    return ", ".join(f"{_clock(one.start)}–{_clock(one.end)}" for one in stretches)


def stored(stretches: Iterable[Stretch]) -> list[list[int]]:
    """Return stretches as rows keep them."""
    return [[one.start, one.end] for one in stretches]


def restored(kept: Iterable[Iterable[int]]) -> Stretches:
    """Return stretches from a row."""
    return tuple(Stretch(start, end) for start, end in kept)


def _stretch(part: str) -> Stretch:
    match = _STRETCH.fullmatch(part)
    if match is None:
        words = _(
            "“%(part)s” can’t be read as hours. Write them such as 9:00–12:30, 13:30–17:00; nothing means closed."
        )
        raise Refusal(words % {"part": part[:40]}, status=422)
    hour, minute, half, end_hour, end_minute, end_half = match.groups()
    start = _minutes(part, hour, minute, half or (end_half if int(hour) % 12 < int(end_hour) % 12 else None))
    end = _minutes(part, end_hour, end_minute, end_half)
    return Stretch(start % DAY, end if end > start % DAY else end + DAY)


def _minutes(part: str, hour: str, minute: str | None, half: str | None) -> int:
    hours, minutes = int(hour), int(minute or 0)
    is_clock = 1 <= hours <= 12 if half else hours * 60 + minutes <= DAY
    if half:
        hours = hours % 12 + (12 if half.lower().startswith("p") else 0)
    if not is_clock or minutes > 59:
        words = _("“%(part)s” has a time that no clock shows. A day goes from 0:00 to 24:00.")
        raise Refusal(words % {"part": part[:40]}, status=422)
    return hours * 60 + minutes


def _clock(minutes: int) -> str:
    if minutes == DAY:
        return "24:00"
    hour, minute = divmod(minutes % DAY, 60)
    return f"{hour:02}:{minute:02}"
