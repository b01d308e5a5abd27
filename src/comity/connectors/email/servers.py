"""Where a mail server is, how to sign in there, and what its failures mean in plain words."""

import imaplib
import smtplib
import ssl
from dataclasses import dataclass

from django.utils.translation import gettext as _

from comity.accounts.client import explain as explain_smtp

TLS, STARTTLS, NONE = "tls", "starttls", "none"


@dataclass(frozen=True, kw_only=True)
class Server:
    """One mail server with an account on it. ca_file names a certificate authority of one's own."""

    host: str
    port: int
    security: str = TLS
    username: str = ""
    password: str = ""
    ca_file: str = ""


def tls_context(server: Server) -> ssl.SSLContext:
    """Return a context that checks certificates. Raises OSError when the CA file can't be read."""
    context = ssl.create_default_context()
    if server.ca_file:
        context.load_verify_locations(server.ca_file)
    return context


def explain(problem: BaseException, server: Server, *, tls_port: int = 465) -> str:
    """Say what a failure means and what to do about it. tls_port is usual for TLS from the start."""
    place = {"host": server.host, "port": server.port}
    if isinstance(problem, smtplib.SMTPServerDisconnected) and isinstance(problem.__context__, TimeoutError):
        problem = problem.__context__  # the library calls a time-out a closed connection
    if isinstance(problem, FileNotFoundError | IsADirectoryError):
        return _("The certificate file %(file)s can’t be read.") % {"file": server.ca_file}
    if isinstance(problem, imaplib.IMAP4.error) and not isinstance(problem, imaplib.IMAP4.abort):
        return _("%(host)s answered: %(answer)s") % {"answer": _words(problem), **place}
    if isinstance(problem, imaplib.IMAP4.abort | EOFError | BrokenPipeError | ConnectionResetError):
        return _("%(host)s closed the connection.") % place
    if isinstance(problem, smtplib.SMTPResponseException) and not isinstance(
        problem, smtplib.SMTPAuthenticationError | smtplib.SMTPSenderRefused
    ):
        return _("%(host)s answered: %(answer)s") % {"answer": said(problem.smtp_code, problem.smtp_error), **place}
    known = problem if isinstance(problem, Exception) else Exception(str(problem))
    return explain_smtp(known, host=server.host, port=server.port, tls_port=tls_port)


def said(code: int, answer: bytes | str) -> str:
    """Return what a server answered, in one line."""
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return " ".join(f"{code} {text}".split())[:400]


def _words(problem: BaseException) -> str:
    value = problem.args[0] if problem.args else ""
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
    return " ".join(text.split())[:300]
