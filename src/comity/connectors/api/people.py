"""Between the numbers that a system gives its people and the identities by which they are known here. Pure."""

from .options import SHARED, ApiChannelOptions


def known_as(number: str, *, inbox_id: int, options: ApiChannelOptions) -> str:
    """Return by what somebody of this system is known: numbers of two systems are not one another's."""
    return number if options.numbers == SHARED else f"{number}{_mark(inbox_id)}"


def number_of(value: str, *, inbox_id: int) -> str:
    """Return the number that the system itself gave."""
    return value.removesuffix(_mark(inbox_id))


def _mark(inbox_id: int) -> str:
    return f" · inbox {inbox_id}"
