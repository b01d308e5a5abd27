"""The connection test of an inbox: step by step, in plain words."""

import imaplib
import smtplib
import socket
from collections.abc import Iterator

from django.utils.translation import gettext as _
from imap_tools.errors import ImapToolsError

from comity.channels.contract import Finding
from comity.core.certificates import certificate_of

from .mailbox import Mailbox, explain_imap
from .servers import Server, explain
from .smtp_client import SmtpClient


def check_mailbox(mailbox: Mailbox) -> Iterator[Finding]:
    """Try the mailbox: name, connection, sign-in, folder. Ends at the first step that fails."""
    server = mailbox.server
    what = _("Mailbox server %(host)s") % {"host": server.host}
    if not _is_known(server):
        yield Finding(what, False, _("There is no server named %(host)s. Check the spelling.") % {"host": server.host})
        return
    step = what
    try:
        box = mailbox.connect()
        yield Finding(what, True, _("It answers on port %(port)s.") % {"port": server.port})
        if certificate := certificate_of(box.client.sock, server.host):
            yield certificate
        try:
            step = _("Sign-in as %(name)s") % {"name": server.username}
            mailbox.sign_in(box)
            yield Finding(step, True)
            step = _("Folder “%(folder)s”") % {"folder": mailbox.folder}
            box.folder.set(mailbox.folder, readonly=True)
            waiting = int((box.client.response("EXISTS")[1] or [b"0"])[-1] or 0)
            yield Finding(step, True, _("%(count)s messages are in it.") % {"count": waiting})
        finally:
            box.client.shutdown()
    except (OSError, imaplib.IMAP4.error, ImapToolsError, ValueError) as problem:
        yield Finding(step, False, explain_imap(problem, server, mailbox.folder))


def check_sending(client: SmtpClient, sender: str) -> Iterator[Finding]:
    """Try the outgoing server: name, connection, sign-in, whether it lets us send from the address."""
    server = client.server
    what = _("Outgoing mail server %(host)s") % {"host": server.host}
    if not _is_known(server):
        yield Finding(what, False, _("There is no server named %(host)s. Check the spelling.") % {"host": server.host})
        return
    try:
        smtp = client.open()
    except smtplib.SMTPAuthenticationError as problem:
        yield Finding(what, True, _("It answers on port %(port)s.") % {"port": server.port})
        yield Finding(_("Sign-in as %(name)s") % {"name": server.username}, False, explain(problem, server))
        return
    except (OSError, smtplib.SMTPException, ValueError) as problem:
        yield Finding(what, False, explain(problem, server))
        return
    try:
        yield Finding(what, True, _("It answers on port %(port)s.") % {"port": server.port})
        if certificate := certificate_of(smtp.sock, server.host):
            yield certificate
        if server.username:
            yield Finding(_("Sign-in as %(name)s") % {"name": server.username}, True)
        yield _try_sender(smtp, server, sender)
    finally:
        smtp.close()


def _try_sender(smtp: smtplib.SMTP, server: Server, sender: str) -> Finding:
    what = _("Sending as %(sender)s") % {"sender": sender}
    try:
        code, answer = smtp.mail(sender)
        if code >= 400:
            raise smtplib.SMTPSenderRefused(code, answer, sender)
        smtp.rset()
    except (OSError, smtplib.SMTPException) as problem:
        return Finding(what, False, explain(problem, server))
    return Finding(what, True)


def _is_known(server: Server) -> bool:
    try:
        socket.getaddrinfo(server.host, server.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return False
    return True
