"""What another index begins with needs none of its own, and none stands there twice."""

import django.db.models.deletion
from django.db import migrations, models

NAMES = ("channels_rawmessage_inbox_id_11e83076", "channels_rawmessage_message_id_f17483fa")


class Migration(migrations.Migration):
    dependencies = [
        ("channels", "0002_warned_at"),
        ("conversations", "0009_fewer_indexes"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(  # Django would write SQLite's table anew, which takes minutes
            [migrations.RunSQL(f'DROP INDEX IF EXISTS "{name}"') for name in NAMES],
            [
                migrations.AlterField(
                    model_name="rawmessage",
                    name="inbox",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="conversations.inbox",
                    ),
                ),
                migrations.AlterField(
                    model_name="rawmessage",
                    name="message",
                    field=models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="conversations.message",
                    ),
                ),
            ],
        ),
    ]
