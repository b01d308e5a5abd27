"""What crosses rooms: browser, mail, chaos, architecture, and the fixtures for everybody in `support`."""
