"""The service of systemd, installed on a fresh machine as docs/operators.md says, run as its user under its limits."""

import re
import shutil
import socket
import subprocess
import time
from pathlib import Path

import pytest

from tests.deploy.proxies import DEPLOY
from tests.deploy.roots import Root, Roots, roots
from tests.deploy.units import Unit
from tests.support import ports
from tests.support.live import HOUSE
from tests.support.postgres import Server

__all__ = ["roots"]
pytestmark = [pytest.mark.mail]  # with the other tests of the running program
UNITS = DEPLOY / "systemd"
DOCS = HOUSE / "docs" / "operators.md"
CLONE = ("LICENSE", "NOTICE", "README.md", "deploy", "pyproject.toml", "requirements", "src")
LOW = range(900, 1000)  # ports that only a privileged program may take


@pytest.fixture(scope="module")
def machine(roots: Roots) -> Root:
    machine = Root(roots, "machine")
    for name in CLONE:
        machine.bring(HOUSE / name, f"/clone/{name}")
    for line in commands_of("### As a service of systemd"):
        machine.run(["sh", "-ec", line], cwd="/clone")
    return machine


def commands_of(title: str) -> list[str]:
    """Return the first block of commands below a title of the documentation."""
    section = DOCS.read_text().split(f"\n{title}\n", 1)[1]
    block = re.search(r"(?:^    .+\n)+", section, re.MULTILINE)
    assert block
    return [line.strip() for line in block.group().splitlines()]


def test_units_are_what_systemd_understands(tmp_path: Path) -> None:
    shutil.copytree(UNITS, tmp_path, dirs_exist_ok=True)
    program = tmp_path / "comity"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    for unit in tmp_path.glob("*.service"):  # it looks whether the program is there
        unit.write_text(unit.read_text().replace("/opt/comity/bin/comity", str(program)))
    for name in ("comity.service", "comity@worker.service"):
        (tmp_path / "comity@worker.service").write_bytes((tmp_path / "comity@.service").read_bytes())
        assert systemd("verify", "--man=no", str(tmp_path / name)) == ""
        said = systemd(
            "security", "--offline=true", "--threshold=25", str(tmp_path / name)
        )  # of 100; 92 without limits
        assert "OK" in said.splitlines()[-1]


def test_service_runs_as_its_user_under_its_limits(machine: Root) -> None:
    unit = Unit(UNITS / "comity.service")
    (port,) = ports.free()
    low = free_low_port()
    process = start(unit.command(machine, COMITY_PORT=str(port), COMITY_SMTP_PORT=str(low)))
    try:
        said = wait_until_it_runs(process)
        ports.wait_for(port, what=lambda: "the service does not answer")
        ports.wait_for(low, what=lambda: "the receiver could not take a low port")
        status = Path(f"/proc/{process.pid}/status").read_text()
        assert re.search(r"^NoNewPrivs:\s+1$", status, re.MULTILINE)
        assert re.search(r"^CapEff:\s+0000000000000400$", status, re.MULTILINE)  # port 25, and nothing else
        process.terminate()
        said += process.communicate(timeout=int(unit.service["TimeoutStopSec"]))[0]
    finally:
        process.kill()
        process.wait()
    assert process.returncode == 0, said
    assert "Comity is running at https://help.example.org" in said
    assert "Traceback" not in said
    kept = machine.run(["find", unit.state, "-printf", "%u %m %y\n"]).splitlines()
    assert set(kept) <= {"comity 700 d", "comity 600 f"}
    assert machine.run(["find", "/opt/comity", "/etc/comity.env", "-user", "comity"]) == ""


def test_commands_are_called_as_its_user(machine: Root) -> None:
    section = DOCS.read_text().split("### As a service of systemd", 1)[1]
    line = next(line.strip() for line in section.splitlines() if "runuser" in line)
    said = machine.run(["sh", "-c", f"{line} --json || true"])
    assert '"checks"' in said


def test_parts_run_apart_on_postgresql(machine: Root) -> None:
    server = Server(at="127.0.0.1", port=ports.free()[0])
    processes = []
    try:
        server.new_database("apart")
        for part in ("web", "worker", "receive"):
            port, smtp_port = ports.free(2)
            given = {"COMITY_DATABASE_URL": server.tcp_address("apart"), "COMITY_SMTP_PORT": str(smtp_port)}
            unit = Unit(UNITS / "comity@.service", instance=part)
            processes.append(start(unit.command(machine, COMITY_PORT=str(port), **given)))
        for process in processes:
            wait_until_it_runs(process)
            process.terminate()
            assert process.wait(90) == 0
    finally:
        for process in processes:
            process.kill()
            process.wait()
        server.stop()


def systemd(*arguments: str) -> str:
    done = subprocess.run(["systemd-analyze", *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr
    return done.stdout + done.stderr


def start(command: list[str]) -> "subprocess.Popen[str]":
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def wait_until_it_runs(process: "subprocess.Popen[str]") -> str:
    assert process.stdout
    said = ""
    until = time.monotonic() + 150
    while "Ctrl-C stops it." not in said:
        line = process.stdout.readline()
        assert line and time.monotonic() < until, said
        said += line
    return said


def free_low_port() -> int:
    for port in LOW:
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)):
                return port
    raise AssertionError("every low port is in use")
