"""`comity doctor`: looks at everything, says what is wrong and what to do. Changes nothing, runs at any time."""

import argparse
import json
import os
from collections.abc import Iterable, Sequence
from pathlib import Path

import django
from django.core.exceptions import ImproperlyConfigured

from comity import __version__
from comity.core.health import Finding, Group, look_at_everything

WHAT = "Look whether all is well, and say what is wrong and what to do about it."
MORE = """\
It may run while Comity runs and while it does not, and changes nothing. It tries the mail servers that are set up,
which takes a while where one does not answer.

exit code: 0 when all is well, 1 when there is something to do
"""


def run(arguments: Sequence[str]) -> int:
    """Look at everything and print it; returns the exit code."""
    options = _parser().parse_args(arguments)
    if options.data is not None:
        os.environ["COMITY_DATA"] = options.data
    folder = Path(os.environ.get("COMITY_DATA", "./data")).expanduser().resolve()
    groups = _missing(folder) or _all(folder)
    wrong = _as_json(groups) if options.json else _as_text(groups, problems_only=options.problems)
    return 1 if wrong else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "comity doctor",
        description=WHAT,
        epilog=MORE,
        allow_abbrev=False,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--data", metavar="DIR", help="the data folder (./data, or what COMITY_DATA names)")
    parser.add_argument("--json", action="store_true", help="print one JSON object, for programs")
    parser.add_argument("--problems", action="store_true", help="print only what is not well")
    return parser


def _missing(folder: Path) -> list[Group]:
    """Loading the settings makes a folder and a key where there is none, which a doctor must not do."""
    what = f"Data folder {folder}"
    try:
        if not folder.is_dir():
            remedy = "Name yours with --data or COMITY_DATA, or start Comity once with “comity up”: it makes one."
            return [_single(what, "There is none.", remedy)]
        has_key = bool(os.environ.get("COMITY_SECRET_KEY")) or (folder / "secret-key").exists()
    except OSError as error:
        return [_single(what, f"It can’t be read: {error.strerror}.", "Run this as the user under whom Comity runs.")]
    if not has_key and any(folder.iterdir()):
        remedy = "Bring the file secret-key back from a backup: without it stored passwords can’t be read any more."
        return [_single(what, "Its key is missing.", remedy)]
    if not has_key:
        return [_single(what, "It is empty.", "Start Comity once with “comity up”, or name another folder.")]
    return []


def _all(folder: Path) -> Iterable[Group]:
    try:
        django.setup()
    except PermissionError as error:
        remedy = "Run this as the user under whom Comity runs."
        return [_single(f"Data folder {folder}", f"{error.filename} can’t be read.", remedy)]
    except ImproperlyConfigured as error:
        return [_single("Configuration", str(error), "Correct the variable, then look again.")]
    return look_at_everything()


def _single(what: str, message: str, remedy: str) -> Group:
    return Group("start", "Start", (Finding(what, False, message, remedy),))


def _as_text(groups: Iterable[Group], *, problems_only: bool) -> int:
    wrong = 0
    for group in groups:
        shown = [finding for finding in group.findings if not (problems_only and finding.ok)]
        if shown:
            print(f"\n{group.label}")
        for finding in shown:
            print(f"  {'ok ' if finding.ok else 'NOT'} {finding.what}: {finding.message}".rstrip(": "), flush=True)
            if finding.remedy:
                print(f"      → {finding.remedy}", flush=True)
        wrong += sum(not finding.ok for finding in group.findings)
    print(f"\n{wrong} to do." if wrong else "\nAll is well.")
    return wrong


def _as_json(groups: Iterable[Group]) -> int:
    found = list(groups)
    wrong = sum(not finding.ok for group in found for finding in group.findings)
    answer = {
        "status": "problems" if wrong else "well",
        "version": __version__,
        "problems": wrong,
        "checks": [group.as_values() for group in found],
    }
    print(json.dumps(answer, ensure_ascii=False, indent=2))
    return wrong
