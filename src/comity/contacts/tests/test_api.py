"""Customers and companies over the API."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from comity.accounts.tests.make import a_token
from comity.contacts.models import Contact
from comity.contacts.tests.make import a_company, a_contact, an_attribute, an_identity
from comity.events.testing import recorded, settle
from tests.support.program import Program

pytestmark = pytest.mark.django_db


def an_entry(**more: Any) -> dict[str, Any]:
    return {"name": "Anna Berg", "identities": [{"kind": "email", "value": "anna@example.org"}], **more}


def test_a_customer_is_added_with_identities_and_read() -> None:
    program, company = Program(), a_company(name="Berg & Co")
    an_attribute(label="Plan")
    made = program.post("/contacts", an_entry(company=company.pk, attributes={"plan": "gold"}, language="de"))
    assert made.status_code == 201
    shown = program.get(f"/contacts/{made.json()['id']}").json()
    assert shown == made.json()
    assert shown["company"] == {"id": company.pk, "name": "Berg & Co"}
    assert shown["attributes"] == {"plan": "gold"}
    assert [(one["kind"], one["value"], one["trust"]) for one in shown["identities"]] == [
        ("email", "anna@example.org", "claimed")
    ]


def test_all_of_it_is_added_or_nothing() -> None:
    an_identity(value="anna@example.org")
    answer = Program().post("/contacts", an_entry())
    assert (answer.status_code, answer.json()["code"]) == (409, "identity_taken")
    assert not Contact.objects.filter(name="Anna Berg").exists()


def test_a_change_leaves_out_what_it_does_not_name() -> None:
    program = Program()
    made = program.post("/contacts", an_entry(place="Bergen", company=a_company().pk)).json()
    changed = program.patch(f"/contacts/{made['id']}", {"name": "Anna B.", "company": None}).json()
    assert (changed["name"], changed["place"], changed["company"]) == ("Anna B.", "Bergen", None)
    stale = program.patch(f"/contacts/{made['id']}", {"name": "Other", "version": 1})
    assert (stale.status_code, stale.json()["code"]) == (409, "stale")


def test_the_list_finds_by_words_company_and_tag_and_goes_on() -> None:
    program, company = Program(), a_company()
    names = ["Ada", "Bo", "Cy"]
    made = [program.post("/contacts", {"name": name, "company": company.pk}).json()["id"] for name in names]
    program.put(f"/contacts/{made[1]}/tags/VIP", None)
    first = program.get(f"/contacts?company={company.pk}&limit=2").json()
    rest = program.get(f"/contacts?company={company.pk}&limit=2&after={first['next']}").json()
    assert [one["name"] for one in first["items"] + rest["items"]] == names
    assert rest["next"] is None
    assert [one["tags"] for one in program.get("/contacts?tag=vip").json()["items"]] == [["VIP"]]
    settle()
    assert [one["name"] for one in program.get("/contacts?q=Bo").json()["items"]] == ["Bo"]


def test_the_list_asks_the_same_number_of_questions_for_one_and_for_many() -> None:
    program = Program()

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            program.get("/contacts")
        return len(queries)

    a_contact(email="one@example.org")
    program.get("/contacts")
    one = asked()
    for number in range(3):
        made = a_contact(name=f"C{number}", email=f"c{number}@example.org")
        program.put(f"/contacts/{made.pk}/tags/word{number}", None)
    assert asked() == one


def test_identities_are_added_confirmed_preferred_and_taken_away() -> None:
    program, contact = Program(), a_contact(email="anna@example.org")
    made = program.post(f"/contacts/{contact.pk}/identities", {"kind": "email", "value": "anna@work.example"}).json()
    changed = program.patch(f"/identities/{made['id']}", {"is_proven": True, "is_primary": True}).json()
    assert (changed["trust"], changed["is_primary"]) == ("proven", True)
    assert program.delete(f"/identities/{made['id']}").status_code == 204
    left = program.get(f"/contacts/{contact.pk}").json()["identities"]
    assert [one["value"] for one in left] == ["anna@example.org"]


def test_notes_consents_and_tags_are_written_and_read() -> None:
    program, contact = Program(), a_contact()
    path = f"/contacts/{contact.pk}"
    note = program.post(f"{path}/notes", {"text": "Prefers calls."}).json()
    assert (note["author"], note["text"]) == (None, "Prefers calls.")
    assert program.get(f"{path}/notes").json()["items"] == [note]
    program.post(f"{path}/consents", {"purpose": "marketing", "is_granted": True, "evidence": "Form"})
    said = program.post(f"{path}/consents", {"purpose": "marketing", "is_granted": False}).json()
    assert program.get(f"{path}/consents").json()["items"] == [said]
    assert program.put(f"{path}/tags/VIP", None).json()["tags"] == ["VIP"]
    assert program.delete(f"{path}/tags/vip").json()["tags"] == []


def test_a_merge_is_seen_before_done_and_undone() -> None:
    program = Program()
    source, into = a_contact(name="Anna B.", email="anna@example.org"), a_contact(name="Anna Berg", place="Oslo")
    seen = program.get(f"/contacts/{source.pk}/merge?into={into.pk}").json()
    assert [one["field"] for one in seen["differences"]] == ["name"]
    recorded()
    merged = program.post(f"/contacts/{source.pk}/merge", {"into": into.pk, "choices": {"name": "source"}}).json()
    assert (merged["contact"]["id"], merged["contact"]["name"]) == (into.pk, "Anna B.")
    assert program.get(f"/contacts/{source.pk}").json()["merged_into"] == into.pk
    assert program.get(f"/contacts/{into.pk}/merges").json()["items"] == [merged["merge"]]
    back = program.delete(f"/merges/{merged['merge']['id']}").json()
    assert (back["id"], back["merged_into"], len(back["identities"])) == (source.pk, None, 1)
    assert program.get(f"/contacts/{into.pk}").json()["name"] == "Anna Berg"
    assert recorded() == ["contact.merged", "contact.unmerged"]


def test_duplicates_are_named_until_somebody_keeps_them_apart() -> None:
    program, one, other = Program(), a_contact(name="Anna Berg"), a_contact(name="Anna Berg")
    assert [who["id"] for who in program.get(f"/contacts/{one.pk}/duplicates").json()["items"]] == [other.pk]
    assert program.put(f"/contacts/{one.pk}/not-same/{other.pk}", None).status_code == 204
    assert program.get(f"/contacts/{one.pk}/duplicates").json()["items"] == []


def test_companies_and_attributes_are_made_and_changed() -> None:
    program = Program()
    made = program.post("/companies", {"name": "Larkmoor", "domain": "larkmoor.example"}).json()
    assert program.patch(f"/companies/{made['id']}", {"name": "Larkmoor AS"}).json()["domain"] == "larkmoor.example"
    assert program.post("/companies", {"name": "B", "domain": "larkmoor.example"}).json()["code"] == "domain_taken"
    assert [one["name"] for one in program.get("/companies?q=lark").json()["items"]] == ["Larkmoor AS"]
    fact = program.post("/attributes", {"label": "Plan", "kind": "choice", "choices": ["free", "gold"]}).json()
    changed = program.patch(f"/attributes/{fact['id']}", {"is_retired": True}).json()
    assert (changed["key"], changed["choices"], changed["is_retired"]) == ("plan", ["free", "gold"], True)


def test_whoever_may_only_read_changes_nothing() -> None:
    contact, reader = a_contact(), Program(a_token(role="auditor"))
    assert reader.get(f"/contacts/{contact.pk}").status_code == 200
    assert reader.patch(f"/contacts/{contact.pk}", {"name": "X"}).status_code == 403
    assert reader.post(f"/contacts/{contact.pk}/merge", {"into": contact.pk}).status_code == 403
