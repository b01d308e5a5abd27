"""Answers are kept sealed, since some hold a secret that is given once; those that are there are sealed too."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from comity.core.crypto import SealedField, seal


def seal_answers(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    answers = apps.get_model("api", "Answer").objects.using(editor.connection.alias)
    for answer in answers.exclude(body=""):
        answers.filter(pk=answer.pk).update(body=seal(answer.body))


class Migration(migrations.Migration):
    dependencies = [("api", "0001_initial")]
    operations = [
        migrations.RunPython(seal_answers, migrations.RunPython.noop),
        migrations.AlterField("answer", "body", SealedField(blank=True)),
    ]
