"""What can be found, and the words that occur. Nothing here changes state; actions.py does."""

from django.db import models


class SearchDoc(models.Model):
    """One findable thing of a room.

    The action chooses the primary key so that it grows with `updated_at`: "newest first" is the index's own order.
    Of what grows by parts, such as a conversation by messages, `upto` is the last part that is in, and `letters` what
    its room has counted up to there.
    """

    personal_fields = ("title", "body", "title_tokens", "tokens")
    kind = models.CharField(max_length=40)
    object_id = models.BigIntegerField()
    language = models.CharField(max_length=10, blank=True)
    title = models.CharField(max_length=300, blank=True)
    body = models.CharField(max_length=300, blank=True)  # the beginning, to show beside a hit
    title_tokens = models.TextField(blank=True)
    tokens = models.TextField(blank=True)
    upto = models.BigIntegerField(default=0)
    letters = models.BigIntegerField(default=0)
    updated_at = models.DateTimeField()
    is_learned = models.BooleanField(default=False)  # are its words in the vocabulary?
    learned = models.IntegerField(default=0)  # if not: so many letters of its tokens were looked at before

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "object_id"], name="search_object")]
        indexes = [models.Index(fields=["id"], name="search_unlearned", condition=models.Q(is_learned=False))]

    def __str__(self) -> str:
        return self.title or f"{self.kind}:{self.object_id}"


class Word(models.Model):
    """A word that occurs, for what people type a little differently."""

    personal_fields = ("word", "grams")
    word = models.CharField(max_length=40, unique=True)
    is_compound = models.BooleanField(default=False)  # long, and of a language that writes words together
    grams = models.TextField()  # its groups of three letters

    def __str__(self) -> str:
        return self.word
