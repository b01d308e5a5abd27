"""What programs write, turned into what the actions take."""

from typing import Annotated

from django.utils.html import linebreaks
from django.utils.translation import gettext as _
from ninja import Field

from comity.accounts.user import User
from comity.contacts import queries as contacts
from comity.conversations.channel import facts
from comity.conversations.forms.composer import people_in
from comity.conversations.models import Inbox
from comity.conversations.recipients import To
from comity.core.api import Id, Shape
from comity.core.refusals import Refusal

Addresses = Annotated[
    list[str] | str | None, Field(description="Such as “Anna Berg <anna@example.org>”; a list, or with commas.")
]


class Written(Shape):
    """A text: plain, or as HTML of which only what is safe is kept."""

    text: str | None = None
    html: str | None = None
    attachments: list[Id] = Field(default_factory=list, description="Ids that POST /attachments gave to this token.")
    undo_seconds: int = Field(0, ge=0, le=3600, description="How long it waits before it leaves.")

    def as_html(self) -> str:
        """Return the text as the actions take it. Raises Refusal when there are two."""
        if self.text is not None and self.html is not None:
            raise Refusal(_("Send either text or html, not both."), code="invalid", status=422)
        return self.html if self.html is not None else linebreaks(self.text or "", autoescape=True)


def recipients(*, to: list[str] | str | None, cc: list[str] | str | None, bcc: list[str] | str | None) -> list[To]:
    """Return who was named, in order; the action checks each address."""
    found: list[To] = []
    for role, named in (("to", to), ("cc", cc), ("bcc", bcc)):
        for part in [named] if isinstance(named, str) else named or []:
            found += people_in(role, part)
    return found


def address_of(user: User, contact_id: int, inbox: Inbox) -> To:
    """Return how a contact is reached through an inbox. Raises Refusal when there is no way."""
    contact = contacts.visible_to(user).filter(pk=contact_id, merged_into=None).first()
    if contact is None:
        raise Refusal(_("There is no such contact, or it is not for this token to see."), code="contact", status=422)
    kind = facts(inbox.channel).identity_kind
    identity = contact.identities.filter(kind=kind).order_by("-is_primary", "pk").first()
    if identity is None:
        words = _("%(name)s has no address for this inbox. Name one with “to”.")
        raise Refusal(words % {"name": contact.name}, code="contact", status=422)
    return To("to", identity.shown, contact.name)
