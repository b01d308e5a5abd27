"""Indexes that serve the lists in their order, over sums of the status that the database keeps itself."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Give each list one index; the keys’ own indexes, which misled SQLite’s planner, go."""

    dependencies = [
        ("accounts", "0002_hue_as_a_class"),
        ("contacts", "0001_initial"),
        ("conversations", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="conversation",
            name="conv_status",
        ),
        migrations.RemoveIndex(
            model_name="conversation",
            name="conv_to_do",
        ),
        migrations.RemoveIndex(
            model_name="conversation",
            name="conv_assignee",
        ),
        migrations.RemoveIndex(
            model_name="conversation",
            name="conv_team",
        ),
        migrations.AddField(
            model_name="conversation",
            name="phase",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.Case(
                    models.When(
                        status__in=("new", "open", "waiting_customer", "waiting_other"), then=models.Value("active")
                    ),
                    default=models.Value("rest"),
                ),
                output_field=models.CharField(max_length=10),
            ),
        ),
        migrations.AddField(
            model_name="conversation",
            name="stage",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.Case(
                    models.When(status__in=("new", "open"), then=models.Value("to_do")),
                    models.When(status__in=("waiting_customer", "waiting_other"), then=models.Value("waiting")),
                    default=models.F("status"),
                ),
                output_field=models.CharField(max_length=20),
            ),
        ),
        migrations.AlterField(
            model_name="conversation",
            name="assignee",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            model_name="conversation",
            name="contact",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="contacts.contact"
            ),
        ),
        migrations.AlterField(
            model_name="conversation",
            name="inbox",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="conversations.inbox"
            ),
        ),
        migrations.AlterField(
            model_name="conversation",
            name="merged_into",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="conversations.conversation",
            ),
        ),
        migrations.AlterField(
            model_name="conversation",
            name="team",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="accounts.team",
            ),
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(
                condition=models.Q(("deleted_at", None), ("merged_into", None)),
                fields=["stage", "-last_activity_at", "-id"],
                name="conv_stage",
            ),
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(
                condition=models.Q(("deleted_at", None), ("merged_into", None)),
                fields=["assignee", "stage", "-last_activity_at", "-id"],
                name="conv_assignee_stage",
            ),
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(
                condition=models.Q(("deleted_at", None), ("merged_into", None)),
                fields=["assignee", "phase", "-last_activity_at", "-id"],
                name="conv_assignee_phase",
            ),
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(
                condition=models.Q(("deleted_at", None), ("merged_into", None)),
                fields=["team", "stage", "-last_activity_at", "-id"],
                name="conv_team_stage",
            ),
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(fields=["inbox", "-last_activity_at", "-id"], name="conv_of_inbox"),
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(
                condition=models.Q(("deleted_at__isnull", False)),
                fields=["-last_activity_at", "-id"],
                name="conv_bin_list",
            ),
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(
                condition=models.Q(("merged_into__isnull", False)), fields=["merged_into"], name="conv_merged_away"
            ),
        ),
        migrations.AddIndex(
            model_name="follower",
            index=models.Index(
                condition=models.Q(("mentioned_at__isnull", False)),
                fields=["agent", "conversation"],
                name="follower_mentioned",
            ),
        ),
    ]
