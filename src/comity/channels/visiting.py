"""What higher rooms bring to the places where customers come by themselves, such as the chat, as a port."""

from dataclasses import dataclass
from typing import Any, Protocol

from comity.core.ports import Port


@dataclass(frozen=True)
class Visit:
    """Who is there: by which inbox, as which contact once they wrote, and whether it is proven that they are it."""

    inbox_id: int
    contact_id: int | None
    is_proven: bool


class HomeSlot(Protocol):
    """Brings cards for the first page: help, orders, offers."""

    def cards(self, visit: Visit) -> list[dict[str, Any]]:
        """Return cards, each with its `kind`; nothing personal unless the visit is proven."""


SLOTS: Port[HomeSlot] = Port("home slots")
