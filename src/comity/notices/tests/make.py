"""Builders for notices."""

from itertools import count

from comity.accounts.models import Agent
from comity.core.actor import system
from comity.events.testing import forget
from comity.notices import actions
from comity.notices.models import Notice

BY = system("test")
_events = count(1_000_000)


def a_notice(agent: Agent, *, subject: str = "conversation:1", url: str = "/notices", **values: object) -> Notice:
    """Something that an agent was told."""
    told = {"kind": "mention", "title": "Somebody mentioned you", "because_of": next(_events), "by": BY} | values
    notice = actions.tell(agent_id=agent.pk, subject=subject, url=url, **told)
    assert notice is not None
    forget()
    return notice
