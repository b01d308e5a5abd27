"""Companies and the facts that the organisation keeps about its contacts."""

import re

from django.db import IntegrityError, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from comity.contacts import normalise
from comity.contacts.models import AttributeDefinition, AttributeKind, Company
from comity.core import clock
from comity.core.refusals import Refusal, Stale
from comity.core.text import clean_name
from comity.events.log import Actor, record


@transaction.atomic
def create_company(*, name: str, by: Actor, domain: str = "") -> Company:
    """Add a company. Raises Refusal without a name, or when another one has the domain."""
    company = Company(created_at=clock.now())
    _fill(company, name=name, domain=domain)
    _save(company)
    record("company.created", subject=company.stream, by=by)
    return company


@transaction.atomic
def company_named(*, name: str, by: Actor) -> Company | None:
    """Return the company of that name, made when there is none yet; None for an empty name."""
    if not clean_name(name):
        return None
    known = Company.objects.filter(folded=normalise.folded(name)).order_by("pk").first()
    return known or create_company(name=name, by=by)


@transaction.atomic
def update_company(*, company: Company, name: str, domain: str, by: Actor, version: int | None = None) -> Company:
    """Change a company. Raises Stale when `version` is not the newest."""
    company = Company.objects.select_for_update(no_key=True).get(pk=company.pk)
    if version is not None and version != company.version:
        raise Stale(_("Somebody else has changed this company in the meantime. Look at it again, then save."))
    _fill(company, name=name, domain=domain)
    company.version += 1
    _save(company)
    record("company.updated", subject=company.stream, by=by)
    return company


@transaction.atomic
def define_attribute(
    *,
    label: str,
    kind: str,
    by: Actor,
    help: str = "",
    choices: list[str] | None = None,
    definition: AttributeDefinition | None = None,
) -> AttributeDefinition:
    """Make an attribute, or change the label, help and choices of one; its key and kind stay."""
    label = clean_name(label, limit=80)
    if not label:
        raise Refusal(_("An attribute needs a label."), code="label", status=422)
    if definition is None:
        if kind not in AttributeKind:
            raise Refusal(_("“%(kind)s” is not a kind of attribute.") % {"kind": kind}, code="kind", status=422)
        definition = AttributeDefinition(key=_free_key(label), kind=kind)
        definition.position = AttributeDefinition.objects.count()
    definition.label, definition.help = label, clean_name(help)
    definition.choices = _choices(choices or []) if definition.kind == AttributeKind.CHOICE else []
    type = "attribute.changed" if definition.pk else "attribute.defined"
    definition.save()
    record(type, subject=f"attribute:{definition.pk}", by=by, key=definition.key)
    return definition


@transaction.atomic
def retire_attribute(*, definition: AttributeDefinition, by: Actor, is_retired: bool = True) -> AttributeDefinition:
    """Take an attribute out of use, or back into it. Its values are kept."""
    if definition.is_retired != is_retired:
        definition.is_retired = is_retired
        definition.save(update_fields=["is_retired"])
        type = "attribute.retired" if is_retired else "attribute.brought_back"
        record(type, subject=f"attribute:{definition.pk}", by=by, key=definition.key)
    return definition


def _fill(company: Company, *, name: str, domain: str) -> None:
    company.name = clean_name(name)
    company.folded = normalise.folded(name)
    if not company.name:
        raise Refusal(_("A company needs a name."), code="name", status=422)
    wanted = re.sub(r"^(https?://)?(www\.)?|[/?#].*$", "", domain.strip())
    company.domain = normalise.ascii_domain(wanted) if wanted else ""
    if wanted and "." not in company.domain:
        raise Refusal(_("“%(domain)s” is not a domain.") % {"domain": domain}, code="domain", status=422)


def _save(company: Company) -> None:
    try:
        with transaction.atomic():
            company.save()
    except IntegrityError:
        other = Company.objects.get(domain=company.domain)
        raise Refusal(
            _("%(domain)s already belongs to %(company)s.") % {"domain": company.domain, "company": other.name},
            code="domain_taken",
        ) from None


def _choices(choices: list[str]) -> list[str]:
    cleaned = list(dict.fromkeys(text for choice in choices if (text := clean_name(choice, limit=80))))
    if not cleaned:
        raise Refusal(_("A choice needs something to choose from."), code="choices", status=422)
    return cleaned


def _free_key(label: str) -> str:
    stem = slugify(label)[:36] or "attribute"
    taken = set(AttributeDefinition.objects.filter(key__startswith=stem).values_list("key", flat=True))
    keys = [stem, *(f"{stem}-{number}" for number in range(2, 1000))]
    return next(key for key in keys if key not in taken)
