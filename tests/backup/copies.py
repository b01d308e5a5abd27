"""A data folder to back up, and the command that does it."""

import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

from tests.support.live import LiveComity

EARLIER = Path(__file__).parents[1] / "upgrade" / "folder.tar.xz"
WORD = "four wooden ducks"


def an_earlier_folder(folder: Path) -> LiveComity:
    """Unpack the small data folder that an earlier version made; returns a program on it that does not run."""
    live = LiveComity(folder)
    live.data.mkdir(parents=True)
    with tarfile.open(EARLIER) as tar:
        tar.extractall(live.data, filter="data")
    return live


def run(
    live: LiveComity, *arguments: str | Path, given: bytes = b"", **variables: str
) -> "subprocess.CompletedProcess[bytes]":
    """Run the command on a program's data, with further variables."""
    command = [sys.executable, "-m", "comity", *map(str, arguments)]
    environment = {**live.environment, **variables}
    return subprocess.run(
        command, env=environment, cwd=live.folder, input=given, capture_output=True, timeout=240, check=False
    )


def backup(live: LiveComity, to: Path, *arguments: str, **variables: Any) -> str:
    """Make a backup; returns what was said."""
    done = run(live, "backup", to, *arguments, **variables)
    assert done.returncode == 0, done.stderr.decode()
    return done.stderr.decode()


def restore(backup: Path, to: LiveComity, *arguments: str, **variables: Any) -> str:
    """Restore it; returns what was said."""
    done = run(to, "restore", backup, *arguments, **variables)
    assert done.returncode == 0, done.stderr.decode()
    return done.stderr.decode()


def refused(backup: Path, to: LiveComity, *arguments: str, **variables: Any) -> str:
    """Try to restore it; returns the one sentence."""
    done = run(to, "restore", backup, *arguments, **variables)
    said = done.stderr.decode()
    assert done.returncode == 1, said
    assert "Traceback" not in said
    return said.strip().splitlines()[-1]
