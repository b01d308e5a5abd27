"""A real Dovecot on a free port of this machine, with its mail in a folder of the test."""

import imaplib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from comity.connectors.email.tests.peers import certificate
from tests.support import ports

PROGRAM = shutil.which("dovecot") or "/usr/sbin/dovecot"

CONF = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
info_log_path = {folder}/dovecot.log
protocols = imap
listen = 127.0.0.1
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
ssl = yes
ssl_cert = <{cert}
ssl_key = <{key}
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_failure_delay = 0
mail_location = maildir:{folder}/mail/%u
mail_uid = {user}
mail_gid = {group}
first_valid_uid = 0
first_valid_gid = 0
mail_plugins =
imap_capability = {capability}
passdb {{
  driver = static
  args = password=secret
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={folder}/mail/%u
}}
namespace inbox {{
  inbox = yes
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  unix_listener stats-writer {{
    mode = 0666
  }}
}}
"""


@dataclass
class Dovecot:
    """A running server. Every name is a user whose password is “secret”."""

    folder: Path
    port: int
    tls_port: int
    ca_file: Path
    process: subprocess.Popen[bytes]

    def add(self, raw: bytes, user: str = "maya", folder: str = "INBOX", flags: str = "") -> None:
        """Put a mail into a mailbox, as a server that takes mail does."""
        with self.client(user) as client:
            client.append(folder, flags, None, raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))

    def client(self, user: str = "maya") -> imaplib.IMAP4:
        """Return a connection that is signed in."""
        client = imaplib.IMAP4("127.0.0.1", self.port, timeout=60)
        client.login(user, "secret")
        return client

    def flags(self, user: str = "maya") -> list[bytes]:
        """Return the flags of every mail in the inbox."""
        with self.client(user) as client:
            client.select("INBOX", readonly=True)
            return [line for line in client.fetch("1:*", "(FLAGS)")[1] if line]

    def end_at_once(self) -> None:
        """End the server with all its connections, as a power cut does."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        for pid in [self.process.pid, *map(int, children)]:
            os.kill(pid, signal.SIGKILL)

    def count_anew(self, user: str = "maya") -> None:
        """Give the inbox another UIDVALIDITY, as a server does after a restore."""
        for path in (self.folder / "mail" / user).glob("dovecot*"):
            path.unlink()
        names = self.folder / "mail" / user / "dovecot-uidlist"
        names.write_text(f"3 V{int(time.time()) + 1000} N1 Gd41d8cd98f00b204e9800998ecf8427e\n")
        shutil.chown(names, *_user())


@contextmanager
def running(*, capability: str = "") -> Iterator[Dovecot]:
    """Run a Dovecot; `capability` replaces what it says that it can do."""
    if not Path(PROGRAM).exists():
        pytest.skip("Dovecot is not installed.")
    # Not in pytest's folder, which is closed to the user under whom mail is kept.
    with tempfile.TemporaryDirectory(prefix="dovecot-") as folder:
        os.chmod(folder, 0o755)
        with _started(Path(folder), capability) as server:
            yield server


@contextmanager
def _started(folder: Path, capability: str) -> Iterator[Dovecot]:
    user, group = _user()
    cert, key = certificate(folder, "localhost", "127.0.0.1")
    for name in ("run", "state", "mail"):
        (folder / name).mkdir()
        shutil.chown(folder / name, user, group)
    port, tls_port = ports.free(2)
    values = {"user": user, "group": group, "cert": cert, "key": key, "port": port, "tls_port": tls_port}
    (folder / "dovecot.conf").write_text(CONF.format(folder=folder, capability=capability, **values))
    process = subprocess.Popen([PROGRAM, "-F", "-c", str(folder / "dovecot.conf")], stderr=subprocess.DEVNULL)
    log = folder / "dovecot.log"
    try:
        ports.wait_for(port, what=lambda: log.read_text() if log.exists() else "Dovecot did not start.")
        yield Dovecot(folder, port, tls_port, cert, process)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def _user() -> tuple[str, str]:
    name = "nobody" if os.getuid() == 0 else pwd.getpwuid(os.getuid()).pw_name
    return name, "nogroup" if os.getuid() == 0 else str(os.getgid())
