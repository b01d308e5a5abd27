"""What becomes of browsers and of the program's own mail when a backup is restored."""

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction

from comity.accounts.models import SystemMail


@transaction.atomic
def forget_unsent_mail() -> int:
    """Forget invitations and the like that had not left: they may have left since. Returns how many."""
    unsent = SystemMail.objects.filter(sent_at=None)
    count = unsent.count()
    unsent.delete()
    return count


@transaction.atomic
def sign_everybody_out() -> int:
    """End all sessions, so that one that was ended after the backup does not live again. Returns how many."""
    count, _kinds = Session.objects.all().delete()
    UserSession.objects.all().delete()
    return count
