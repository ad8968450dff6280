from django.db import migrations

from core.search_text import fill
from members.identity.keys import sort_key

PORTION = 500


def fill_all(apps, schema_editor):
    """What is searched for is folded further than before, and names of other scripts are ordered after "zz top"."""
    model = apps.get_model("endorsements", "Endorsement")
    fill(model, "folded", ("name", "acronym", "affiliation"))
    fill(model, "people_text", ("name", "acronym", "affiliation", "signatory"))
    last = 0
    while rows := list(model.objects.filter(pk__gt=last).order_by("pk").only("name", "sort_key")[:PORTION]):
        changed = [row for row in rows if row.sort_key != sort_key(row.name)]
        for row in changed:
            row.sort_key = sort_key(row.name)
        model.objects.bulk_update(changed, ["sort_key"])
        last = rows[-1].pk


class Migration(migrations.Migration):
    dependencies = [("endorsements", "0017_search_texts")]

    operations = [migrations.RunPython(fill_all, migrations.RunPython.noop)]
