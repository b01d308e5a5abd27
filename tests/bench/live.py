"""`bench/live`: how soon open pages hear of a commit, and what people feel while many pages are open and mail comes."""

import argparse
import subprocess
import sys

from tests.bench import streams, workspaces

DATABASES = ("SQLite", "PostgreSQL")


def main() -> int:
    """Measure both halves."""
    parser = argparse.ArgumentParser("bench/live", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="of which the median is told (5)")
    parser.add_argument("--quick", action="store_true", help="few streams and pages, once: does it work at all?")
    parser.add_argument("--only", choices=["streams", "workspaces"], default="", help="one half")
    parser.add_argument("--on", nargs="+", choices=DATABASES, default=list(DATABASES), help="which databases")
    options = parser.parse_args()
    if options.only != "workspaces":
        streams.measure(options)
    if options.only != "streams":
        workspaces.measure(options)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (AssertionError, subprocess.SubprocessError) as problem:
        sys.exit(f"bench/live: {problem}")
