"""Where a key is mostly empty, its index holds only the rows that have it: each index costs every new row a page."""

from django.conf import settings
from django.db import migrations, models

NAMES = (
    "conversations_conversation_follows_id_9e93a335",
    "conversations_conversation_status_name_id_6a9acbcf",
    "conversations_message_author_agent_id_eb3fb617",
    "conversations_message_author_identity_id_870e4e95",
)


def _key(to: str, on_delete: object) -> models.ForeignKey:
    return models.ForeignKey(blank=True, db_index=False, null=True, on_delete=on_delete, related_name="+", to=to)


class Migration(migrations.Migration):
    dependencies = [
        ("contacts", "0002_few_have_a_company"),
        ("conversations", "0010_messages_that_wait"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(
                condition=models.Q(("status_name__isnull", False)), fields=["status_name"], name="conv_status_name"
            ),
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(condition=models.Q(("follows__isnull", False)), fields=["follows"], name="conv_follows"),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("author_agent__isnull", False)), fields=["author_agent"], name="message_of_agent"
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("author_identity__isnull", False)),
                fields=["author_identity"],
                name="message_of_identity",
            ),
        ),
        migrations.SeparateDatabaseAndState(  # Django would write SQLite's tables anew, which takes minutes
            [migrations.RunSQL(f'DROP INDEX IF EXISTS "{name}"') for name in NAMES],
            [
                migrations.AlterField("conversation", "follows", _key("conversations.conversation", models.SET_NULL)),
                migrations.AlterField("conversation", "status_name", _key("conversations.statusname", models.SET_NULL)),
                migrations.AlterField("message", "author_agent", _key(settings.AUTH_USER_MODEL, models.SET_NULL)),
                migrations.AlterField("message", "author_identity", _key("contacts.identity", models.PROTECT)),
            ],
        ),
    ]
