"""Visitors are locked in one way everywhere."""

from comity.connectors.webchat.models import Visitor


def lock_visitor(visitor: Visitor) -> Visitor:
    """Lock a visitor and read them anew, with their customer, who is not locked."""
    rows = Visitor.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("identity__contact").get(pk=visitor.pk)
