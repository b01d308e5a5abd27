"""The customers of Larkmoor: people with several identities, companies, consent, a likely duplicate."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

from comity.core import clock, demo
from comity.core.actor import Actor
from comity.core.demo import Demo
from comity.core.refusals import Refusal

from . import actions, search
from .actions import demo as removal
from .models import AttributeKind, Company, Contact, Trust

CUSTOMERS = Path(__file__).parent / "demo_customers.json"
SHOP = "Order form, larkmoor.example"


def fill(part: Demo) -> None:
    """Bring everybody whom the hand-written conversations know, and the many who wrote before."""
    told = json.loads(CUSTOMERS.read_text())
    with clock.at(part.ago(days=demo.HISTORY.days + 15)):
        _define_attributes(part)
        for key, (name, domain) in told["companies"].items():
            part.name(f"company:{key}", actions.create_company(name=name, domain=domain, by=part.by).pk)
    for key, facts in told["people"].items():
        with clock.at(
            part.ago(days=demo.HISTORY.days + part.chance.randint(2, 12), minutes=part.chance.randint(0, 600))
        ):
            _introduce(part, key, facts)
    for language, names in told["crowd"].items():
        for number in range(len(names["first"])):
            with clock.at(part.ago(days=demo.HISTORY.days, hours=part.chance.randint(0, 16000))):
                _introduce(part, f"{language}{number}", _somebody(part, language, names, number))


def _define_attributes(part: Demo) -> None:
    for label, kind, help, choices in (
        ("Machine", AttributeKind.TEXT, "Model and serial number", []),
        ("Bought on", AttributeKind.DATE, "The day of the order; the warranty counts from here", []),
        ("Customer club", AttributeKind.CHOICE, "", ["Member", "Guest", "Trade"]),
    ):
        made = actions.define_attribute(label=label, kind=kind, help=help, choices=choices, by=part.by)
        part.name(f"attribute:{made.key}", made.pk)


def _somebody(part: Demo, language: str, names: dict[str, Any], number: int) -> dict[str, Any]:
    """Put a customer of the crowd together from the names of their language."""
    first, last = names["first"][number], names["last"][number * 7 % len(names["last"])]
    address = names["mail"][number % len(names["mail"])]
    latin = names.get("latin", names["first"])[number].casefold().replace(" ", "")
    full = f"{last} {first}" if language == "ja" else f"{first} {last}"
    return {
        "name": full,
        "email": f"{''.join(letter for letter in latin if letter.isascii())}.{number + 11}@{address}",
        "language": language,
        "place": names["places"][number % len(names["places"])],
        "zone": names["zone"],
        "club": part.chance.choice(["Member", "Guest", "Guest"]),
    }


def _introduce(part: Demo, key: str, facts: dict[str, Any]) -> None:
    contact = actions.create(
        name=facts["name"],
        language=facts.get("language", "en"),
        zone=facts.get("zone", ""),
        place=facts.get("place", ""),
        company=Company.objects.get(pk=part.find(f"company:{facts['company']}")) if "company" in facts else None,
        attributes=_attributes(part, facts),
        by=part.by,
    )
    part.name(f"contact:{key}", contact.pk)
    actions.add_identity(contact=contact, kind="email", value=facts["email"], trust=Trust.OBSERVED, by=part.by)
    for kind, value, trust in facts.get("known_as", []):
        how = "agent" if trust == "proven" else ""
        actions.add_identity(contact=contact, kind=kind, value=value, trust=trust, how=how, by=part.by)
    for kind, value in facts.get("claims", []):
        actions.claim(contact=contact, kind=kind, value=value, by=Actor("contact", str(contact.pk)))
    for purpose, is_granted in facts.get("consent", {"service": True}).items():
        actions.set_consent(
            contact=contact, purpose=purpose, is_granted=is_granted, evidence=SHOP, text_version="2026-01", by=part.by
        )
    for name in facts.get("tags", []):
        actions.tag(contact=contact, name=name, by=part.by)
    if "note" in facts:
        author, body = facts["note"]
        actions.add_note(contact=contact, body=body, by=Actor("agent", str(part.find(f"agent:{author}"))))


def _attributes(part: Demo, facts: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if "machine" in facts:
        found["machine"] = facts["machine"]
    if "bought" in facts:  # days ago
        found["bought-on"] = (part.now - timedelta(days=facts["bought"])).date().isoformat()
    if "club" in facts:
        found["customer-club"] = facts["club"]
    return found


def check() -> None:
    """Refuse to mix with customers who are real."""
    if Contact.objects.exists() or Company.objects.exists():
        raise Refusal("This data folder holds customers of your own. Choose an empty one with --data.")


def mark_the_rest(part: Demo) -> None:
    """Mark those too who were met on the way: whoever was copied in, and strangers."""
    known = part.of_kind("contact")
    part.marked += [f"contact:{pk}" for pk in Contact.objects.values_list("pk", flat=True) if pk not in known]


def remove(part: Demo) -> None:
    """Take away the customers who are nobody's but the demonstration's."""
    contacts = part.of_kind("contact") - part.kept.get("contact", set())
    gone = removal.remove_for_good(
        contacts=contacts, companies=part.of_kind("company"), attributes=part.of_kind("attribute")
    )
    for kind, ids in gone.items():
        part.lose(kind, ids)
    for contact_id in contacts:
        search.forget(contact_id)


demo.register("contacts", demo.Part(order=20, fill=fill, remove=remove, check=check))
demo.register("the rest of the contacts", demo.Part(order=90, fill=mark_the_rest))
