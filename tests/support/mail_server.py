"""A real mail server: Postfix and Dovecot from Debian's packages, with folders and ports of their own.

`mailbox()` makes mailboxes in `shop.test` and `customers.test`, others there are refused; mail to `bounces.test` is
taken and then bounced. Nothing ever leaves the machine.
"""

import contextlib
import imaplib
import os
import shutil
import smtplib
import subprocess
import tempfile
import time
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from tests.support import certificates, ports
from tests.support.mail_config import dovecot_conf, postfix_main, postfix_master

PASSWORD = "four-wooden-ducks"
MAIL_USER = "mail"


class MailServer:
    """A running mail server. `smtp_port` takes mail from anybody, the others want the mailbox's password."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="comity-mail-"))
        self.folder.chmod(0o755)
        self.host = "localhost"
        self.password = PASSWORD
        self.smtp_port, self.submission_port, self.imap_port, self.imaps_port, self._refusing = ports.free(5)
        self.ca_file = certificates.make(self.folder / "tls")
        self._dovecot: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start both and wait until they answer."""
        for name in ("postfix", "queue", "lib", "mail", "run"):
            (self.folder / name).mkdir()
        shutil.chown(self.folder / "lib", "postfix")
        shutil.chown(self.folder / "mail", MAIL_USER, MAIL_USER)
        self._write("postfix/main.cf", postfix_main(self.folder, self._refusing))
        self._write("postfix/master.cf", postfix_master(self.smtp_port, self.submission_port, self._refusing))
        self._write("dovecot.conf", dovecot_conf(self.folder, PASSWORD, self.imap_port, self.imaps_port))
        self._write("mailboxes", "")
        self._index()
        self._postfix("start")
        command = ["dovecot", "-F", "-c", str(self.folder / "dovecot.conf")]
        self._dovecot = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for port in (self.smtp_port, self.submission_port, self.imap_port):
            ports.wait_for(port, what=self.log)

    def stop(self) -> None:
        """End both and remove their folder."""
        if self._dovecot:
            self._dovecot.terminate()
            self._dovecot.wait(60)
        self._postfix("abort")
        shutil.rmtree(self.folder, ignore_errors=True)

    def mailbox(self, address: str) -> "Mailbox":
        """Return the mailbox of an address; it is made when it is new."""
        mailboxes = self.folder / "mailboxes"
        line = f"{address} {address}/\n"
        if line not in mailboxes.read_text():
            mailboxes.write_text(mailboxes.read_text() + line)
            self._index()
        return Mailbox(self, address)

    def stop_smtp(self) -> None:
        """Take no more mail, as when a server is being restarted."""
        self._postfix("abort")

    def start_smtp(self) -> None:
        """Take mail again."""
        self._postfix("start")
        ports.wait_for(self.smtp_port, what=self.log)

    def log(self) -> str:
        """What the server has written down, for looking into a failure."""
        texts = [path.read_text(errors="replace") for path in self.folder.glob("*.log")]
        return "\n".join(texts)[-8000:]

    def _write(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text)

    def _index(self) -> None:
        configuration = ["-c", str(self.folder / "postfix")]
        subprocess.run(["postmap", *configuration, f"hash:{self.folder}/mailboxes"], check=True)

    def _postfix(self, what: str) -> None:
        command = ["postfix", "-c", str(self.folder / "postfix"), what]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        if done.returncode and what == "start":
            raise RuntimeError(f"Postfix does not start: {done.stdout}{done.stderr}\n{self.log()}")


class Mailbox:
    """Somebody's mailbox, and what they do with their mail program."""

    def __init__(self, server: MailServer, address: str) -> None:
        self.server, self.address = server, address

    def send(self, message: EmailMessage | bytes, *, to: list[str] | None = None) -> None:
        """Send as this person; what is in it is left as it is."""
        with smtplib.SMTP("127.0.0.1", self.server.smtp_port, timeout=20) as smtp:
            raw = message if isinstance(message, bytes) else message.as_bytes(policy=policy.SMTP)
            recipients = to or _recipients(message_from_bytes(raw))
            smtp.sendmail(self.address, recipients, raw)

    def write(self, *, to: str, subject: str, text: str, **headers: str) -> EmailMessage:
        """Send a plain message; header names are written with underscores. Returns it."""
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = self.address, to, subject
        message["Message-ID"] = f"<{time.time_ns()}@{self.address.split('@')[1]}>"
        for name, value in headers.items():
            message[name.replace("_", "-")] = value
        message.set_content(text)
        self.send(message)
        return message

    def messages(self, folder: str = "INBOX") -> list[EmailMessage]:
        """Return everything in a folder, oldest first."""
        with self._imap() as imap:
            if imap.select(folder, readonly=True)[0] != "OK":
                return []
            numbers = imap.search(None, "ALL")[1][0].split()
            raw = [imap.fetch(number.decode(), "(BODY.PEEK[])")[1][0][1] for number in numbers]  # type: ignore[index]
        return [message_from_bytes(each, policy=policy.default) for each in raw]  # type: ignore[arg-type]

    def wait_for(self, count: int = 1, *, timeout: float = 90, folder: str = "INBOX") -> list[EmailMessage]:
        """Wait until that many messages lie in a folder, and return all of them."""
        until = time.monotonic() + timeout
        while len(found := self.messages(folder)) < count:
            if time.monotonic() > until:
                raise AssertionError(f"{self.address}: {len(found)} of {count} messages.\n{self.server.log()}")
            time.sleep(0.1)
        return found

    def put(self, message: EmailMessage | bytes, folder: str = "INBOX", flags: str = "") -> None:
        """Lay a message into a folder directly, without sending."""
        raw = message if isinstance(message, bytes) else message.as_bytes(policy=policy.SMTP)
        with self._imap() as imap:
            imap.append(folder, flags, imaplib.Time2Internaldate(time.time()), raw)

    @contextlib.contextmanager
    def _imap(self) -> Iterator[imaplib.IMAP4]:
        with imaplib.IMAP4("127.0.0.1", self.server.imap_port, timeout=20) as imap:
            imap.login(self.address, PASSWORD)
            yield imap


@pytest.fixture(scope="session")
def mail_server() -> Iterator[MailServer]:
    """A running Postfix and Dovecot for the whole session; take fresh addresses in each test."""
    missing = [program for program in ("postfix", "dovecot") if not shutil.which(program, path=_path())]
    if missing:
        pytest.fail(f"{' and '.join(missing)} is not installed. Remedy: apt-get install postfix dovecot-imapd")
    if os.geteuid() != 0:
        pytest.skip("Postfix can only be started by root.")
    server = MailServer()
    server.start()
    yield server
    server.stop()


def _path() -> str:
    return os.environ.get("PATH", "") + ":/usr/sbin"


def _recipients(message: object) -> list[str]:
    from email.utils import getaddresses

    fields = [str(value) for name in ("To", "Cc", "Bcc") for value in message.get_all(name, [])]  # type: ignore[attr-defined]
    return [address for _, address in getaddresses(fields) if address]
