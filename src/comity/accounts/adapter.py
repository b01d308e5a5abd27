"""What allauth asks of us: nobody registers uninvited, mail goes through the system mail server, and the log knows."""

from typing import Any

import segno
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from comity.core.crypto import seal, unseal
from comity.core.refusals import Refusal

from . import queries
from .actions import mail, sign_in
from .models import Agent


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Sign-in as this organisation wants it."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _("This address and password don’t belong together."),
        "incorrect_password": _("This is not your password."),
        "too_many_login_attempts": _("That was wrong too many times. Wait a few minutes, then try again."),
        "rate_limited": _("These were many tries in a short time. Wait a minute, then try again."),
        "account_inactive": _("This account was deactivated."),
        "unknown_email": _("Nobody here has this address."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Invitations are the only way in."""
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Keep the door shut for a while after too many wrong passwords."""
        _check_not_locked(credentials.get("email", ""), self.get_client_ip(request))

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Count a wrong password."""
        email = credentials.get("email", "")
        agent = Agent.objects.filter(email__iexact=email).first()
        sign_in.note_failure(who=email, network=self.get_client_ip(request), agent=agent)

    def reauthenticate(self, user: Agent, password: str) -> bool:
        """Check somebody's own password again before a delicate change."""
        network = self.get_client_ip(self.request)
        _check_not_locked(user.email, network)
        if user.check_password(password):
            return True
        sign_in.note_failure(who=user.email, network=network, agent=user)
        return False

    def post_login(self, request: HttpRequest, user: Agent, **kwargs: Any) -> HttpResponse:
        """Note that somebody came in, and how."""
        how = [record["method"] for record in get_authentication_records(request, user)]
        sign_in.signed_in(agent=user, how=how)
        answer: HttpResponse = super().post_login(request, user, **kwargs)
        return answer

    def logout(self, request: HttpRequest) -> None:
        """Note that somebody left."""
        if isinstance(request.user, Agent):
            sign_in.signed_out(agent=request.user)
        super().logout(request)

    def set_password(self, user: Agent, password: str) -> None:
        """Keep a new password."""
        sign_in.set_password(agent=user, password=password)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Write a mail for the system mail server; without one there is nobody to send it."""
        if not mail.is_set_up():
            return
        brand = queries.default_brand()
        context = {"request": self.request, "email": email, "brand": brand, **context}
        message = self.render_mail(template_prefix, email, context)
        agent = Agent.objects.get(email__iexact=email)
        mail.write(to=email, subject=message.subject, text=message.body, by=agent.actor)

    def send_notification_mail(
        self, template_prefix: str, user: Agent, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        """Tell somebody that their ways of signing in changed, and note it in the log."""
        sign_in.note_security_change(agent=user, what=template_prefix.rpartition("/")[2])
        extra = {"ip": self.get_client_ip(self.request), "user_agent": self.get_http_user_agent(self.request)[:200]}
        self.send_mail(template_prefix, user.email, {"user": user, **extra, **(context or {})})


class TwoFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types
    """Second factors under the organisation's name, their secrets sealed."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("This code is not right. Codes change every 30 seconds; use the newest one."),
    }

    def encrypt(self, text: str) -> str:
        """Seal the secret behind codes."""
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Open a sealed secret."""
        return unseal(encrypted_text)

    def get_totp_issuer(self) -> str:
        """Name the organisation in the authenticator app."""
        return self._get_site_name()

    def build_totp_svg(self, url: str) -> str:
        """Draw the picture to scan as SVG that stands in the page itself: data: addresses are forbidden there."""
        return str(segno.make(url, error="m").svg_inline(scale=5, border=3, dark="#000", light="#fff"))

    def _get_site_name(self) -> str:
        organisation = queries.organisation()
        return organisation.name if organisation else "Comity"


def _check_not_locked(who: str, network: str) -> None:
    try:
        sign_in.check_not_locked(who=who, network=network)
    except Refusal as refusal:
        raise ValidationError(refusal.message, code=refusal.code) from None
