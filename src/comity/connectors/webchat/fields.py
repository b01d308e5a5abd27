"""What a call says, each part with its type: small, strict, in plain words."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from comity.core.refusals import Refusal

LARGEST = 2**63 - 1


@dataclass(frozen=True)
class Fields:
    """The parts of a JSON object. Every method raises Refusal for a part of another type."""

    values: dict[str, Any]

    def text(self, name: str, default: str = "", *, limit: int = 1000) -> str:
        """Return a text, cut at `limit`, without what no database keeps."""
        value = self.values.get(name)
        if value is None:
            return default
        if not isinstance(value, str):
            raise _wrong(name)
        return value.replace("\x00", "").encode("utf-8", "ignore").decode()[:limit]

    def maybe_text(self, name: str, *, limit: int = 1000) -> str | None:
        """Return a text, or None where it is left out."""
        return None if self.values.get(name) is None else self.text(name, limit=limit)

    def number(self, name: str) -> int | None:
        """Return a whole number above 0, or None."""
        value = self.values.get(name)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int) or not 0 < value <= LARGEST):
            raise _wrong(name)
        return value

    def numbers(self, name: str) -> list[int]:
        """Return a list of such numbers."""
        value = self.values.get(name) or []
        if not isinstance(value, list):
            raise _wrong(name)
        return [number for one in value if (number := Fields({name: one}).number(name))]

    def uuid(self, name: str) -> uuid.UUID | None:
        """Return a UUID, or None."""
        value = self.text(name, limit=50)
        try:
            return uuid.UUID(value) if value else None
        except ValueError:
            raise _wrong(name) from None

    def flag(self, name: str) -> bool:
        """Return whether it is true."""
        value = self.values.get(name, False)
        if not isinstance(value, bool):
            raise _wrong(name)
        return value

    def part(self, name: str) -> "Fields":
        """Return an object within it; an empty one where it is left out."""
        value = self.values.get(name)
        if value is not None and not isinstance(value, dict):
            raise _wrong(name)
        return Fields(value or {})

    def texts(self, name: str, *, limit: int = 200) -> dict[str, str]:
        """Return an object whose values are texts, numbers or yes and no, as texts."""
        found = self.part(name).values
        if any(isinstance(value, dict | list) for value in found.values()):
            raise _wrong(name)
        plain = {key: "" if value is None else str(value) for key, value in list(found.items())[:40]}
        return {key[:40]: Fields({key: value}).text(key, limit=limit) for key, value in plain.items()}


def _wrong(name: str) -> Refusal:
    return Refusal(_("“%(name)s” has a wrong form.") % {"name": name}, code="invalid", status=422)
