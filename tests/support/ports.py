"""Free ports on loopback, and waiting until something answers on one."""

import contextlib
import socket
import time
from collections.abc import Callable


def free(count: int = 1) -> list[int]:
    """Return ports that nobody uses now."""
    sockets = [socket.socket() for _ in range(count)]
    with contextlib.ExitStack() as stack:
        for each in sockets:
            stack.enter_context(each)
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


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
