"""Ports on loopback for one process of tests alone, and waiting until something answers on one."""

import contextlib
import fcntl
import os
import socket
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

# Below those that the kernel gives to whoever asks for any: a program that stops and starts again finds its port free.
FIRST = 12_000
LAST = min(32_767, int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0]) - 1)
_kept: list[int] = []  # the file of what is taken, by all processes of tests on this machine
_ours: set[int] = set()


def free(count: int = 1) -> list[int]:
    """Return ports that nobody uses, and that no other process of tests is given while this one lives."""
    found: list[int] = []
    for port in _from_somewhere():
        if len(found) == count:
            return found
        if port not in _ours and _take(port):
            found.append(port)
    raise AssertionError("All ports are taken.")


def _from_somewhere() -> Iterator[int]:
    """All ports, from one on that few other processes begin with."""
    began = os.getpid() * 64 % (LAST - FIRST)
    for number in range(LAST - FIRST):
        yield FIRST + (began + number) % (LAST - FIRST)


def _take(port: int) -> bool:
    """Lock the port's byte of a file that all share, which the kernel lets go when this process ends."""
    if not _kept:
        _kept.append(os.open(Path(tempfile.gettempdir()) / f"comity-ports-{os.getuid()}", os.O_RDWR | os.O_CREAT))
    with contextlib.suppress(OSError), socket.socket() as tried:
        fcntl.lockf(_kept[0], fcntl.LOCK_EX | fcntl.LOCK_NB, 1, port)
        _ours.add(port)  # also when a stranger has it: then it is not tried again
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # past connections do no harm
        tried.bind(("127.0.0.1", port))
        return True
    return False


def wait_for(port: int, *, what: Callable[[], str], timeout: float = 60) -> None:
    """Wait until somebody listens there; `what` explains a failure."""
    until = time.monotonic() + timeout
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            if time.monotonic() > until:
                raise AssertionError(f"Nothing answers on port {port}.\n{what()}") from None
            time.sleep(0.05)
