"""A process that has loaded the program for one data folder, and forks for each piece of code that it is given.

Loading takes a second of the processor, a fork next to nothing; and each piece begins as afresh as a program.
"""

import gc
import json
import os
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

HOUSE = Path(__file__).parents[2]


class Loaded:
    """Such a process, as its owner sees it. It ends with its owner, or by `close()`."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._turn = threading.Lock()
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__],
            env={**environment, "DJANGO_SETTINGS_MODULE": "comity.settings"},
            cwd=HOUSE,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, code: str) -> tuple[int, str, str]:
        """Run a piece of code; returns its exit code, what it printed, and what it complained about."""
        with self._turn:
            assert self._process.stdin and self._process.stdout
            try:
                self._process.stdin.write(json.dumps(code) + "\n")
                self._process.stdin.flush()
                line = self._process.stdout.readline()
            except BrokenPipeError:
                line = ""
            if not line:  # the program could not be loaded
                wrong = self._process.communicate()[1]
                return self._process.returncode, "", wrong
            status, said, wrong = json.loads(line)
            return int(status), said, wrong

    def is_over(self) -> bool:
        """Did it end, because the program could not be loaded?"""
        return self._process.poll() is not None

    def close(self) -> None:
        """End it."""
        self._process.kill()
        self._process.communicate()


def serve() -> None:
    """Fork for each line that comes in, and answer with a line."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    for line in sys.stdin:
        print(json.dumps(_forked(json.loads(line))), file=answers, flush=True)


def _forked(code: str) -> tuple[int, str, str]:
    """Run it in a child; a mistake ends the child as it would end any program: with a traceback and 1."""
    with tempfile.TemporaryFile("w+") as said, tempfile.TemporaryFile("w+") as wrong:
        child = os.fork()
        if not child:
            with open(os.devnull) as nothing:
                for number, file in enumerate((nothing, said, wrong)):
                    os.dup2(file.fileno(), number)
            exec(compile(code, "<code>", "exec"), {"__name__": "__main__"})
            sys.stdout.flush()
            os._exit(0)  # taking everything apart would cost more than all that went before
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        for file in (said, wrong):
            file.seek(0)
        return status, said.read(), wrong.read()


if __name__ == "__main__":
    import django

    gc.disable()  # there is no garbage yet
    django.setup()
    gc.enable()
    gc.freeze()  # else the collector of each child would copy all of it
    serve()
