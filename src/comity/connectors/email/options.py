"""The settings of an e-mail inbox."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from comity.accounts.options import option, options_group

from .servers import NONE, STARTTLS, TLS

_SECURITY = {
    TLS: _("TLS: encrypted from the start"),
    STARTTLS: _("STARTTLS: begins in the clear, then encrypted"),
    NONE: _("None: only for a server on this computer or network"),
}


@options_group(
    "email",
    label=_("E-mail"),
    help=_("How mail comes in and how answers leave."),
    levels=("inbox",),
    permission="settings.manage",
)
@dataclass(frozen=True, kw_only=True)
class EmailOptions:
    """How mail comes in and how answers leave."""

    imap_host: str = option(
        "",
        label=_("Mailbox server (IMAP)"),
        help=_("Such as imap.example.org. Empty: mail comes through the built-in receiver only."),
    )
    imap_port: int = option(
        993, label=_("Port of the mailbox server"), help=_("Usually 993 for TLS, 143 for STARTTLS."), min=1, max=65535
    )
    imap_security: str = option(TLS, label=_("Protection of the connection to the mailbox"), choices=_SECURITY)
    imap_username: str = option("", label=_("User name of the mailbox"), help=_("Often the whole address."))
    imap_password: str = option("", label=_("Password of the mailbox"), secret=True, goes_to="imap_host")
    imap_folder: str = option("INBOX", label=_("Folder"))
    first_days: int = option(
        1,
        label=_("Days to look back at the first connection"),
        help=_("Older mail stays where it is and does not become conversations."),
        min=0,
        max=3650,
    )
    delete_after: bool = option(
        False,
        label=_("Delete mail from the mailbox once it is stored here"),
        help=_("Otherwise nothing in the mailbox is changed."),
    )
    smtp_host: str = option(
        "",
        label=_("Outgoing mail server (SMTP)"),
        help=_("Such as smtp.example.org. Empty: answers leave through the system mail server."),
    )
    smtp_port: int = option(
        587, label=_("Port of the outgoing server"), help=_("Usually 587 for STARTTLS, 465 for TLS."), min=1, max=65535
    )
    smtp_security: str = option(
        STARTTLS, label=_("Protection of the connection to the outgoing server"), choices=_SECURITY
    )
    smtp_username: str = option("", label=_("User name for sending"), help=_("Empty when the server asks for none."))
    smtp_password: str = option("", label=_("Password for sending"), secret=True, goes_to="smtp_host")
    ca_file: str = option(
        "",
        label=_("File of your own certificate authority"),
        help=_("Only when your mail servers use certificates that you made yourself: a PEM file on this computer."),
    )
    plus_addressing: str = option(
        "+",
        label=_("Replies find their conversation by"),
        help=_("A signed word in the address to which customers answer. Your mail server must deliver such addresses."),
        choices={
            "+": _("support+word@… (most servers)"),
            "-": _("support-word@… (some servers)"),
            "none": _("No word in the address"),
        },
    )
    trusted_servers: list[str] = option(
        [],
        label=_("Mail servers whose sender checks count"),
        help=_(
            "The name that your own server writes first into “Authentication-Results”. Other servers are not believed."
        ),
    )
