"""The conversations of Larkmoor: some sixty written by hand, and six months of settled ones behind them."""

from comity.accounts.options import save
from comity.accounts.registry import group_of
from comity.conversations.models import Inbox
from comity.core import clock, demo
from comity.core.demo import Demo

from ..options import EmailOptions
from . import history, telling
from .letters import SERVER
from .stage import Stage


def fill(part: Demo) -> None:
    """Play everything that was ever written, in the order of time."""
    with clock.at(part.ago(days=demo.HISTORY.days + 17)):
        for inbox in Inbox.objects.filter(pk__in=part.of_kind("inbox")):
            values = {"trusted_servers": [SERVER]}
            save(group=group_of(EmailOptions), level=("inbox", inbox.pk), values=values, by=part.by)
    stage = Stage(part)
    history.plan(stage)
    telling.plan(stage)
    stage.play()


demo.register("e-mail", demo.Part(order=50, fill=fill))
