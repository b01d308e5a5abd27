"""Finds the rooms of the house: every folder with an `apps.py`. Nothing is listed by hand."""

from importlib.util import find_spec
from pathlib import Path

from django.urls import URLPattern, URLResolver, include, path

HOUSE = Path(__file__).parent


def find_rooms() -> list[str]:
    """Return the dotted names of all rooms, lower floors first."""
    floors = ["core", "events", "files", "accounts", "search", "notices", "contacts", "conversations", "channels"]
    found = [
        folder.parent
        for pattern in ("*/apps.py", "connectors/*/apps.py", "features/*/apps.py")
        for folder in HOUSE.glob(pattern)
    ]
    names = [".".join(("comity", *folder.relative_to(HOUSE).parts)) for folder in found]
    return sorted(
        names, key=lambda name: (floors.index(short) if (short := name.split(".")[1]) in floors else 99, name)
    )


def find_urls() -> list[URLPattern | URLResolver]:
    """Return the addresses that the rooms bring in their `urls.py`; what programs and chats call is found first."""
    rooms = sorted(find_rooms(), key=lambda room: (room != f"{HOUSE.name}.api", ".connectors." not in room))
    return [path("", include(f"{room}.urls")) for room in rooms if find_spec(f"{room}.urls")]
