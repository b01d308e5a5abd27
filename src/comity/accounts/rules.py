"""What the organisation's sign-in policy asks of somebody."""

from . import queries
from .models import Agent
from .options import ADMINISTRATORS, NOBODY, SignInPolicy


def lacks_second_factor(agent: Agent, policy: SignInPolicy) -> bool:
    """Must this person set up a second factor before they go on?"""
    if policy.two_factors_for == NOBODY:
        return False
    if policy.two_factors_for == ADMINISTRATORS and not agent.role.is_administrator:
        return False
    return not queries.has_second_factor(agent)
