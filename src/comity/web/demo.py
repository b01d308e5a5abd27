"""What the tour remembered goes with the demonstration."""

from comity.accounts.actions import demo as settings
from comity.core import demo
from comity.core.demo import Demo


def fill(part: Demo) -> None:
    """Nothing: the tour is there as long as the demonstration is."""


def remove(part: Demo) -> None:
    """Forget who has seen the tour."""
    settings.forget_group(name="tour")


demo.register("web", demo.Part(order=80, fill=fill, remove=remove))
