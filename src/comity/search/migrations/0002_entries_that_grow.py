from django.db import migrations, models

ADDED = {
    "upto": models.BigIntegerField(default=0),
    "letters": models.BigIntegerField(default=0),
    "learned": models.IntegerField(default=0),
}
TYPES = {"upto": "bigint", "letters": "bigint", "learned": "integer"}


class Migration(migrations.Migration):

    dependencies = [
        ('search', '0001_initial'),
    ]

    # As both databases do it at once: Django would copy the whole index for each of them on SQLite.
    operations = [
        migrations.RunSQL(
            f"ALTER TABLE search_searchdoc ADD COLUMN {name} {TYPES[name]} NOT NULL DEFAULT 0",
            f"ALTER TABLE search_searchdoc DROP COLUMN {name}",
            state_operations=[migrations.AddField("searchdoc", name, field)],
        )
        for name, field in ADDED.items()
    ]
