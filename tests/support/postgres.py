"""A PostgreSQL of our own, from Debian's packages, in a temporary folder and on a socket there.

`python -m tests.support.postgres COMMAND…` runs a command with `COMITY_DATABASE_URL` set to a new one.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

OPTIONS = ["max_connections=200", "shared_buffers=64MB"]
QUICK = ["fsync=off", "full_page_writes=off"]


class Server:
    """A running PostgreSQL. `new_database()` gives the address of an empty one. A durable one waits for the disk.

    `at` is an address of this machine where it serves its network, too, on that port.
    """

    def __init__(self, *, durable: bool = False, at: str = "", port: int = 5432) -> None:
        self.at, self.port = at, port
        self.folder = Path(tempfile.mkdtemp(prefix="comity-postgres-"))
        self.bin = _programs()
        self._as_owner = _as_postgres(self.folder)
        data = self.folder / "data"
        self._run("initdb", "-D", data, "-U", "comity", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        with (data / "pg_hba.conf").open("a") as admitted:
            admitted.write("host all all samenet trust\n")
        wanted = [*OPTIONS, f"listen_addresses={at}", f"port={port}", *([] if durable else QUICK)]
        options = [word for option in [*wanted, f"unix_socket_directories={self.folder}"] for word in ("-c", option)]
        # Lets go of our output, so that whoever reads it to the end isn't kept waiting by the server.
        self._run("pg_ctl", "-D", data, "-w", "-l", self.folder / "log", "-o", " ".join(options), "start")

    def new_database(self, name: str = "", *, template: str = "template1") -> str:
        """Make a database, empty or like another; return its address, as `COMITY_DATABASE_URL` wants it."""
        name = name or f"test_{uuid.uuid4().hex[:12]}"
        self._run("createdb", "-h", self.folder, "-p", str(self.port), "-U", "comity", "-T", template, name)
        return self.address(name)

    def address(self, name: str) -> str:
        """Return the address of a database of this server."""
        return f"postgresql://comity@localhost:{self.port}/{name}?host={quote(str(self.folder), safe='/')}"

    def tcp_address(self, name: str) -> str:
        """Return the address of a database for whoever reaches this server over the network."""
        return f"postgresql://comity@{self.at}:{self.port}/{name}"

    def restart(self) -> None:
        """End it at once, as a power cut does, and start it again."""
        self._run("pg_ctl", "-D", self.folder / "data", "-m", "immediate", "-w", "-l", self.folder / "log", "restart")

    def stop(self) -> None:
        """End it at once and remove its folder."""
        try:
            self._run("pg_ctl", "-D", self.folder / "data", "-m", "immediate", "-w", "stop")
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)

    def _run(self, program: str, *arguments: str | Path) -> None:
        command = [*self._as_owner, str(self.bin / program), *map(str, arguments)]
        log = self.folder / "commands.log"
        with log.open("a") as output:
            done = subprocess.run(command, cwd="/", stdin=subprocess.DEVNULL, stdout=output, stderr=output, check=False)
        if done.returncode:
            server = self.folder / "log"
            more = server.read_text()[-2000:] if server.exists() else ""
            raise RuntimeError(f"{program} failed:\n{log.read_text()[-2000:]}\n{more}")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A PostgreSQL server for this session: `postgres.new_database()` gives an address."""
    server = Server()
    yield server
    server.stop()


def _programs() -> Path:
    """The folder of the newest PostgreSQL of Debian."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[-3]))
    if not found:
        raise RuntimeError("PostgreSQL is not installed. Remedy: apt-get install postgresql")
    return found[-1].parent


def _as_postgres(folder: Path) -> list[str]:
    """PostgreSQL refuses to run as root: then it runs as the user that its package made."""
    if os.geteuid() != 0:
        return []
    shutil.chown(folder, "postgres")
    folder.chmod(0o755)
    return ["runuser", "-u", "postgres", "--"]


def main() -> int:
    """Run a command with a PostgreSQL of its own."""
    server = Server()
    try:
        url = server.new_database("comity")
        return subprocess.run(sys.argv[1:], env={**os.environ, "COMITY_DATABASE_URL": url}, check=False).returncode
    finally:
        server.stop()


if __name__ == "__main__":
    sys.exit(main())
