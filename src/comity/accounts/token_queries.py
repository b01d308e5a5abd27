"""What is asked about API tokens."""

from collections.abc import Iterable

from django.db.models import F, QuerySet

from .models import Token


def tokens() -> QuerySet[Token]:
    """Return all API tokens with role and maker, those that still work first."""
    found = Token.objects.select_related("role", "created_by").prefetch_related("teams")
    return found.order_by(F("revoked_at").asc(nulls_first=True), "name", "pk")


def token_of(secret_digest: str) -> Token | None:
    """Return the token with this digest, with its role, in one query; the caller asks whether it is active."""
    return Token.objects.select_related("role").filter(digest=secret_digest).first()


def token_names(ids: Iterable[int]) -> dict[int, str]:
    """Return what tokens are called, also revoked ones."""
    return dict(Token.objects.filter(pk__in=ids).values_list("pk", "name"))
