"""How fast this machine is now, so that a limit of time means the same on a busy one."""

import time

BURN = 0.01  # seconds of the processor
TIMES = 8


def slowness() -> float:
    """How many times longer work takes now than on a machine that does nothing else; at least 1."""
    began, taken = time.perf_counter(), 0.0
    for _ in range(TIMES):
        until = time.thread_time() + BURN
        while (now := time.thread_time()) < until:
            pass
        taken += BURN + now - until
    return max(1.0, (time.perf_counter() - began) / taken)
