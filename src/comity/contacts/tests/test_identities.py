"""A message finds its person; a claim opens nothing; trust only rises by proof."""

import pytest

from comity.contacts import actions, queries
from comity.contacts.models import Claim, ClaimState, Contact, Identity, Trust
from comity.core.refusals import Refusal
from comity.events.testing import recorded
from tests.support.at_once import at_once

from .make import SOMEBODY, a_contact, an_identity

pytestmark = pytest.mark.django_db


def recognise(value: str = "anna@example.org", **extra: object) -> Identity:
    values = {"kind": "email", "by": SOMEBODY, "name": "Anna Berg"} | extra
    return actions.recognise(value=value, **values)


def test_a_stranger_becomes_a_contact_with_an_identity() -> None:
    identity = recognise("Anna@Example.org")

    assert (identity.value, identity.shown) == ("anna@example.org", "Anna@Example.org")
    assert (identity.contact.name, identity.trust, identity.is_primary) == ("Anna Berg", Trust.OBSERVED, True)
    assert recorded() == ["contact.created"]


def test_somebody_known_is_found_and_nothing_is_recorded() -> None:
    first = an_identity(value="anna@example.org", name="Anna Berg")

    assert recognise("ANNA@example.org", name="Somebody Else").contact == first.contact
    assert first.contact.name == "Anna Berg"
    assert recorded() == []


def test_without_a_name_the_address_stands_in_until_a_name_comes() -> None:
    nameless = an_identity(value="anna@example.org", name="")
    assert (nameless.contact.name, nameless.contact.is_named) == ("anna@example.org", False)

    contact = recognise(name="Anna\nBerg").contact

    contact.refresh_from_db()
    assert (contact.name, contact.folded, contact.is_named) == ("Anna Berg", "anna berg", True)
    assert recorded() == ["contact.updated"]


def test_a_passed_check_proves_what_was_only_observed() -> None:
    identity = an_identity(value="anna@example.org")
    assert not identity.opens_history

    proven = recognise(trust=Trust.PROVEN, how="sender_check")

    assert (proven.pk, proven.proven_how, proven.opens_history) == (identity.pk, "sender_check", True)
    assert proven.proven_at is not None
    assert recorded() == ["identity.proven"]


def test_what_is_proven_stays_proven_when_seen_without_proof() -> None:
    an_identity(value="anna@example.org", trust=Trust.PROVEN, how="sender_check")

    assert recognise(trust=Trust.OBSERVED).trust == Trust.PROVEN


def test_a_failed_check_does_not_open_a_proven_history_but_suggests_it() -> None:
    anna = an_identity(value="anna@example.org", name="Anna Berg", trust=Trust.PROVEN).contact

    doubtful = recognise(check_failed=True, name="Anna Berg")

    assert doubtful.contact != anna
    assert (doubtful.trust, doubtful.is_unchecked, doubtful.opens_history) == (Trust.CLAIMED, True, False)
    assert recorded() == ["contact.created", "identity.claimed"]
    assert recognise(check_failed=True) == doubtful, "the next one of these comes to the same place"
    assert recognise().contact == anna, "and the real Anna to hers"
    with pytest.raises(Refusal, match="sender check"):
        actions.prove(identity=doubtful, how="agent", by=SOMEBODY)


def test_a_failed_check_of_an_unproven_address_stays_with_it() -> None:
    identity = an_identity(value="anna@example.org")

    assert recognise(check_failed=True) == identity
    assert identity.trust == Trust.OBSERVED


def test_what_somebody_only_says_never_takes_the_place_of_who_it_is() -> None:
    stranger = recognise(trust=Trust.CLAIMED, name="Stranger")
    assert (stranger.trust, stranger.opens_history) == (Trust.CLAIMED, False)

    anna = recognise(trust=Trust.PROVEN, how="sender_check", name="Anna Berg")

    assert anna.contact != stranger.contact
    assert anna.contact.name == "Anna Berg"
    assert recognise(trust=Trust.CLAIMED) == stranger
    assert [one.shown for one in queries.claims_of(stranger.contact)] == ["anna@example.org"]


def test_a_claim_attaches_nothing_even_when_it_names_somebody_known() -> None:
    anna = an_identity(value="anna@example.org", trust=Trust.PROVEN).contact
    visitor = an_identity(kind="visitor", value="token-1", name="").contact

    claim = actions.claim(contact=visitor, kind="email", value="Anna@example.org", by=SOMEBODY)

    assert claim is not None
    assert visitor.identities.count() == 1
    assert Identity.objects.get(value="anna@example.org").contact == anna
    assert queries.claims_of(visitor) == [claim]
    assert recorded() == ["identity.claimed"]
    assert actions.claim(contact=visitor, kind="email", value="anna@example.org", by=SOMEBODY) == claim
    assert recorded() == []
    with pytest.raises(Refusal, match="merge them"):
        actions.decide_claim(claim=claim, accept=True, by=SOMEBODY)
    claim.refresh_from_db()
    assert claim.state == ClaimState.OPEN


def test_an_accepted_claim_is_attached_as_claimed_and_opens_nothing() -> None:
    visitor = an_identity(kind="visitor", value="token-1").contact
    claim = actions.claim(contact=visitor, kind="email", value="new@example.org", by=SOMEBODY)
    assert claim is not None

    actions.decide_claim(claim=claim, accept=True, by=SOMEBODY)

    identity = Identity.objects.get(value="new@example.org")
    assert (identity.contact, identity.trust, identity.opens_history) == (visitor, Trust.CLAIMED, False)
    with pytest.raises(Refusal, match="already decided"):
        actions.decide_claim(claim=claim, accept=False, by=SOMEBODY)


def test_a_dismissed_claim_is_not_suggested_again() -> None:
    visitor = an_identity(kind="visitor", value="token-1").contact
    claim = actions.claim(contact=visitor, kind="email", value="new@example.org", by=SOMEBODY)
    assert claim is not None
    actions.decide_claim(claim=claim, accept=False, by=SOMEBODY)

    actions.claim(contact=visitor, kind="email", value="new@example.org", by=SOMEBODY)

    assert queries.claims_of(visitor) == []
    assert Claim.objects.count() == 1


def test_a_claim_of_what_is_theirs_already_is_none() -> None:
    identity = an_identity(value="anna@example.org")

    assert actions.claim(contact=identity.contact, kind="email", value="anna@example.org", by=SOMEBODY) is None


def test_somebody_elses_identity_is_refused_by_name() -> None:
    an_identity(value="anna@example.org", name="Anna Berg")

    with pytest.raises(Refusal, match="Anna Berg"):
        actions.add_identity(contact=a_contact(), kind="email", value="anna@example.org", by=SOMEBODY)


def test_one_of_a_kind_is_primary_and_the_next_takes_its_place() -> None:
    contact = a_contact(email="first@example.org")
    second = actions.add_identity(contact=contact, kind="email", value="second@example.org", by=SOMEBODY)
    assert not second.is_primary

    actions.make_primary(identity=second, by=SOMEBODY)
    actions.remove_identity(identity=second, by=SOMEBODY)

    assert [one.value for one in contact.identities.filter(is_primary=True)] == ["first@example.org"]
    assert recorded() == ["identity.added", "identity.preferred", "identity.removed"]


@pytest.mark.django_db(transaction=True)
def test_two_at_once_recognise_one_person() -> None:
    found: list[int] = []

    def recognise_once() -> None:
        found.append(recognise(trust=Trust.PROVEN, how="test").pk)

    assert at_once(recognise_once, times=6) == []

    assert len(set(found)) == 1
    assert Contact.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_merging_and_recognising_at_once_never_leaves_an_identity_behind() -> None:
    source = an_identity(value="anna@example.org", name="").contact
    into = an_identity(value="berg@example.org").contact
    seen: list[Identity] = []

    refused = at_once(
        lambda: actions.merge(source=source, into=into, by=SOMEBODY),
        lambda: seen.append(recognise(name="Anna")),
        lambda: seen.append(recognise("berg@example.org")),
    )

    assert refused == []
    assert len(seen) == 2
    assert set(Identity.objects.values_list("contact", flat=True)) == {into.pk}
