import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import comity.core.clock


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_hue_as_a_class")]

    operations = [
        migrations.CreateModel(
            name="Token",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80)),
                ("only", models.JSONField(blank=True, null=True)),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("start", models.CharField(max_length=16)),
                ("created_at", models.DateTimeField(default=comity.core.clock.now)),
                ("expires_at", models.DateTimeField(blank=True, null=True)),
                ("last_used_at", models.DateTimeField(blank=True, null=True)),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "role",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="tokens", to="accounts.role"
                    ),
                ),
                ("teams", models.ManyToManyField(blank=True, related_name="+", to="accounts.team")),
            ],
        ),
    ]
