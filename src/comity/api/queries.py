"""What was answered before."""

from comity.accounts.models import Token
from comity.core import clock

from .models import KEPT_FOR, Answer


def answer(token: Token, key: str) -> Answer | None:
    """Return what was answered to this key within the last day."""
    return Answer.objects.filter(token=token, key=key, at__gt=clock.now() - KEPT_FOR).first()
