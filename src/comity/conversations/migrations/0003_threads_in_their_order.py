"""An index that gives the messages of a conversation in their order, from either end."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Read the end of a long thread without sorting all of it."""

    dependencies = [
        ("contacts", "0001_initial"),
        ("conversations", "0002_lists_in_their_order"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name="message",
            index=models.Index(fields=["conversation", "created_at", "id"], name="message_order"),
        ),
    ]
