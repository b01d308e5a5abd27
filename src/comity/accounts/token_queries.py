"""What is asked about API tokens."""

from collections.abc import Iterable

from django.db.models import F, QuerySet

from comity.core.asking import Asked, Given
from comity.core.rows import find_rows

from .models import Token

_with_role = Asked(lambda: Token.objects.select_related("role").filter(digest=Given("digest")))


def tokens() -> QuerySet[Token]:
    """Return all API tokens with role and maker, those that still work first."""
    found = Token.objects.select_related("role", "created_by").prefetch_related("teams")
    return found.order_by(F("revoked_at").asc(nulls_first=True), "name", "pk")


def token_of(secret_digest: str) -> Token | None:
    """Return the token with this digest, with its role; the caller asks whether it is active."""
    return _with_role.first(digest=secret_digest)


def token_names(ids: Iterable[int]) -> dict[int, str]:
    """Return what tokens are called, also revoked ones."""
    wanted = list(ids)
    return {token.pk: token.name for token in find_rows(Token, id=wanted)} if wanted else {}
