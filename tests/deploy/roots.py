"""Fresh machines for a test: this one's files, or those of `COMITY_TEST_ROOT`, with everything new kept in memory.

A bare Debian for `COMITY_TEST_ROOT` is made with: debootstrap --variant=minbase bookworm FOLDER
"""

import os
import shlex
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

# Whoever needs these to reach the package index of this machine needs them inside, too.
PASSED_ON = ("PIP_", "SSL_", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy")
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class Root:
    """The files of one machine; programs see nothing else, but share the network and the processes of this one."""

    def __init__(self, roots: "Roots", name: str) -> None:
        self.roots, self.path = roots, roots.folder / name / "root"
        place = roots.folder / name
        layers = f"lowerdir={roots.below},upperdir={place}/new,workdir={place}/work"
        roots.inside(
            f"mkdir -p {place}/new {place}/work {self.path} && mount -t overlay overlay -o {layers} {self.path}"
            f" && mount -t proc proc {self.path}/proc && mount --rbind /dev {self.path}/dev"
            f" && mount -t tmpfs tmpfs {self.path}/tmp && chmod 1777 {self.path}/tmp"
        )

    def bring(self, source: Path, target: str) -> None:
        """Copy a file or folder of this machine, as Docker's COPY does; Python's own cache stays behind."""
        into = f"{self.path}{target}"
        if source.is_dir():
            take, put = f"tar -C {source} --exclude=__pycache__ -cf - .", f"tar -C {into} --no-same-owner -xf -"
            command = f"mkdir -p {into} && {take} | {put}"
        else:
            command = f"mkdir -p $(dirname {into}x) && cp {source} {into}"
        self.roots.inside(command)

    def take_over(self, other: "Root", source: str, target: str) -> None:
        """Copy a folder of another machine."""
        self.roots.inside(f"mkdir -p {self.path}{target} && cp -a {other.path}{source}/. {self.path}{target}/")

    def command(
        self,
        words: Sequence[str],
        *,
        user: str = "",
        cwd: str = "/",
        env: dict[str, str] | None = None,
        limits: Sequence[str] = (),
        first: str = "",
    ) -> list[str]:
        """Return what runs a command there. `limits` are options of setpriv; `first` is done before, still outside."""
        given = {"PATH": PATH, "HOME": "/root", "DEBIAN_FRONTEND": "noninteractive", **_passed_on(), **(env or {})}
        variables = [f"{name}={value}" for name, value in given.items()]
        own = ["setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups", *limits, "--"] if user else []
        inner = [*own, "env", "-i", *variables, "sh", "-c", f"cd {cwd} && exec {shlex.join(words)}"]
        script = f"{first}\nexec chroot {self.path} {shlex.join(inner)}"
        return ["nsenter", "--target", str(self.roots.keeper.pid), "--mount", "unshare", "--mount", "sh", "-ec", script]

    def run(self, words: Sequence[str], *, user: str = "", cwd: str = "/", env: dict[str, str] | None = None) -> str:
        """Run a command there and return what it says. Fails with its words."""
        done: subprocess.CompletedProcess[str] = subprocess.run(
            self.command(words, user=user, cwd=cwd, env=env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{shlex.join(words)}\n{done.stdout[-4000:]}"
        return done.stdout


class Roots:
    """A mount namespace in which roots are made; all of them are gone with it."""

    def __init__(self) -> None:
        self.below = os.environ.get("COMITY_TEST_ROOT", "/")
        self.folder = Path(tempfile.mkdtemp(prefix="comity-roots-"))
        script = f"mount -t tmpfs tmpfs {self.folder} && echo ready && exec sleep infinity"
        command = ["unshare", "--mount", "--propagation", "private", "sh", "-c", script]
        self.keeper = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        assert self.keeper.stdout
        self.said = self.keeper.stdout.readline().strip()

    def inside(self, script: str) -> None:
        """Run a script outside every root, but where they are seen."""
        command = ["nsenter", "--target", str(self.keeper.pid), "--mount", "sh", "-ec", script]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{script}: {done.stderr.strip()}")

    def close(self) -> None:
        """Let all of it go."""
        self.keeper.kill()
        self.keeper.wait()
        self.folder.rmdir()


@pytest.fixture(scope="module")
def roots() -> Iterator[Roots]:
    """Where fresh machines can be made, if this computer lets us."""
    roots = Roots()
    try:
        if roots.said != "ready":
            pytest.skip(f"A folder can't be made to look like a machine here: {roots.said}")
        yield roots
    finally:
        roots.close()


def _passed_on() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name.startswith(PASSED_ON)}
