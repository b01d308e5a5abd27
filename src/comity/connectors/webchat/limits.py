"""How much a visitor may send, and how often: in each minute and each day, counted in this process."""

from django.utils.translation import gettext as _

from comity.core.limits import Counter
from comity.core.refusals import Refusal

TEXT = 20_000  # letters of a message
FILES = 10  # of a message
QUICK_REPLIES = 6  # beneath an answer
TOKEN = 8000  # letters of a JWT
BODY = 128 * 1024  # bytes of a call that is no upload

# Calls a minute: by visitor, and by address, behind which a whole office may sit.
BY_VISITOR = {
    "write": 30,
    "upload": 10,
    "typing": 60,
    "read": 120,
    "look": 240,
    "identify": 10,
    "stream": 60,
    "transcript": 2,
    "confirm": 2,
}
BY_ADDRESS = {"visitors": 30, "widget": 300, "stream": 120, "write": 300, "upload": 60, "transcript": 6, "confirm": 6}

# Mails a day that somebody has sent to addresses which they typed: enough for who mistypes, too few for a nuisance.
MAILS_BY_VISITOR, MAILS_BY_ADDRESS = 5, 30

DAY = 24 * 3600
calls = Counter()
mails = Counter(seconds=DAY)


class TooMany(Refusal):
    """Too many calls; `seconds` says after how many to go on."""

    def __init__(self, seconds: int) -> None:
        words = _("That was a little too fast. Please wait %(seconds)d seconds.")
        super().__init__(words % {"seconds": seconds}, code="rate_limited", status=429)
        self.seconds = seconds


class Enough(Refusal):
    """Too many mails for one day."""

    def __init__(self) -> None:
        words = _("No more mail can be sent from here today. Please copy what you need, or write again tomorrow.")
        super().__init__(words, code="rate_limited", status=429)


def count_mail(*, visitor_id: int, address: str) -> None:
    """Count a mail that a visitor wants sent. Raises Enough when it is one too many for a day."""
    for limit, whose in ((MAILS_BY_VISITOR, visitor_id), (MAILS_BY_ADDRESS, address)):
        if whose and mails.count(whose, limit=limit).is_spent:
            raise Enough


def count(what: str, *, visitor_id: int | None, address: str) -> None:
    """Count a call of a visitor from an address. Raises TooMany when it is one too many for either."""
    for limits, whose in ((BY_VISITOR, visitor_id), (BY_ADDRESS, address)):
        if whose and (limit := limits.get(what)):
            allowance = calls.count((what, whose), limit=limit)
            if allowance.is_spent:
                raise TooMany(allowance.seconds)
