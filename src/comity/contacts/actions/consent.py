"""What contacts agreed to. The ledger is only ever added to; the newest line of a purpose and channel holds."""

from django.db import transaction
from django.utils.translation import gettext as _

from comity.contacts.models import Consent, Contact, Purpose
from comity.core import clock
from comity.core.refusals import Refusal
from comity.core.text import clean_name
from comity.events.log import Actor, record

from .locks import lock_contact


@transaction.atomic
def set_consent(
    *,
    contact: Contact,
    purpose: str,
    is_granted: bool,
    by: Actor,
    channel: str = "",
    evidence: str = "",
    text_version: str = "",
) -> Consent:
    """Write down that a contact agreed, or withdrew it. `evidence` says where, `text_version` to which words."""
    if purpose not in Purpose:
        raise Refusal(_("“%(purpose)s” is not a purpose.") % {"purpose": purpose}, code="purpose", status=422)
    contact = lock_contact(contact)
    line = add_line(
        contact,
        purpose=purpose,
        channel=channel,
        is_granted=is_granted,
        evidence=evidence,
        text_version=text_version,
        by=by,
    )
    type = "consent.granted" if is_granted else "consent.withdrawn"
    record(type, subject=contact.stream, by=by, consent=line.pk, purpose=purpose, channel=channel)
    return line


def add_line(
    contact: Contact,
    *,
    purpose: str,
    channel: str,
    is_granted: bool,
    evidence: str,
    by: Actor,
    text_version: str = "",
) -> Consent:
    """Add a line to the ledger, inside the transaction of whoever records it."""
    return Consent.objects.create(
        contact=contact,
        purpose=purpose,
        channel=channel.strip()[:40],
        is_granted=is_granted,
        at=clock.now(),
        evidence=clean_name(evidence),
        text_version=clean_name(text_version, limit=60),
        by_kind=by.kind,
        by_id=by.id,
    )
