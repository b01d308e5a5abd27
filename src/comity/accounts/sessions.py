"""Sessions as Django keeps them in the database; the look at each page's own is written as SQL once."""

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.models import Session
from django.utils import timezone

from comity.core.asking import Asked, Given

_by_key = Asked(lambda: Session.objects.filter(session_key=Given("key"), expire_date__gt=Given("now")))


class SessionStore(DatabaseStore):
    """Django's own."""

    def _get_session_from_db(self) -> Session | None:
        found = _by_key.first(key=self.session_key, now=timezone.now())
        if found is None:
            self._session_key = None
        return found
