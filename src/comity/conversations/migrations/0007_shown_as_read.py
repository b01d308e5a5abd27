"""What had been read so far was shown to customers, whoever read it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("conversations", "0006_unsettled_mentions"),
    ]

    operations = [
        migrations.AddField(
            model_name="readmark",
            name="shown_id",
            field=models.BigIntegerField(default=0),
        ),
        migrations.RunSQL(
            "UPDATE conversations_readmark SET shown_id = message_id WHERE message_id > 0", migrations.RunSQL.noop
        ),
    ]
