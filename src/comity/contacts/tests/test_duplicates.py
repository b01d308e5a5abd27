"""Likely duplicates come with their reason, and cost the same however many customers there are."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from comity.accounts.tests.make import an_agent
from comity.contacts import actions, queries
from comity.contacts.models import Contact

from .make import SOMEBODY, a_company, a_contact, an_identity

pytestmark = pytest.mark.django_db


def reasons(contact: Contact) -> dict[str, str]:
    return {one.contact.name: one.reason for one in queries.duplicates(contact, user=an_agent())}


def test_the_same_name_is_a_reason_and_the_same_company_a_better_one() -> None:
    company = a_company()
    one = a_contact(name="Élodie Marchetti", company=company)
    a_contact(name="elodie  MARCHETTI", company=company)
    a_contact(name="Élodie Marchetti", company=a_company())
    a_contact(name="Élodie")

    found = queries.duplicates(one, user=an_agent())

    assert [suggestion.reason for suggestion in found] == ["Same name at the same company", "Same name"]


@pytest.mark.parametrize(
    ("other", "is_suggested"),
    [
        ("anna.berg@example.com", True),  # another ending
        ("anna.berg@mail.example.org", True),  # a sub-domain
        ("anna.berg@exmaple.org", True),  # letters swapped
        ("anna.berg@exampl.org", True),  # one left out
        ("anna.berg@elsewhere.net", False),
        ("anna.b@example.org", False),
    ],
)
def test_the_same_name_before_the_at_with_a_similar_domain(other: str, is_suggested: bool) -> None:
    one = an_identity(value="anna.berg@example.org", name="Anna").contact
    an_identity(value=other, name="Other")

    assert reasons(one) == ({"Other": f"Has a similar address, {other}"} if is_suggested else {})


def test_shared_addresses_are_no_reason() -> None:
    one = an_identity(value="info@example.org", name="Anna").contact
    an_identity(value="info@example.com", name="Other")

    assert reasons(one) == {}


def test_one_number_on_two_channels_and_written_two_ways() -> None:
    one = an_identity(kind="phone", value="+44 7700 900142", name="Anna").contact
    an_identity(kind="whatsapp", value="+447700900142", name="On WhatsApp")
    an_identity(kind="phone", value="07700 900142", name="Inside")

    assert reasons(one) == {
        "On WhatsApp": "Uses +447700900142 as well",
        "Inside": "Has a number that ends alike, 07700 900142",
    }


def test_a_claim_is_a_reason_seen_from_both_sides() -> None:
    anna = an_identity(value="anna@example.org", name="Anna").contact
    visitor = an_identity(kind="visitor", value="t1", name="Visitor").contact
    actions.claim(contact=visitor, kind="email", value="anna@example.org", by=SOMEBODY)

    assert reasons(visitor) == {"Anna": "Says they are anna@example.org"}
    assert reasons(anna) == {"Visitor": "Says they are anna@example.org"}


def test_a_failed_sender_check_is_named() -> None:
    anna = an_identity(value="anna@example.org", name="Anna", trust="proven").contact
    doubtful = an_identity(value="anna@example.org", name="Doubtful", check_failed=True).contact

    assert reasons(doubtful) == {"Anna": "Writes as anna@example.org, but the sender check failed"}
    assert reasons(anna) == {"Doubtful": "Writes as anna@example.org, but the sender check failed"}


def test_who_was_kept_apart_or_merged_is_not_suggested() -> None:
    one, other, third = (a_contact(name="Anna Berg") for _ in range(3))
    actions.keep_apart(contact=other, other=one, by=SOMEBODY)
    actions.merge(source=third, into=a_contact(name="Somebody"), by=SOMEBODY)

    assert reasons(one) == {}


def test_it_costs_the_same_for_many() -> None:
    agent = an_agent()
    agent.may("contacts.read")

    def asked(contact: Contact) -> int:
        with CaptureQueriesContext(connection) as captured:
            queries.duplicates(contact, user=agent)
        return len(captured)

    one = an_identity(value="anna.berg@example.org", name="Anna Berg").contact
    actions.claim(contact=one, kind="handle", value="@anna", by=SOMEBODY)
    an_identity(value="anna.berg@example.com", name="Anna Berg")
    few = asked(one)
    for number in range(8):
        an_identity(value=f"anna.berg@mail{number}.example.org", name="Anna Berg")

    assert asked(one) == few <= 8
    assert len(queries.duplicates(one, user=agent)) == 5
