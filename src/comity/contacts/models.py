"""Who the customers are and how they are known. Nothing here changes state; actions do."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from .kinds import UNCHECKED, IdentityKind, kind_of


class Company(models.Model):
    """An organisation that contacts belong to."""

    personal_fields = ()
    name = models.CharField(max_length=200)
    folded = models.CharField(max_length=200, db_index=True, editable=False)
    domain = models.CharField(max_length=255, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["domain"], condition=~Q(domain=""), name="company_domain_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def stream(self) -> str:
        """The subject of this company's events."""
        return f"company:{self.pk}"


class Contact(models.Model):
    """A person. While nobody knows a name, `name` shows an identity and `is_named` is false."""

    personal_fields = ("name", "folded", "place", "attributes")
    name = models.CharField(max_length=200)
    folded = models.CharField(max_length=200, db_index=True, editable=False)
    is_named = models.BooleanField(default=True)
    language = models.CharField(max_length=20, blank=True)
    zone = models.CharField(max_length=64, blank=True)
    place = models.CharField(max_length=120, blank=True)
    # No index of its own for either key: nearly every row is null, and each index costs every new contact a page.
    company = models.ForeignKey(
        Company, models.SET_NULL, null=True, blank=True, related_name="contacts", db_index=False
    )
    attributes = models.JSONField(default=dict, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged_from", db_index=False
    )

    class Meta:
        indexes = [
            models.Index(fields=["folded", "id"], condition=Q(merged_into=None), name="contact_list"),
            models.Index(fields=["merged_into"], condition=Q(merged_into__isnull=False), name="contact_merged_away"),
            models.Index(fields=["company"], condition=Q(company__isnull=False), name="contact_of_company"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(merged_into=None) | ~Q(merged_into=F("id")), name="not_into_itself")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def stream(self) -> str:
        """The subject of this contact's events."""
        return f"contact:{self.pk}"


class Trust(models.TextChoices):
    """How sure we are that an identity is this person's."""

    PROVEN = "proven", _("Proven")
    CLAIMED = "claimed", _("Claimed")
    OBSERVED = "observed", _("Observed")


PROOFS = {
    "sender_check": _("The mail server’s sender check passed."),
    "channel": _("The channel vouches for it."),
    "code": _("They entered a code that was sent there."),
    "agent": _("A colleague checked it."),
}


class Identity(models.Model):
    """By what a contact is known on a channel. Unique, so that a message finds its person."""

    personal_fields = ("value", "shown", "stem")
    contact = models.ForeignKey(Contact, models.CASCADE, related_name="identities")
    kind = models.CharField(max_length=40)
    value = models.CharField(max_length=320)
    stem = models.CharField(max_length=80, db_index=True, editable=False)
    shown = models.CharField(max_length=320)
    trust = models.CharField(max_length=10, choices=Trust)
    proven_how = models.CharField(max_length=40, blank=True)
    proven_at = models.DateTimeField(null=True, blank=True)
    is_primary = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "value"], name="identity_once"),
            models.UniqueConstraint(
                fields=["contact", "kind"], condition=Q(is_primary=True), name="one_primary_of_a_kind"
            ),
            models.CheckConstraint(condition=Q(proven_at=None) | Q(trust=Trust.PROVEN), name="proven_at_when_proven"),
        ]
        indexes = [models.Index(fields=["value"], name="identity_value")]

    def __str__(self) -> str:
        return self.shown

    @property
    def of_kind(self) -> IdentityKind:
        """What kind it is, with label and glyph."""
        return kind_of(self.kind)

    @property
    def is_unchecked(self) -> bool:
        """Did this come with a failed sender check, beside an identity that is proven?"""
        return self.kind.endswith(UNCHECKED)

    @property
    def how_proven(self) -> str:
        """What proved it, in words."""
        return str(PROOFS.get(self.proven_how, self.proven_how))

    @property
    def opens_history(self) -> bool:
        """May whoever uses this identity see what the contact wrote before?"""
        return self.trust == Trust.PROVEN


class ClaimState(models.TextChoices):
    """What an agent made of a claim."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DISMISSED = "dismissed"


class Claim(models.Model):
    """Somebody said to be known by something too. A suggestion to the agent; it opens nothing."""

    personal_fields = ("value", "shown")
    contact = models.ForeignKey(Contact, models.CASCADE, related_name="claims")
    kind = models.CharField(max_length=40)
    value = models.CharField(max_length=320)
    shown = models.CharField(max_length=320)
    state = models.CharField(max_length=10, choices=ClaimState, default=ClaimState.OPEN)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["contact", "kind", "value"], name="claim_once")]
        indexes = [models.Index(fields=["kind", "value"], name="claim_value")]

    def __str__(self) -> str:
        return self.shown

    @property
    def of_kind(self) -> IdentityKind:
        """What kind it is, with label and glyph."""
        return kind_of(self.kind)


class AttributeKind(models.TextChoices):
    """What a custom attribute holds."""

    TEXT = "text", _("Text")
    NUMBER = "number", _("Number")
    DATE = "date", _("Date")
    YES_NO = "yes_no", _("Yes or no")
    CHOICE = "choice", _("Choice")


class AttributeDefinition(models.Model):
    """A fact that the organisation keeps about its contacts. The values stand in `Contact.attributes` under `key`."""

    personal_fields = ()
    key = models.SlugField(max_length=40, unique=True)
    label = models.CharField(max_length=80)
    kind = models.CharField(max_length=10, choices=AttributeKind)
    help = models.CharField(max_length=200, blank=True)
    choices = models.JSONField(default=list, blank=True)
    position = models.PositiveIntegerField(default=0)
    is_retired = models.BooleanField(default=False)

    class Meta:
        ordering = ("position", "pk")

    def __str__(self) -> str:
        return self.label


class ContactTag(models.Model):
    """A word that contacts can be marked with."""

    personal_fields = ()
    name = models.CharField(max_length=60)
    folded = models.CharField(max_length=60, unique=True, editable=False)

    def __str__(self) -> str:
        return self.name


class Tagging(models.Model):
    """A contact has a tag."""

    personal_fields = ()
    contact = models.ForeignKey(Contact, models.CASCADE, related_name="taggings")
    tag = models.ForeignKey(ContactTag, models.CASCADE, related_name="taggings")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["contact", "tag"], name="tagged_once")]

    def __str__(self) -> str:
        return f"{self.contact_id} {self.tag_id}"


class ContactNote(models.Model):
    """What an agent wrote down about a contact, for colleagues."""

    personal_fields = ("body",)
    contact = models.ForeignKey(Contact, models.CASCADE, related_name="notes")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    body = models.TextField()
    written_at = models.DateTimeField()
    changed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["contact", "-id"], name="notes_of_contact")]

    def __str__(self) -> str:
        return self.body[:60]


class Purpose(models.TextChoices):
    """What a contact can agree to."""

    SERVICE = "service", _("Service messages")
    MARKETING = "marketing", _("Marketing")
    RECORDING = "recording", _("Recording")
    TRAINING = "training", _("Model training")
    RESEARCH = "research", _("Surveys and research")


BY_MERGE = "merge"  # evidence of the lines that a merge itself wrote


class Consent(models.Model):
    """A line of the consent ledger: granted or withdrawn, when, where, to which text. The newest line holds."""

    personal_fields = ("evidence",)
    contact = models.ForeignKey(Contact, models.CASCADE, related_name="consents")
    purpose = models.CharField(max_length=20, choices=Purpose)
    channel = models.CharField(max_length=40, blank=True)  # "" is every channel
    is_granted = models.BooleanField()
    at = models.DateTimeField()
    evidence = models.CharField(max_length=200, blank=True)
    text_version = models.CharField(max_length=60, blank=True)
    by_kind = models.CharField(max_length=20)
    by_id = models.CharField(max_length=64)

    class Meta:
        indexes = [models.Index(fields=["contact", "purpose", "channel", "-id"], name="consent_newest")]

    def __str__(self) -> str:
        return f"{self.purpose} {self.is_granted}"

    @property
    def where(self) -> str:
        """Where it was said, in words."""
        return gettext("when two customers were merged") if self.evidence == BY_MERGE else self.evidence


class MergeRecord(models.Model):
    """What one merge moved, exactly, so that it can be undone."""

    personal_fields = ("moved", "values")
    source = models.ForeignKey(Contact, models.CASCADE, related_name="merges_away")
    into = models.ForeignKey(Contact, models.CASCADE, related_name="merges_in")
    moved = models.JSONField(default=dict)  # {"identities": [3], …, "elsewhere": {"conversations": […]}}
    values = models.JSONField(default=dict)  # {"name": {"before": "A", "after": "B"}}
    at = models.DateTimeField()
    by_kind = models.CharField(max_length=20)
    by_id = models.CharField(max_length=64)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source"], condition=Q(undone_at=None), name="merged_away_once"),
        ]

    def __str__(self) -> str:
        return f"{self.source_id} → {self.into_id}"


class NotSame(models.Model):
    """Two contacts that somebody looked at and found to be different people. `first` has the lower id."""

    personal_fields = ()
    first = models.ForeignKey(Contact, models.CASCADE, related_name="+")
    second = models.ForeignKey(Contact, models.CASCADE, related_name="+")
    decided_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="not_same_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="not_same_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} ≠ {self.second_id}"
