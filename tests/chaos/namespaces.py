"""A network for a test: machines with addresses of their own, and a switch whose links can be pulled.

The test itself moves in beside the switch, so that the servers and customers that it starts are met by the machines.
"""

import ctypes
import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest

MIDDLE = "10.91.0.1"
NEW_NETWORK = 0x40000000  # CLONE_NEWNET of setns(2)


class Network:
    """Namespaces of the kernel, joined by a bridge in the middle one."""

    def __init__(self) -> None:
        self._made: list[str] = []
        self._middle = self._make("middle")
        ip("-n", self._middle, "link", "add", "switch", "type", "bridge")
        ip("-n", self._middle, "address", "add", f"{MIDDLE}/24", "dev", "switch")
        ip("-n", self._middle, "link", "set", "switch", "up")

    def add(self, name: str, address: str) -> list[str]:
        """Add a machine; returns what stands before a command that is to run on it."""
        machine = self._make(name)
        ends = ["peer", "name", "wire", "netns", machine]
        ip("link", "add", name, "netns", self._middle, "type", "veth", *ends)
        ip("-n", machine, "address", "add", f"{address}/24", "dev", "wire")
        ip("-n", machine, "link", "set", "wire", "up")
        ip("-n", self._middle, "link", "set", name, "master", "switch", "up")
        return ["ip", "netns", "exec", machine]

    def pull(self, name: str) -> None:
        """Cut a machine off. Nobody is told: what is on its way is lost without a word."""
        ip("-n", self._middle, "link", "set", name, "down")

    def plug_in(self, name: str) -> None:
        """Join it again."""
        ip("-n", self._middle, "link", "set", name, "up")

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Be in the middle: this thread, and the threads and processes that it starts."""
        own = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
        middle = os.open(f"/run/netns/{self._middle}", os.O_RDONLY)
        try:
            _move(middle)
            yield
        finally:
            _move(own)
            os.close(own)
            os.close(middle)

    def remove(self) -> None:
        """Leave nothing behind. Whatever ran there must have ended."""
        for name in reversed(self._made):
            ip("netns", "delete", name)

    def _make(self, name: str) -> str:
        full = f"comity-{os.getpid()}-{name}"
        ip("netns", "add", full)
        self._made.append(full)
        ip("-n", full, "link", "set", "lo", "up")
        return full


@pytest.fixture(scope="module")
def network() -> Iterator[Network]:
    """An empty network, where this computer lets us make one."""
    if reason := _not_allowed():
        pytest.skip(f"Network namespaces can't be made here: {reason}")
    network = Network()
    try:
        with network.entered():
            yield network
    finally:
        network.remove()


def ip(*arguments: str) -> None:
    """Run `ip`. Raises RuntimeError with its words."""
    done = _run(arguments)
    if done.returncode:
        raise RuntimeError(f"ip {' '.join(arguments)}: {done.stderr.strip()}")


def _not_allowed() -> str:
    name = f"comity-{os.getpid()}-try"
    try:
        done = _run(["netns", "add", name])
        if done.returncode == 0:
            done = _run(["-n", name, "link", "add", "one", "type", "veth", "peer", "name", "other"])
            _run(["netns", "delete", name])
    except FileNotFoundError:
        return "the program “ip” is missing. Remedy: apt-get install iproute2"
    return done.stderr.strip()


def _run(arguments: Sequence[str]) -> "subprocess.CompletedProcess[str]":
    path = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"
    return subprocess.run(["ip", *arguments], env={"PATH": path}, capture_output=True, text=True, check=False)


def _move(namespace: int) -> None:
    if ctypes.CDLL(None, use_errno=True).setns(namespace, NEW_NETWORK):
        raise OSError(ctypes.get_errno(), "setns")
