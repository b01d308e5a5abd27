"""Several things that happen at the same moment, each in a thread and with a connection of its own."""

import threading
from collections.abc import Callable

from django.db import connection, connections

from comity.core.refusals import Refusal


def at_once(*jobs: Callable[[], object], times: int = 1) -> list[str]:
    """Run jobs that begin together, each so many times; return the codes of refusals. All else raised comes out."""
    every = [job for job in jobs for _ in range(times)]
    gate, refused, problems = threading.Barrier(len(every)), list[str](), list[Exception]()

    def run(job: Callable[[], object]) -> None:
        gate.wait(60)
        try:
            job()
        except Refusal as refusal:
            refused.append(refusal.code)
        except Exception as problem:
            problems.append(problem)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[job]) for job in every]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    connection.close()
    assert problems == []
    return refused
