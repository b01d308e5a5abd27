"""What contacts do when something happened: they keep the search index in step."""

from comity.events.log import Event, reacts_to

from . import queries, search
from .models import Contact


@reacts_to(
    "contact.created",
    "contact.updated",
    "contact.tagged",
    "contact.untagged",
    "identity.added",
    "identity.removed",
    of_many=True,
)
def index_for_search(events: list[Event]) -> None:
    """Let contacts be found as they are now."""
    search.index_all(queries.contacts_of_streams({event.subject for event in events}))


@reacts_to("contact.merged", "contact.unmerged")
def index_both_for_search(event: Event) -> None:
    """Let two contacts be found as one, or as two again."""
    for contact in Contact.objects.filter(pk__in=[event.data["source"], event.data["into"]]):
        search.index(contact)


@reacts_to("company.updated", outside=True)
def index_people_of_company(event: Event) -> None:
    """Let the people of a company be found by its new name; there may be many, so one at a time."""
    company_id = int(event.subject.partition(":")[2])
    for contact in Contact.objects.filter(company=company_id, merged_into=None).order_by("pk").iterator():
        search.index(contact)
