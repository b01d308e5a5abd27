"""Hands a mail to a server. What is certain is said; what is not is never tried again by itself.

Until the first byte of the message goes out, nothing can have arrived: a failure is Retry or Rejected. From then on
a connection that ends without an answer leaves it open whether the server took the message: Unknown.
"""

import smtplib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from comity.channels.contract import Receipt, Rejected, Retry, Unauthorised, Unknown

from .servers import STARTTLS, TLS, Server, explain, said, tls_context


@dataclass(frozen=True)
class Timeouts:
    """Seconds to wait: for the connection, for an answer, for the answer to the whole message."""

    connect: float = 20
    answer: float = 60
    message: float = 300


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A mail with its envelope. envelope_id comes back in reports about it."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes
    needs_utf8: bool = False
    envelope_id: str = ""
    before_body: Callable[[], None] = lambda: None


@dataclass
class SmtpClient:
    """Sends through one server, with one connection for each mail."""

    server: Server
    timeouts: Timeouts = field(default_factory=Timeouts)

    def send(self, letter: Letter) -> Receipt:
        """Hand a mail over. Raises Retry, Rejected, Unauthorised or Unknown."""
        with self._signed_in() as smtp:
            options = _options(smtp, letter)
            refused = self._envelope(smtp, letter, options)
            self._message(smtp, letter.content, letter.before_body)
            return Receipt(refused=refused)

    @contextmanager
    def _signed_in(self) -> Iterator[smtplib.SMTP]:
        try:
            smtp = self.open()
        except smtplib.SMTPAuthenticationError as problem:
            if 400 <= problem.smtp_code < 500:
                raise Retry(explain_answer(self.server, problem)) from problem
            raise Unauthorised(explain(problem, self.server)) from problem
        except (OSError, smtplib.SMTPException, ValueError) as problem:
            if isinstance(problem, smtplib.SMTPNotSupportedError):
                raise Rejected(explain(problem, self.server)) from problem
            raise Retry(explain(problem, self.server)) from problem
        try:
            yield smtp
            with suppress(OSError, smtplib.SMTPException):  # it has the message; how it says goodbye is all one
                smtp.sock.settimeout(2)  # type: ignore[union-attr]  # connected by now
                smtp.quit()
        finally:
            smtp.close()

    def open(self) -> smtplib.SMTP:
        """Connect, protect the connection and sign in. Raises what the library raises."""
        server, seconds = self.server, self.timeouts.connect
        smtp: smtplib.SMTP
        if server.security == TLS:
            smtp = smtplib.SMTP_SSL(server.host, server.port, timeout=seconds, context=tls_context(server))
        else:
            smtp = smtplib.SMTP(server.host, server.port, timeout=seconds)
        try:
            smtp.ehlo_or_helo_if_needed()
            if server.security == STARTTLS:
                smtp.starttls(context=tls_context(server))
                smtp.ehlo()
            if server.username:
                smtp.login(server.username, server.password)
            smtp.sock.settimeout(self.timeouts.answer)  # type: ignore[union-attr]  # connected by now
        except BaseException:
            smtp.close()
            raise
        return smtp

    def _envelope(self, smtp: smtplib.SMTP, letter: Letter, options: "_Options") -> dict[str, str]:
        """Name sender and recipients. Returns who was refused; raises when nobody is left."""
        try:
            code, answer = smtp.mail(letter.sender, options.mail)
            if code >= 400:
                raise _refusal(
                    code,
                    answer,
                    _("%(host)s does not let this account send from %(sender)s: %(answer)s"),
                    {"host": self.server.host, "sender": letter.sender},
                )
            refused: dict[str, str] = {}
            codes: list[int] = []
            for address in dict.fromkeys(letter.recipients):
                code, answer = smtp.rcpt(address, options.recipient)
                codes.append(code)
                if code >= 400:
                    refused[address] = said(code, answer)
                    if code == 421:
                        raise Retry(said(code, answer))
        except (OSError, smtplib.SMTPException) as problem:
            raise Retry(explain(problem, self.server)) from problem
        if len(refused) == len(codes):
            reasons = "; ".join(f"{address}: {reason}" for address, reason in refused.items())
            if any(code < 500 for code in codes):
                raise Retry(reasons)
            raise Rejected(_("No recipient was accepted. %(reasons)s") % {"reasons": reasons})
        return refused

    def _message(self, smtp: smtplib.SMTP, content: bytes, before_body: Callable[[], None]) -> None:
        try:
            code, answer = smtp.docmd("DATA")
        except (OSError, smtplib.SMTPException) as problem:
            raise Retry(explain(problem, self.server)) from problem
        if code != 354:
            raise _refusal(code, answer, "%(answer)s", {})
        before_body()
        try:
            assert smtp.sock is not None, "the server has just answered"
            smtp.sock.settimeout(self.timeouts.message)
            smtp.send(_with_dots(content))
            code, answer = smtp.getreply()
        except (OSError, smtplib.SMTPException) as problem:
            host = self.server.host
            raise Unknown(_("%(host)s did not confirm that it took the message.") % {"host": host}) from problem
        if code >= 400:
            raise _refusal(
                code, answer, _("%(host)s did not accept the message: %(answer)s"), {"host": self.server.host}
            )


@dataclass(frozen=True)
class _Options:
    mail: list[str]
    recipient: list[str]


def _options(smtp: smtplib.SMTP, letter: Letter) -> _Options:
    """Return the extensions to use. Raises Rejected when the addresses need one that the server lacks."""
    mail: list[str] = []
    recipient: list[str] = []
    if smtp.has_extn("size"):
        mail.append(f"SIZE={len(letter.content)}")
    if letter.needs_utf8:
        if not smtp.has_extn("smtputf8"):
            raise Rejected(
                _("An address has letters beyond ASCII before the @, and the outgoing mail server can’t send to such.")
            )
        smtp.command_encoding = "utf-8"
        mail.extend(["SMTPUTF8", "BODY=8BITMIME"])
    if smtp.has_extn("dsn") and letter.envelope_id:
        mail.extend(["RET=HDRS", f"ENVID={_xtext(letter.envelope_id)}"])
        recipient.append("NOTIFY=FAILURE,DELAY")
    return _Options(mail, recipient)


def _xtext(text: str) -> str:
    return "".join(letter if "!" <= letter <= "~" and letter not in "+=" else f"+{ord(letter):02X}" for letter in text)


def _with_dots(content: bytes) -> bytes:
    """Return the message as it travels: lines that begin with a dot get another, a lone dot ends it (RFC 5321)."""
    content = content if content.endswith(b"\r\n") else content + b"\r\n"
    if content.startswith(b"."):
        content = b"." + content
    return content.replace(b"\r\n.", b"\r\n..") + b".\r\n"


def _refusal(code: int, answer: bytes, words: str, values: dict[str, str]) -> Retry | Rejected:
    text = words % {**values, "answer": said(code, answer)}
    return Retry(text) if code < 500 else Rejected(text)


def explain_answer(server: Server, problem: smtplib.SMTPResponseException) -> str:
    """Return what the server answered, with its name."""
    return _("%(host)s answered: %(answer)s") % {
        "host": server.host,
        "answer": said(problem.smtp_code, problem.smtp_error),
    }
