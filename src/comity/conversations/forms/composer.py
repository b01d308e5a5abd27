"""What the composer sends: addresses, subject, text, and which message was the last one on the screen."""

import re
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from comity.conversations.models import Inbox
from comity.conversations.moments import moments
from comity.conversations.recipients import To
from comity.core.refusals import Refusal

ROLES = ("to", "cc", "bcc")
MOST_RECIPIENTS = 100
_PART = re.compile(r"(?:\"[^\"]*\"|<[^>]*>|[^,;\n\"<]|[\"<])+")  # commas within quotes and brackets stay
_NAMED = re.compile(r"^\s*\"?(?P<name>.*?)\"?\s*<(?P<address>[^<>]*)>\s*$")


class DraftForm(forms.Form):
    """Reads a composer, for saving as well as for sending."""

    html = forms.CharField(required=False, strip=False)
    subject = forms.CharField(required=False, max_length=250)
    to = forms.CharField(required=False)
    cc = forms.CharField(required=False)
    bcc = forms.CharField(required=False)
    replies = forms.CharField(required=False)
    leg = forms.IntegerField(required=False)
    inbox_id = forms.IntegerField(required=False)
    seen = forms.IntegerField(required=False)
    version_seen = forms.IntegerField(required=False)
    then = forms.CharField(required=False)
    later = forms.CharField(required=False)
    send_at = forms.DateTimeField(required=False, input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"])

    def __init__(self, data: Any) -> None:
        values = data.copy()
        values["version_seen"] = data.get("version", "")
        values["inbox_id"] = data.get("inbox", "")
        super().__init__(values)

    def recipients(self) -> list[To]:
        """Return the addresses in the order in which they stand. Raises nothing: the action checks each."""
        found = []
        for role in ROLES:
            found += people_in(role, self.cleaned_data.get(role, ""))
        return found[:MOST_RECIPIENTS]

    def quick_replies(self) -> list[str]:
        """Return the quick replies, one on each line. Raises nothing: the action checks them."""
        return [line.strip() for line in self.cleaned_data.get("replies", "").splitlines() if line.strip()]

    def inbox(self) -> Inbox | None:
        """Return from which inbox a new conversation is begun."""
        return Inbox.objects.filter(pk=self.cleaned_data.get("inbox_id") or 0, is_active=True).first()

    def leaves_at(self) -> datetime | None:
        """Return when it should leave; None is now. Raises Refusal for a moment that can't be read."""
        key = self.cleaned_data.get("later") or ""
        if not key:
            return None
        known = {moment.key: moment.at for moment in moments()}
        at = known.get(key) or self.cleaned_data.get("send_at")
        if at is None:
            raise Refusal(_("Choose a moment that is still to come."), status=422)
        return at if isinstance(at, datetime) else None

    def version(self) -> int:
        """Return the version that the page has; one that has saved nothing yet expects the first."""
        return self.cleaned_data.get("version_seen") or 1

    def draft_values(self) -> dict[str, Any]:
        """Return what a draft keeps of it."""
        values: dict[str, Any] = {"html": self.cleaned_data.get("html", "")}
        if "to" in self.data:
            people = self.recipients()
            values["recipients"] = [{"role": who.role, "address": who.address, "name": who.name} for who in people]
        if "subject" in self.data:
            values["subject"] = self.cleaned_data.get("subject", "")
        if "replies" in self.data:
            values["replies"] = self.quick_replies()
        if inbox := self.inbox():
            values["inbox"] = inbox
        return values

    def first_problem(self) -> str:
        """Return the first thing that can't be read, in words."""
        for field, problems in self.errors.items():
            return _("%(field)s: %(problem)s") % {"field": field, "problem": problems[0]}
        return ""


def people_in(role: str, text: str) -> list[To]:
    """Read addresses with commas between them, each perhaps with a name. Raises nothing: the action checks each."""
    return [_person(role, part) for part in _PART.findall(text) if part.strip()]


def _person(role: str, part: str) -> To:
    """Read `Anna Berg <anna@example.org>`; what is no address is kept as it stands, for the action to refuse."""
    named = _NAMED.match(part)
    return To(role, named["address"].strip(), named["name"].strip()) if named else To(role, part.strip())
