"""Runs parts until Ctrl-C or SIGTERM, and ends them in time."""

import gc
import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Sequence
from types import FrameType

from .parts import Part

log = logging.getLogger("comity.cli")
COLLECT_AFTER = 10_000, 20, 20  # objects, and rounds of the two older generations
LONGEST_SEND, LONGEST = 13.0, 3.5  # seconds to finish: a message that is being handed over, and anything else


class Program:
    """Starts parts in order and stops them all at once."""

    def __init__(self, parts: Sequence[Part], say: Callable[[str], None]) -> None:
        self._parts = parts
        self._say = say
        self._asked = threading.Event()

    def run(self, when_ready: Callable[[], None]) -> int:
        """Run until somebody asks to stop; returns the exit code."""
        signal.signal(signal.SIGINT, self._ask)
        signal.signal(signal.SIGTERM, self._ask)
        started: list[Part] = []
        code = 0
        try:
            for part in self._parts:
                if not self._asked.is_set():
                    started.append(part)
                    part.start()
            if not self._asked.is_set():
                when_ready()
                _spare_what_stays()
            code = self._wait()
        finally:
            self._stop(started)
        return code

    def _wait(self) -> int:
        while not self._asked.wait(0.5):
            for part in self._parts:
                if not getattr(part, "is_alive", lambda: True)():
                    log.error("%s ended by itself; stopping.", type(part).__name__)
                    return 1
        return 0

    def _ask(self, number: int, frame: FrameType | None) -> None:
        if self._asked.is_set():
            os._exit(130)
        self._asked.set()

    def _stop(self, parts: Sequence[Part]) -> None:
        self._say("Stopping …")
        ending = [threading.Thread(target=self._end, args=(part,), daemon=True) for part in parts]
        for thread in ending:
            thread.start()
        until = time.monotonic() + LONGEST_SEND + 1
        for thread in ending:
            thread.join(max(0.1, until - time.monotonic()))

    def _end(self, part: Part) -> None:
        try:
            part.stop(LONGEST_SEND if getattr(part, "sends", False) else LONGEST)
        except Exception:
            log.exception("%s did not stop cleanly.", type(part).__name__)


def _spare_what_stays() -> None:
    """What is loaded by now stays: going through all of it again for each thousand new objects costs every page."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)
