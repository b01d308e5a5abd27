"""Builders for tests: contacts, identities and companies as people leave them."""

from itertools import count
from typing import Any

from comity.contacts import actions
from comity.contacts.models import AttributeDefinition, Company, Contact, Identity, Trust
from comity.core.actor import Actor, system
from comity.events.testing import forget

_numbers = count(1)
SOMEBODY = system("tests")


def an_identity(*, value: str = "", kind: str = "email", trust: str = Trust.OBSERVED, **extra: Any) -> Identity:
    """Return an identity with a contact of its own."""
    value = value or f"customer{next(_numbers)}@example.org"
    extra.setdefault("name", f"Customer {next(_numbers)}")
    identity = actions.recognise(kind=kind, value=value, trust=trust, by=SOMEBODY, **extra)
    forget()
    return identity


def a_contact(*, name: str = "Élodie Marchetti", email: str = "", by: Actor = SOMEBODY, **values: Any) -> Contact:
    """Return a contact; with an e-mail address when one is given."""
    contact = actions.create(name=name, by=by, **values)
    if email:
        actions.add_identity(contact=contact, kind="email", value=email, trust=Trust.PROVEN, how="test", by=by)
    forget()
    return contact


def a_company(*, name: str = "", domain: str = "", by: Actor = SOMEBODY) -> Company:
    """Return a company."""
    company = actions.create_company(name=name or f"Company {next(_numbers)}", domain=domain, by=by)
    forget()
    return company


def an_attribute(*, label: str = "Plan", kind: str = "text", choices: list[str] | None = None) -> AttributeDefinition:
    """Return a custom attribute."""
    definition = actions.define_attribute(label=label, kind=kind, choices=choices, by=SOMEBODY)
    forget()
    return definition
