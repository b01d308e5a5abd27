"""E-mail as a channel: one address, its mailbox and its outgoing server."""

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from comity.accounts.options import SystemMailOptions, load
from comity.channels.contract import (
    Capabilities,
    ConnectorKind,
    Context,
    Door,
    Finding,
    InboxFacts,
    Incoming,
    Outgoing,
    RawRequest,
    Receipt,
    Rejected,
    Reply,
    Unauthorised,
)
from comity.channels.references import message_id
from comity.channels.registry import register

from .check import check_mailbox, check_sending
from .compose import compose, in_ascii
from .mailbox import Mailbox
from .options import EmailOptions
from .parse import parse
from .receiver import receive
from .servers import Server
from .smtp_client import Letter, SmtpClient

CAPABILITIES = Capabilities(
    kind="email",
    identity_kind="email",
    html=True,
    attachments=True,
    attachment_bytes=25 * 1024 * 1024,
    subject=True,
    cc=True,
)


@dataclass(frozen=True)
class EmailConnector:
    """One inbox with an address of its own. mailbox and own_server are None where they are not set up."""

    capabilities = CAPABILITIES
    facts: InboxFacts
    mailbox: Mailbox | None
    own_server: Server | None
    ca_file: str = ""
    plus: str = "+"
    trusted_servers: tuple[str, ...] = ()

    @cached_property
    def outgoing(self) -> Server | None:
        """The server that mail leaves by; where the inbox has none, the organisation's. Reading needs neither."""
        return self.own_server or _system_server(self.ca_file)

    def verify(self, request: RawRequest) -> None:
        """Mail does not come as web requests."""
        raise Unauthorised(_("An e-mail inbox takes no web requests."))

    def handshake(self, request: RawRequest) -> Reply | None:
        """There is none."""
        return None

    def parse(self, raw: bytes, context: Context) -> Iterable[Incoming]:
        """Return the message in a mail, and news about ours."""
        return parse(raw, context)

    def external_id_for(self, outgoing: Outgoing) -> str:
        """Return our Message-ID for this message, the same at every attempt."""
        domain = in_ascii(outgoing.sender.address).rpartition("@")[2]
        return message_id(outgoing.conversation_id, outgoing.message_id, domain)

    def send(self, outgoing: Outgoing) -> Receipt:
        """Hand a mail to the outgoing server. Raises Retry, Rejected, Unauthorised or Unknown."""
        if self.facts.is_demo:
            raise Rejected(_("This is a demonstration inbox. It never sends outside."))
        if self.outgoing is None:
            raise Rejected(_("No outgoing mail server is set. Enter one in the inbox or as system mail."))
        if not outgoing.recipients:
            raise Rejected(_("This message has no recipient."))
        mail = compose(outgoing, plus=self.plus)
        letter = Letter(
            sender=in_ascii(outgoing.sender.address),
            recipients=tuple(in_ascii(recipient.address) for recipient in outgoing.recipients),
            content=mail.content,
            needs_utf8=mail.needs_utf8,
            envelope_id=outgoing.external_id.strip("<>"),
            before_body=outgoing.before_body,
        )
        receipt = SmtpClient(self.outgoing).send(letter)
        asked = {in_ascii(recipient.address): recipient.address for recipient in outgoing.recipients}
        refused = {asked.get(address, address): reason for address, reason in receipt.refused.items()}
        return Receipt(external_id=outgoing.external_id, refused=refused)

    def listen(self, door: Door, stop: threading.Event) -> None:
        """Listen to the mailbox until told to stop."""
        if self.mailbox is None:
            stop.wait()
        else:
            self.mailbox.listen(door, stop)

    def check(self) -> list[Finding]:
        """Try everything that is set up, and say what is missing."""
        findings = list(check_mailbox(self.mailbox)) if self.mailbox else [_only_receiver(self.facts.address)]
        if self.facts.is_demo:
            return [*findings, Finding(_("Sending"), True, _("A demonstration inbox never sends outside."))]
        if self.outgoing is None:
            return [*findings, Finding(_("Sending"), False, _("No outgoing mail server is set."))]
        return [*findings, *check_sending(SmtpClient(self.outgoing), self.facts.address)]


def build(facts: InboxFacts, options: EmailOptions) -> EmailConnector:
    """Return the connector of an inbox."""
    return EmailConnector(
        facts=facts,
        mailbox=_mailbox(options) if listens(options) else None,
        own_server=_own_server(options),
        ca_file=options.ca_file,
        plus="" if options.plus_addressing == "none" else options.plus_addressing,
        trusted_servers=tuple(options.trusted_servers),
    )


def listens(options: EmailOptions) -> bool:
    """Is there a mailbox to listen to?"""
    return bool(options.imap_host)


def _mailbox(options: EmailOptions) -> Mailbox:
    server = Server(
        host=options.imap_host,
        port=options.imap_port,
        security=options.imap_security,
        username=options.imap_username,
        password=options.imap_password,
        ca_file=options.ca_file,
    )
    return Mailbox(
        server=server,
        folder=options.imap_folder or "INBOX",
        first_days=options.first_days,
        delete_after=options.delete_after,
    )


def _own_server(options: EmailOptions) -> Server | None:
    if not options.smtp_host:
        return None
    return Server(
        host=options.smtp_host,
        port=options.smtp_port,
        security=options.smtp_security,
        username=options.smtp_username,
        password=options.smtp_password,
        ca_file=options.ca_file,
    )


def _system_server(ca_file: str) -> Server | None:
    system = load(SystemMailOptions)
    if not system.host:
        return None
    return Server(
        host=system.host,
        port=system.port,
        security=system.security,
        username=system.username,
        password=system.password,
        ca_file=ca_file or system.ca_file,
    )


def _only_receiver(address: str) -> Finding:
    words = _("No mailbox is set up. Mail for %(address)s comes in only through the built-in receiver.")
    return Finding(_("Receiving"), True, words % {"address": address})


register(
    ConnectorKind(
        kind="email",
        label=gettext_lazy("E-mail"),  # type: ignore[arg-type]  # words in the reader's language
        icon="mail",
        settings=EmailOptions,
        build=build,
        capabilities=CAPABILITIES,
        listens=listens,
        receiver=receive,
    )
)
