"""Speaks to the system mail server, and says in plain words what is wrong with it."""

import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.utils import formatdate
from typing import Protocol

from django.utils.translation import gettext as _

from comity.core.certificates import certificate_of
from comity.core.crypto import token
from comity.core.health import Finding

SECONDS = 15
# What OpenSSL calls the reasons for which it does not trust a certificate.
EXPIRED, UNKNOWN_AUTHORITY, OTHER_NAME = 10, (18, 19, 20, 21), (62, 64)


class Server(Protocol):
    """Where the mail server is and how to sign in there."""

    @property
    def host(self) -> str: ...

    @property
    def port(self) -> int: ...

    @property
    def security(self) -> str: ...  # none, starttls or tls

    @property
    def username(self) -> str: ...

    @property
    def password(self) -> str: ...

    @property
    def sender(self) -> str: ...

    @property
    def ca_file(self) -> str: ...  # of an authority of one's own; "" trusts those that the computer knows


class MailProblem(Exception):
    """The mail could not be handed over; the message says why, in words for an administrator."""


class SystemMailClient:
    """One mail server, one connection for each mail."""

    def __init__(self, server: Server) -> None:
        self.server = server

    def send(self, *, to: str, subject: str, text: str, key: str) -> None:
        """Hand a mail over. The same key gives the same Message-ID, so that a repeat can be recognised.

        Raises MailProblem.
        """
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = self.server.sender, to, subject
        domain = self.server.sender.rpartition("@")[2] or "localhost"
        message["Message-ID"] = f"<{key}.{token('system mail', key)}@{domain}>"
        message["Date"] = formatdate(localtime=False)
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(text)
        with self._connection() as smtp:
            smtp.send_message(message)

    def check(self) -> Finding | None:
        """Connect, sign in and offer the sender's address, without sending. Raises MailProblem.

        Returns for how long the server's certificate is valid, where it has one.
        """
        with self._connection() as smtp:
            code, answer = smtp.mail(self.server.sender)
            if code >= 400:
                raise smtplib.SMTPSenderRefused(code, answer, self.server.sender)
            smtp.rset()
            return certificate_of(smtp.sock, self.server.host)

    @contextmanager
    def _connection(self) -> Iterator[smtplib.SMTP]:
        server = self.server
        if not server.host:
            raise MailProblem(_("No outgoing mail server is set."))
        if "@" not in server.sender:
            raise MailProblem(_("Enter the address that the mails come from."))
        context = self._trusting()
        try:
            with self._opened(context) as smtp:
                if server.security == "starttls":
                    smtp.starttls(context=context)
                smtp.ehlo_or_helo_if_needed()
                if server.username:
                    smtp.login(server.username, server.password)
                yield smtp
        except (OSError, smtplib.SMTPException) as problem:
            raise MailProblem(explain(problem, host=server.host, port=server.port)) from problem

    def _trusting(self) -> ssl.SSLContext:
        context = ssl.create_default_context()
        if file := self.server.ca_file:
            try:
                context.load_verify_locations(file)
            except OSError as problem:  # also what is no certificate
                raise MailProblem(_("The certificate file %(file)s can’t be read.") % {"file": file}) from problem
        return context

    def _opened(self, context: ssl.SSLContext) -> smtplib.SMTP:
        if self.server.security == "tls":
            return smtplib.SMTP_SSL(self.server.host, self.server.port, timeout=SECONDS, context=context)
        return smtplib.SMTP(self.server.host, self.server.port, timeout=SECONDS)


def explain(problem: Exception, *, host: str, port: int, tls_port: int = 465) -> str:
    """Say what a failure of the connection means and what to do about it. tls_port is usual for TLS from the start."""
    place = {"host": host, "port": port, "tls_port": tls_port}
    if isinstance(problem, socket.gaierror):
        return _("There is no server named %(host)s. Check the spelling.") % place
    if isinstance(problem, ConnectionRefusedError):
        return _("%(host)s is there, but nothing answers on port %(port)s. Check the port.") % place
    if isinstance(problem, TimeoutError):
        return (
            _("%(host)s did not answer on port %(port)s. A firewall may be in between, or the port is wrong.") % place
        )
    if isinstance(problem, ssl.SSLCertVerificationError):
        return _untrusted(problem) % {"reason": problem.verify_message, **place}
    if isinstance(problem, ssl.SSLError):
        return _("%(host)s does not speak TLS on port %(port)s. Try STARTTLS, or port %(tls_port)s.") % place
    if isinstance(problem, smtplib.SMTPNotSupportedError):
        return _("%(host)s does not offer this on port %(port)s: %(answer)s") % {"answer": str(problem), **place}
    if isinstance(problem, smtplib.SMTPAuthenticationError):
        return _("%(host)s refused the user name or the password.") % place
    if isinstance(problem, smtplib.SMTPRecipientsRefused):
        answers = "; ".join(_answer(answer) for _code, answer in problem.recipients.values())
        return _("%(host)s refused the recipient: %(answer)s") % {"answer": answers, **place}
    if isinstance(problem, smtplib.SMTPSenderRefused):
        words = _("%(host)s does not let this account send from that address: %(answer)s")
        return words % {"answer": _answer(problem.smtp_error), **place}
    if isinstance(problem, smtplib.SMTPServerDisconnected):
        return _("%(host)s closed the connection. Port %(port)s may expect TLS from the start.") % place
    return _("%(host)s answered: %(answer)s") % {"answer": str(problem), **place}


def _untrusted(problem: ssl.SSLCertVerificationError) -> str:
    if problem.verify_code == EXPIRED:
        return _("The certificate of %(host)s can’t be trusted: it has expired. Whoever runs the server must renew it.")
    if problem.verify_code in OTHER_NAME:
        return _(
            "The certificate of %(host)s can’t be trusted: it was made for another name. "
            "Enter the server’s name as its provider writes it."
        )
    if problem.verify_code in UNKNOWN_AUTHORITY:
        return _(
            "The certificate of %(host)s can’t be trusted: no authority that this computer knows vouches for it. "
            "If your organisation makes its own, fill in “File of your own certificate authority” beside this server."
        )
    return _("The certificate of %(host)s can’t be trusted: %(reason)s.")


def _answer(answer: bytes | str) -> str:
    return answer.decode(errors="replace") if isinstance(answer, bytes) else answer
