"""How a measurement is told: conditions, a table, and the file from which docs/performance.md is made."""

import json
import os
import platform
import sqlite3
import statistics
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import django

from comity import __version__
from tests.support.live import HOUSE

RESULTS = HOUSE / "bench" / "results"
TICKS = os.sysconf("SC_CLK_TCK")


def conditions(**more: Any) -> dict[str, Any]:
    """Return what the figures depend on beside the program."""
    return {
        "measured on": datetime.now(UTC).date().isoformat(),
        "comity": __version__,
        "python": platform.python_version(),
        "django": django.get_version(),
        "sqlite": sqlite3.sqlite_version,
        "cores": os.cpu_count(),
        "load before": round(os.getloadavg()[0], 1),
        **more,
    }


def median(values: Iterable[float]) -> float:
    """Return the middle of some figures."""
    return statistics.median(values)


def cpu_seconds(pid: int) -> float:
    """Return how much processor time a process has used, its own and the system's for it."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def tell(name: str, heads: Sequence[str], rows: Sequence[Sequence[Any]], about: dict[str, Any], *, keep: bool) -> None:
    """Print a table with its conditions; keep it for the docs when it is a full run."""
    about = {**about, "load after": round(os.getloadavg()[0], 1)}
    print("\n" + as_table(heads, rows) + "\n")
    print("; ".join(f"{key} {value}" for key, value in about.items()))
    sys.stdout.flush()
    if keep:
        RESULTS.mkdir(exist_ok=True)
        kept = {"heads": list(heads), "rows": [[str(cell) for cell in row] for row in rows], "conditions": about}
        (RESULTS / f"{name}.json").write_text(json.dumps(kept, indent=2, ensure_ascii=False) + "\n")


def as_table(heads: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """Return a table as Markdown that is also readable as it stands."""
    cells = [[str(cell) for cell in row] for row in [heads, *rows]]
    widths = [max(len(row[column]) for row in cells) for column in range(len(heads))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in cells
    ]
    return "\n".join([lines[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *lines[1:]])
