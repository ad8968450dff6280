from django.db import migrations

from members.applications.keys import A_RUN, keep_keys, without_keys


def fill(apps, schema_editor):
    applications, keys = apps.get_model("members", "Application"), apps.get_model("members", "ApplicationKey")
    last = 0
    while rows := list(without_keys(applications._base_manager.filter(pk__gt=last), keys).order_by("pk")[:A_RUN]):
        keep_keys(rows, keys)
        last = rows[-1].pk


class Migration(migrations.Migration):
    dependencies = [("members", "0023_application_keys")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
