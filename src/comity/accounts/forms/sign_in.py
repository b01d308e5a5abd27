"""The form of the sign-in page."""

from typing import Any

from allauth.account.forms import LoginForm
from django.utils.translation import gettext_lazy as _


class SignInForm(LoginForm):  # type: ignore[misc]  # allauth has no types
    """Asks for address and password, in our words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        login, password = self.fields["login"], self.fields["password"]
        login.label = _("E-mail address")
        login.widget.attrs = {"autocomplete": "username webauthn", "autofocus": True}
        password.widget.attrs = {"autocomplete": "current-password"}
