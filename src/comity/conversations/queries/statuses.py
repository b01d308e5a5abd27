"""The statuses with the organisation's own names."""

from comity.conversations.models import Status, StatusName


def statuses_with_names() -> list[tuple[str, list[StatusName]]]:
    """Return each category in words with the names on top of it, in one query."""
    names = list(StatusName.objects.all())
    return [
        (str(status.label), [name for name in names if name.category == status])
        for status in Status
        if status != Status.SNOOZED
    ]
