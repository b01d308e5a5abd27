"""A polite no: what an action answers when it can't be done. The shell and the API show it to the person."""

from django.utils.translation import gettext as _


class Refusal(Exception):
    """Something can't be done, with the reason and what to do instead, in words for the person who asked.

    `code` names the reason for programs; `status` is the HTTP status that fits it.
    """

    def __init__(self, message: str, *, code: str = "refused", status: int = 409) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.status = status


class Stale(Refusal):
    """Somebody else changed the row in the meantime. Nothing was overwritten."""

    def __init__(self, message: str) -> None:
        super().__init__(message, code="stale", status=409)


class NotAllowed(Refusal):
    """The person or token lacks the permission."""

    def __init__(self, message: str) -> None:
        super().__init__(message, code="not_allowed", status=403)


def title_of(status: int) -> str:
    """Return what an answer with that HTTP status is called, for people who read a program's problem."""
    titles = {
        400: _("The call can't be read"),
        401: _("A token is needed"),
        403: _("Not allowed"),
        404: _("Not found"),
        405: _("Not possible here"),
        409: _("Not possible now"),
        410: _("Gone"),
        413: _("Too large"),
        422: _("Something is wrong in the call"),
        429: _("Too many calls"),
        500: _("Something broke"),
        503: _("Not possible now"),
    }
    return titles.get(status, _("This did not work"))
