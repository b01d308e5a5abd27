"""A running program that knows the test's mail server, and an inbox in it."""

from collections.abc import Callable
from itertools import count

import pytest

from tests.support.live import LiveComity, StartLive
from tests.support.mail_server import Mailbox, MailServer

_numbers = count(1)
ADD_INBOX = """
from comity.accounts.actions.settings import save
from comity.accounts.registry import groups
from comity.conversations.actions import create_inbox
from comity.core.actor import system
by = system("tests")
save(group=groups["conversations"], level=("organisation", 0), values={{"undo_seconds": {undo}}}, by=by)
inbox = create_inbox(name={name!r}, channel="email", address={address!r}, by=by)
server = dict(host={host!r}, username={address!r}, password={password!r})
values = {{f"{{way}}_{{key}}": value for way in ("imap", "smtp") for key, value in server.items()}}
values |= dict(imap_port={imap}, imap_security="tls", smtp_port={smtp}, smtp_security="starttls", ca_file={ca!r})
save(group=groups["email"], level=("inbox", inbox.pk), values=values, by=by)
print(inbox.pk)
"""
AddInbox = Callable[..., Mailbox]


@pytest.fixture(scope="module")
def live(start_live: StartLive, mail_server: MailServer) -> LiveComity:
    """A running program that trusts the mail server's certificate."""
    return start_live(trusting=mail_server.ca_file)


@pytest.fixture
def add_inbox(live: LiveComity, mail_server: MailServer) -> AddInbox:
    """Add an inbox with a mailbox of its own at the mail server: `add_inbox(undo=2)` returns the mailbox."""

    def add(*, name: str = "Support", undo: int = 2) -> Mailbox:
        live.sign_in()
        mailbox = mail_server.mailbox(f"help{next(_numbers)}@shop.test")
        live.python(
            ADD_INBOX.format(
                name=name,
                undo=undo,
                address=mailbox.address,
                password=mail_server.password,
                host=mail_server.host,
                imap=mail_server.imaps_port,
                smtp=mail_server.submission_port,
                ca=str(mail_server.ca_file),
            )
        )
        return mailbox

    return add
