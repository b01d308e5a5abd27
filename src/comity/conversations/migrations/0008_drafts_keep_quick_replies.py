"""A draft keeps the quick replies that are to go with it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("conversations", "0007_shown_as_read"),
    ]

    operations = [
        migrations.AddField(
            model_name="draft",
            name="replies",
            field=models.JSONField(blank=True, default=list),
        ),
    ]
