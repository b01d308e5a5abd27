"""The organisation's own names for statuses, on top of the fixed categories."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from comity.conversations.models import Status, StatusName
from comity.core.actor import Actor
from comity.core.refusals import Refusal
from comity.events.log import record


@transaction.atomic
def name_status(*, category: str, name: str, by: Actor, status: StatusName | None = None) -> StatusName:
    """Add a name for a category, or give one another name. Raises Refusal for a name that is there already."""
    name = " ".join(name.split())
    if category not in Status.values or category == Status.SNOOZED:
        raise Refusal(_("Choose what the status means."), status=422)
    if not name or len(name) > 60:
        raise Refusal(_("A status name has between 1 and 60 letters."), status=422)
    try:
        with transaction.atomic():
            if status is None:
                status = StatusName.objects.create(category=category, name=name)
            else:
                status.name = name
                status.save(update_fields=["name"])
    except IntegrityError:
        raise Refusal(_("There is a status of that name already."), status=422) from None
    record("status.named", subject=f"status:{status.pk}", by=by, category=category)
    return status


@transaction.atomic
def forget_status(*, status: StatusName, by: Actor) -> None:
    """Take a name away. Conversations that carried it stay in their category."""
    record("status.forgotten", subject=f"status:{status.pk}", by=by, category=status.category)
    status.delete()
