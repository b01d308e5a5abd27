"""Answers are kept with the write that they answer, and forgotten after a day."""

from django.db import transaction

from comity.accounts.models import Token
from comity.core import clock

from .models import KEPT_FOR, Answer


@transaction.atomic
def keep(*, token: Token, key: str, asked: str, status: int, body: str) -> None:
    """Keep an answer in the transaction of its write. Raises IntegrityError when the same call ran meanwhile."""
    now = clock.now()
    Answer.objects.filter(token=token, key=key, at__lte=now - KEPT_FOR).delete()  # the tidying comes once an hour
    Answer.objects.create(token=token, key=key, asked=asked, status=status, body=body, at=now)


@transaction.atomic
def forget_old() -> None:
    """Forget answers older than a day."""
    Answer.objects.filter(at__lt=clock.now() - KEPT_FOR).delete()
