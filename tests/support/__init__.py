"""Fixtures for all rooms: the running program, browsers, a mail server, PostgreSQL, the clock."""
