"""Who belongs to no company needs no place in the index of companies."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("contacts", "0001_initial"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="contact",
            index=models.Index(
                condition=models.Q(("company__isnull", False)), fields=["company"], name="contact_of_company"
            ),
        ),
        migrations.SeparateDatabaseAndState(  # Django would write SQLite's tables anew, which takes minutes
            [migrations.RunSQL('DROP INDEX IF EXISTS "contacts_contact_company_id_537aca39"')],
            [
                migrations.AlterField(
                    model_name="contact",
                    name="company",
                    field=models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="contacts",
                        to="contacts.company",
                    ),
                ),
            ],
        ),
    ]
