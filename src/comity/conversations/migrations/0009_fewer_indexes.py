"""What another index begins with needs none of its own: each costs every message a page."""

import django.db.models.deletion
from django.db import migrations, models

NAMES = (
    "conversations_leg_inbox_id_289b163a",
    "conversations_message_conversation_id_f1a2d5e9",
    "conversations_messagerecipient_message_id_3c573d2c",
    "conversations_participant_conversation_id_69e50799",
)


class Migration(migrations.Migration):
    dependencies = [
        ("conversations", "0008_drafts_keep_quick_replies"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(  # Django would write SQLite's tables anew, which takes minutes
            [migrations.RunSQL(f'DROP INDEX IF EXISTS "{name}"') for name in NAMES],
            [
                migrations.AlterField(
                    model_name="leg",
                    name="inbox",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="conversations.inbox",
                    ),
                ),
                migrations.AlterField(
                    model_name="message",
                    name="conversation",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="messages",
                        to="conversations.conversation",
                    ),
                ),
                migrations.AlterField(
                    model_name="messagerecipient",
                    name="message",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="recipients",
                        to="conversations.message",
                    ),
                ),
                migrations.AlterField(
                    model_name="participant",
                    name="conversation",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="participants",
                        to="conversations.conversation",
                    ),
                ),
            ],
        ),
    ]
