"""What can happen in this room, in plain words."""

from django.utils.translation import gettext_lazy as _

from comity.events.catalogue import declare

declare(
    [
        ("contact.created", _("A customer is new")),
        ("contact.updated", _("A customer’s details changed")),
        ("contact.tagged", _("A customer got a tag")),
        ("contact.untagged", _("A customer lost a tag")),
        ("contact.note_added", _("A note about a customer was added")),
        ("contact.note_changed", _("A note about a customer changed")),
        ("contact.note_removed", _("A note about a customer was removed")),
        ("contact.merged", _("Two customers were merged")),
        ("contact.unmerged", _("Merging two customers was undone")),
        ("contact.kept_apart", _("Two similar customers were said to be different people")),
        ("identity.added", _("A customer’s address or number was added")),
        ("identity.removed", _("A customer’s address or number was removed")),
        ("identity.claimed", _("Somebody claims an address or number")),
        ("identity.claim_decided", _("A claim of an address or number was decided")),
        ("identity.proven", _("An address or number is proven")),
        ("identity.preferred", _("A customer’s preferred address or number changed")),
        ("consent.granted", _("A customer gave consent")),
        ("consent.withdrawn", _("A customer withdrew consent")),
        ("company.created", _("A company is new")),
        ("company.updated", _("A company’s details changed")),
        ("attribute.defined", _("An attribute of customers was added")),
        ("attribute.changed", _("An attribute of customers changed")),
        ("attribute.retired", _("An attribute of customers was taken out of use")),
        ("attribute.brought_back", _("An attribute of customers is in use again")),
    ],
    group=_("Customers"),
    order=20,
)
