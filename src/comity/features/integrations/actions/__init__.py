"""Everything that can be done to webhooks and their deliveries. Their state changes nowhere else."""

from .deliveries import arrange, note, plan, replay, sweep, test
from .webhooks import change, create, delete, rotate, switch_off, switch_on

__all__ = [
    "arrange",
    "change",
    "create",
    "delete",
    "note",
    "plan",
    "replay",
    "rotate",
    "sweep",
    "switch_off",
    "switch_on",
    "test",
]
