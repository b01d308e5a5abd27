"""A team's hue is the number of a colour class, 0 to 35, as everywhere; it was kept in degrees."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import F

DEGREES_A_CLASS = 10


def to_classes(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    teams = apps.get_model("accounts", "Team").objects.using(editor.connection.alias)
    teams.update(hue=F("hue") / DEGREES_A_CLASS)


def to_degrees(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    teams = apps.get_model("accounts", "Team").objects.using(editor.connection.alias)
    teams.update(hue=F("hue") * DEGREES_A_CLASS)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]
    operations = [migrations.RunPython(to_classes, to_degrees)]
