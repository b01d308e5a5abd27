"""Who looks at a site with the chat, and the tokens by which they come back. Nothing here changes state."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from comity.core import clock


class Visitor(models.Model):
    """A browser that opened the chat. `public` is its identity's value once it has written; before, it is no contact.

    name, email, phone and attributes are what they say of themselves: claims. `proven_as` is the site's own number of
    its customer, where it has signed that; `confirmed_at` is when they proved the address that they gave.
    """

    personal_fields = (
        *("public", "name", "email", "phone", "attributes", "proven_as", "language", "zone"),
        *("page_url", "page_title", "referrer", "user_agent"),
    )
    inbox = models.ForeignKey("conversations.Inbox", models.CASCADE, related_name="+", db_index=False)
    public = models.CharField(max_length=40, unique=True)
    identity = models.ForeignKey("contacts.Identity", models.SET_NULL, null=True, blank=True, related_name="+")
    proven_as = models.CharField(max_length=200, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    name = models.CharField(max_length=200, blank=True)
    email = models.CharField(max_length=320, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    attributes = models.JSONField(default=dict, blank=True)
    language = models.CharField(max_length=20, blank=True)
    zone = models.CharField(max_length=64, blank=True)
    page_url = models.CharField(max_length=1000, blank=True)
    page_title = models.CharField(max_length=200, blank=True)
    referrer = models.CharField(max_length=1000, blank=True)
    user_agent = models.CharField(max_length=300, blank=True)
    do_not_track = models.BooleanField(default=False)
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    seen_until = models.DateTimeField(null=True, blank=True)
    blocked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(name="visitor_here", fields=["inbox", "seen_until"], condition=Q(seen_until__isnull=False)),
            models.Index(name="visitor_last_seen", fields=["last_seen_at"]),
        ]

    def __str__(self) -> str:
        return self.name or self.public

    @property
    def stream(self) -> str:
        """The subject of this visitor's events, and the lane in which what they write is read."""
        return f"visitor:{self.pk}"

    @property
    def is_here(self) -> bool:
        """Do they have the chat open just now?"""
        return self.seen_until is not None and self.seen_until > clock.now()

    @property
    def is_proven(self) -> bool:
        """Has the site proved who this is, or they themselves by a link in a mail?"""
        return bool(self.proven_as) or self.confirmed_at is not None

    @property
    def uploads(self) -> str:
        """The owner of what they uploaded and have not sent yet."""
        return f"upload:visitor-{self.pk}"


class VisitorToken(models.Model):
    """A visitor's key, kept as its digest. One that was replaced is good for a minute more: other tabs hold it."""

    personal_fields = ()
    visitor = models.ForeignKey(Visitor, models.CASCADE, related_name="tokens")
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(name="visitor_token_expires", fields=["expires_at"])]


class FieldKind(models.TextChoices):
    """What a form asks for."""

    NAME = "name", _("Name")
    EMAIL = "email", _("E-mail address")
    PHONE = "phone", _("Phone number")
    TEXT = "text", _("Text")
    CHOICE = "choice", _("Choice")


class FormField(models.Model):
    """A question before a chat begins, asked only while its answer is not known and its condition holds."""

    personal_fields = ()
    inbox = models.ForeignKey("conversations.Inbox", models.CASCADE, related_name="+")
    key = models.SlugField(max_length=40)
    kind = models.CharField(max_length=10, choices=FieldKind)
    label = models.CharField(max_length=100)
    choices = models.JSONField(default=list, blank=True)
    is_required = models.BooleanField(default=False)
    when_key = models.CharField(max_length=40, blank=True)
    when_value = models.CharField(max_length=100, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("position", "pk")
        constraints = [models.UniqueConstraint(name="form_field_once", fields=["inbox", "key"])]

    def __str__(self) -> str:
        return self.label
