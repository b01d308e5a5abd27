"""The organisation and its people: agents, teams, roles, skills, presence, brands, settings, flags, sign-in."""
