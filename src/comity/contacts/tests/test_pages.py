"""The pages of customers: what they show, what they change, who may open them, how much they ask of the database."""

from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from comity.accounts.models import Agent
from comity.accounts.tests.make import an_agent, an_organisation
from comity.contacts import actions, queries
from comity.contacts.models import AttributeDefinition, Company, Contact, Identity, MergeRecord
from comity.core.slots import CONTACT_PANELS
from comity.events.testing import forget, recorded, settle

from .make import SOMEBODY, a_company, a_contact, an_attribute, an_identity

pytestmark = pytest.mark.django_db
HOSTILE = "<script>alert('x')</script> \"'&"
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _organisation() -> None:
    an_organisation()


@pytest.fixture
def agent(client: Client) -> Agent:
    agent = an_agent()
    client.force_login(agent)
    client.get(reverse("companies"))  # now they are online
    forget()
    return agent


def page(client: Client, name: str, *args: Any, **query: str) -> str:
    response = client.get(reverse(name, args=args), query)
    assert response.status_code == 200, response.content.decode()
    return response.content.decode()


def post(client: Client, url_name: str, /, *args: Any, **values: Any) -> HttpResponse:
    return client.post(reverse(url_name, args=args), values, headers=HTMX)


def test_the_list_shows_customers_with_an_identity_and_company(client: Client, agent: Agent) -> None:
    a_contact(name="Élodie Marchetti", email="elodie@example.org", company=a_company(name="Larkmoor"))

    html = page(client, "contacts")

    assert all(text in html for text in ("Élodie Marchetti", "elodie@example.org", "Larkmoor"))


def test_the_list_goes_on_by_key_also_after_a_name_that_looks_like_a_date(client: Client, agent: Agent) -> None:
    for number in range(60):
        a_contact(name=f"202401{number:02}")
    first = page(client, "contacts")

    cursor = first.partition("after=")[2].partition('"')[0]
    second = page(client, "contacts", after=cursor)

    assert "20240149" in first
    assert "20240149" not in second
    assert "20240159" in second


def test_the_lists_ask_as_much_for_three_as_for_one(client: Client, agent: Agent) -> None:
    def ask(name: str, *args: Any) -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            page(client, name, *args)
        return len(asked)

    company = a_company()
    first = full_contact(company)
    page(client, "contacts")  # what is loaded once
    before = [ask("contacts"), ask("companies"), ask("company", company.pk), ask("contact", first.pk)]
    for _ in range(2):
        full_contact(a_company())
        full_contact(company)
        actions.add_note(contact=first, body="Note", by=SOMEBODY)
        actions.tag(contact=first, name=f"tag {_}", by=SOMEBODY)
        actions.add_identity(contact=first, kind="handle", value=f"@h{_}", by=SOMEBODY)
        an_attribute(label=f"More {_}")

    assert [ask("contacts"), ask("companies"), ask("company", company.pk), ask("contact", first.pk)] == before


def full_contact(company: Company) -> Contact:
    contact = an_identity().contact
    actions.update(contact=contact, changes={"company": company, "zone": "Europe/Paris"}, by=SOMEBODY)
    actions.add_note(contact=contact, body="Note", by=SOMEBODY)
    actions.tag(contact=contact, name="vip", by=SOMEBODY)
    return contact


def test_names_from_outside_are_shown_and_never_run(client: Client, agent: Agent) -> None:
    contact = an_identity(value="x@example.org", name=HOSTILE).contact
    actions.tag(contact=contact, name=HOSTILE[:50], by=SOMEBODY)
    actions.add_note(contact=contact, body=HOSTILE, by=SOMEBODY)
    actions.claim(contact=contact, kind="handle", value="@<script>alert(1)</script>", by=SOMEBODY)
    settle()

    for html in (
        page(client, "contacts"),
        page(client, "contacts", q=HOSTILE),
        page(client, "contact", contact.pk),
        page(client, "contact_card", contact.pk),
        page(client, "contact_merge", contact.pk, q="alert"),
        page(client, "contact_merge", contact.pk, **{"with": str(a_contact().pk)}),
    ):
        assert "<script>alert" not in html


def test_a_name_keeps_its_own_direction_and_turns_nothing_else(client: Client, agent: Agent) -> None:
    contact = an_identity(value="hassan@example.org", name="\u202eحسن العمراني").contact

    assert contact.name == "حسن العمراني"
    assert '<bdi class="clip" title="حسن العمراني">حسن العمراني</bdi>' in page(client, "contact", contact.pk)
    assert "<bdi>حسن العمراني</bdi>" in page(client, "contact_card", contact.pk)


def test_a_customer_is_added_with_address_company_and_attributes(client: Client, agent: Agent) -> None:
    an_attribute(label="Plan", kind="choice", choices=["gold", "silver"])

    client.post(
        reverse("contact_new"),
        {
            "name": "Anna Berg",
            "email": "Anna@example.org",
            "phone": "+49 431 901820",
            "company": "Larkmoor",
            "language": "de",
            "zone": "Europe/Berlin",
            "place": "Kiel",
            "attribute-plan": "gold",
        },
    )

    contact = Contact.objects.get()
    assert (contact.name, contact.place, contact.attributes) == ("Anna Berg", "Kiel", {"plan": "gold"})
    assert contact.company is not None
    assert contact.company.name == "Larkmoor"
    identities = contact.identities.order_by("kind").values_list("value", "trust")
    assert list(identities) == [("anna@example.org", "claimed"), ("+49431901820", "claimed")]


def test_adding_somebody_whose_address_is_known_says_whose_and_keeps_what_was_typed(
    client: Client, agent: Agent
) -> None:
    a_contact(name="Anna Berg", email="anna@example.org")

    response = client.post(reverse("contact_new"), {"name": "A. Berg", "email": "anna@example.org"})

    assert response.status_code == 422
    assert "already belongs to Anna Berg" in response.content.decode()
    assert 'value="A. Berg"' in response.content.decode()
    assert Contact.objects.count() == 1


def test_editing_changes_and_a_stale_edit_is_refused_with_what_was_typed(client: Client, agent: Agent) -> None:
    contact = a_contact(name="Anna", company=a_company(name="Larkmoor"))
    form = {"name": "Anna Berg", "company": "", "language": "", "zone": "", "place": "", "version": contact.version}

    assert client.post(reverse("contact_edit", args=[contact.pk]), form).status_code == 302
    again = client.post(reverse("contact_edit", args=[contact.pk]), form | {"name": "Annette"})

    contact.refresh_from_db()
    assert (contact.name, contact.company) == ("Anna Berg", None)
    assert again.status_code == 422
    assert "Somebody else has changed" in again.content.decode()
    assert 'value="Annette"' in again.content.decode()
    assert recorded() == ["contact.updated"]


def test_one_attribute_is_changed_in_its_place(client: Client, agent: Agent) -> None:
    contact = a_contact()
    size = an_attribute(label="Size", kind="number")
    address = reverse("contact_attribute", args=[contact.pk, size.key])
    assert 'type="number"' in client.get(address, headers=HTMX).content.decode()
    assert client.get(address).status_code == 302, "without htmx the whole form"

    assert "3.5" in client.post(address, {"value": "3.5"}, headers=HTMX).content.decode()
    assert client.post(address, {"value": "big"}, headers=HTMX).status_code == 422

    contact.refresh_from_db()
    assert contact.attributes == {"size": 3.5}


def test_sections_answer_with_themselves_and_without_htmx_with_the_page(client: Client, agent: Agent) -> None:
    contact = a_contact(email="anna@example.org")

    assert "vip" in post(client, "contact_tags", contact.pk, name="vip").content.decode()
    assert "Called" in post(client, "contact_notes", contact.pk, body="Called").content.decode()
    consent = post(client, "contact_consents", contact.pk, purpose="marketing", decision="granted", evidence="Phone")
    assert "Phone" in consent.content.decode()
    added = post(client, "contact_identities", contact.pk, kind="phone", value="+49 431 901820", trust="proven")
    assert "+49 431 901820" in added.content.decode()
    phone = Identity.objects.get(kind="phone")
    assert (phone.trust, phone.proven_how) == ("proven", "agent")
    plain = client.post(reverse("contact_tags", args=[contact.pk]), {"name": "late"})
    assert (plain.status_code, plain["Location"]) == (302, reverse("contact", args=[contact.pk]))

    tag = contact.taggings.get(tag__name="vip").tag
    client.delete(reverse("contact_tag", args=[contact.pk, tag.pk]), headers=HTMX)
    client.delete(reverse("contact_note", args=[contact.notes.get().pk]), headers=HTMX)
    client.delete(reverse("identity", args=[phone.pk]), headers=HTMX)
    assert [one.name for one in queries.card(contact.pk).tags] == ["late"]
    assert (contact.notes.count(), contact.identities.count()) == (0, 1)


def test_an_identity_is_marked_as_checked_and_as_first(client: Client, agent: Agent) -> None:
    contact = a_contact(email="anna@example.org")
    second = actions.add_identity(contact=contact, kind="email", value="two@example.org", by=SOMEBODY)

    assert "Proven" in post(client, "identity", second.pk, prove="1").content.decode()
    post(client, "identity", second.pk, primary="1")

    second.refresh_from_db()
    assert (second.trust, second.proven_how, second.is_primary) == ("proven", "agent", True)


def test_a_note_is_changed_by_its_author_only(client: Client, agent: Agent) -> None:
    contact = a_contact()
    note = actions.add_note(contact=contact, body="Mine", by=an_agent().actor)

    response = client.delete(reverse("contact_note", args=[note.pk]), headers=HTMX)

    assert response.status_code == 403
    assert contact.notes.count() == 1


def test_merging_goes_by_a_preview_and_can_be_undone_on_the_page(client: Client, agent: Agent) -> None:
    anna, berg = a_contact(name="Anna Berg", place="Kiel", email="a@example.org"), a_contact(name="A. Berg")
    assert "Anna Berg" in page(client, "contact_merge", berg.pk, q="a@example.org")
    preview = page(client, "contact_merge", berg.pk, **{"with": str(anna.pk)})
    assert 'name="choice-name" value="source"' in preview
    assert 'name="choice-place" value="source" checked' in preview

    done = client.post(reverse("contact_merge", args=[berg.pk]), {"with": anna.pk, "choice-name": "source"})
    assert done["Location"] == reverse("contact", args=[berg.pk])
    berg.refresh_from_db()
    assert (berg.name, berg.place) == ("Anna Berg", "Kiel")

    led = client.get(reverse("contact", args=[anna.pk]))
    assert led["Location"] == reverse("contact", args=[berg.pk])
    assert [str(message) for message in get_messages(led.wsgi_request)][
        -1
    ] == "Anna Berg was merged into this customer."
    address = reverse("contact_unmerge", args=[MergeRecord.objects.get().pk])
    assert address in page(client, "contact", berg.pk)

    client.post(address)
    assert "a@example.org" in page(client, "contact", anna.pk)
    again = client.post(address)
    assert again.status_code == 409
    assert "undone already" in again.content.decode()


def test_a_suggestion_is_shown_with_its_reason_and_can_be_dismissed(client: Client, agent: Agent) -> None:
    company = a_company(name="Larkmoor")
    one, other = a_contact(name="Anna Berg", company=company), a_contact(name="ANNA BERG", company=company)
    assert "Same name at the same company" in page(client, "contact", one.pk)

    assert "stay apart" in post(client, "contact_not_same", one.pk, other=other.pk).content.decode()

    assert "Same name" not in page(client, "contact", one.pk)
    assert "Same name" not in page(client, "contact", other.pk)


def test_a_claim_of_somebody_elses_address_leads_to_the_merge(client: Client, agent: Agent) -> None:
    anna = a_contact(name="Anna", email="anna@example.org")
    visitor = an_identity(kind="visitor", value="t1", name="").contact
    claim = actions.claim(contact=visitor, kind="email", value="anna@example.org", by=SOMEBODY)
    assert claim is not None
    assert "anna@example.org" in page(client, "contact", visitor.pk)

    response = post(client, "claim", claim.pk, accept="1")

    assert response["HX-Redirect"] == f"{reverse('contact_merge', args=[anna.pk])}?with={visitor.pk}"
    assert "anna@example.org" not in post(client, "claim", claim.pk, dismiss="1").content.decode()


def test_companies_are_added_changed_and_hold_their_people(client: Client, agent: Agent) -> None:
    client.post(reverse("companies"), {"name": "Larkmoor", "domain": "https://www.Larkmoor.example/about"})
    company = Company.objects.get()
    assert company.domain == "larkmoor.example"
    actions.update(contact=a_contact(name="Anna"), changes={"company": company}, by=SOMEBODY)

    assert "Anna" in page(client, "company", company.pk)
    assert client.post(reverse("companies"), {"name": "Other", "domain": "larkmoor.example"}).status_code == 422
    values = {"name": "Larkmoor Ltd", "domain": "", "version": 1}
    assert client.post(reverse("company", args=[company.pk]), values).status_code == 302
    assert client.post(reverse("company", args=[company.pk]), values).status_code == 422, "now it is stale"
    settle()
    assert "Anna" in page(client, "contacts", q="larkmoor ltd")


def test_attributes_are_defined_changed_and_retired_in_the_settings(client: Client) -> None:
    client.force_login(an_agent(role="administrator"))
    client.post(reverse("settings_attributes"), {"label": "Plan", "kind": "choice", "choices": "gold\nsilver\n\ngold"})
    plan = AttributeDefinition.objects.get()
    assert (plan.key, plan.choices) == ("plan", ["gold", "silver"])
    contact = a_contact(attributes={"plan": "gold"})
    empty = client.post(reverse("settings_attributes"), {"label": "Size", "kind": "choice"})
    assert empty.status_code == 422

    address = reverse("settings_attribute", args=[plan.pk])
    client.post(address, {"label": "Tariff", "choices": "gold"})
    assert "Tariff" in page(client, "contact", contact.pk)
    client.post(address, {"retire": "1"})
    assert "Tariff" not in page(client, "contact", contact.pk)
    client.post(address, {"bring_back": "1"})
    assert "gold" in page(client, "contact", contact.pk)


def test_other_rooms_add_blocks_to_the_card(client: Client, agent: Agent) -> None:
    contact = a_contact()

    for panel in CONTACT_PANELS.for_user(agent):
        assert panel.template
    assert contact.name in page(client, "contact_card", contact.pk)
