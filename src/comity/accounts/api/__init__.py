"""People, teams, roles and settings over the API: the same actions and refusals as on the pages."""

from . import agents, brands, hours, roles, settings, teams

__all__ = ["agents", "brands", "hours", "roles", "settings", "teams"]
