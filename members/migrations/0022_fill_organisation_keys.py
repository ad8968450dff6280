from django.db import migrations

from members.models.derived import derive_all


def fill(apps, schema_editor):
    derive_all(apps.get_model("members", "Organisation")._base_manager.all(), apps.get_model("members", "OrganisationKey"))


class Migration(migrations.Migration):
    dependencies = [("members", "0021_organisation_keys")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
