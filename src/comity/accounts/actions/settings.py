"""Choosing settings."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from comity.accounts.models import SettingRow
from comity.accounts.registry import Group, checked, kept_for_another
from comity.core.actor import Actor
from comity.core.crypto import seal
from comity.core.refusals import Refusal, Stale
from comity.events.log import record

SUBJECTS = {"organisation": "organisation:1", "brand": "brand:{}", "inbox": "inbox:{}", "person": "agent:{}"}


@transaction.atomic
def save(
    *, group: Group, level: tuple[str, int], values: dict[str, Any], by: Actor, version: int | None = None
) -> SettingRow:
    """Keep what was chosen at a level; None forgets a choice, so that the level above holds again.

    Names that are left out stay as they are. Raises Stale when `version` is not the newest, Refusal for a wrong value.
    """
    kind, number = level
    if kind not in group.levels:
        raise Refusal(_("These settings can’t be chosen here."))
    row, _made = SettingRow.objects.select_for_update().get_or_create(
        group=group.name, level=kind, level_id=number, defaults={"version": 0}
    )
    if version is not None and version != row.version:
        raise Stale(_("Somebody else changed these settings meanwhile. Look at theirs, then change yours again."))
    if secret := kept_for_another(group, row.values, row.secrets, values):
        words = _("“%(label)s”: type it again, since it would go to another server than before.")
        raise Refusal(words % {"label": secret.label}, status=422)
    changed = [name for name, value in values.items() if _choose(row, group, name, value)]
    if changed or row.version == 0:
        row.version += 1
        row.save(update_fields=["values", "secrets", "version"])
    if changed:
        record(
            "settings.changed",
            subject=SUBJECTS[kind].format(number),
            by=by,
            group=group.name,
            level=kind,
            level_id=number,
            changed=sorted(changed),
        )
    return row


def _choose(row: SettingRow, group: Group, name: str, value: Any) -> bool:
    option = group.option(name)
    place = row.secrets if option.secret else row.values
    before = place.get(name)
    if value is None or (option.secret and value == ""):
        place.pop(name, None)
        return before is not None
    plain = checked(option, value)
    place[name] = seal(plain) if option.secret else plain
    return option.secret or before != plain
