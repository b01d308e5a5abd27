"""Mails to addresses that visitors typed: to one address, and not often, since anybody may type anybody's."""

from datetime import timedelta

from comity.accounts.actions import mail
from comity.accounts.models import SystemMail
from comity.connectors.webchat.limits import Enough, count_mail
from comity.connectors.webchat.models import Visitor
from comity.core import clock, origin

from .visitors import actor_of

A_DAY = timedelta(days=1)
MOST_TO_ONE = 5  # a day, from all chats together


def write_mail(*, visitor: Visitor, to: str, subject: str, text: str) -> None:
    """Send a mail that a visitor asked for. Raises Enough when they, or its address, have had several today."""
    since = clock.now() - A_DAY
    if SystemMail.objects.filter(to__iexact=to, created_at__gt=since).count() >= MOST_TO_ONE:
        raise Enough
    caller = origin.current()
    count_mail(visitor_id=visitor.pk, address=caller.address if caller else "")
    mail.write(to=to, subject=subject, text=text, by=actor_of(visitor))
