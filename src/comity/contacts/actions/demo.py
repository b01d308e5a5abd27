"""Taking the demonstration's customers away, for good."""

from django.db import transaction

from comity.contacts.models import (
    AttributeDefinition,
    Company,
    Contact,
    ContactTag,
    Identity,
    MergeRecord,
    NotSame,
)


@transaction.atomic
def remove_for_good(*, contacts: set[int], companies: set[int], attributes: set[int]) -> dict[str, set[int]]:
    """Remove customers and companies, and the facts kept about them; return what is gone.

    Whoever went on to write to an inbox of the organisation's own must not be among them.
    """
    words = set(ContactTag.objects.filter(taggings__contact__in=contacts).values_list("pk", flat=True))
    MergeRecord.objects.filter(source__in=contacts).delete()
    NotSame.objects.filter(first__in=contacts).delete()
    Identity.objects.filter(contact__in=contacts).delete()
    Contact.objects.filter(pk__in=contacts).update(merged_into=None)
    Contact.objects.filter(pk__in=contacts).delete()
    idle = Company.objects.filter(pk__in=companies, contacts=None)
    gone = {"contact": contacts, "company": set(idle.values_list("pk", flat=True)), "attribute": attributes}
    Company.objects.filter(pk__in=gone["company"]).delete()
    AttributeDefinition.objects.filter(pk__in=attributes).delete()
    ContactTag.objects.filter(pk__in=words, taggings=None).delete()
    return gone
