"""A step that a later version takes; LATER_FAILS lets it go wrong half-way."""

import os

from django.db import migrations, models


def fail(apps, schema_editor):
    if os.environ.get("LATER_FAILS"):
        apps.get_model("conversations", "Conversation").objects.update(subject="half changed")
        schema_editor.execute("SELECT nothing FROM nowhere")


class Migration(migrations.Migration):
    initial = True
    dependencies = [("conversations", "0001_initial")]
    operations = [
        migrations.CreateModel("Thing", [("id", models.BigAutoField(primary_key=True)), ("name", models.TextField())]),
        migrations.RunPython(fail, migrations.RunPython.noop),
    ]
