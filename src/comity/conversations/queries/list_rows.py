"""What a row of the list shows, as a plain value."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from comity.conversations.models import Conversation, Priority, Status


@dataclass(frozen=True, kw_only=True)
class ListRow:
    """All that a row of the list shows, and nothing else: rows that are equal look the same."""

    pk: int
    contact: str
    subject: str
    status: str
    status_name: str
    priority: str
    snoozed_until: datetime | None
    channel: str
    preview: str
    preview_direction: str
    last_activity_at: datetime
    is_unread: bool
    assignee: str
    assignee_hue: int | None
    tags: tuple[tuple[str, int], ...]
    writing: str

    @property
    def reference(self) -> str:
        """How people call the conversation: "#1042"."""
        return f"#{self.pk}"

    @property
    def status_label(self) -> str:
        """The organisation's own name of the status, or the category's."""
        return self.status_name or str(Status(self.status).label)

    @property
    def priority_label(self) -> str:
        """The priority in words."""
        return str(Priority(self.priority).label)


def list_row(row: Conversation) -> ListRow:
    """Return what the list shows of a conversation that has what `with_row_facts` adds."""
    about: Any = row
    return ListRow(
        pk=row.pk,
        contact=row.contact.name,
        subject=row.subject,
        status=row.status,
        status_name=row.status_name.name if row.status_name else "",
        priority=row.priority,
        snoozed_until=row.snoozed_until,
        channel=row.channel,
        preview=row.preview,
        preview_direction=row.preview_direction,
        last_activity_at=row.last_activity_at,
        is_unread=about.is_unread,
        assignee=row.assignee.name if row.assignee else "",
        assignee_hue=row.assignee.hue if row.assignee else None,
        tags=tuple((name, hue) for _key, name, hue in sorted(about.shown_tags or ())),
        writing=about.writing or "",
    )
