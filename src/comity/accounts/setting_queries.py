"""What holds at a level: read from the nearest level that says something, up to the organisation."""

from typing import Any, TypeVar, cast

from comity.core.crypto import Unreadable, unseal_setting
from comity.core.rows import find_rows

from .models import SettingRow
from .registry import LEVELS, Group, group_of, shown

T = TypeVar("T")
Level = tuple[str, int]
ORGANISATION: Level = ("organisation", 0)


def load(cls: type[T], *, inbox: int | None = None, brand: int | None = None, person: int | None = None) -> T:
    """Return a group's settings as they hold for an inbox, a brand or a person, in one query."""
    above = {"brand": brand, "inbox": inbox, "person": person}
    levels = [ORGANISATION, *((kind, number) for kind, number in above.items() if number is not None)]
    group = group_of(cls)
    values: dict[str, Any] = {}
    for row in rows(group, levels):
        values |= _values(group, row)
    return cast(T, group.type(**values))


def typed(cls: type[T], stored: dict[str, Any]) -> T:
    """Return a group's settings from the values that one level stores; for groups without secrets."""
    options = group_of(cls).options
    return cls(**{each.name: shown(each, stored[each.name]) for each in options if each.name in stored})


def rows(group: Group, levels: list[Level]) -> list[SettingRow]:
    """Return what is stored at some levels, the organisation's first, the nearest last."""
    kinds, numbers = [level for level, _number in levels], [number for _level, number in levels]
    found = find_rows(SettingRow, group=group.name, level=kinds, level_id=numbers)
    found = [row for row in found if (row.level, row.level_id) in levels]
    return sorted(found, key=lambda row: LEVELS.index(row.level))


def value_at(group: Group, level: Level) -> tuple[dict[str, Any], set[str], int]:
    """Return what was chosen at exactly this level, the names of its secrets, and its version (0: nothing yet)."""
    found = rows(group, [level])
    if not found:
        return {}, set(), 0
    row = found[0]
    chosen = {each.name: shown(each, row.values[each.name]) for each in group.options if each.name in row.values}
    return chosen, set(row.secrets), row.version


def above(group: Group, level: Level, *, brand: int | None = None) -> Any:
    """Return what holds where this level says nothing."""
    if level == ORGANISATION:
        return group.type()
    return load(group.type, brand=brand if level[0] in ("inbox", "person") else None)


def _values(group: Group, row: SettingRow) -> dict[str, Any]:
    found = {each.name: shown(each, row.values[each.name]) for each in group.options if each.name in row.values}
    for each in group.options:
        if each.secret and each.name in row.secrets:
            found[each.name] = _unsealed(row.secrets[each.name])
    return found


def _unsealed(sealed: str) -> str:
    try:
        return unseal_setting(sealed)
    except Unreadable:
        return ""
