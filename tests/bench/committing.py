"""`comity` with one more thread, which commits on demand and says when: see `tests/bench/streams.py`.

Whoever connects to the socket `bench.sock` in the data folder and sends a line gets the moment of the commit back.
"""

import os
import socketserver
import sys
import threading
import time
from pathlib import Path

from comity.cli.main import main

NEWS = "bench.told"


class Commits(socketserver.StreamRequestHandler):
    """Commits one piece of news about each of the conversations that a line names."""

    def handle(self) -> None:
        """Answer each line with the moment in which its commit was done."""
        from django.db import connection  # not before `main` has read its options

        try:
            for line in self.rfile:
                self.wfile.write(f"{_commit(line.split())}\n".encode())
        finally:
            connection.close()


def _commit(numbers: list[bytes]) -> float:
    from django.db import transaction

    from comity.core.actor import system
    from comity.events.log import record

    moments: list[float] = []
    with transaction.atomic():
        transaction.on_commit(lambda: moments.append(time.monotonic()))
        for number in numbers:
            record(NEWS, subject=f"conversation:{int(number)}", by=system("bench"))
    return moments[0]


def _serve(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "bench.sock"
    path.unlink(missing_ok=True)
    server = socketserver.ThreadingUnixStreamServer(str(path), Commits)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()


if __name__ == "__main__":
    _serve(Path(os.environ["COMITY_DATA"]))
    sys.exit(main())
