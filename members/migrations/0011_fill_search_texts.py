from django.db import migrations

from core.search_text import fill

SOURCES = {
    "Application": ("name", "acronym", "other_names", "representative_name", "second_name"),
    "Contact": ("name",),
    "Seat": ("person_name", "alternate_name"),
    "Vote": ("person_name",),
}


def fill_all(apps, schema_editor):
    for name, sources in SOURCES.items():
        fill(apps.get_model("members", name), "search_text", sources)


class Migration(migrations.Migration):
    dependencies = [("members", "0010_search_texts")]

    operations = [migrations.RunPython(fill_all, migrations.RunPython.noop)]
