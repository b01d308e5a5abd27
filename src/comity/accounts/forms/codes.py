"""The codes of the second factor, with wrong ones counted for every process."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from comity.accounts.actions import sign_in
from comity.core.refusals import Refusal

USED_FOR = 120  # seconds


class Counted:
    """Counts wrong codes, and refuses more of them for a while."""

    user: Any
    fields: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["code"]
        field.label = _("Code from your app, or a recovery code")
        field.widget.attrs = {"autocomplete": "one-time-code", "inputmode": "text", "autofocus": True}

    def clean_code(self) -> str:
        """Check the code unless too many were wrong."""
        who, network = f"code {self.user.pk}", get_adapter().get_client_ip(context.request)
        try:
            sign_in.check_not_locked(who=who, network=network)
        except Refusal as refusal:
            raise ValidationError(refusal.message, code=refusal.code) from None
        try:
            code: str = super().clean_code()  # type: ignore[misc]
        except ValidationError:
            sign_in.note_failure(who=who, network=network, agent=self.user)
            raise
        # allauth remembers a used code for 30 seconds, but one a little late is good for longer.
        if not cache.add(f"second-factor-used-{self.user.pk}-{code}", True, timeout=USED_FOR):
            raise ValidationError(_("This code was used already. Wait for the next one."), code="used")
        return code


class CodeForm(Counted, AuthenticateForm):  # type: ignore[misc]  # allauth has no types
    """Asks for a code while signing in."""


class ConfirmCodeForm(Counted, ReauthenticateForm):  # type: ignore[misc]  # allauth has no types
    """Asks for a code before a delicate change."""
