"""People, teams, roles and settings over the API: the same actions and refusals as on the pages."""

from . import agents, brands, roles, settings, teams

__all__ = ["agents", "brands", "roles", "settings", "teams"]
