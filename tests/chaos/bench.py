"""`bench/chaos`: many kills of the running program under load, and a table of what became of everything."""

import argparse
import os
import random
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

DATABASES = ("sqlite", "postgresql")


def main() -> int:
    """Run the rounds on each database; the exit code says whether everything held."""
    parser = argparse.ArgumentParser("bench/chaos", description=__doc__)
    parser.add_argument("--rounds", type=int, default=50, help="kills on each database (50)")
    parser.add_argument("--on", choices=DATABASES, help="one database only")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6), help="the moments of the kills again")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="comity-chaos-"))
    folder.chmod(0o755)
    os.environ["COMITY_CLOCK_FILE"] = str(folder / "clock")
    try:
        wanted = [options.on] if options.on else list(DATABASES)
        held = [_on(database, folder / database, options.rounds, options.seed) for database in wanted]
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 0 if all(held) else 1


def _on(database: str, folder: Path, rounds: int, seed: int) -> bool:
    """Run the rounds on one database; True when everything held."""
    folder.mkdir()
    if database == "sqlite":
        return _rounds(database, folder, "", rounds, seed)
    from tests.support.postgres import Server

    server = Server()
    try:
        return _rounds(database, folder, server.new_database(), rounds, seed)
    finally:
        server.stop()


def _rounds(database: str, folder: Path, url: str, rounds: int, seed: int) -> bool:
    from comity.core import clock
    from tests.chaos.house import a_house
    from tests.chaos.rounds import run
    from tests.chaos.sink import Sink
    from tests.support.live import LiveComity

    clock.shift(0)
    say: Callable[[str], None] = lambda text: print(text, flush=True)  # noqa: E731
    say(f"\n{database}, seed {seed}\n\nround seconds  mails replies")
    live = LiveComity(folder, database_url=url).start(timeout=120)
    chance = random.Random(seed)
    with a_house(live, Sink(slow=0.15, chance=random.Random(seed))) as house:
        result = run(house, rounds=rounds, chance=chance, say=say)
    lines = {
        "kills": result.rounds,
        "mails answered 250": result.accepted,
        "mails stored": result.stored,
        "deliveries repeated and known again": result.repeated,
        "replies confirmed to the agent": result.confirmed,
        "replies sent": result.replies["sent"],
        "replies unknown": result.replies["unknown"],
        "replies failed": result.replies["failed"],
        "replies sent twice by us": result.doubles,
        "unknown ones sent again by a person": result.again,
        "events": result.events,
        "seconds": round(result.seconds),
        "wrong": len(result.problems),
    }
    say("\n" + "\n".join(f"{name:<38}{value:>8}" for name, value in lines.items()))
    for problem in result.problems[:20]:
        say(f"- {problem}")
    return not result.problems


if __name__ == "__main__":
    sys.exit(main())
