"""`comity restore`: a backup becomes a data folder again."""

from .backup.commands import restore


def run(arguments: list[str]) -> int:
    """Run the command; returns the exit code."""
    return restore(arguments)
