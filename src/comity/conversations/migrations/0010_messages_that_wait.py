"""What waits to be sent is found without reading the conversation."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """A customer’s message asks for it each time."""

    dependencies = [
        ("contacts", "0001_initial"),
        ("conversations", "0009_fewer_indexes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("state", "scheduled")), fields=["conversation"], name="message_waits"
            ),
        ),
    ]
