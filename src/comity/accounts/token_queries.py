"""What is asked about API tokens."""

from collections.abc import Iterable

from django.db.models import F, QuerySet

from comity.core.rows import find_row, find_rows, get_row

from .models import Role, Token


def tokens() -> QuerySet[Token]:
    """Return all API tokens with role and maker, those that still work first."""
    found = Token.objects.select_related("role", "created_by").prefetch_related("teams")
    return found.order_by(F("revoked_at").asc(nulls_first=True), "name", "pk")


def token_of(secret_digest: str) -> Token | None:
    """Return the token with this digest, with its role; the caller asks whether it is active."""
    found = find_row(Token, digest=secret_digest)
    if found:
        found.role = get_row(Role, found.role_id)
    return found


def token_names(ids: Iterable[int]) -> dict[int, str]:
    """Return what tokens are called, also revoked ones."""
    wanted = list(ids)
    return {token.pk: token.name for token in find_rows(Token, id=wanted)} if wanted else {}
