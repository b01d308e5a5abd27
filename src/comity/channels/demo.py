"""What arrived for the demonstration's inboxes goes with them."""

from comity.core import demo
from comity.core.demo import Demo

from . import actions


def fill(part: Demo) -> None:
    """Nothing: each connector brings what arrived by it."""


def remove(part: Demo) -> None:
    """Remove the stored bytes of what arrived."""
    for kind, ids in actions.forget_arrivals(inboxes=part.of_kind("inbox")).items():
        part.lose(kind, ids)


demo.register("channels", demo.Part(order=40, fill=fill, remove=remove))
