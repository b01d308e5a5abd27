"""Backups: one archive of everything that the organisation has, made while the program runs, and the way back."""


def run(arguments: list[str]) -> int:
    """Run `comity backup`; returns the exit code."""
    from .commands import backup  # what asks for an upgrade's backup needs no command line

    return backup(arguments)
