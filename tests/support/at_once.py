"""Several things that happen at the same moment, each with a connection of its own."""

import threading
from collections.abc import Callable

from django.db import connection, connections


def at_once(*jobs: Callable[[], object], times: int = 1) -> None:
    """Run jobs in threads that begin together; what one raises comes out."""
    every = [job for job in jobs for _ in range(times)]
    gate, problems = threading.Barrier(len(every)), []

    def run(job: Callable[[], object]) -> None:
        gate.wait()
        try:
            job()
        except Exception as problem:
            problems.append(problem)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[job]) for job in every]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    connection.close()
    assert problems == []
