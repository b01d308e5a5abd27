"""Which version has used a data folder and its database, and whether this program is too old for it."""

import json
from pathlib import Path
from typing import Any

from django.db.migrations.loader import MigrationLoader

from comity import __version__

FILE = "version.json"


def written_in(folder: Path) -> dict[str, Any]:
    """Return what the last start wrote down: the version, and the last step of each room; {} before the first."""
    try:
        found: dict[str, Any] = json.loads((folder / FILE).read_text())
    except (FileNotFoundError, ValueError):
        return {}
    return found


def newer_than_ours(folder: Path, loader: MigrationLoader) -> str:
    """Return the newer version that has used this folder or its database, or ""."""
    written = written_in(folder)
    theirs = str(written.get("version", "0"))
    steps = {(app, name) for app, names in written.get("migrations", {}).items() for name in names}
    known = {app for app, _ in loader.disk_migrations}
    unknown = {step for step in steps | set(loader.applied_migrations) if step[0] in known}
    unknown -= set(loader.disk_migrations)
    unknown = {(app, name) for app, name in unknown if _number(name) > _highest(loader, app)}
    if _version(theirs) > _version(__version__):
        return theirs
    return "of a later version" if unknown else ""


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(".") if part.isdigit())


def _highest(loader: MigrationLoader, app: str) -> int:
    return max((_number(name) for label, name in loader.disk_migrations if label == app), default=0)


def _number(name: str) -> int:
    digits = name.split("_", 1)[0]
    return int(digits) if digits.isdigit() else 0
