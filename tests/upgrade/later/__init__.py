"""A room of a later version, for the tests of upgrades."""
