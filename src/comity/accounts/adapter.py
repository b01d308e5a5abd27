"""What allauth asks of us: nobody registers uninvited, mail goes through the system mail server, and the log knows."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Sign-in as this organisation wants it."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Invitations are the only way in."""
        return False


class TwoFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types
    """Second factors under the organisation's name."""
