"""Which visitors have a chat open just now, and what is known of one."""

from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from comity.accounts.models import Scope
from comity.accounts.user import User
from comity.connectors.webchat.models import Visitor
from comity.conversations.queries import visible_to
from comity.core import clock

MOST = 200


def visitors_here(user: User) -> list[Visitor]:
    """Return who is on the sites now, the latest first, each with `talk`, their newest conversation or None.

    Of inboxes that belong to a team only its people see them, like the conversations there. One query.
    """
    rows = (
        _seen_by(user).filter(seen_until__gt=clock.now(), blocked_at=None).select_related("inbox", "identity__contact")
    )
    talks = visible_to(user).filter(legs__identity=OuterRef("identity"), legs__inbox=OuterRef("inbox"))
    newest = talks.order_by("-pk").values("pk")[:1]
    return list(rows.annotate(talk=Subquery(newest)).order_by("-last_seen_at", "-pk")[:MOST])


def visitor_seen_by(user: User, visitor_id: int) -> Visitor | None:
    """Return one visitor, where this person may see them."""
    return _seen_by(user).filter(pk=visitor_id).select_related("inbox", "identity__contact").first()


def visitor_of_contact(contact_id: int) -> Visitor | None:
    """Return a customer as their browser was here last, or None for who never chatted."""
    rows = Visitor.objects.filter(identity__contact=contact_id).select_related("inbox")
    return rows.order_by(F("seen_until").desc(nulls_last=True), "-pk").first()


def _seen_by(user: User) -> QuerySet[Visitor]:
    rows = Visitor.objects.all()
    if user.scope == Scope.ALL:
        return rows
    own = Q(inbox__team__in=user.team_ids)
    return rows.filter(own | Q(inbox__team=None)) if user.scope == Scope.TEAMS else rows.none()
