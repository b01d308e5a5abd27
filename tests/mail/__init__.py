"""The running program with a real mail server."""
