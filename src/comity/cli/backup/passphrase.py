"""The passphrase of an encrypted backup: from a file, from a variable, or asked for."""

import getpass
import os
import sys
from pathlib import Path

from comity.core.refusals import Refusal

VARIABLE = "COMITY_BACKUP_PASSPHRASE"
SHORTEST = 10
NOBODY_TO_ASK = (
    "A passphrase is needed and nobody is there to ask. Name a file that holds it with --passphrase-file, "
    f"or set {VARIABLE}."
)


def for_writing(file: Path | None) -> str:
    """Return the passphrase to encrypt with; who is asked says it twice. Raises Refusal for a short one."""
    given = _given(file)
    if given is None:
        given = _ask("Passphrase for this backup: ")
        if given != _ask("The same again: "):
            raise Refusal("The two passphrases differ. Nothing was written.")
    if len(given) < SHORTEST:
        raise Refusal(f"The passphrase is too short: use at least {SHORTEST} characters, better five words.")
    return given


def for_reading(file: Path | None) -> str:
    """Return the passphrase to decrypt with."""
    given = _given(file)
    return _ask("Passphrase of this backup: ") if given is None else given


def _given(file: Path | None) -> str | None:
    if file is not None:
        lines = file.read_text().splitlines()
        return lines[0] if lines else ""
    return os.environ.get(VARIABLE) or None


def _ask(question: str) -> str:
    if not sys.stderr.isatty():
        raise Refusal(NOBODY_TO_ASK)
    try:
        return getpass.getpass(question)
    except EOFError:
        raise Refusal(NOBODY_TO_ASK) from None
