"""Mail of the program itself: written in an action's transaction, handed over by a reaction afterwards."""

from django.db import transaction

from comity.accounts.client import SystemMailClient
from comity.accounts.models import SystemMail
from comity.accounts.options import SystemMailOptions, load
from comity.core import clock
from comity.core.actor import Actor
from comity.events.log import record


def is_set_up() -> bool:
    """Has an administrator named a mail server?"""
    return bool(load(SystemMailOptions).host)


@transaction.atomic
def write(*, to: str, subject: str, text: str, by: Actor) -> SystemMail:
    """Keep a mail for sending; its text is sealed until it is sent."""
    mail = SystemMail.objects.create(to=to, subject=subject[:200], text=text)
    record("system_mail.written", subject=mail.stream, by=by)
    return mail


def deliver(*, mail: SystemMail, by: Actor) -> None:
    """Hand a mail to the server and empty its text. Raises MailProblem, so that it is tried again.

    One that was sent already is left alone, however often this is called.
    """
    if mail.sent_at:
        return
    SystemMailClient(load(SystemMailOptions)).send(to=mail.to, subject=mail.subject, text=mail.text, key=str(mail.pk))
    with transaction.atomic():
        mail.text, mail.sent_at = "", clock.now()
        mail.save(update_fields=["text", "sent_at"])
        record("system_mail.sent", subject=mail.stream, by=by)
