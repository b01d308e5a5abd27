"""Third parties are asked aside, on a leg of their own; a reply that was held back knows for which message."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Mark legs that stand aside, and widen what a draft and a participant may be."""

    dependencies = [("conversations", "0003_threads_in_their_order")]

    operations = [
        migrations.AlterField(
            model_name="draft",
            name="kind",
            field=models.CharField(
                choices=[("reply", "Reply"), ("note", "Note"), ("forward", "Forward")], max_length=10
            ),
        ),
        migrations.AlterField(
            model_name="participant",
            name="role",
            field=models.CharField(
                choices=[
                    ("requester", "Customer"),
                    ("copied", "Copied in"),
                    ("stranger", "Joined by a reply"),
                    ("third_party", "Third party"),
                ],
                max_length=12,
            ),
        ),
        migrations.AddField(model_name="leg", name="is_aside", field=models.BooleanField(default=False)),
        migrations.AddField(
            model_name="draft",
            name="held_for",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="conversations.message",
            ),
        ),
    ]
