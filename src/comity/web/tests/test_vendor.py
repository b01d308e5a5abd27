"""What is vendored is what was reviewed; every icon that a template draws is in the sprite."""

import hashlib
import re
from pathlib import Path

import comity
from comity.core.commands import commands
from comity.core.slots import PERSONAL, RAIL, SETTINGS
from comity.web.channels import CHANNEL_ICONS

HOUSE = Path(comity.__file__).parent
ROOT = HOUSE.parents[1]
STATIC = HOUSE / "web/static"
SPRITE = set(re.findall(r'<symbol id="i-([\w-]+)"', (STATIC / "web/icons.svg").read_text()))


def test_vendored_files_are_those_of_the_list() -> None:
    lines = (STATIC / "vendor/SHA256SUMS").read_text().splitlines()
    listed = {name: digest for digest, name in (line.split("  ") for line in lines)}
    there = {str(path.relative_to(STATIC)) for path in (STATIC / "vendor").rglob("*") if path.is_file()}

    assert {name: hashlib.sha256((STATIC / name).read_bytes()).hexdigest() for name in listed} == listed
    assert there - {"vendor/SHA256SUMS"} | {"web/icons.svg"} == set(listed)


def test_the_editor_that_is_imported_is_the_one_that_is_there() -> None:
    source = (STATIC / "web/cm-editor.js").read_text()
    imported = re.search(r'LIBRARY = "\.\./(vendor/[^"]+)"', source)
    assert imported
    assert (STATIC / imported.group(1)).is_file()


def test_every_icon_that_is_drawn_is_in_the_sprite() -> None:
    drawn = {
        (name, path.name)
        for path in HOUSE.rglob("*.html")
        for name in re.findall(r"""\{% icon ["']([\w-]+)["']""", path.read_text())
    }
    items = [*RAIL._items, *SETTINGS._items, *PERSONAL._items]
    drawn |= {(item.icon, str(item.label)) for item in items}
    drawn |= {(command.icon, command.name) for command in commands}
    drawn |= {(name, kind) for kind, name in CHANNEL_ICONS.items()}
    for path in (STATIC / "web").glob("*.js"):
        drawn |= {(name, path.name) for name in re.findall(r'\bicon\("([\w-]+)"', path.read_text())}

    assert {(name, where) for name, where in drawn if name not in SPRITE} == set()


def test_the_lock_file_has_no_addresses_of_downloads() -> None:
    if not (ROOT / "package-lock.json").exists():
        return  # an installed package has no tools
    lock = (ROOT / "package-lock.json").read_text()
    assert '"resolved"' not in lock
    assert "omit-lockfile-registry-resolved=true" in (ROOT / ".npmrc").read_text()


def test_style_sheets_stay_readable() -> None:
    for path in (STATIC / "web").glob("*.css"):
        assert len(path.read_text().splitlines()) <= 900, path.name
