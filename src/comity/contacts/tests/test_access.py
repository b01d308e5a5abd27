"""Who may open and change what: every address of the room as every built-in role."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from comity.accounts.tests.make import an_agent, an_organisation
from comity.contacts import actions, queries
from comity.contacts.ports import VISIBLE_CONTACTS, ContactAudience
from comity.contacts.urls import urlpatterns

from .make import SOMEBODY, a_company, a_contact, an_attribute, an_identity

pytestmark = pytest.mark.django_db
READ, EDIT, MERGE, DEFINE = "contacts.read", "contacts.edit", "contacts.merge", "settings.manage"
ADDRESSES: dict[tuple[str, str], str] = {
    ("get", "contacts"): READ,
    ("get", "contact"): READ,
    ("get", "contact_card"): READ,
    ("get", "companies"): READ,
    ("get", "company"): READ,
    ("get", "contact_new"): EDIT,
    ("get", "contact_edit"): EDIT,
    ("get", "contact_attribute"): EDIT,
    ("post", "contact_identities"): EDIT,
    ("post", "identity"): EDIT,
    ("post", "claim"): EDIT,
    ("post", "contact_tags"): EDIT,
    ("delete", "contact_tag"): EDIT,
    ("post", "contact_notes"): EDIT,
    ("get", "contact_note"): EDIT,
    ("post", "contact_note"): EDIT,
    ("post", "contact_consents"): EDIT,
    ("post", "companies"): EDIT,
    ("post", "company"): EDIT,
    ("get", "contact_merge"): MERGE,
    ("post", "contact_unmerge"): MERGE,
    ("post", "contact_not_same"): MERGE,
    ("get", "settings_attributes"): DEFINE,
    ("get", "settings_attribute"): DEFINE,
}
MAY = {
    "administrator": {READ, EDIT, MERGE, DEFINE},
    "supervisor": {READ, EDIT, MERGE},
    "agent": {READ, EDIT, MERGE},
    "auditor": {READ},
}


def test_every_address_is_in_the_table() -> None:
    assert {pattern.name for pattern in urlpatterns} == {name for _method, name in ADDRESSES}


@pytest.fixture
def arguments() -> dict[str, list[Any]]:
    """Return something real for every address."""
    an_organisation()
    contact, other = a_contact(email="anna@example.org"), a_contact(name="Other")
    tag = actions.tag(contact=contact, name="vip", by=SOMEBODY)
    note = actions.add_note(contact=contact, body="Note", by=SOMEBODY)
    claim = actions.claim(contact=contact, kind="handle", value="@anna", by=SOMEBODY)
    merge = actions.merge(source=other, into=contact, by=SOMEBODY)
    definition = an_attribute()
    assert claim is not None
    special = {
        "contacts": [],
        "contact_new": [],
        "companies": [],
        "settings_attributes": [],
        "company": [a_company().pk],
        "contact_attribute": [contact.pk, definition.key],
        "contact_tag": [contact.pk, tag.pk],
        "contact_note": [note.pk],
        "identity": [contact.identities.get().pk],
        "claim": [claim.pk],
        "contact_unmerge": [merge.pk],
        "settings_attribute": [definition.pk],
    }
    return {name: special.get(name, [contact.pk]) for _method, name in ADDRESSES}


@pytest.mark.parametrize("role", sorted(MAY))
def test_each_role_opens_what_its_permissions_allow(client: Client, arguments: dict[str, list[Any]], role: str) -> None:
    client.force_login(an_agent(role=role))

    for (method, name), permission in ADDRESSES.items():
        response = getattr(client, method)(reverse(name, args=arguments[name]))
        refused = response.status_code == 403 and permission in MAY[role]
        # A colleague's note is refused to everybody but its author.
        assert not refused or name == "contact_note", (role, method, name)
        if permission not in MAY[role]:
            assert response.status_code == 403, (role, method, name)


def test_nobody_signed_in_is_sent_to_sign_in(client: Client, arguments: dict[str, list[Any]]) -> None:
    for method, name in ADDRESSES:
        response = getattr(client, method)(reverse(name, args=arguments[name]))
        assert response.status_code == 302, (method, name)
        assert "login" in response["Location"] or "sign" in response["Location"], (method, name)


def test_somebody_limited_to_their_own_matters_sees_nobody_elses_customers(client: Client) -> None:
    an_organisation()
    contact = a_contact(email="anna@example.org", company=a_company(name="Larkmoor"))
    light = an_agent(role="light_agent")
    client.force_login(light)
    assert light.scope == "own"

    assert list(queries.visible_to(light)) == []
    assert client.get(reverse("contact", args=[contact.pk])).status_code == 404
    assert client.get(reverse("contact_card", args=[contact.pk])).status_code == 404
    assert client.get(reverse("company", args=[contact.company_id])).status_code == 404
    assert "Élodie" not in client.get(reverse("contacts")).content.decode()
    assert "Larkmoor" not in client.get(reverse("companies")).content.decode().partition("<main")[2]
    assert queries.find(light, "anna@example.org") == []


def test_without_an_answer_to_the_port_the_limited_see_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(VISIBLE_CONTACTS, "_answers", [])
    a_contact()

    assert list(queries.visible_to(an_agent(role="light_agent"))) == []
    assert queries.visible_to(an_agent(role="auditor")).count() == 1


def test_a_suggestion_names_nobody_whom_one_may_not_see() -> None:
    contact, _same = a_contact(name="Anna Berg"), a_contact(name="Anna Berg")

    assert len(queries.duplicates(contact, user=an_agent())) == 1
    assert queries.duplicates(contact, user=an_agent(role="light_agent")) == []


def test_news_of_contacts_goes_to_those_who_may_see_them_all() -> None:
    class Viewer:
        def __init__(self, scope: str, *permissions: str) -> None:
            self.scope, self.permissions = scope, frozenset(permissions)

    audience = ContactAudience()

    assert audience.may_see(Viewer("teams", READ), True)
    assert not audience.may_see(Viewer("own", READ), True)
    assert not audience.may_see(Viewer("all"), True)


def test_a_visitor_seen_by_a_limited_person_is_no_way_round(client: Client) -> None:
    """Identities, notes and claims are reached by their own ids; each asks whose they are."""
    an_organisation()
    identity = an_identity()
    role_that_edits = an_agent(role="light_agent").role
    role_that_edits.permissions = [*role_that_edits.permissions, EDIT, MERGE]
    role_that_edits.save()
    client.force_login(an_agent(role=role_that_edits))

    assert client.post(reverse("identity", args=[identity.pk]), {"prove": "1"}).status_code == 404
    assert client.post(reverse("contact_tags", args=[identity.contact_id]), {"name": "x"}).status_code == 404
    identity.refresh_from_db()
    assert identity.trust == "observed"
