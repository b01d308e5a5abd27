"""A polite no: what an action answers when it can't be done. The shell and the API show it to the person."""


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
