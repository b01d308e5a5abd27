from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("channels", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="inboxhealth",
            name="warned_at",
            field=models.DateTimeField(null=True),
        ),
    ]
